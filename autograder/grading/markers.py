"""Reads what a test's author declared beside it: points, exercise, hint, visibility, and what the points depend on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest

from autograder.checks.report.conditions import Declared, conditions, names_in
from autograder.checks.report.summary import number
from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.verdicts import TestSpec, Visibility, total

TOTAL_POINTS = 100


def test_name(node: Any) -> str:
    """The name under which a test draws its random numbers, the same in the template and while grading."""
    return f"{Path(str(node.path)).stem}::{node.name}"


test_name.__test__ = False  # type: ignore[attr-defined]


def read_marker(item: pytest.Item, assignment: Assignment, before: Sequence[TestSpec] = ()) -> TestSpec:
    """The test's `points` marker; CourseError, naming the test, if it is missing or wrong. `before` are those
    that come earlier: a test may depend on them.
    """
    where = f"{assignment.name}/{Path(str(item.path)).name}::{item.name}"
    if type(item) is not pytest.Function:  # a TestCase reports its failures in ways of its own
        raise CourseError(f"{where}: got a {type(item).__name__}, want a plain test function")
    markers = list(item.iter_markers("points"))
    if len(markers) != 1:
        raise CourseError(
            f'{where}: got {len(markers)} points markers, want one: @pytest.mark.points(2, exercise="...")'
        )
    args, given = markers[0].args, dict(markers[0].kwargs)
    if len(args) != 1 or isinstance(args[0], bool) or not isinstance(args[0], int | float) or not args[0] > 0:
        raise CourseError(f"{where}: points: got {args!r}, want one positive number")
    exercise = given.pop("exercise", None)
    if not isinstance(exercise, str) or not exercise:
        raise CourseError(f"{where}: points: exercise: got {exercise!r}, want the name of an exercise of the handout")
    public = Path(str(item.path)) == assignment.public_tests
    default = "visible" if public else assignment.feedback.hidden_visibility
    visibility, hint = given.pop("visibility", default), given.pop("hint", "")
    if visibility not in get_args(Visibility):
        raise CourseError(
            f"{where}: points: visibility: got {visibility!r}, want one of {', '.join(get_args(Visibility))}"
        )
    function = item.originalname
    try:
        rides = {
            key: conditions(
                names_in(given, key),
                Declared(function, item.name, exercise),
                [Declared(each.function, each.name, each.exercise) for each in before],
            )
            for key in ("after", "forward")
        }
    except ValueError as error:
        raise CourseError(f"{where}: points: {error}") from None
    unknown = given.keys() - rides.keys()
    if not isinstance(hint, str) or unknown:
        raise CourseError(
            f"{where}: points: got {sorted(unknown) or hint!r}, "
            "want only exercise, hint (a text), visibility, after, forward"
        )
    return TestSpec(
        name=item.name,
        function=function,
        after=rides["after"],
        forward=rides["forward"],
        checks_gradients="gradcheck" in getattr(item, "fixturenames", ()),
        exercise=exercise,
        points=float(args[0]),
        public=public,
        visibility=visibility,
        hint=hint,
    )


def check_total(specs: tuple[TestSpec, ...], assignment: Assignment) -> None:
    """CourseError unless the tests' points make 100."""
    points = total(spec.points for spec in specs)
    if points != TOTAL_POINTS:
        raise CourseError(f"{assignment.name}: the tests' points make {number(points)}; want {TOTAL_POINTS}")
