"""Whose records a results folder holds: one assignment's of one course, drawn with one seed and one secret.

It stands in records.json, beside the records. Without this, another assignment graded into the same folder would
replace a class's scores, and grades.csv would mix what no table may mix.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from autograder.course.manifest import Course
from autograder.course.secret import course_secret, fingerprint
from autograder.errors import CourseError
from autograder.grading.jobs import Settings
from autograder.grading.records import Record

_WORDS = {
    "course": "course",
    "assignment": "assignment",
    "seed": "seed",
    "secret": "secret of the course",
    "follow_through": "follow-through",
}


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """What all records of a folder agree in; a course goes by its package, whose name outlives its title."""

    course: str
    assignment: str
    seed: int
    secret: str  # its fingerprint
    follow_through: bool

    @classmethod
    def of(cls, course: Course, settings: Settings) -> "Owner":
        """Whose the records are that these settings make."""
        return cls(
            course=course.package,
            assignment=settings.assignment,
            seed=settings.seed,
            secret=fingerprint(course_secret(course)),
            follow_through=settings.follow_through,
        )

    def refuse_other(self, there: "Owner", folder: Path) -> None:
        """CourseError if the folder is another's: what is there, what was asked for, what to do."""
        differing = [name for name in _WORDS if getattr(self, name) != getattr(there, name)]
        if differing:
            got = ", ".join(f"{_WORDS[name]} {_shown(getattr(there, name))}" for name in differing)
            want = ", ".join(f"{_WORDS[name]} {_shown(getattr(self, name))}" for name in differing)
            raise CourseError(f"{folder}: holds records of {got}; asked for {want}; {_advice(differing)}")

    def refuse_records_of_others(self, records: Iterable[Record], folder: Path) -> None:
        """The same for a folder of an older version, which says it in each record alone."""
        for record in records:
            if record.secret:  # a score that was taken back has none
                there = {"assignment": record.assignment, "seed": record.seed, "secret": record.secret}
                self.refuse_other(msgspec.structs.replace(self, **there), folder)


def _shown(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _advice(differing: list[str]) -> str:
    other = "choose another folder with --out"
    if differing == ["secret"]:
        return f"bring back assignments/course.secret as it was, or {other}"
    return other if {"course", "assignment"} & {*differing} else f"grade with those, or {other}"
