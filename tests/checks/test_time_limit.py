"""The clock for what may never end, with a timer and where there is none."""

import signal
import threading
import time

import pytest

from autograder.checks import time_limit as clock
from autograder.checks.time_limit import lift, time_limit


@pytest.fixture(params=["timer", "no timer"])
def _machine(request, monkeypatch):
    monkeypatch.setattr(clock, "AGAIN_S", 0.05)
    if request.param == "no timer":  # as on Windows, where signal has neither
        monkeypatch.delattr(signal, "setitimer")
        monkeypatch.delattr(signal, "SIGALRM")


def loop(seconds=5.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def stubborn():
    try:
        loop()
    except TimeoutError:
        loop()


pytestmark = pytest.mark.usefixtures("_machine")


def test_loop_is_stopped_also_where_it_swallows_what_stops_it_once():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(TimeoutError, match=r"still running after 0\.02 s; a loop that never ends\?"), time_limit(0.02):
        stubborn()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_what_is_in_time_or_has_all_the_time_is_left_alone(seconds):
    threads = threading.active_count()
    with time_limit(seconds):
        pass
    loop(0.08)
    assert threading.active_count() == threads


def test_limit_that_is_lifted_stops_nothing():
    with time_limit(0.02):
        lift()
        loop(0.06)


def test_another_thread_has_no_limit():
    ended = []

    def work():
        with time_limit(0.01):
            loop(0.03)
        ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended
