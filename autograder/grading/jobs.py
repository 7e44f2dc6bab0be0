"""What a batch and its graders say to each other, and what is the same for a whole run."""

import msgspec

from autograder.course.manifest import Assignment, Course
from autograder.grading.verdicts import Graded, TestSpec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every submission of a run."""

    course: str
    assignment: str
    seed: int = 0
    follow_through: bool = False
    sandbox: str = "any"  # one of SANDBOXES, or the best that this machine has
    secrets: tuple[bytes, ...] = ()  # beside the course, what student code must not read: hand-ins, results


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to grade; one whose fingerprint is `known` is answered without a run."""

    id: str
    name: str
    paths: tuple[bytes, ...]  # as the file system has them; a name in Latin-1 is no text
    notes: tuple[str, ...] = ()  # for the student, on what of the class folder was not taken
    known: str = ""
    may_be_class: bool = False  # no platform says that it is one student's


class Collected(msgspec.Struct, tag=True):
    """The tests are there and add up; jobs may come. `digest` is of all that verdicts depend on but the submission."""

    tests: tuple[TestSpec, ...]
    sandbox: str
    secret: str  # its fingerprint
    digest: bytes


class CannotGrade(msgspec.Struct, tag=True):
    """The course or the machine does not allow any grading; nothing was graded."""

    reason: str


class Unchanged(msgspec.Struct, tag=True):
    """The submission, the tests and the engine are what they were when the known fingerprint was taken."""


class Done(msgspec.Struct, tag=True):
    graded: Graded


GraderReply = Collected | CannotGrade | Unchanged | Done


def notebook_settings(course: Course, assignment: Assignment) -> Settings:
    """How platforms grade notebooks: with follow-through, since a notebook holds the exercises of one assignment and
    none of those that it builds on.
    """
    return Settings(course=str(course.root), assignment=assignment.name, follow_through=True)
