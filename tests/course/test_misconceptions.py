"""Changes of the reference by which misconceptions are made."""

import pytest

from autograder.course import Course
from autograder.course.misconceptions import modified_modules
from autograder.errors import CourseError


def test_changes_are_made_one_after_the_other(tiny_root):
    course = Course.load(tiny_root)
    changes = [{"sums.total": (".sum()", ".min()")}, {"sums.total": (".min()", ".max()")}]
    before = course.module_file("sums").read_text(encoding="utf-8")
    assert modified_modules(course, changes, "here") == {"sums": before.replace("(values).sum()", "(values).max()")}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sums.total": "return ("}, r"^here: sums\.total does not compile when changed: "),
        ({"sums.total": ("no such text", "")}, r"^here: sums\.total: want 'no such text' once in the region"),
        ({"sums.nothing": "return 1"}, r"^here: sums\.nothing: no solution region of this name in sums\.py"),
        ({"nothing.total": "return 1"}, r"^here: nothing\.total: no module 'nothing' in the reference"),
    ],
    ids=["syntax", "text", "region", "module"],
)
def test_change_that_cannot_be_made_is_refused(tiny_root, change, says):
    with pytest.raises(CourseError, match=says):
        modified_modules(Course.load(tiny_root), [change], "here")
