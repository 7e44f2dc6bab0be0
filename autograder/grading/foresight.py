"""What the reference answers in each test: whether with a value, an object or nothing, and never what value.

A test's steps whose results are objects or None need not be waited for one by one (see boundary/session.py). Which
these are is seen once for all submissions but the first, in a replay of the test with the reference, on the trusted
side.
"""

from collections.abc import Callable
from types import ModuleType

from autograder.grading.replay import Replay


class Foresight:
    """Replays each test with the reference when it is asked for the second time: once it would cost more than it gains.

    package: gives the reference
    run: runs a test in a conversation; whether it passes
    """

    def __init__(self, package: Callable[[], ModuleType], run: Callable[[int, Replay], bool]) -> None:
        self.package, self.run = package, run
        self.asked: set[int] = set()
        self.known: dict[int, bytes] = {}

    def of(self, test: int) -> bytes:
        """A boundary.session.Foreseen for each step of a test; none if the reference does not pass it."""
        if test not in self.known and test in self.asked:
            session = Replay(self.package())
            self.known[test] = bytes(session.answered) if self.run(test, session) else b""
        self.asked.add(test)
        return self.known.get(test, b"")
