"""Runs the tests of an assignment in this process, on the reference or on a copy of it with changes."""

import functools
import importlib.util
import itertools
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from autograder.beside.objects import repeat
from autograder.course.manifest import Course
from autograder.course.regions import regions
from autograder.testing.gradcheck import gradcheck
from autograder.testing.seeds import rng_for

ROOT = Path(__file__).parents[2]


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

    def __init__(self, student: ModuleType, reference: ModuleType, course: Course, seed: int) -> None:
        self.graded = Graded()
        self._student, self._reference, self._seed = student, reference, seed
        named = course.gradcheck
        self._tensor = functools.partial(_look_up, student, named.tensor)
        self._context = functools.partial(_look_up, student, named.context)

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
    def repeat(self) -> Callable[..., Any]:
        return repeat

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return rng_for(f"{request.path.stem}::{request.node.name}", self._seed)

    @pytest.fixture
    def gradcheck(self, request: pytest.FixtureRequest) -> Callable[..., Any]:
        rng = rng_for(f"{request.path.stem}::{request.node.name}", self._seed, stream="gradcheck")
        return functools.partial(gradcheck, tensor=self._tensor(), context=self._context(), rng=rng)

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "points(n, exercise, hint, visibility)")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.graded.markers = {item.nodeid: item.get_closest_marker("points") for item in items}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """The outcome without a traceback: those take most of the time of a run with many failures."""
        failure = call.excinfo.exconly() if call.excinfo else None
        if failure or call.when == "call":
            self.graded.failures[item.nodeid] = failure
        outcome = "failed" if failure else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, failure, call.when)


def _look_up(package: ModuleType, dotted: str) -> Any:
    return functools.reduce(getattr, dotted.split("."), package)


_numbers = itertools.count()


@pytest.fixture
def import_package() -> Iterator[Callable[[Path], ModuleType]]:
    """Imports a package folder under a name of its own, so that several versions can be there at once."""
    names = []

    def load(folder: Path) -> ModuleType:
        names.append(f"{folder.name}_{next(_numbers)}")
        init = folder / "__init__.py"
        spec = importlib.util.spec_from_file_location(names[-1], init, submodule_search_locations=[str(folder)])
        module = importlib.util.module_from_spec(spec)
        sys.modules[names[-1]] = module
        spec.loader.exec_module(module)
        return module

    yield load
    for loaded in [each for each in sys.modules if each.partition(".")[0] in names]:
        del sys.modules[loaded]


@pytest.fixture(scope="session")
def course() -> Course:
    return Course.load(ROOT)


@pytest.fixture
def grade(course: Course, import_package: Callable[[Path], ModuleType]) -> Callable[..., Graded]:
    """grade(assignment's name, package folder, seed): the outcome of all its tests; by default on the reference."""

    def run(name: str, folder: Path = course.package_folder, seed: int = 0) -> Graded:
        assignment = course.assignment(name)
        plugin = Fixtures(import_package(folder), import_package(course.package_folder), course, seed)
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

    return run


@pytest.fixture
def package(course: Course, tmp_path: Path) -> Path:
    """A copy of the reference to be changed."""
    return Path(shutil.copytree(course.package_folder, tmp_path / course.package))


@pytest.fixture
def with_answer(package: Path) -> Callable[[dict[str, Any]], Path]:
    """with_answer(answer): the copy, after an answer of a table was put into it."""

    def apply(answer: dict[str, Any]) -> Path:
        if "region" in answer:
            changes = {answer["region"]: answer}
        else:
            methods = [method for method in ("forward", "backward") if method in answer]
            changes = {f"functional.{answer['exercise']}.{method}": {"new": answer[method]} for method in methods}
        assert changes, answer["name"]
        for region, change in changes.items():
            file = package / f"{region.partition('.')[0]}.py"
            file.write_text(changed(file.read_text(encoding="utf-8"), file.stem, region, change), encoding="utf-8")
        return package

    return apply


def changed(source: str, module: str, name: str, change: dict[str, Any]) -> str:
    """The module's source with the solution region of this name changed."""
    (region,) = [each for each in regions(source, module) if each.name == name]
    before, new = "\n".join(region.lines), change["new"].strip("\n")
    margin = region.lines[0][: -len(region.lines[0].lstrip())]
    if "old" in change:
        assert before.count(change["old"]) == 1, f"{name}: want {change['old']!r} once in the region"
        after = before.replace(change["old"], new)
    elif "paragraph" in change:
        paragraphs = before.split("\n\n")
        paragraphs[change["paragraph"] - 1] = indent(new, margin)
        after = "\n\n".join(paragraphs)
    else:
        after = indent(new, margin)
    lines = source.split("\n")
    return "\n".join([*lines[: region.begin], after, *lines[region.end - 1 :]])
