"""The pytest plugin of the trusted process: collects an assignment's tests once, runs them for each submission.

Here live the tests, the reference and the verdicts; student code lives in a worker behind `student`. pytest collects
once; each submission is then a run of the same items, so that the cost of a session is paid once for many.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any, Literal, cast

import msgspec
import numpy as np
import pytest

from autograder.boundary.ends import Stopped
from autograder.boundary.remote import Remote
from autograder.boundary.session import Session
from autograder.boundary.trace import Trace
from autograder.checks.gradients import GradcheckReport
from autograder.checks.random_numbers import rng_for
from autograder.checks.time_limit import time_limit
from autograder.checks.words import say
from autograder.course import stand_ins
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, there
from autograder.grading.diagnosis import DIAGNOSED, Diagnostician
from autograder.grading.foresight import Foresight
from autograder.grading.gradients import Gradients
from autograder.grading.harmless import printable
from autograder.grading.judging import Phases, judge
from autograder.grading.markers import check_total, read_marker, test_name
from autograder.grading.pytest_internals import runtestprotocol
from autograder.grading.reference_package import ReferencePackage
from autograder.grading.replay import Replay
from autograder.grading.under_test import DOUBTFUL, SubmissionUnderTest
from autograder.grading.verdicts import StudentWords, TestSpec, Verdict, unmet

MAX_MESSAGE = 4096
OWN_WORK_S = 10.0  # of a test, beside what student code takes: some compute for a tenth of a second
DRAWING = frozenset({"rng", "gradcheck"})  # the fixtures through which a test meets the seed
FRESH = 1 << 40  # added to the seed where numbers are wanted that no other run draws
MAX_TRACES_BYTES = 256 << 20  # of the failed tests of one submission


class GradingPlugin:
    """An assignment's tests, collected by pytest, and how they are run on a submission: `grade` gives the verdicts.

    They can be run while `run` has them: in the `work` that it is given. Hidden tests draw from the course's `secret`
    as well as from the seed.
    """

    def __init__(self, course: Course, assignment: Assignment, seed: int = 0, secret: str = "") -> None:
        self.course = course
        self.assignment = assignment
        self.seed = seed
        self.secret = secret
        self.specs: dict[str, TestSpec] = {}
        self.errors: list[str] = []
        self.submission: SubmissionUnderTest | None = None
        self.session: Session | None = None
        self.phases: Phases = []
        self.remark = ""
        self.broken: BaseException | None = None
        self.items: list[pytest.Item] = []
        self.stand_ins = stand_ins.code(course, assignment)
        self.gradients = Gradients(course, assignment)
        self.diagnostician = Diagnostician(course, assignment, self._replay)
        self.foresight = Foresight(lambda: self.diagnostician.reference, self._replay)

    # Fixtures: what a test may ask for. The student's template gives the same names without the engine.

    @pytest.fixture
    def student(self) -> Remote:
        """The submission's package, over there."""
        return there(self.session).root()

    @pytest.fixture
    def held(self) -> Callable[["np.ndarray[Any, Any]"], Remote]:
        """held(array): an array that lives on the student's side."""
        return there(self.session).keep

    @pytest.fixture
    def beside(self) -> Any:
        """The assignment's stand-ins, which run over there."""
        return there(self.session).beside(self.stand_ins)

    @pytest.fixture(scope="session")
    def reference(self) -> ReferencePackage:
        return ReferencePackage(self.course)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return self._rng_of(request.node, "test")

    @pytest.fixture
    def gradcheck(self, request: pytest.FixtureRequest) -> Callable[..., Any]:
        """gradcheck(f, *inputs, params=, mode=, name=): f's gradients, over there, against the reference's slopes."""
        sides = (self.gradients.side(request.getfixturevalue(name)) for name in ("student", "reference"))
        test = (request.node.nodeid, self.seed)
        return partial(self._check_gradients, *sides, test=test, rng=self._rng_of_gradcheck(request.node))

    def _rng_of_gradcheck(self, item: pytest.Item) -> np.random.Generator:
        return self._rng_of(item, "gradcheck")

    def _rng_of(self, item: pytest.Item, stream: str) -> np.random.Generator:
        """A public test draws what it draws at home; a hidden one, what nobody can draw who has not the secret."""
        return rng_for(test_name(item), self.seed, stream if self.specs[item.nodeid].public else stream + self.secret)

    def _check_gradients(self, *args: Any, **kwargs: Any) -> GradcheckReport:
        wider = self.submission.wider_numbers if self.submission is not None else {}
        report, remark = self.gradients.check(*args, wider_numbers=wider, **kwargs)
        self.remark = remark or self.remark
        self.note_gradcheck(report)
        return report

    def note_gradcheck(self, report: GradcheckReport) -> None:
        """What a gradient check that passed measured."""

    # Collecting

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        config.add_cleanup(self.diagnostician.close)
        config.addinivalue_line(
            "markers",
            "points(points, exercise, hint='', visibility=..., after=..., forward=...): "
            "what a test is worth, for which exercise, and which tests it depends on",
        )

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            said = [line[1:].strip() for line in str(report.longrepr).splitlines() if line.startswith("E ")]
            where = f"{self.assignment.name}/{report.nodeid}"
            self.errors.append(f"{where}: does not import: {said[-1] if said else report.longrepr}")

    @pytest.hookimpl
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            try:
                self.specs[item.nodeid] = read_marker(item, self.assignment, tuple(self.specs.values()))
            except CourseError as error:
                self.errors.append(str(error))
            if stand_ins.FIXTURE in getattr(item, "fixturenames", ()) and not self.stand_ins:
                file = self.assignment.stand_ins
                self.errors.append(f"{file}: no such file, and {item.nodeid} asks for the fixture `beside`")

        if not self.errors:
            try:
                check_total(self.tests, self.assignment)
            except CourseError as error:
                self.errors.append(str(error))
        self.items = session.items

    @property
    def tests(self) -> tuple[TestSpec, ...]:
        """What the author of each test declared, in the order in which they run."""
        return tuple(self.specs.values())

    # Running

    def grade(self, submission: SubmissionUnderTest) -> list[Verdict]:
        """A submission's verdicts, and what the values of its failed tests say about its mistakes."""
        verdicts: list[Verdict] = []
        traces: dict[int, Trace] = {}
        room = MAX_TRACES_BYTES
        for at, item in enumerate(self.items):
            waiting = unmet(self.specs[item.nodeid], verdicts)
            if waiting is not None:
                verdicts.append(waiting)
                continue
            verdicts.append(self.run_test(at, submission))
            if self.session is not None and self.session.trace.is_whole and verdicts[-1].code in DIAGNOSED:
                room -= self.session.trace.n_bytes
                if room > 0:
                    traces[at] = self.session.trace
        self.session = None
        diagnosis = self.diagnostician.diagnose(verdicts, traces)
        with self.other_numbers():
            fresh = {test: trace for test in diagnosis.to_confirm if (trace := self._asked_again(test)) is not None}
            confirmed = diagnosis.confirmed(fresh)
        submission.is_diagnosed = confirmed.is_whole
        return confirmed.told(verdicts)

    def forget(self) -> None:
        """Let go of the submission, and of what its last test raised and had in hand."""
        self.submission, self.session, self.phases, self.broken = None, None, [], None

    @contextlib.contextmanager
    def other_numbers(self) -> Iterator[None]:
        """While it lasts, tests draw numbers that no run with this seed draws."""
        seed = self.seed
        self.seed = seed + FRESH
        try:
            yield
        finally:
            self.seed = seed

    def draws(self, item: pytest.Item) -> bool:
        """Whether a test meets the seed."""
        return bool(DRAWING & set(getattr(item, "fixturenames", ())))

    def _asked_again(self, test: int) -> Trace | None:
        """What the submission answers in a test now; None if it draws no numbers, or there is no time."""
        item = self.items[test]
        if not self.draws(item) or time.monotonic() > there(self.submission).deadline:
            return None
        verdict = self._run_once(item)
        trace = there(self.session).trace
        return trace if trace.is_whole and verdict.outcome in ("passed", "failed") else None

    def replay(self, test: int, package: ModuleType, limit_s: float | None = None) -> tuple[Verdict, Trace]:
        """What a test makes of a package of the course's own, in this process, and what it was answered."""
        session = Replay(package)
        self._replay(test, session, limit_s)
        outcome, code, message, _ = judge(self.phases)
        return Verdict(test=self.tests[test], outcome=outcome, code=code, message=message), session.trace

    def _replay(self, test: int, session: Replay, limit_s: float | None = None) -> bool:
        """Run a test in a conversation with the course's own code, for at most `limit_s` and never longer than student
        code may take; whether it passes.
        """
        self.session, self.phases = session, []
        item, wall_s = self.items[test], self.assignment.limits.wall_s
        with contextlib.suppress(TimeoutError), time_limit(min(limit_s or wall_s, wall_s)):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        self.session = None
        session.restore()
        outcome: str = judge(self.phases)[0]
        return outcome == "passed"

    def run_test(self, test: int, submission: SubmissionUnderTest) -> Verdict:
        """One test on a submission; one that may have been stopped by the machine gets a second chance."""
        self.submission, item = submission, self.items[test]
        verdict = self._run_once(item)
        if verdict.code not in DOUBTFUL:
            return verdict
        second = self._run_once(item)
        return verdict if second.code == "submission_limit" else second

    def _run_once(self, item: pytest.Item) -> Verdict:
        submission = there(self.submission)
        foreseen = self.foresight.of(self.items.index(item)) if submission.is_like_the_reference else b""
        if foreseen:
            verdict = self._asked(item, submission, foreseen)
            if verdict is not None and (verdict.outcome == "passed" or verdict.code == "submission_limit"):
                return verdict
            # What is wrong with it is told as it is when each step is waited for, and so for all that follows.
            submission.is_like_the_reference = False
            if verdict is not None and verdict.code in DOUBTFUL:
                return verdict  # its second chance is not foreseen
        return there(self._asked(item, submission))

    def _asked(self, item: pytest.Item, submission: SubmissionUnderTest, foreseen: bytes = b"") -> Verdict | None:
        """The verdict of one conversation; None if it was not as foreseen."""
        spec = self.specs[item.nodeid]
        if time.monotonic() > submission.deadline:
            message = say("stopped.submission", seconds=submission.submission_wall_s)
            return Verdict(test=spec, outcome="stopped", code="submission_limit", message=message)
        place = len(self.assignment.modules) + self.items.index(item)
        session = self.session = submission.session(place, foreseen)
        self.phases, self.remark = [], ""
        # Without a next item everything is torn down, so that no fixture of any scope outlives a submission.
        self._run_by_the_clock(item, session, submission)
        session.settle()
        submission.worker.end()
        if session.is_unforeseen:
            return None
        channel = session.channel
        outcome, code, message, words = judge(self.phases, session.stopped, session.fault)
        module = submission.unloaded([session.stopped, *(error for _, error in self.phases)])
        not_loaded = bool(module) and outcome != "fault" and code != "not_implemented"
        if not_loaded:  # one cause, told once: above the tests
            message, words = say("load.not_run", module=module), StudentWords()
        if channel is not None:
            words = msgspec.structs.replace(
                words,
                printed=channel.printed.decode("utf-8", "backslashreplace"),
                is_cut=channel.n_printed > len(channel.printed),
            )
        # Where the course lies is no part of a verdict: it is the same on every machine.
        message = printable(message.replace(f"{self.course.root}/", ""), MAX_MESSAGE)
        return Verdict(
            test=spec,
            outcome=outcome,
            code=code,
            message=message,
            words=words,
            n_calls=session.n_calls,
            n_messages=session.n_programs + session.n_callbacks,
            remark=self.remark,
            not_loaded=not_loaded,
        )

    def _run_by_the_clock(self, item: pytest.Item, session: Session, submission: SubmissionUnderTest) -> None:
        """Run a test for no longer than student code may take and the test itself: what it was answered may keep it
        at work, printing a large array or calling its own function.
        """
        limit_s = submission.limits.wall_s + OWN_WORK_S
        end = time.monotonic() + limit_s
        with contextlib.suppress(TimeoutError), time_limit(limit_s):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if time.monotonic() >= end:
            message = say("stopped.test", seconds=limit_s)
            session.stopped = session.stopped or Stopped("wall_limit", message)
            self.phases = [("call", session.stopped)]
            submission.worker.close()  # perhaps it was in the middle of a word with the sandbox

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        runtestprotocol(item, log=False, nextitem=nextitem)  # logged, pytest would hold each report to its end
        return True

    @pytest.hookimpl
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Takes down how a phase ended; the report itself says no more than pytest needs, and so costs nothing."""
        error = call.excinfo.value if call.excinfo is not None else None
        self.phases.append((call.when, error))
        outcome: Literal["passed", "failed"] = "passed" if error is None else "failed"
        when = cast(Literal["setup", "call", "teardown"], call.when)  # collecting is reported elsewhere
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when)

    @pytest.hookimpl
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.broken = excinfo.value

    @pytest.hookimpl
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.broken = excinfo.value  # also pytest.exit
