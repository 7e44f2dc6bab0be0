"""An assignment as nbgrader's source notebook, in a course folder that nbgrader's commands work on as they come.

    nbgrader_config.py            how nbgrader generates and grades; the instructor's to change
    source/a1_name/a1_name.ipynb  and beside it what students need: package, public tests, checks

A solution stands between nbgrader's marks; the `check` cell behind it is the exercise's grade cell, worth the points of
all its tests. The hidden ones are not in the notebook: between nbgrader's marks for them stands a call, `grade_cell`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.checks.cells.target import Target
from autograder.course.exercises import exercises
from autograder.course.handout import Handout, handout_in
from autograder.course.manifest import Assignment, Course
from autograder.course.notebook_cells import notebook_cells, reference_sources
from autograder.course.regions import WIDTH
from autograder.course.release import listed, refuse_to_leak, render, write
from autograder.course.stubs import given_lines, module_stubs
from autograder.grading.collecting import collect
from autograder.grading.verdicts import total
from autograder.platforms.notebook_file import cell_json, file_json

CONFIG = "nbgrader_config.py"
GRADE_CELL = """\
{check}
### BEGIN HIDDEN TESTS
from autograder.platforms.nbgrader import grade_cell

grade_cell("{exercise}")
### END HIDDEN TESTS"""


def export(course: Course, assignment: Assignment, out: Path, *, language: str = "en") -> list[Path]:
    """Adds an assignment to the nbgrader course folder `out`; the files written, sorted.

    A second assignment goes beside the first. A configuration that is there stays as it is.
    Raises: CourseError if a line of a solution would be released, or if the assignment's folder was worked on
    """
    handout = handout_in(assignment, language)
    points = exercise_points(course, assignment)
    stubs = notebook_cells(course, assignment, handout)
    # What students will get is searched; nbgrader makes it of the cells with solutions.
    released = {f"{assignment.name}.ipynb": "\n".join(cell.source for cell in stubs).encode()}
    refuse_to_leak(released, module_stubs(course)[1], given_lines(course))
    cells = source_cells(course, assignment, handout, points)
    files = render(course, assignment.name) | {f"{assignment.name}.ipynb": file_json(cells, assignment)}
    written = write(listed(files), out / "source" / assignment.name, private=True)
    config = out / CONFIG
    if not config.exists():
        config.write_text(configuration(course), encoding="utf-8")
        written.append(config)
    return sorted(written)


def exercise_points(course: Course, assignment: Assignment) -> dict[str, float]:
    """The points of each exercise: those of its tests, public and hidden."""
    found: dict[str, list[float]] = {}
    for test in collect(course, assignment):
        found.setdefault(test.exercise, []).append(test.points)
    return {exercise: total(points) for exercise, points in found.items()}


# --- the notebook -------------------------------------------------------------------------------------------


def source_cells(
    course: Course, assignment: Assignment, handout: Handout, points: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The cells of the source notebook, with what nbgrader has to know of solutions and tests."""
    known = exercises(course)
    sources = {module: each.text for module, each in module_stubs(course)[0].items()}
    found = []
    for cell in notebook_cells(course, assignment, handout, sources=reference_sources(course)):
        written = cell_json(cell)
        if cell.role == "solution":
            message, column = known[cell.exercise].message, Target(cell.exercise, sources).nodes[-1].col_offset
            written["metadata"]["autograder"]["stub"] = {"message": message, "width": WIDTH - column}
            written["metadata"]["nbgrader"] = _own(cell.id, solution=True)
        elif cell.role == "test":
            source = GRADE_CELL.format(check=cell.source, exercise=cell.exercise)
            written["source"] = source.splitlines(keepends=True)
            written["metadata"]["nbgrader"] = _own(cell.id, grade=True, locked=True)
            written["metadata"]["nbgrader"]["points"] = points.get(cell.exercise, 0.0)
        found.append(written)
    return found


def _own(grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False) -> dict[str, Any]:
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


# --- the configuration --------------------------------------------------------------------------------------


def configuration(course: Course) -> str:
    """The text of nbgrader_config.py."""
    return CONFIGURATION.format(title=course.title, course=str(course.root), course_id=course.package)


CONFIGURATION = """\
# nbgrader's settings for "{title}". Written once by "autograder export nbgrader"; yours to change.
import os
import shutil
import sys

c = get_config()
c.CourseDirectory.course_id = {course_id!r}

# Where tests and reference are.
os.environ["AUTOGRADER_COURSE"] = {course!r}

# Nothing of a submission is opened but through the engine's intake, and no link in it is followed; nothing that acts
# in a page gets into autograded/ and feedback/; cells that a student copied, deleted or renamed are put right.
c.Autograde.exporter_class = "autograder.platforms.nbgrader.exporter.SubmittedNotebooks"

# Submissions are graded in the engine's sandbox. Execute, which stood here, runs what students wrote, and the tests
# beside it, in one kernel under your account.
c.Autograde.autograde_preprocessors = [
    "autograder.platforms.nbgrader.preprocessors.GradeInSandbox",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# DeduplicateIds and OverwriteCells, which stood here, end the grading of the whole class at one copied cell.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# Stubs are those of the students' template: they say which exercise is not done, and where it is set.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "autograder.platforms.nbgrader.preprocessors.WriteStubs",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader starts alembic by its bare name, and does not find it when it is run by the path of its environment.
if shutil.which("alembic") is None:
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), os.path.dirname(sys.executable)])
"""
