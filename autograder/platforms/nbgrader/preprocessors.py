"""Steps of nbgrader's converters, set in nbgrader_config.py: stubs, and grading in the sandbox.

Who runs what: nbgrader converts each submission in its own process. GradeInSandbox hands the notebook's path to a
grader process of ours, which reads it and runs what is in it in a sandbox, and gets verdicts back. Nothing of a
student's runs in nbgrader's process, nor in a kernel.
"""

import os
from typing import Any

from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets import Unicode, default

from autograder.course.regions import stub
from autograder.platforms.nbgrader.exporter import SubmittedNotebooks
from autograder.platforms.nbgrader.master import tested_cells
from autograder.platforms.nbgrader.outcome import Outcomes


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


class GradeInSandbox(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the place of Execute: grades the notebook as `autograder grade` does, and sets its grade cells' outputs.

    What is graded is the file that was handed in, so that it gets the same score from both.
    """

    course = Unicode(help="The folder of the course, or one inside it; else where nbgrader's own is.").tag(config=True)

    @default("course")  # type: ignore[untyped-decorator]
    def _course_default(self) -> str:
        return os.environ.get("AUTOGRADER_COURSE", "")

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        run, own = self.parent, resources["nbgrader"]
        if not isinstance(run, SubmittedNotebooks):
            raise NotGraded(
                "nbgrader would open submissions itself, and follow what links are in them; set in nbgrader_config.py "
                'c.Autograde.exporter_class = "autograder.platforms.nbgrader.exporter.SubmittedNotebooks"'
            )
        cells = tested_cells(nb)
        if not cells:
            return nb, resources  # another notebook of the assignment, with nothing to test
        graders, submitted = (
            run.graders(self.course, own["assignment"]),
            run.submissions[own["student"], own["assignment"]],
        )
        graded = graders.grade(submitted.paths(own["notebook"]), run.ahead(own))
        if graded.status == "needs_attention":
            raise NotGraded(
                f"{own['student']}: {own['assignment']} could not be graded, which is not the student's fault: "
                f'{graded.reason}; run "nbgrader autograde {own["assignment"]}" again'
            )
        Outcomes(submitted.with_note(graded), graders.tests, graders.assignment).write(cells)
        return nb, resources
