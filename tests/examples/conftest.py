"""Grades each sample class once, in the real sandbox."""

import functools
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.course import Course
from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.intake import find_submissions

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def course() -> Course:
    return Course.load(ROOT)


@pytest.fixture(scope="session")
def graded(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SimpleNamespace]:
    """graded(folder, jobs): the sample class in examples/, or one of it, its results and the reports in them, by id."""

    @functools.cache
    def grade(name: str, jobs: int = 2, only: str = "") -> SimpleNamespace:
        folder = ROOT / "examples" / name
        expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
        assignment = course.assignment(name.partition("_")[0])
        submissions = find_submissions([folder / only], package=course.package, modules=assignment.modules)
        settings = Settings(
            course=str(course.root), assignment=assignment.name, follow_through=expected.get("follow_through", False)
        )
        out = tmp_path_factory.mktemp(name)
        Batch(course, assignment, settings, out, jobs=jobs).grade(submissions)
        reports = {each.id: json.loads((out / each.id / "results.json").read_text("utf-8")) for each in submissions}
        return SimpleNamespace(expected=expected["scores"], out=out, reports=reports)

    return grade
