"""What grading found out, as the outputs of a notebook's grade cells: points for nbgrader, feedback for the student.

nbgrader reads a cell's points off the first result (`execute_result`) that is a number, and takes any other cell
without an error for all points. So every grade cell gets a number here, and one that nothing has graded is refused.

Trust: the feedback page is made of these outputs. Of hidden tests they show what the assignment's policy allows, and
everything of the submission's own is escaped.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from autograder.checks.report.summary import number
from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.feedback import is_shown, test_feedback
from autograder.grading.harmless import printable
from autograder.grading.records import by_exercise
from autograder.grading.verdicts import Graded, TestSpec

_COLORS = {"passed": "#2e7d32", "failed": "#c62828", "stopped": "#c62828"}
_CELL = "text-align:left;padding:0 1em 0 0"
_WRAPPED = "white-space:pre-wrap"


def cell_id(exercise: str) -> str:
    """nbgrader's name of the exercise's grade cell."""
    return "test-" + re.sub(r"\W", "-", exercise)


class Outcomes:
    """What there is to say about each exercise of a graded notebook."""

    def __init__(self, graded: Graded, tests: Sequence[TestSpec], assignment: Assignment) -> None:
        self.points = by_exercise(graded.verdicts, tests)
        self.verdicts = graded.verdicts
        self.assignment = assignment
        self.policy = assignment.feedback.hidden
        self.remarks: dict[str, list[str]] = {exercise: [] for exercise in self.points}
        first = next(iter(self.points))
        for text in filter(None, (graded.reason, *graded.load_errors, *graded.notes)):
            # What is said of the whole notebook stands with its first exercise.
            own = (each for each in self.points if text.startswith((f"{each}:", f"{each} ")))
            self.remarks[next(own, first)].append(printable(text))

    def write(self, cells: Sequence[Any]) -> None:
        """Sets the outputs of a notebook's grade cells.

        Raises: CourseError if they are not those of the assignment's exercises, with the points of their tests
        """
        by_id = {cell_id(exercise): exercise for exercise in self.points}
        names = [cell.metadata["nbgrader"]["grade_id"] for cell in cells]
        for name, cell in zip(names, cells, strict=True):
            if name not in by_id:
                raise CourseError(
                    f"cell {name}: no exercise of {self.assignment.name}, so nothing tests it; let it be graded by hand"
                )
            got, want = float(cell.metadata["nbgrader"]["points"]), self.points[by_id[name]][1]
            if got != want:
                raise CourseError(
                    f"cell {name}: got {number(got)} points in the gradebook, want {number(want)}, those of its tests; "
                    f'run "autograder export nbgrader {self.assignment.name}" again, with --out, '
                    f'and "nbgrader generate_assignment {self.assignment.name}"'
                )
        missing = [name for name in by_id if names.count(name) != 1]
        if missing:
            raise CourseError(
                f"cell {missing[0]}: got it {names.count(missing[0])} times in the notebook, want it once; "
                f'run "nbgrader generate_assignment {self.assignment.name}" again'
            )
        for name, cell in zip(names, cells, strict=True):
            cell.outputs = self._outputs(by_id[name])
            cell.execution_count = None

    def _outputs(self, exercise: str) -> list[Any]:
        from nbformat.v4 import new_output

        return [
            new_output("display_data", data={"text/html": self.page(exercise), "text/plain": self.text(exercise)}),
            new_output("execute_result", data={"text/plain": repr(float(self.points[exercise][0]))}),
        ]

    def text(self, exercise: str) -> str:
        """What the student reads in a terminal."""
        lines = [self._head(exercise)]
        for name, outcome, points, feedback in self._tests(exercise):
            lines.append(f"  {name}  {outcome} {points}".rstrip())
            lines += [f"      {line}" for line in feedback.splitlines()]
        return "\n".join([*lines, *(f"note: {text}" for text in self.remarks[exercise])])

    def page(self, exercise: str) -> str:
        """The same as HTML."""
        # MathJax is to leave it alone: what a submission printed may be a formula.
        head = html.escape(self._head(exercise))
        parts = [f'<div class="tex2jax_ignore" style="max-width:60em"><p><b>{head}</b></p><table>']
        for name, outcome, points, feedback in self._tests(exercise):
            cells = (
                (name, ""),
                (outcome, f"color:{_COLORS.get(outcome, 'inherit')}"),
                (points, ""),
                (feedback, _WRAPPED),
            )
            row = (f'<td style="{_CELL};{style}">{html.escape(text)}</td>' for text, style in cells)
            parts.append(f'<tr style="vertical-align:top">{"".join(row)}</tr>')
        return "".join(
            [*parts, "</table>", *(f"<p>{html.escape(text)}</p>" for text in self.remarks[exercise]), "</div>"]
        )

    def _head(self, exercise: str) -> str:
        got, of = self.points[exercise]
        return f"{exercise}: {number(got)} of {number(of)} points"

    def _tests(self, exercise: str) -> Iterator[tuple[str, str, str, str]]:
        """(name, outcome, points, feedback) of each test; what the student may not know is left out."""
        for verdict in self._listed(exercise):
            test = verdict.test
            if is_shown(test, self.policy):
                points = f"{number(verdict.score)}/{number(test.points)}"
                yield test.name, verdict.outcome, points, test_feedback(verdict, self.policy)
            else:
                yield test.name, "", "", ""

    def _listed(self, exercise: str) -> Iterable[Any]:
        own = (each for each in self.verdicts if each.test.exercise == exercise)
        return (
            each for each in own if each.test.public or (self.policy != "nothing" and each.test.visibility != "hidden")
        )
