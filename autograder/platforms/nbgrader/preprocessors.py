"""Steps of nbgrader's converters, set in nbgrader_config.py: stubs, cells put right, and grading in the sandbox.

Who runs what: nbgrader converts each submission in its own process. GradeInSandbox hands the notebook's path to a
grader process of ours, which reads it and runs what is in it in a sandbox, and gets verdicts back. Nothing of a
student's runs in nbgrader's process, nor in a kernel.
"""

import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, proxy

from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets import Unicode, default

from autograder.course.manifest import Course
from autograder.course.regions import stub
from autograder.platforms.nbgrader.master import Master, tested_cells
from autograder.platforms.nbgrader.outcome import Outcomes
from autograder.platforms.nbgrader.warm import WarmGraders, warm_graders


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
        for line in _run_of(self).master(own).restore(nb):
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
        cells, own, run = tested_cells(nb), resources["nbgrader"], _run_of(self)
        if not cells and not run.master(own).has_tests:
            return nb, resources  # another notebook of the assignment, with nothing to test
        graders = run.graders(self.course, own["assignment"])
        path = run.submitted(own["student"], own["assignment"]) / f"{own['notebook']}.ipynb"
        graded = graders.grade(path, run.ahead(path))
        if graded.status == "needs_attention":
            raise NotGraded(
                f"{own['student']}: {own['assignment']} could not be graded, which is not the student's fault: "
                f'{graded.reason}; run "nbgrader autograde {own["assignment"]}" again'
            )
        Outcomes(graded, graders.tests, graders.assignment).write(cells)
        return nb, resources


class Run:
    """One run of nbgrader's autograde: what is the same for all its submissions is found out once."""

    def __init__(self, converter: Any) -> None:
        self.converter = proxy(converter)
        self.masters: dict[tuple[str, str], Master] = {}
        self.found: dict[str, WarmGraders] = {}
        self.folders = sorted(Path(folder).resolve() for folder in converter.assignments)

    def master(self, own: Any) -> Master:
        """The gradebook's cells of a notebook."""
        key = own["assignment"], own["notebook"]
        if key not in self.masters:
            with Gradebook(own["db_url"]) as gradebook:
                self.masters[key] = Master.read(gradebook.find_notebook(own["notebook"], own["assignment"]))
        return self.masters[key]

    def graders(self, course: str, assignment: str) -> WarmGraders:
        """The graders of an assignment, of the course as it was when they were first asked for."""
        if assignment not in self.found:
            folder = self.converter.coursedir.root
            known = Course.find(Path(course or folder))
            self.found[assignment] = warm_graders(known, known.assignment(assignment), secrets=(os.fsencode(folder),))
        return self.found[assignment]

    def submitted(self, student: str, assignment: str) -> Path:
        """The folder that was handed in."""
        coursedir = self.converter.coursedir
        return Path(coursedir.format_path(coursedir.submitted_directory, student, assignment)).resolve()

    def ahead(self, path: Path) -> Iterator[Path]:
        """The same notebook of the submissions that nbgrader will come to after this one."""
        coursedir = self.converter.coursedir
        for folder in self.folders[bisect_right(self.folders, path.parent) :]:
            student, assignment = folder.parent.name, folder.name
            done = Path(coursedir.format_path(coursedir.autograded_directory, student, assignment))
            following = folder / path.name
            if following.exists() and (self.converter.force or not done.exists()):
                yield following


_runs: WeakKeyDictionary[Any, Run] = WeakKeyDictionary()


def _run_of(preprocessor: Any) -> Run:
    """The run that a preprocessor is part of: nbgrader makes a converter for each, and preprocessors anew and anew."""
    converter = preprocessor.parent.parent
    if converter not in _runs:
        _runs[converter] = Run(converter)
    return _runs[converter]
