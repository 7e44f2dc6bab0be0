"""A class of all misconceptions: which were named when which were made."""

from dataclasses import replace

import pytest

from autograder.course.manifest import Course
from autograder.course.misconceptions import read_misconceptions
from autograder.proving.confusion import Confusion, choose_pairs, grade_alone, lines, replay

pytestmark = pytest.mark.slow

SINGLE = ("every total doubled", "totals of the others", "sum for mean", "latest for sum")


@pytest.fixture
def course(tiny_root):
    return Course.load(tiny_root)


def test_class_of_the_tiny_course_is_told_apart(course):
    confusion = grade_alone(course, course.assignment("t1"), jobs=1)
    assert (confusion.right, confusion.wrong, confusion.strays, confusion.holds) == (1.0, 0.0, [], True)
    assert confusion.made == dict.fromkeys(SINGLE, 1)


def test_pairs_are_named_both(course):
    assignment = course.assignment("t1")
    confusion = replay(course, assignment, choose_pairs(read_misconceptions(course, assignment), 4), jobs=1)
    assert (confusion.n_trials, confusion.right, confusion.wrong) == (5, 1.0, 0.0)  # two of one line are no pair


def test_misconception_that_loses_nothing_is_a_stray(tiny_root):
    file = tiny_root / "assignments" / "t1_sums" / "misconceptions.py"
    file.write_text(file.read_text().replace('"2 * np.cumsum(vector)"', '"1 * np.cumsum(vector)"'))
    course = Course.load(tiny_root)
    confusion = grade_alone(course, course.assignment("t1"), jobs=1)
    assert confusion.strays == ["every total doubled: loses in nothing"]
    assert not confusion.holds


def test_pairs_of_one_exercise_are_all_there_and_others_are_drawn(course):
    known = read_misconceptions(course, course.assignment("t1"))
    own = [(SINGLE[0], SINGLE[1]), (SINGLE[2], SINGLE[3])]
    assert choose_pairs(known, 0) == own
    assert len(choose_pairs(known, 3)) == 5
    assert choose_pairs(known, 3, seed=1) == choose_pairs(known, 3, seed=1)


def test_rates_count_mistakes_and_hand_ins():
    confusion = Confusion(("a", "b", "c"))
    confusion.add(("a",), {"a"})
    confusion.add(("a", "b"), {"a", "c"})
    assert (confusion.right, confusion.wrong) == (2 / 3, 1 / 2)
    assert not confusion.holds
    assert list(lines(confusion)) == [
        "  1 a: made 2, named 2, taken 1 as c",
        "  2 b: made 1, named 0, taken 1 as c",
        "  3 c: made 0, named 0",
        "3 mistakes in 2 hand-ins: 66.7% named (want 95%), a wrong one named in 50.0% (at most 1%)",
    ]


def test_nothing_made_holds():
    assert replace(Confusion(("a",))).holds
