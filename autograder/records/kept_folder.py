"""A results folder that is one assignment's, as `autograder grade` keeps it.

results/ASSIGNMENT/records.json      whose records these are, and who is in the class
    results/ASSIGNMENT/grades.csv        every record of the folder, whichever run made it

The class is a list that the last grading of a whole class saw: who is not in it any more has left, and is marked. A
grading of a part, as of one student, adds whom it sees. No record is ever deleted.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.records import Record
from autograder.grading.results import write_atomically
from autograder.grading.results_folder import ResultsFolder, Row, records_in
from autograder.grading.verdicts import Graded, TestSpec
from autograder.intake.found import Submission
from autograder.records.owner import Owner

RECORDS = "records.json"


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What records.json says."""

    owner: Owner
    members: tuple[str, ...] = ()  # the ids of the class


def read_contents(folder: Path) -> Contents | None:
    """What records.json says; None if there is none. CourseError if it cannot be read."""
    file = folder / RECORDS
    try:
        return msgspec.json.decode(file.read_bytes(), type=Contents)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise CourseError(f"{file}: cannot be read: {why}; take it away, and the next grading writes it anew") from None


def membership(folder: Path) -> Callable[[str], bool]:
    """Whether an id is in the class; without a list, as in the folder of an older version, everybody is."""
    contents = read_contents(folder)
    if contents is None or not contents.members:
        return lambda identity: True
    return frozenset(contents.members).__contains__


class KeptFolder(ResultsFolder):
    """The records of one owner. `is_whole`: what is graded is the whole class, so who is not among it has left."""

    def __init__(self, path: Path, owner: Owner, is_whole: bool) -> None:
        super().__init__(path)
        self.owner = owner
        self.is_whole = is_whole

    @contextlib.contextmanager
    def held(self, submissions: Sequence[Submission]) -> Iterator[None]:
        with super().held(submissions):
            contents = read_contents(self.path)
            if contents is not None:
                self.owner.refuse_other(contents.owner, self.path)
            else:
                self.owner.refuse_records_of_others(records_in(self.path), self.path)
            yield

    def keep(self, graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> Record:
        if not (self.path / RECORDS).exists():
            self._write(())
        return super().keep(graded, assignment, tests)

    def finish(self, rows: Sequence[Row], submissions: Sequence[Submission], tests: Sequence[TestSpec]) -> list[Row]:
        asked = {row.record.id for row in rows}
        others = [record for record in records_in(self.path) if record.id not in asked]
        members = {name for each in submissions for name in (each.id, each.claimed) if name}
        if not self.is_whole:
            contents = read_contents(self.path)
            # Without a list, as in the folder of an older version, everybody of whom there is a record is in the class.
            members |= {*contents.members} if contents and contents.members else {record.id for record in others}
        self._write(sorted(members))
        kept = [Row(record, is_asked=False, has_left=record.id not in members) for record in others]
        return super().finish([*rows, *kept], submissions, tests)

    def _write(self, members: Sequence[str]) -> None:
        contents = msgspec.to_builtins(Contents(owner=self.owner, members=tuple(members)))
        write_atomically(self.path / RECORDS, json.dumps(contents, indent=1) + "\n")
