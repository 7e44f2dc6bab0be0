"""A clock for what may never end."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from .words import say


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in the main thread when the time is up; does nothing where there is no timer."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds <= 0 or not usable:
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(say("failed.still_running", seconds=seconds))

    before = signal.signal(signal.SIGALRM, stop)
    # Again every second: what the first one raises is lost in a `__del__` or an `except Exception` of the student's.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
