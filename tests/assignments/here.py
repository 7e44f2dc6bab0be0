"""The tests of an assignment run in this process, on a package that is imported here: what the sandbox would find out,
twenty times faster.
"""

import functools
import importlib.util
import itertools
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.course import stand_ins
from autograder.course.manifest import Assignment, Course
from autograder.grading.markers import read_marker
from autograder.grading.verdicts import TestSpec, Verdict, unmet
from autograder.testing import Right, function_of
from autograder.testing.conditions import NotJudged
from autograder.testing.gradcheck import gradcheck
from autograder.testing.seeds import rng_for


@dataclass
class Graded:
    """The outcome of one run: the marker and the failure (None if passed) of each test, by its node id."""

    markers: dict[str, pytest.Mark | None] = field(default_factory=dict)
    failures: dict[str, str | None] = field(default_factory=dict)

    def points(self, file: str = "") -> float:
        return sum(mark.args[0] for test, mark in self.markers.items() if mark and file in test)

    @property
    def lost(self) -> dict[str, float]:
        """Points lost by exercise; exercises that lost none are not in it."""
        lost: dict[str, float] = defaultdict(float)
        for test, failure in self.failures.items():
            if failure is not None:
                lost[self.markers[test].kwargs["exercise"]] += self.markers[test].args[0]
        return dict(lost)

    @property
    def failed(self) -> dict[str, str]:
        return {test: failure for test, failure in self.failures.items() if failure is not None}


class Fixtures:
    """A pytest plugin: what an assignment's tests ask for, with the student's package in this process."""

    def __init__(
        self, student: ModuleType, reference: ModuleType, course: Course, assignment: Assignment, seed: int
    ) -> None:
        self.graded = Graded()
        self._student, self._reference, self._seed = student, reference, seed
        self._named, self._assignment = course.gradcheck, assignment
        self._places: dict[str, int] = {}
        self._verdicts: list[Verdict] = []

    @pytest.fixture
    def student(self) -> ModuleType:
        return self._student

    @pytest.fixture
    def reference(self) -> ModuleType:
        return self._reference

    @pytest.fixture
    def held(self) -> Callable[[Any], np.ndarray]:
        return lambda array: np.array(array)

    @pytest.fixture
    def beside(self) -> ModuleType:
        return stand_ins.module(self._assignment)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return rng_for(f"{request.path.stem}::{request.node.name}", self._seed)

    @pytest.fixture
    def gradcheck(self, request: pytest.FixtureRequest) -> Callable[..., Any]:
        rng = rng_for(f"{request.path.stem}::{request.node.name}", self._seed, stream="gradcheck")
        named = (self._named.tensor, self._named.context)
        student = [functools.reduce(getattr, dotted.split("."), self._student) for dotted in named]
        right = [functools.reduce(getattr, dotted.split("."), self._reference) for dotted in named]

        def check(f: Any, *inputs: Any, name: str | None = None, **options: Any) -> Any:
            return gradcheck(
                function_of(self._student, f),
                *inputs,
                tensor=student[0],
                context=student[1],
                rng=rng,
                name=name or "f",
                right=Right(function_of(self._reference, f), *right),
                **options,
            )

        return check

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "points(n, exercise, hint, visibility, after, forward)")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.graded.markers = {item.nodeid: item.get_closest_marker("points") for item in items}
        specs: list[TestSpec] = []
        for item in items:
            specs.append(read_marker(item, self._assignment, specs))
        self._verdicts = [Verdict(test=spec, outcome="passed", code="passed") for spec in specs]
        self._places = {item.nodeid: place for place, item in enumerate(items)}

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        waiting = unmet(self._verdicts[self._places[item.nodeid]].test, self._verdicts)
        if waiting is not None:
            raise NotJudged(waiting.message)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """The outcome without a traceback: those take most of the time of a run with many failures."""
        failure = call.excinfo.exconly() if call.excinfo else None
        if failure or call.when == "call":
            self.graded.failures[item.nodeid] = failure
        if failure:
            place = self._places[item.nodeid]
            self._verdicts[place] = Verdict(test=self._verdicts[place].test, outcome="failed", code="wrong")
        outcome = "failed" if failure else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, failure, call.when)


_numbers = itertools.count()


def import_package(folder: Path) -> ModuleType:
    """The package in this folder under a name of its own, so that several versions can be there at once."""
    name = f"{folder.name}_{next(_numbers)}"
    init = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(folder)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def forget_package(package: ModuleType) -> None:
    for loaded in [each for each in sys.modules if each.partition(".")[0] == package.__name__]:
        del sys.modules[loaded]


def grade_here(course: Course, name: str, student: ModuleType, reference: ModuleType, seed: int = 0) -> Graded:
    """The outcome of all tests of an assignment on an imported package."""
    assignment = course.assignment(name)
    plugin = Fixtures(student, reference, course, assignment, seed)
    tests = [str(assignment.public_tests), str(assignment.hidden_tests)]
    # A session inside a session: without what would change this one (output, signal handlers, caches).
    off = ["terminal", "cacheprovider", "faulthandler", "unraisableexception", "threadexception", "junitxml"]
    arguments = [*tests, "--capture=no", "--import-mode=importlib", f"--rootdir={course.root}", "-c/dev/null"]
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_ADDOPTS", raising=False)  # meant for the session outside
        status = pytest.main([*arguments, *(f"-pno:{name}" for name in off)], plugins=[plugin])
    assert status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    assert plugin.graded.failures.keys() == plugin.graded.markers.keys()
    return plugin.graded
