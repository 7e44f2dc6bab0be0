"""A submission while it is graded: its worker, its clock, and what is known of its modules before any test."""

import time
from collections.abc import Iterable, Mapping

from autograder.boundary.ends import Stopped, WorkerFault, describe_end
from autograder.boundary.limits import TestLimits
from autograder.boundary.session import Session
from autograder.boundary.student_error import StudentError
from autograder.boundary.worker import Worker
from autograder.checks.words import say
from autograder.course.manifest import Assignment

# May be the machine's doing (swapping, another program's hunger for memory): tried again before they count.
DOUBTFUL = ("wall_limit", "killed", "fault")

SLOW_LOAD_S = 1.0  # of computing, which each test takes once more; a machine that is busy makes it no longer


def limits_of_a_test(assignment: Assignment) -> TestLimits:
    """What one test of the assignment may use up."""
    limits = assignment.limits
    return TestLimits(limits.cpu_s, limits.wall_s, limits.output_bytes)


class SubmissionUnderTest:
    """A submission being graded: its worker, its clock, what is known of its modules before any test."""

    def __init__(
        self,
        worker: Worker,
        assignment: Assignment,
        limits: TestLimits,
        wider_numbers: Mapping[str, int] | None = None,
    ) -> None:
        self.is_like_the_reference = True  # it has passed all tests so far
        self.is_diagnosed = True  # as far as its failed tests can tell
        self.wider_numbers = wider_numbers or {}  # module -> the line where it asks for them
        self.worker = worker
        self.limits = limits
        self.submission_wall_s = assignment.limits.submission_wall_s
        self.deadline = time.monotonic() + self.submission_wall_s
        self.unloadable: dict[str, Exception] = {}
        self.load_errors: list[str] = []
        self.load_notes: dict[str, None] = {}  # what failed while a module was loaded, which went on; what took long
        self.probe_modules(assignment.modules)

    def unloaded(self, ends: Iterable[BaseException | None]) -> str:
        """The module that does not load, if that is what ended a test; by identity: a text is the student's to copy."""
        known = {id(error): module for module, error in self.unloadable.items()}
        return next((known[id(end)] for end in ends if id(end) in known), "")

    def session(self, place: int | None = None, foreseen: bytes = b"") -> Session:
        """A conversation for the test at this place of all, of which so much is foreseen."""

        def explain_end() -> Stopped:
            ended = self.worker.end()
            if self.worker.process is None:  # not the test's process alone: its zygote has gone
                session.fault = WorkerFault("worker: the sandbox ended in the middle of a test")
            return describe_end(ended, self.limits)

        session = Session(lambda: self.worker.begin(self.limits, place), explain_end, self.unloadable, foreseen)
        return session

    def probe_modules(self, modules: Iterable[str]) -> None:
        """Import each module once, in a process of its own: one that does not load need not be tried in every test."""
        for place, module in enumerate(modules):
            for attempt in (1, 2):
                session = self.session(place)
                try:
                    session.get(0, module)
                except StudentError as error:
                    said = error.raised
                    is_endless = said.type_name == "TimeLimit"  # see inside/pieces.py; who forges it gets nothing
                    why = said.text if is_endless else error
                    message = say("load.at", module=module, error=why, where=said.where)
                    self.unloadable[module] = Stopped("cpu_limit", message) if is_endless else error
                    trace = f"\n{said.trace.rstrip()}" if said.trace and not is_endless else ""
                    self.load_errors.append(f"{message}{trace}")
                except Stopped as stopped:
                    if stopped.code in DOUBTFUL and attempt == 1:
                        continue
                    message = say("load", module=module, error=stopped)
                    self.unloadable[module] = Stopped(stopped.code, message)
                    self.load_errors.append(message)
                finally:
                    ended = self.worker.end()
                    if ended.cpu_s > SLOW_LOAD_S and module not in self.unloadable:
                        self.load_notes[say("load.slow", module=module)] = None
                    self.load_notes |= dict.fromkeys(session.not_loaded)
                if session.fault is not None:
                    raise session.fault
                break
        # Whoever else imports one that ends, or never does, is to be told so at once, and not to end likewise.
        broken = [module for module, error in self.unloadable.items() if isinstance(error, Stopped)]
        if broken:
            told = {module: say("load.above", module=module) for module in broken}
            self.worker.load(self.worker.package, self.worker.files, self.worker.data, broken=told)
