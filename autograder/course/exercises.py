"""The exercises of a course: what its handouts have slots for, and nothing else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograder.checks.report.summary import stub_message
from autograder.course.handout import handouts
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError

_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?(?:\s+|$)")


@dataclass(frozen=True)
class Exercise:
    """An exercise: its name, the assignment it belongs to, and the section of the handout that sets it."""

    name: str
    assignment: str
    section: str
    where: str  # "handout.md:12", for messages

    @property
    def message(self) -> str:
        """What the exercise's stub raises until it is done."""
        number = _NUMBER.match(self.section)
        return stub_message(self.assignment, self.name, number.group(1) if number else self.section)


def exercises(course: Course) -> dict[str, Exercise]:
    """Every exercise that is set by its name, in the order of assignments and handouts."""
    return exercises_of(course.assignments)


def exercises_of(assignments: Iterable[Assignment]) -> dict[str, Exercise]:
    """Those of some assignments."""
    found: dict[str, Exercise] = {}
    assignments = list(assignments)
    with_russian = [each.name for each in assignments if each.handout_ru.exists()]
    for assignment in assignments:
        english, *others = handouts(assignment)
        if with_russian and not others:
            raise CourseError(f"{assignment.handout_ru}: no such file, though {with_russian[0]} has one")
        for slot in english.slots:
            where = f"{english.path}:{slot.line}"
            if slot.kind == "exercise" and slot.name in found:
                raise CourseError(f"{where}: exercise {slot.name} belongs to {found[slot.name].assignment} already")
            if slot.kind == "exercise":
                found[slot.name] = Exercise(slot.name, assignment.name, slot.section, where)
    return found


def exercise_of(name: str, known: Mapping[str, Exercise]) -> Exercise | None:
    """The exercise that a function belongs to: the longest dotted prefix of its qualified name."""
    parts = name.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((known[prefix] for prefix in prefixes if prefix in known), None)
