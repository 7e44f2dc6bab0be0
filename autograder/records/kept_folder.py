"""A results folder that is one assignment's, as `autograder grade` keeps it.

results/ASSIGNMENT/records.json      whose records these are
"""

import contextlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.records import Record
from autograder.grading.results import write_atomically
from autograder.grading.results_folder import ResultsFolder, records_in
from autograder.grading.verdicts import Graded, TestSpec
from autograder.intake.found import Submission
from autograder.records.owner import Owner

RECORDS = "records.json"


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What records.json says."""

    owner: Owner


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


class KeptFolder(ResultsFolder):
    """The records of one owner."""

    def __init__(self, path: Path, owner: Owner) -> None:
        super().__init__(path)
        self.owner = owner

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
            self._write()
        return super().keep(graded, assignment, tests)

    def finish(self, graded: Sequence[Record], tests: Sequence[TestSpec]) -> list[Record]:
        self._write()
        return super().finish(graded, tests)

    def _write(self) -> None:
        contents = msgspec.to_builtins(Contents(owner=self.owner))
        write_atomically(self.path / RECORDS, json.dumps(contents, indent=1) + "\n")
