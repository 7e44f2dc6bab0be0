"""`grade_cell` in a notebook's own kernel: for who runs nbgrader with its Execute, without our preprocessor.

The notebook is graded as ever: a process of its own reads the file, a sandbox runs what is in it. But the answer comes
back into the kernel in which nbgrader has run the student's cells, and these may have replaced whatever it passes
through, this module included: points can be forged here. With GradeInSandbox they cannot.

Nothing may turn a fault of ours into a zero. nbgrader gives none to a cell that raised an exception, but nothing to a
notebook whose kernel died: so that is what happens, with one line on standard error.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

from autograder.course.exercises import exercises
from autograder.course.manifest import Course
from autograder.errors import CourseError
from autograder.grading.grader_process import grader_environment

COURSE = "AUTOGRADER_COURSE"
FAULT_STATUS = 70
# -P: a notebook lies in the current folder, and beside it whatever came with it.
_COMMAND = (sys.executable, "-P", "-m", "autograder.platforms.nbgrader.kernel")

_graded: dict[str, dict[str, Any]] = {}  # by notebook: it is graded once, not once for each of its cells


def grade_cell(exercise: str) -> float:
    """The points of an exercise, shown as this cell's result, which nbgrader takes for partial credit."""
    from IPython.display import display

    try:
        found = _grade(exercise)
        page, text, points = found[exercise]
    except (CourseError, OSError, LookupError, ValueError) as error:
        _die(f"grade_cell {exercise}: {error}")
    display({"text/html": page, "text/plain": text}, raw=True)
    return float(points)


def _grade(exercise: str) -> dict[str, Any]:
    root = os.environ.get(COURSE)
    if not root:
        raise CourseError(f"the course is not known; set {COURSE} to its folder where nbgrader is started")
    course = Course.find(Path(root))
    name = exercises(course)[exercise].assignment
    notebook = Path.cwd() / f"{name}.ipynb"
    if str(notebook) not in _graded:
        done = subprocess.run(
            [*_COMMAND, str(course.root), name, str(notebook)],
            capture_output=True,
            text=True,
            env=grader_environment(),
            stdin=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            raise CourseError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "the grader has died")
        _graded[str(notebook)] = json.loads(done.stdout)
    return _graded[str(notebook)]


def _die(message: str) -> NoReturn:
    """End the kernel; the message goes to where nbgrader itself writes, past what IPython has put in between."""
    original = getattr(sys.stderr, "_original_stdstream_copy", None)
    line = f"{message}; this notebook is not graded\n".encode()
    os.write(original if isinstance(original, int) else 2, line)
    os._exit(FAULT_STATUS)


def main(argv: list[str]) -> int:
    """Grades a notebook and prints, for each exercise, what its cell is to show; argv: course, assignment, notebook."""
    from autograder.platforms.nbgrader.outcome import Outcomes
    from autograder.platforms.nbgrader.warm import WarmGraders, with_copies

    root, name, notebook = argv
    try:
        course = Course.load(Path(root))
        graders = WarmGraders(course, course.assignment(name))
        try:
            graded = graders.grade(with_copies(Path(notebook)))
        finally:
            graders.end()
        if graded.status == "needs_attention":
            raise CourseError(f"could not be graded, which is not the student's fault: {graded.reason}")
    except (CourseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    outcomes = Outcomes(graded, graders.tests, graders.assignment)
    shown = {each: (outcomes.page(each), outcomes.text(each), outcomes.points[each][0]) for each in outcomes.points}
    print(json.dumps(shown))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
