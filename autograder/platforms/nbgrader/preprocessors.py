"""Steps of nbgrader's converters, set in nbgrader_config.py: stubs, cells put right, and grading in the sandbox.

Who runs what: nbgrader converts each submission in its own process. GradeInSandbox hands the notebook's path to a
grader process of ours, which reads it and runs what is in it in a sandbox, and gets verdicts back. Nothing of a
student's runs in nbgrader's process, nor in a kernel.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets import Unicode, default

from autograder.course.manifest import Course
from autograder.course.regions import stub
from autograder.platforms.nbgrader.master import Master, tested_cells
from autograder.platforms.nbgrader.outcome import Outcomes
from autograder.platforms.nbgrader.warm import warm_graders


class NotGraded(Exception):
    """A submission that could not be graded: nbgrader logs it, keeps nothing of it, and goes on with the next."""


class WriteStubs(ClearSolutions):  # type: ignore[misc]
    """Takes the place of ClearSolutions: an exercise's solution becomes the stub of the students' template."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        own = cell.metadata.get("autograder", {})
        if not is_solution(cell) or "stub" not in own:
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            return cell, resources
        wanted = own.pop("stub")
        exercise = own["exercise"]
        cell.source = stub(cell.source, exercise, lambda _: str(wanted["message"]), width=wanted["width"])
        return cell, resources


class RestoreCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the places of DeduplicateIds and OverwriteCells: every cell of the gradebook is there once, as it was set.

    Of two cells of one id the last counts, as with nbgrader. One whose id the gradebook does not know becomes an
    ordinary cell. A test cell that was deleted is put back.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        own = resources["nbgrader"]
        for line in _master(own).restore(nb):
            self.log.warning("%s: %s", own["student"], line)
        return nb, resources


class GradeInSandbox(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the place of Execute: grades the notebook as `autograder grade` does, and sets its grade cells' outputs.

    What is graded is the file that was handed in, so that it gets the same score from both.
    """

    course = Unicode(help="The folder of the course, or one inside it; else where nbgrader's own is.").tag(config=True)

    @default("course")  # type: ignore[untyped-decorator]
    def _course_default(self) -> str:
        return os.environ.get("AUTOGRADER_COURSE", "")

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        cells, own = tested_cells(nb), resources["nbgrader"]
        if not cells and not _master(own).has_tests:
            return nb, resources  # another notebook of the assignment, with nothing to test
        converter = self.parent.parent
        course = Course.find(Path(self.course or converter.coursedir.root))
        assignment = course.assignment(own["assignment"])
        graders = warm_graders(course, assignment)
        path = _submitted(converter, own["student"], own["assignment"]) / f"{own['notebook']}.ipynb"
        graded = graders.grade(path, _ahead(converter, path))
        if graded.status == "needs_attention":
            raise NotGraded(
                f"{own['student']}: {own['assignment']} could not be graded, which is not the student's fault: "
                f"{graded.reason}; run nbgrader autograde again"
            )
        Outcomes(graded, graders.tests, assignment).write(cells)
        return nb, resources


def _master(own: Any) -> Master:
    with Gradebook(own["db_url"]) as gradebook:
        return Master.read(gradebook.find_notebook(own["notebook"], own["assignment"]))


def _submitted(converter: Any, student: str, assignment: str) -> Path:
    folder = converter.coursedir.format_path(converter.coursedir.submitted_directory, student, assignment)
    return Path(folder).resolve()


def _ahead(converter: Any, path: Path) -> Iterator[Path]:
    """The same notebook of the submissions that nbgrader will come to after this one."""
    folders = sorted(Path(folder).resolve() for folder in converter.assignments)
    for folder in folders:
        student, assignment = folder.parent.name, folder.name
        done = Path(converter.coursedir.format_path(converter.coursedir.autograded_directory, student, assignment))
        following = folder / path.name
        if folder > path.parent and following.exists() and (converter.force or not done.exists()):
            yield following
