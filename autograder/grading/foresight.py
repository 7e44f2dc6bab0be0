"""What the reference answers in each test: whether with a value, an object or nothing, and never what value.

A test's steps whose results are objects or None need not be waited for one by one (see boundary/remote.py). Which these
are is seen once for all submissions, in a replay of the test with the reference, on the trusted side.
"""

from collections.abc import Callable
from types import ModuleType

from autograder.grading.replay import Replay


class Foresight:
    """Replays each test with the reference when it is first asked for.

    package: gives the reference
    run: runs a test in a conversation; whether it passes
    """

    def __init__(self, package: Callable[[], ModuleType], run: Callable[[int, Replay], bool]) -> None:
        self.package, self.run = package, run
        self.known: dict[int, bytes] = {}

    def of(self, test: int) -> bytes:
        """A boundary.remote.Foreseen for each step of a test; none if the reference does not pass it."""
        if test not in self.known:
            session = Replay(self.package())
            self.known[test] = bytes(session.answered) if self.run(test, session) else b""
        return self.known[test]
