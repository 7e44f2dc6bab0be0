"""A class graded into nbgrader's gradebook at the engine's own pace: `autograder grade --nbgrader COURSE ASSIGNMENT`.

`nbgrader autograde` converts each notebook twice and opens its database a dozen times for it, one submission after the
other. Here graders work side by side, and what they find is written over one connection: the scores, comments and late
penalties, and the folder `autograded/`, that nbgrader's autograde leaves with our preprocessors.
"""

import os
import re
import shutil
import sys
import warnings
from collections.abc import Callable, Sequence
from glob import glob
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from traitlets.config import Config, PyFileConfigLoader

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.batch import Batch, ClassResult
from autograder.grading.graders import anew
from autograder.grading.jobs import Settings, Unchanged
from autograder.grading.records import Record
from autograder.grading.results_folder import ResultsFolder, Row
from autograder.grading.verdicts import Graded, TestSpec, settle
from autograder.intake import Submission, safe_ids
from autograder.intake.names import show
from autograder.platforms.nbgrader.export import CONFIG
from autograder.platforms.nbgrader.master import Master, tested_cells
from autograder.platforms.nbgrader.outcome import Outcomes
from autograder.platforms.nbgrader.submitted import TIMESTAMP, Submitted, name_is_plain

LEFT_OUT = "grades given by hand, extra credit and late penalties, which are in nbgrader's gradebook"
_MAX_NAMES = 5  # of files, in a message


class NbgraderCourse:
    """An assignment in nbgrader's course folder: what was submitted, and where the grades of it go."""

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        """CourseError if nbgrader does not know the assignment there."""
        self.assignment = assignment
        self.config = Config()
        if (folder / CONFIG).exists():
            self.config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
        self.config.CourseDirectory.root = str(folder.resolve())
        self.directory = CourseDirectory(config=self.config)
        self.converter = Autograde(coursedir=self.directory, config=self.config)
        self.gradebook = self._open(folder)
        try:
            notebooks = self.gradebook.find_assignment(assignment.name).notebooks
        except MissingEntry:
            self.gradebook.close()
            raise CourseError(
                f"{folder}: nbgrader knows no assignment {assignment.name}; "
                f'run "nbgrader generate_assignment {assignment.name}" there first'
            ) from None
        self.masters = {notebook.name: Master.read(notebook) for notebook in notebooks}
        self.kernels = {notebook.name: notebook.kernelspec for notebook in notebooks}

    def _open(self, folder: Path) -> Any:
        file = Path(self.directory.db_url.removeprefix("sqlite:///"))
        if self.directory.db_url.startswith("sqlite:///") and not file.exists():
            where = Path(sys.executable).parent
            path = "" if shutil.which("alembic") else f"; nbgrader needs alembic for it: put {where} on PATH"
            raise CourseError(
                f'{folder}: no gradebook; run "nbgrader generate_assignment {self.assignment.name}" there first{path}'
            )
        return Gradebook(self.directory.db_url, self.directory.course_id)

    def folder(self, step: str, student: str) -> Path:
        return Path(self.directory.format_path(step, student, self.assignment.name))

    def submitted(self, student: str) -> Submitted:
        return Submitted(self.directory, student, self.assignment.name)

    def students(self) -> list[str]:
        """Who has submitted something."""
        step = self.directory.submitted_directory
        pattern = self.directory.format_path(step, "(?P<student>.*)", re.escape(self.assignment.name), escape=True)
        folders = (path for path in glob(str(self.folder(step, "*"))) if Path(path).is_dir())
        found = (re.fullmatch(pattern, path, re.DOTALL) for path in folders)
        return sorted(match["student"] for match in found if match)

    # --- one submission -----------------------------------------------------------------------------------------

    def fill(self, student: str, graded: Graded, tests: tuple[TestSpec, ...]) -> None:
        """What nbgrader's autograde leaves of a submission: grades in the gradebook, notebooks in autograded/."""
        submitted = self.submitted(student)
        folder = self.folder(self.directory.autograded_directory, student)
        # All that can go wrong with a notebook does so before the gradebook hears of it.
        notebooks = {name: self._graded(name, submitted, graded, tests) for name in self.masters}
        self.forget(student)
        source = Path(self.directory.format_path(self.directory.source_directory, ".", self.assignment.name))
        if source.is_dir():
            shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.ipynb", *self.directory.ignore))
        folder.mkdir(parents=True, exist_ok=True)
        self.gradebook.update_or_create_student(student)
        stamp, _ = submitted.timestamp()
        if stamp:
            (folder / TIMESTAMP).write_text(f"{stamp} UTC\n", encoding="utf-8")
        submission = self.gradebook.update_or_create_submission(
            self.assignment.name, student, **({"timestamp": stamp} if stamp else {})
        )
        for name, nb in notebooks.items():
            row = self.gradebook.find_submission_notebook(name, self.assignment.name, student)
            self._save(nb, row)
            if nb is not None:
                nbformat.write(nb, folder / f"{name}.ipynb")
                if submission.total_seconds_late > 0 or row.late_submission_penalty:
                    self._penalise(nb, name, student)
        self.converter.set_permissions(self.assignment.name, student)

    def forget(self, student: str) -> None:
        """Removes what an earlier grading wrote of a submission, but for its rows in the gradebook."""
        shutil.rmtree(self.folder(self.directory.autograded_directory, student), ignore_errors=True)
        self.gradebook.db.rollback()

    def _graded(self, name: str, submitted: Submitted, graded: Graded, tests: tuple[TestSpec, ...]) -> Any:
        """The notebook with what was found out in its cells; None if it was not handed in."""
        if not os.path.lexists(submitted.paths(name)[0]):
            return None
        nb, _ = submitted.shown(name, self.masters[name])
        kernel = msgspec.json.decode(self.kernels[name] or "null")
        if kernel:
            nb.metadata["kernelspec"] = nbformat.from_dict(kernel)
        cells = tested_cells(nb)
        if cells:
            Outcomes(graded, tests, self.assignment).write(cells)
        return nb

    def _save(self, nb: Any, row: Any) -> None:
        """As nbgrader does: the automatic scores, never a person's; zeros for a notebook that was not handed in."""
        grades = {grade.name: grade for grade in row.grades}
        comments = {comment.name: comment for comment in row.comments}
        if nb is None:
            for grade in row.grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
        for cell in nb.cells if nb is not None else ():
            own = cell.metadata.get("nbgrader", {})
            if is_grade(cell):
                grade = grades[own["grade_id"]]
                grade.auto_score, _ = determine_grade(cell)
                grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            if is_solution(cell) or is_task(cell):
                unchanged = not is_task(cell) and own.get("checksum") == compute_checksum(cell)
                comments[own["grade_id"]].auto_comment = "No response." if unchanged else None
        self.gradebook.db.commit()

    def _penalise(self, nb: Any, notebook: str, student: str) -> None:
        own = {"notebook": notebook, "assignment": self.assignment.name, "student": student}
        resources = {"nbgrader": own | {"db_url": self.directory.db_url}}
        AssignLatePenalties(config=self.config).preprocess(nb, resources)


