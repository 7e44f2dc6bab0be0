"""A course folder of nbgrader's, made by the export, and the real nbgrader at work on it in this process."""

import copy
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import OUT, main
from autograder.course import Course
from autograder.grading.batch import Batch
from autograder.grading.jobs import notebook_settings
from autograder.intake import Submission
from autograder.platforms.nbgrader.export import CONFIG, export
from tests import needs

needs.package("nbgrader")

WARNINGS = [
    # nbgrader's own: it asks SQLAlchemy 2 in the way of 1.3, and opens a gradebook for each step without closing it.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    # nbformat's, of notebooks whose cells have no ids: older programs write them.
    pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning"),
    pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId"),
]


class Lab:
    """One assignment, generated. Students work on copies of what nbgrader releases."""

    def __init__(self, course: Course, name: str, folder: Path) -> None:
        from nbgrader.apps import NbGraderAPI
        from traitlets.config import PyFileConfigLoader

        self.course, self.name, self.root = course, name, folder
        export(course, course.assignment(name), folder)
        self.config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
        self.config.CourseDirectory.root = str(folder)
        self.config.Exchange.root = str(folder.parent / "exchange")
        (folder.parent / "exchange").mkdir(exist_ok=True)
        self.api = NbGraderAPI(config=self.config)
        done = self.api.generate_assignment(name)
        assert done["success"], done["log"]
        self.source = json.loads((folder / "source" / name / f"{name}.ipynb").read_text("utf-8"))
        self.released = json.loads((folder / "release" / name / f"{name}.ipynb").read_text("utf-8"))

    def notebook(self, *solved):
        """A student's notebook, in which these exercises are solved."""
        mine = copy.deepcopy(self.released)
        for cell in mine["cells"]:
            cell["source"] = "".join(cell["source"])
        for exercise in solved:
            grade_id = "solution-" + exercise.replace(".", "-")
            self.cell(mine, grade_id)["source"] = "".join(self.cell(self.source, grade_id)["source"])
        return mine

    @staticmethod
    def cell(notebook, grade_id):
        return next(
            cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
        )

    def submit(self, student, notebook, timestamp=None):
        folder = self.root / "submitted" / student / self.name
        folder.mkdir(parents=True, exist_ok=True)
        text = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        (folder / f"{self.name}.ipynb").write_bytes(text)
        if timestamp:
            (folder / "timestamp.txt").write_text(timestamp)

    def autograde(self, student="*"):
        """What nbgrader says of grading one student, or everybody."""
        return self.api.autograde(self.name, student)

    def grade(self, *options):
        """`autograder grade --nbgrader` on this folder: (exit status, what it printed)."""
        where = ["--course", str(self.course.root), "--out", str(self.root.parent / "results")]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                OUT, "width", 300
            )  # made when the command line was imported, 80 wide where there is no screen
            done = CliRunner().invoke(main, ["grade", "--nbgrader", str(self.root), self.name, *where, *options])
        return done.exit_code, done.output

    def graded_alone(self):
        """{student: score} of the notebooks as `autograder grade NOTEBOOK --follow-through` grades them."""
        assignment = self.course.assignment(self.name)
        paths = sorted((self.root / "submitted").glob(f"*/{self.name}/{self.name}.ipynb"))
        submissions = [Submission(id=path.parts[-3], name="", paths=(path,)) for path in paths]
        out = self.root.parent / "alone"
        batch = Batch(self.course, assignment, notebook_settings(self.course, assignment), out, jobs=2, regrade=True)
        return {each.record.id: each.record.score for each in batch.grade(submissions).rows}

    def scores(self):
        """{student: score} of the gradebook."""
        with self.api.gradebook as gradebook:
            return {each.student.id: each.score for each in gradebook.assignment_submissions(self.name)}

    def autograded(self, student):
        return json.loads((self.root / "autograded" / student / self.name / f"{self.name}.ipynb").read_text("utf-8"))

    def forget(self):
        """As if nothing had been graded."""
        with self.api.gradebook as gradebook:
            for each in list(gradebook.assignment_submissions(self.name)):
                gradebook.remove_submission(self.name, each.student.id)
        for step in ("autograded", "feedback", "submitted"):
            shutil.rmtree(self.root / step, ignore_errors=True)
