"""Runs the tests of an assignment in this process, on the reference or on a copy of it with changes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Any

import pytest

from autograder.course.manifest import Course
from autograder.course.regions import regions
from tests.assignments.here import Graded, forget_package, grade_here
from tests.assignments.here import import_package as import_here

ROOT = Path(__file__).parents[2]


@pytest.fixture
def import_package() -> Iterator[Callable[[Path], ModuleType]]:
    """Imports a package folder; it is forgotten at the end."""
    packages: list[ModuleType] = []

    def load(folder: Path) -> ModuleType:
        packages.append(import_here(folder))
        return packages[-1]

    yield load
    for package in packages:
        forget_package(package)


@pytest.fixture(scope="session")
def course() -> Course:
    return Course.load(ROOT)


@pytest.fixture(scope="session")
def reference(course: Course) -> ModuleType:
    return import_here(course.package_folder)


@pytest.fixture
def grade(course: Course, reference: ModuleType, import_package: Callable[[Path], ModuleType]) -> Callable[..., Graded]:
    """grade(assignment's name, package folder, seed): the outcome of all its tests; by default on the reference."""

    def run(name: str, folder: Path = course.package_folder, seed: int = 0) -> Graded:
        return grade_here(course, name, import_package(folder), reference, seed)

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
