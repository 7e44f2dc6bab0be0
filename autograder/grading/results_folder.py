"""A folder of results: held by one grading at a time, with a folder for each submission, and what a batch asks of it.

A batch knows this interface alone. `autograder/records/` keeps more behind it.
"""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.harmless import printable
from autograder.grading.records import Record
from autograder.grading.results import GRADES, grades_csv, read_record, write_atomically, write_results
from autograder.grading.verdicts import Graded, TestSpec
from autograder.intake.found import Submission
from autograder.intake.names import TAKEN

LOCK = ".lock"


@dataclass
class Row:
    """One submission's row: its record as written, whether this run graded it, or at least looked at it."""

    record: Record
    fresh: bool = False
    is_asked: bool = True
    has_left: bool = False  # is no longer in the class
    took_s: float = 0.0  # from the moment that it was handed to a grader


class ResultsFolder:
    """The results of the class that was graded last, and nothing besides."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def held(self, submissions: Sequence[Submission]) -> Iterator[None]:
        """Hold it alone while these are graded; CourseError if it cannot be held, or is not for them."""
        with locked(self.path):
            refuse_clashes(self.path, submissions)
            yield

    def known(self, submission: Submission, assignment: Assignment) -> Record | None:
        """The record of an earlier run that holds if nothing has changed since."""
        record = read_record(self.path / submission.id)
        if record is None or record.status != "graded":
            return None
        # On a file system that does not tell upper from lower case, and after copying folders about; the platform may
        # say another name or lateness of the same files.
        own = (submission.id, assignment.name, printable(submission.name), submission.late)
        was = (record.id, record.assignment, record.name, record.late)
        return record if was == own and record.submitted == printable(submission.submitted) else None

    def mark(self, record: Record) -> str:
        """The fingerprint with which a record that is known is as it would be graded now."""
        return record.fingerprint

    def has_record(self, identity: str) -> bool:
        """Whether an earlier run has kept something of this id."""
        return read_record(self.path / identity) is not None

    def keep(self, graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> Record:
        """Its record, written."""
        return write_results(self.path / graded.id, graded, assignment, tests)

    def finish(self, rows: Sequence[Row], submissions: Sequence[Submission], tests: Sequence[TestSpec]) -> list[Row]:
        """Write the class's table, when all have been kept; the rows in it, sorted by id."""
        rows = sorted(rows, key=lambda row: row.record.id)
        left = {row.record.id for row in rows if row.has_left}
        write_atomically(self.path / GRADES, grades_csv([row.record for row in rows], tests, left))
        return rows


def records_in(folder: Path) -> Iterator[Record]:
    """Every record that a folder holds, in the order of their ids."""
    for path in sorted(path for path in folder.iterdir() if path.is_dir()):
        record = read_record(path)
        if record is not None and record.id == path.name:
            yield record


def refuse_clashes(folder: Path, submissions: Sequence[Submission]) -> None:
    """CourseError if a submission's results would overwrite another's, or a file of ours."""
    ids: dict[str, str] = {}
    one_case = (folder / LOCK.upper()).exists()
    for submission in submissions:
        name = submission.id.casefold() if one_case else submission.id
        if submission.id.casefold() in TAKEN:
            raise CourseError(f"submissions: {submission.id!r} is the name of a result file; rename it")
        if name in ids:
            raise CourseError(f"submissions: {ids[name]!r} and {submission.id!r} would share a folder; rename one")
        ids[name] = submission.id


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a results folder alone; CourseError if another grading holds it, or if it cannot be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(folder / LOCK, "w")  # noqa: SIM115 (held to the end of the block)
    except OSError as error:
        raise CourseError(
            f"{folder}: cannot write results here: {error.strerror}; choose another folder with --out"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(
                f"{folder}: another grading is writing here; wait for it, or choose another folder"
            ) from None
        yield
