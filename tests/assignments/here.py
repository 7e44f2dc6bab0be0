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
from _pytest.outcomes import OutcomeException

from autograder.checks.random_numbers import rng_for
from autograder.course import stand_ins
from autograder.course.manifest import Assignment, Course
from autograder.grading.gradients import Gradients
from autograder.grading.markers import read_marker
from autograder.grading.verdicts import TestSpec, Verdict, unmet


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
    """A pytest plugin: an assignment's tests, collected once, and what they ask for, with a package of this process."""

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self._assignment = assignment
        self._gradients = Gradients(course, assignment)
        self._gradients.policy = "allow"  # whether they look derived is asked where misconceptions are graded
        self._items: list[pytest.Item] = []
        self._specs: list[TestSpec] = []
        self._markers: dict[str, pytest.Mark | None] = {}

    def grade(self, student: ModuleType, reference: ModuleType, seed: int) -> Graded:
        """The outcome of all tests on a package."""
        self._student, self._reference, self._seed = student, reference, seed
        verdicts = [Verdict(test=spec, outcome="passed", code="passed") for spec in self._specs]
        graded = Graded(self._markers)
        for place, item in enumerate(self._items):
            waiting = unmet(self._specs[place], verdicts)
            graded.failures[item.nodeid] = failure_of(item) if waiting is None else waiting.message
            if graded.failures[item.nodeid] is not None:
                verdicts[place] = Verdict(test=self._specs[place], outcome="failed", code="wrong")
        return graded

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
        sides = map(self._gradients.side, (self._student, self._reference))
        test = (request.node.nodeid, self._seed)
        return functools.partial(self._gradients.check, *sides, test=test, rng=rng, wider_numbers={})

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "points(n, exercise, hint, visibility, after, forward)")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._items = items
        self._markers = {item.nodeid: item.get_closest_marker("points") for item in items}
        for item in items:
            self._specs.append(read_marker(item, self._assignment, self._specs))


def failure_of(item: pytest.Item) -> str | None:
    """How a test fails now, in a line; None if it passes. pytest's own way takes most of its time for tracebacks."""
    state = item.session._setupstate
    item._initrequest()
    try:
        state.setup(item)
        item.runtest()
    except (Exception, OutcomeException) as error:
        return pytest.ExceptionInfo.from_exception(error).exconly()
    finally:
        state.teardown_exact(None)
    return None


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


@functools.cache
def collected(root: Path, name: str) -> Fixtures:
    """The tests of an assignment, which stay usable when the session that has collected them is over."""
    course = Course.load(root)
    assignment = course.assignment(name)
    plugin = Fixtures(course, assignment)
    tests = [str(assignment.public_tests), str(assignment.hidden_tests)]
    # A session inside a session: without what would change this one (output, signal handlers, caches).
    off = ["terminal", "cacheprovider", "faulthandler", "unraisableexception", "threadexception", "junitxml"]
    arguments = [
        *tests,
        "--collect-only",
        "--capture=no",
        "--import-mode=importlib",
        f"--rootdir={root}",
        f"--confcutdir={root}",
        "-c/dev/null",
    ]
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTEST_ADDOPTS", raising=False)  # meant for the session outside
        assert pytest.main([*arguments, *(f"-pno:{name}" for name in off)], plugins=[plugin]) == pytest.ExitCode.OK
    return plugin


def grade_here(course: Course, name: str, student: ModuleType, reference: ModuleType, seed: int = 0) -> Graded:
    """The outcome of all tests of an assignment on an imported package."""
    return collected(course.root, name).grade(student, reference, seed)
