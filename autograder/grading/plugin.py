"""The pytest plugin of the trusted process: collects an assignment's tests once, runs them for each submission.

Here live the tests, the reference and the verdicts; student code lives in a worker behind `student`. pytest collects
once; each submission is then a run of the same items, so that the cost of a session is paid once for many.
"""

import contextlib
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from autograder.boundary.host import Stopped, TestLimits, Worker, WorkerFault, describe_end
from autograder.boundary.remote import OpaqueValue, Remote, Session, StudentError
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.feedback import printable
from autograder.grading.verdicts import StudentWords, TestSpec, Verdict, Visibility, total
from autograder.testing import GradcheckError, GradcheckReport
from autograder.testing import gradcheck as check_gradients
from autograder.testing.noise import NOISY
from autograder.testing.report import failure_message
from autograder.testing.seeds import rng_for
from autograder.testing.summary import number, read_stub_message

TOTAL_POINTS = 100
# Raised by a test's own code these are the machine's doing or the test author's, whatever the student returned.
FAULTS = (
    OSError,
    MemoryError,
    ImportError,
    NameError,
    SyntaxError,
    WorkerFault,
    KeyboardInterrupt,
    SystemExit,
)
OF_THE_SUBMISSION = (StudentError, Stopped, OpaqueValue)
# May be the machine's doing (swapping, another program's hunger for memory): tried again before they count.
DOUBTFUL = ("wall_limit", "killed", "fault")
MAX_MESSAGE = 4096
NUMERICAL = (
    "right, but its gradients look like numerical differences: between inputs 1e-9 apart they jitter by {noise:.0e} of "
    "their size, a formula's by less than 1e-13"
)
NUMERICAL_FAILS = (
    "{name}: the gradients are right, but look like numerical differences (they jitter from one input to the next); "
    "here the formula is asked for: derive it"
)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How to grade what nobody has handed in, but what was made to be found wrong: up to its first lost point.

    stages: the tests of each stage, by their places among those collected; a stage ends at its first lost point
    cpu_s, wall_s: what one test may use up
    """

    stages: tuple[tuple[int, ...], ...]
    cpu_s: float
    wall_s: float


class Submission:
    """A submission being graded: its worker, its clock, and the modules that are known not to load."""

    def __init__(self, worker: Worker, assignment: Assignment, trial: Trial | None = None) -> None:
        limits = assignment.limits
        self.worker = worker
        self.trial = trial
        own = trial or limits
        self.limits = TestLimits(own.cpu_s, own.wall_s, limits.output_bytes)
        self.submission_wall_s = limits.submission_wall_s
        self.deadline = time.monotonic() + limits.submission_wall_s
        self.unloadable: dict[str, Exception] = {}
        self.load_errors: list[str] = []
        self.probe_modules(assignment.modules)

    def session(self) -> Session:
        """A conversation for one test."""

        def explain_end() -> Stopped:
            ended = self.worker.end()
            if self.worker.process is None and not ended.dirty:  # not the test's process alone: its zygote has gone
                session.fault = WorkerFault("worker: the sandbox ended in the middle of a test")
            return describe_end(ended, self.limits)

        session = Session(lambda: self.worker.begin(self.limits), explain_end, self.unloadable)
        return session

    def probe_modules(self, modules: Iterable[str]) -> None:
        """Import each module once, in a process of its own: one that does not load need not be tried in every test."""
        for module in modules:
            for attempt in (1, 2):
                session = self.session()
                try:
                    session.get(0, module)
                except StudentError as error:
                    self.unloadable[module] = error
                    self.load_errors.append(f"{module}.py does not load: {error} ({error.raised.where})")
                except Stopped as stopped:
                    if stopped.code in DOUBTFUL and attempt == 1:
                        continue
                    message = f"{module}.py does not load: {stopped}"
                    self.unloadable[module] = Stopped(stopped.code, message)
                    self.load_errors.append(message)
                finally:
                    self.worker.end()
                if session.fault is not None:
                    raise session.fault
                break


class GradingPlugin:
    """Runs the collected tests for every submission that `submissions` yields, and passes the verdicts to `done`.

    `collected` is called once, before the first submission, with the tests found.
    """

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        seed: int,
        collected: Callable[[tuple[TestSpec, ...]], None],
        submissions: Iterable[Submission],
        done: Callable[[Submission, list[Verdict]], None],
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.seed = seed
        self.collected = collected
        self.submissions = submissions
        self.done = done
        self.specs: dict[str, TestSpec] = {}
        self.errors: list[str] = []
        self.submission: Submission | None = None
        self.session: Session | None = None
        self.phases: Phases = []
        self.remark = ""
        self.broken: BaseException | None = None

    # Fixtures: what a test may ask for. The student's template gives the same names without the engine.

    @pytest.fixture
    def student(self) -> Remote:
        """The submission's package, over there."""
        assert self.session is not None
        return self.session.root()

    @pytest.fixture
    def held(self) -> Callable[["np.ndarray[Any, Any]"], Remote]:
        """held(array): an array that lives on the student's side."""
        assert self.session is not None
        return self.session.keep

    @pytest.fixture(scope="session")
    def reference(self) -> "Package":
        return Package(self.course)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return rng_for(test_name(request.node), self.seed)

    @pytest.fixture
    def gradcheck(self, request: pytest.FixtureRequest) -> Callable[..., Any]:
        config = self.course.gradcheck
        if config is None:
            raise CourseError(
                'gradcheck: assignments/course.toml has no [gradcheck]; add it with tensor = "module.Class"'
            )
        student = request.getfixturevalue("student")
        policy = self.assignment.policy.numerical_backward
        check = partial(
            check_gradients,
            tensor=_look_up(student, config.tensor),
            context=_look_up(student, config.context) if config.context else None,
            rng=rng_for(test_name(request.node), self.seed, "gradcheck"),
            measure_noise=policy != "allow",
        )

        def checked(*args: Any, **kwargs: Any) -> GradcheckReport:
            report: GradcheckReport = check(*args, **kwargs)
            self.note_gradcheck(report)
            if report.noise > NOISY:
                self.remark = NUMERICAL.format(noise=report.noise)
                if policy == "fail":
                    raise GradcheckError(NUMERICAL_FAILS.format(name=kwargs.get("name") or "backward"))
            return report

        return checked

    def note_gradcheck(self, report: GradcheckReport) -> None:
        """What a gradient check that passed measured."""

    # Collecting

    @pytest.hookimpl
    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line(
            "markers",
            "points(points, exercise, hint='', visibility=...): what a test is worth, and for which exercise",
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
                self.specs[item.nodeid] = read_marker(item, self.assignment)
            except CourseError as error:
                self.errors.append(str(error))

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        specs = tuple(self.specs.values())
        if not self.errors:
            try:
                check_total(specs, self.assignment)
            except CourseError as error:
                self.errors.append(str(error))
        if self.errors:  # `run` raises them: an exception here would only be printed as pytest's internal error
            return True
        self.collected(specs)
        for submission in self.submissions:
            self.submission = submission
            self.done(submission, self._run_all(session.items))
        return True

    # Running

    def _run_all(self, items: list[pytest.Item]) -> list[Verdict]:
        """Every test on the current submission, or those of its trial."""
        assert self.submission is not None
        if self.submission.trial is None:
            return [self._run(item) for item in items]
        verdicts = []
        for stage in self.submission.trial.stages:
            for place in stage:
                verdicts.append(self._run(items[place]))
                if verdicts[-1].outcome != "passed":
                    break
        return verdicts

    def _run(self, item: pytest.Item) -> Verdict:
        """One test on the current submission; one that may have been stopped by the machine gets a second chance."""
        verdict = self._run_once(item)
        if verdict.code not in DOUBTFUL:
            return verdict
        second = self._run_once(item)
        return verdict if second.code == "submission_limit" else second

    def _run_once(self, item: pytest.Item) -> Verdict:
        assert self.submission is not None
        spec = self.specs[item.nodeid]
        if time.monotonic() > self.submission.deadline:
            limit = f"{self.submission.submission_wall_s:g} s"
            message = f"not run: the tests before it used up the {limit} that a submission has"
            return Verdict(test=spec, outcome="stopped", code="submission_limit", message=message)
        self.session, self.phases, self.remark = self.submission.session(), [], ""
        # Without a next item everything is torn down, so that no fixture of any scope outlives a submission.
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        session, channel = self.session, self.session.channel
        self.submission.worker.end()
        outcome, code, message, words = judge(self.phases, session.stopped, session.fault)
        if channel is not None:
            words = msgspec.structs.replace(
                words,
                printed=channel.printed.decode("utf-8", "backslashreplace"),
                is_cut=channel.n_printed > len(channel.printed),
            )
        message = printable(message, MAX_MESSAGE)
        return Verdict(
            test=spec,
            outcome=outcome,
            code=code,
            message=message,
            words=words,
            n_calls=session.n_calls,
            remark=self.remark,
        )

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
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    @pytest.hookimpl
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.broken = excinfo.value

    @pytest.hookimpl
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.broken = excinfo.value  # also pytest.exit


Phases = list[tuple[str, BaseException | None]]  # the phases of a test that came to their end, and what each raised


def judge(
    phases: Phases, stopped: Stopped | None = None, fault: Exception | None = None
) -> tuple[Any, str, str, StudentWords]:
    """(outcome, code, message, the student's own words) of a test, from what it raised in which phase.

    Whatever a test makes of it, student code that was stopped is not a pass, and neither is a fault; only a test that
    was called and raised nothing is one. In set-up and tear-down anything but the submission's own trouble is a fault.
    """
    none = StudentWords()
    raised = [(phase, error) for phase, error in phases if error is not None]
    for phase, error in raised:
        if not isinstance(error, OF_THE_SUBMISSION) and (phase != "call" or isinstance(error, FAULTS)):
            return "fault", "fault", f"{phase}: {type(error).__name__}: {error}", none
    if fault is not None:
        return "fault", "fault", f"{type(fault).__name__}: {fault}", none
    if stopped is not None:
        return "stopped", stopped.code, str(stopped), none
    if not raised:
        if [phase for phase, _ in phases] != ["setup", "call", "teardown"]:
            return "fault", "fault", "the test was not run", none
        return "passed", "passed", "", none
    _, error = raised[0]
    if isinstance(error, Stopped):
        return "stopped", error.code, str(error), none
    if isinstance(error, StudentError):
        words = error.raised
        said = StudentWords(where=words.where, trace=words.trace)
        stub = read_stub_message(words.text) if isinstance(error, NotImplementedError) else None
        if stub is not None:
            return "failed", "not_implemented", f"not done yet: {stub.exercise}, handout section {stub.section}", said
        where = f" ({words.where})" if words.where else ""
        return "failed", "raised", f"your code raised {error}{where}", said
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return "failed", "wrong", failure_message(error), none
    if isinstance(error, pytest.skip.Exception):
        return "fault", "fault", "the test skipped itself; a graded test has to come to a verdict", none
    return (
        "failed",
        "unusable",
        f"the test cannot use what your code returned: {type(error).__name__}: {error}",
        none,
    )


def test_name(node: Any) -> str:
    """The name under which a test draws its random numbers, the same in the template and while grading."""
    return f"{Path(str(node.path)).stem}::{node.name}"


test_name.__test__ = False  # type: ignore[attr-defined]


def read_marker(item: pytest.Item, assignment: Assignment) -> TestSpec:
    """The test's `points` marker; CourseError, naming the test, if it is missing or wrong."""
    where = f"{assignment.name}/{Path(str(item.path)).name}::{item.name}"
    if type(item) is not pytest.Function:  # a TestCase reports its failures in ways of its own
        raise CourseError(f"{where}: got a {type(item).__name__}, want a plain test function")
    markers = list(item.iter_markers("points"))
    if len(markers) != 1:
        raise CourseError(
            f'{where}: got {len(markers)} points markers, want one: @pytest.mark.points(2, exercise="...")'
        )
    args, given = markers[0].args, dict(markers[0].kwargs)
    if len(args) != 1 or isinstance(args[0], bool) or not isinstance(args[0], int | float) or not args[0] > 0:
        raise CourseError(f"{where}: points: got {args!r}, want one positive number")
    exercise = given.pop("exercise", None)
    if not isinstance(exercise, str) or not exercise:
        raise CourseError(f"{where}: points: exercise: got {exercise!r}, want the name of an exercise of the handout")
    public = Path(str(item.path)) == assignment.public_tests
    default = "visible" if public else assignment.feedback.hidden_visibility
    visibility, hint = given.pop("visibility", default), given.pop("hint", "")
    if visibility not in get_args(Visibility):
        raise CourseError(
            f"{where}: points: visibility: got {visibility!r}, want one of {', '.join(get_args(Visibility))}"
        )
    if not isinstance(hint, str) or given:
        raise CourseError(
            f"{where}: points: got {sorted(given) or hint!r}, want only exercise, hint (a text), visibility"
        )
    return TestSpec(
        name=item.name,
        exercise=exercise,
        points=float(args[0]),
        public=public,
        visibility=visibility,
        hint=hint,
    )


def check_total(specs: tuple[TestSpec, ...], assignment: Assignment) -> None:
    """CourseError unless the tests' points make 100."""
    points = total(spec.points for spec in specs)
    if points != TOTAL_POINTS:
        raise CourseError(f"{assignment.name}: the tests' points make {number(points)}; want {TOTAL_POINTS}")


class Package:
    """The reference package, its modules imported when first asked for."""

    def __init__(self, course: Course) -> None:
        folder = str(course.reference)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        self._package = importlib.import_module(course.package)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._package, name)
        except AttributeError:
            return importlib.import_module(f"{self._package.__name__}.{name}")


def _look_up(root: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        root = getattr(root, name)
    return root


def run(plugin: GradingPlugin) -> None:
    """Collect the assignment's tests and grade; CourseError if pytest cannot even start on them."""
    tests = [str(plugin.assignment.public_tests), str(plugin.assignment.hidden_tests)]
    # No configuration, conftest or plugin but ours: nothing around the course may change a verdict.
    # PYTEST_ADDOPTS=--setup-only alone would be full points for everybody.
    for name in [name for name in os.environ if name.startswith("PYTEST")]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    folder = str(plugin.assignment.folder)
    options = ["-c", os.devnull, "--noconftest", "--import-mode=importlib", "--rootdir", folder, "--capture=no"]
    unused = ("cacheprovider", "faulthandler", "warnings", "logging")
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        status = pytest.main([*options, *(f"-pno:{name}" for name in unused), *tests], plugins=[plugin])
    if plugin.errors:
        raise CourseError("\n".join(plugin.errors))
    if plugin.broken is not None:
        raise RuntimeError(f"pytest stopped: {type(plugin.broken).__name__}: {plugin.broken}") from plugin.broken
    if status != pytest.ExitCode.OK:
        raise RuntimeError(f"pytest stopped: {status!r}")
