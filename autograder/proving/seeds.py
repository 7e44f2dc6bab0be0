"""Runs an assignment's tests on right code over many seeds, and measures how close it ever comes to a tolerance.

No sandbox and no worker: the package is the course's own, so tests call it in this process, thirty times faster.
`np.allclose`, by which tests compare, is watched while they run, and so is what gradient checks report.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.checks.gradients import GradcheckReport
from autograder.checks.gradients.noise import NOISY
from autograder.course import stand_ins
from autograder.course.manifest import Assignment, Course
from autograder.course.variants import import_folder
from autograder.grading.collecting import run
from autograder.grading.judging import judge
from autograder.grading.plugin import DRAWING, GradingPlugin
from autograder.grading.pytest_internals import OutcomeException
from autograder.grading.reference_package import ReferencePackage
from autograder.proving.processes import fresh_processes

WANTED_MARGIN = 10.0
NOISE_MARGIN = 3.0  # right gradients stay so far below what looks like numerical differences
CHUNK = 50  # seeds that one process takes at a time
LASTING = frozenset({"student", "held", "beside", "reference"})  # those that are the same for every seed


@dataclass
class SeedsReport:
    """What many seeds showed: verdicts, failures as lines, and each test's closest approach to a tolerance.

    A closeness is an error over what is allowed: at most 1 in a passed comparison; its inverse is the margin.
    """

    assignment: str
    n_verdicts: int = 0
    failures: list[str] = field(default_factory=list)
    closest: dict[str, tuple[float, int]] = field(default_factory=dict)  # test -> closeness, seed
    noise: float = 0.0  # of the noisiest gradient, see autograder/checks/gradients/noise.py

    def note(self, test: str, closeness: float, seed: int) -> None:
        self.closest[test] = max(self.closest.get(test, (0.0, seed)), (closeness, seed))

    def add(self, other: "SeedsReport") -> None:
        self.n_verdicts += other.n_verdicts
        self.failures += other.failures
        self.noise = max(self.noise, other.noise)
        for test, (closeness, seed) in other.closest.items():
            self.note(test, closeness, seed)

    def narrow(self) -> list[str]:
        """Lines on the tests whose margin is smaller than wanted, the smallest first."""
        known = sorted(self.closest.items(), key=lambda item: -item[1][0])
        return [
            f"{test} with seed {seed}: within {1 / closeness:.2g} times of its tolerance"
            for test, (closeness, seed) in known
            if closeness * WANTED_MARGIN > 1
        ]

    @property
    def margin(self) -> float:
        """The smallest of all."""
        closeness = max((each for each, _ in self.closest.values()), default=0.0)
        return float("inf") if closeness == 0 else 1 / closeness


def run_seeds(course: Course, assignment: Assignment, package: Path, seeds: range, jobs: int = 1) -> SeedsReport:
    """Every test of the assignment on the package in this folder, once with each seed."""
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    tasks = [(str(course.root), assignment.name, str(package), chunk) for chunk in chunks]
    report = SeedsReport(assignment.name)
    with fresh_processes(jobs) as pool:
        for found in pool.map(_run_chunk, tasks):
            report.add(found)
    return report


def _run_chunk(task: tuple[str, str, str, range]) -> SeedsReport:
    root, name, package, seeds = task
    course = Course.load(Path(root))
    assignment = course.assignment(name)
    with import_folder(Path(package), {}) as imported:
        plugin = SeedsPlugin(course, assignment, imported, seeds)
        with plugin.watched_allclose():
            run(plugin, plugin.work)
    return plugin.report


class SeedsPlugin(GradingPlugin):
    """Runs the collected tests on a package in this process, once for each seed."""

    def __init__(self, course: Course, assignment: Assignment, package: ModuleType, seeds: range) -> None:
        super().__init__(course, assignment)
        self.package = package
        self.seeds = seeds
        self.report = SeedsReport(assignment.name)
        self.test = ""
        self.given: dict[str, tuple[pytest.Function, dict[str, Any]]] = {}  # by id: a test, and what it got at first

    @pytest.fixture
    def student(self) -> Any:
        """The package, right here."""
        return _Here(self.package)

    @pytest.fixture
    def held(self) -> Any:
        return np.array

    @pytest.fixture
    def beside(self) -> Any:
        return stand_ins.module(self.assignment)

    def work(self) -> None:
        """Run every test with each seed."""
        for seed in self.seeds:
            self.seed = seed
            for item in self.items:
                # A test that draws no numbers knows nothing of the seed: once is enough.
                if seed == 0 or self.draws(item):
                    self._run_here(item)

    def _run_here(self, item: pytest.Item) -> None:
        self.phases, self.test = [], item.name
        if item.nodeid in self.given:
            self._call_again(*self.given[item.nodeid])
        else:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        outcome, _, message, _ = judge(self.phases)
        self.report.n_verdicts += 1
        if outcome != "passed":
            self.report.failures.append(f"{item.name} with seed {self.seed}: {message}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> None:
        """Keep what a test was given if all of it lasts or can be made anew; no fixture of its own, and no other."""
        given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        parameters = pyfuncitem.callspec.params if hasattr(pyfuncitem, "callspec") else {}
        if set(pyfuncitem.fixturenames) - {"request"} <= DRAWING | LASTING | set(parameters):
            self.given[pyfuncitem.nodeid] = (pyfuncitem, given)

    def _call_again(self, item: pytest.Function, given: dict[str, Any]) -> None:
        """The test's own function with other random numbers; setting it up by pytest takes half as long as itself."""
        anew = dict(given)
        if "rng" in anew:
            anew["rng"] = self._rng_of(item, "test")
        if "gradcheck" in anew:
            anew["gradcheck"] = partial(anew["gradcheck"], rng=self._rng_of_gradcheck(item))
        error: BaseException | None = None
        try:
            item.obj(**anew)
        except (Exception, OutcomeException) as raised:
            error = raised
        self.phases = [("setup", None), ("call", error), ("teardown", None)]

    def note_gradcheck(self, report: GradcheckReport) -> None:
        self.report.note(self.test, report.worst, self.seed)
        self.report.noise = max(self.report.noise, report.noise)
        if report.noise * NOISE_MARGIN > NOISY:
            line = (
                f"{self.test} with seed {self.seed}: gradients as noisy as {report.noise:.1e}; {NOISY:.0e} is suspect"
            )
            self.report.failures.append(line)

    @contextmanager
    def watched_allclose(self) -> Iterator[None]:
        """While it lasts, what tests compare by np.allclose is noted."""
        original = np.allclose
        tests = {str(self.assignment.public_tests), str(self.assignment.hidden_tests)}

        def watched(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8, **options: Any) -> bool:
            close = original(a, b, rtol=rtol, atol=atol, **options)
            if close and sys._getframe(1).f_code.co_filename in tests:
                self.report.note(self.test, _closeness(a, b, rtol, atol), self.seed)
            return close

        np.allclose = watched  # type: ignore[assignment]
        try:
            yield
        finally:
            np.allclose = original


def _closeness(a: Any, b: Any, rtol: float, atol: float) -> float:
    """The largest error over what was allowed; not finite values, which are equal, do not count."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    finite = np.isfinite(a) & np.isfinite(b)
    allowed = atol + rtol * np.abs(b[finite])
    error = np.abs(a[finite] - b[finite])
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.max(np.where(error == 0, 0.0, error / allowed), initial=0.0))


class _Here(ReferencePackage):
    """A package in this process, its modules imported when first asked for."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package
