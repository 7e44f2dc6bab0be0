"""A clock for what may never end."""

import _thread
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from .words import say

AGAIN_S = 1.0  # what is raised first is lost in a `__del__` or an `except Exception` of the student's


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in the main thread when the time is up, and again every second; elsewhere it does nothing.

    Where there is no timer (Windows), a thread stands in for one: there a call that sleeps is stopped when it wakes.
    """
    if seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(say("failed.still_running", seconds=seconds))

    with _timer(seconds, stop) if hasattr(signal, "setitimer") else _thread_timer(seconds, stop):
        yield


def lift() -> None:
    """Lets whatever is running under a time limit take all the time there is."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    for over in _running:
        over.set()


_Handler = Callable[[int, FrameType | None], None]


@contextlib.contextmanager
def _timer(seconds: float, stop: _Handler) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


_running: list[threading.Event] = []  # set: the time limit is over, or lifted


@contextlib.contextmanager
def _thread_timer(seconds: float, stop: _Handler) -> Iterator[None]:
    """Has a thread say that SIGTERM has arrived, which nobody sends on Windows; SIGINT remains Ctrl+C."""
    over = threading.Event()

    def watch() -> None:
        wait_s = seconds
        while not over.wait(wait_s):
            _thread.interrupt_main(signal.SIGTERM)
            wait_s = AGAIN_S

    before = signal.signal(signal.SIGTERM, stop)
    thread = threading.Thread(target=watch, daemon=True)
    _running.append(over)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _running.remove(over)
        signal.signal(signal.SIGTERM, before)