def _missing(path: Path) -> str:
    """What is said of a submission without its notebook."""
    there = [show(name) for name in sorted(os.listdir(path.parent))]
    got = ", ".join([*there[:_MAX_NAMES], *(["..."] if len(there) > _MAX_NAMES else [])]) or "an empty folder"
    return f"no {path.name} among what was submitted: got {got}; rename the notebook, and run the same command again"


# --- the class ----------------------------------------------------------------------------------------------


class IntoGradebook(Batch):
    """A batch whose outcomes go into nbgrader's gradebook too; `out` holds what the instructor may read beyond it."""

    def __init__(
        self,
        nbgrader: NbgraderCourse,
        course: Course,
        assignment: Assignment,
        settings: Settings,
        out: Path | ResultsFolder,
        **options: Any,
    ) -> None:
        super().__init__(course, assignment, settings, out, regrade=True, **options)
        self.nbgrader = nbgrader
        ids = safe_ids(nbgrader.students())
        self.student_of = {identity: student for student, identity in ids.items()}

    def submissions(self) -> list[Submission]:
        """The assignment's notebook of everybody who submitted it; CourseError if nobody did."""
        if not self.student_of:
            where = self.nbgrader.folder(self.nbgrader.directory.submitted_directory, "*")
            name = self.assignment.name
            raise CourseError(
                f'{where}: nothing was submitted; run "nbgrader collect {name}", or put the submissions there'
            )
        found = []
        for identity, student in self.student_of.items():
            paths = self.nbgrader.submitted(student).paths(self.assignment.name)
            conflict = "" if os.path.lexists(paths[0]) else _missing(paths[0])
            if not name_is_plain(student):
                conflict = f"{show(student)} is no name for a student on nbgrader's pages; rename the folder"
            found.append(Submission(id=identity, name=student, paths=paths, conflict=conflict))
        return sorted(found, key=lambda each: each.id)

    def grade_all(self, choose: Callable[[Sequence[Submission]], Sequence[Submission]] = tuple) -> ClassResult:
        """Grades everything that was submitted, or what is chosen of it."""
        try:
            return self.grade(choose(self.submissions()))
        finally:
            self.nbgrader.gradebook.close()

    def _row(
        self, submission: Submission, found: Graded | Unchanged, known: Record | None, tests: tuple[TestSpec, ...]
    ) -> Row:
        found = anew(found)
        student = self.student_of[submission.id]
        if settle(found, tests).status == "needs_attention":
            self.nbgrader.forget(student)
        else:
            try:
                with warnings.catch_warnings():
                    # SQLAlchemy's, of how nbgrader asks it, and nbformat's, of cells without an id, which it mends.
                    warnings.simplefilter("ignore")
                    found = self.nbgrader.submitted(student).with_note(found)
                    self.nbgrader.fill(student, found, tests)
            except Exception as error:  # nbformat's, nbgrader's, the database's: this submission's trouble alone
                self.nbgrader.forget(student)
                reason = f"nbgrader: {type(error).__name__}: {error}"
                found = msgspec.structs.replace(found, status="needs_attention", reason=reason)
        return super()._row(submission, found, known, tests)
