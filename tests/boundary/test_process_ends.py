"""However a test's process ends, the message says how, and the next test gets a healthy one."""

import os
import signal
import sys

import pytest

from autograder.boundary.ends import Stopped, describe_end
from autograder.boundary.limits import TestLimits
from autograder.inside import messages

SUBMISSION = """
import ctypes, os, signal, socket, sys, time

def healthy():
    return "well"
def spin():
    while True:
        pass
def spin_in_numpy():
    import numpy as np
    a = np.ones((400, 400))
    while True:
        a = a @ a * 0
def wait():
    time.sleep(1000)
def stop():
    os.kill(os.getpid(), signal.SIGSTOP)
def segfault():
    ctypes.string_at(0)
def overflow():
    class Deep:
        def __getattr__(self, name):
            return getattr(self, name)
    sys.setrecursionlimit(1 << 30)
    Deep().anything
def leave(status):
    os._exit(status)
def abort():
    os.abort()
def kill_self(number):
    os.kill(os.getpid(), number)
def ignore_and_spin():
    for number in (signal.SIGTERM, signal.SIGXCPU, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
def close_everything():
    os.closerange(3, 64)
    time.sleep(1000)
def spin_at_exit():
    import atexit
    atexit.register(spin)
    sys.exit()
class SpinsWhenFreed:
    def __del__(self):
        while True:
            pass
def free():
    SpinsWhenFreed()
def show(n):
    sys.stdout.write("x" * n)
def show_errors():
    print("an error", file=sys.stderr)
    print("no error")
def show_error_and_leave():
    print("last words", file=sys.stderr)
    os._exit(3)
def show_and_spin():
    while True:
        print("x" * 1000)
def close_socket():
    os.closerange(3, 64)
def lose_streams():
    class Stubborn:
        def flush(self):
            raise SystemExit
    del sys.stdout
    sys.stderr = Stubborn()
    return "answered"
def close_output():
    os.close(1)
    os.close(2)
    time.sleep(0.2)
    return "silent"
"""


def still_healthy(open_session) -> bool:
    return open_session().root().code.healthy() == "well"


ENDS = {
    "spin_in_numpy": ("cpu_limit", r"stopped after 1 s of computing: an infinite loop\?"),
    "ignore_and_spin": ("cpu_limit", "of computing"),
    "segfault": ("crash", r"Python crashed \(segmentation fault\): recursion without end in C code, or ctypes\?"),
    "overflow": ("crash", "segmentation fault"),
    "abort": ("crash", r"Python crashed \(SIGABRT\)"),
    "close_everything": ("exit", "your code closed what it answers through"),
    "close_socket": ("exit", "your code closed what it answers through, or ended with exit status 70"),
    "spin_at_exit": ("exit", r"your code called sys\.exit\(\)"),
}
if sys.version_info >= (3, 12):
    del ENDS["overflow"]  # a RecursionError there, like any other


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ENDS))
def test_end_of_a_process_is_told_and_the_next_test_is_well(open_session, name):
    code_of_end, message = ENDS[name]
    session = open_session(cpu_s=1, wall_s=15)
    with pytest.raises(Stopped, match=message) as caught:
        getattr(session.root().code, name)()
    assert caught.value.code == code_of_end
    assert session.stopped is caught.value
    assert still_healthy(open_session)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wait", "stop", "free"])
def test_process_past_the_wall_limit_is_stopped(open_session, name):
    session = open_session(wall_s=0.4)
    with pytest.raises(Stopped, match=r"stopped after 0\.4 s: an infinite loop, or a wait that never ends\?") as caught:
        getattr(session.root().code, name)()
    assert caught.value.code == "wall_limit"
    assert still_healthy(open_session)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (0, "your code ended the process itself with exit status 0"),
        (3, "your code ended the process itself with exit status 3"),
        (messages.BROKEN_STATUS, "your code closed what it answers through, or ended with exit status 70"),
    ],
    ids=["zero", "three", "the_worker's_own"],
)
def test_exit_status_is_told(open_session, status, message):
    with pytest.raises(Stopped, match=message) as caught:
        open_session().root().code.leave(status)
    assert caught.value.code == "exit"
    assert still_healthy(open_session)


@pytest.mark.parametrize(
    ("number", "code_of_end", "message"),
    [
        (9, "killed", r"killed \(SIGKILL\): out of memory, or by itself"),
        (15, "crash", r"Python crashed \(SIGTERM\)"),
        (35, "crash", r"Python crashed \(signal 35\)"),
        (64, "crash", r"Python crashed \(SIGRTMAX\)"),
    ],
    ids=["kill", "term", "real_time", "last"],
)
def test_signal_to_itself_is_told(open_session, number, code_of_end, message):
    """Signal 35 has no name in Python: looking it up was a ValueError, for which a test may be waiting."""
    session = open_session()
    with pytest.raises(Stopped, match=message) as caught:
        session.root().code.kill_self(number)
    assert session.stopped is caught.value
    assert caught.value.code == code_of_end
    assert still_healthy(open_session)


def test_every_signal_has_a_description():
    for number in range(1, 65):
        stopped = describe_end(messages.Ended(number, 0.0, False), TestLimits(1, 1, 1))
        assert str(stopped).count("\n") == 0


def test_killed_after_its_computing_time_is_the_cpu_limit():
    """A process that ignores SIGXCPU is killed by the hard limit."""
    assert describe_end(messages.Ended(signal.SIGKILL, 1.9, False), TestLimits(1, 5, 1)).code == "cpu_limit"
    assert describe_end(messages.Ended(signal.SIGKILL, 0.1, False), TestLimits(1, 5, 1)).code == "killed"


def test_output_is_kept_up_to_the_cap_and_counted(open_session, worker):
    session = open_session(output_bytes=100)
    session.root().code.show(1 << 20)
    channel = session.channel
    worker.end()
    assert channel.n_printed == 1 << 20
    assert bytes(channel.printed) == b"x" * 100


@pytest.mark.slow
def test_output_without_end_is_drained_until_the_limit(open_session):
    session = open_session(cpu_s=20, wall_s=0.5, output_bytes=2000)
    with pytest.raises(Stopped, match=r"stopped after 0\.5 s"):
        session.root().code.show_and_spin()
    assert len(session.channel.printed) == 2000
    assert session.channel.n_printed > 1 << 20


def test_standard_error_is_kept_too(open_session, worker):
    session = open_session()
    session.root().code.show_errors()
    worker.end()
    assert bytes(session.channel.printed) == b"an error\nno error\n"


def test_last_words_on_standard_error_survive_a_crash(open_session):
    session = open_session()
    with pytest.raises(Stopped, match="exit status 3"):
        session.root().code.show_error_and_leave()
    assert bytes(session.channel.printed) == b"last words\n"


def test_closed_output_costs_no_time_of_ours(open_session):
    """A pipe that has hung up is always ready: asked again and again, it would keep the trusted side busy."""
    session = open_session()
    code = session.root().code
    before = os.times()
    assert code.close_output() == "silent"
    after = os.times()
    assert (after.user + after.system) - (before.user + before.system) < 0.1
    assert session.channel.silent


def test_streams_that_are_gone_or_refuse_cost_no_answer(open_session):
    assert open_session().root().code.lose_streams() == "answered"
