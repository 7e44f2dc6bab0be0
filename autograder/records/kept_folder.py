"""A results folder that is one assignment's, as `autograder grade` keeps it.

    results/ASSIGNMENT/records.json      whose records these are, and who is in the class
    results/ASSIGNMENT/gradings.sqlite   every grading that was ever kept, unless --store says where else
    results/ASSIGNMENT/grades.csv        every record of the folder, whichever run made it

The class is a list that the last grading of a whole class saw: who is not in it any more has left, and is marked. A
grading of a part, as of one student, adds whom it sees. No record is ever deleted.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.records import Record, record_of
from autograder.grading.results import RESULTS, read_record, write_atomically, write_record
from autograder.grading.results_folder import ResultsFolder, Row, locked, records_in
from autograder.grading.verdicts import Graded, TestSpec
from autograder.intake.found import Submission
from autograder.records.comparing import Comparison, compare
from autograder.records.owner import Owner
from autograder.records.store import DATABASE, GRADED, RESTORED, Store, checksum

RECORDS = "records.json"


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What records.json says."""

    owner: Owner
    members: tuple[str, ...] = ()  # the ids of the class
    left_out: str = ""  # what the scores are without, where a platform adds something to them
    store: str = ""  # where its gradings are, without a password; "" for the file in the folder


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


def _is_lower(before: Record, after: Record) -> bool:
    """Whether the same hand-in would have fewer points than before; a fault takes no points, and is graded again."""
    if before.score is None or after.score is None or not after.attempt:
        return False
    return before.attempt in ("", after.attempt) and after.score < before.score


def results_of(folder: Path, identity: str) -> str:
    """The text of a submission's results.json."""
    return (folder / identity / RESULTS).read_text(encoding="utf-8")


def left_out(folder: Path) -> str:
    """What the scores of a folder are without; "" if nothing."""
    contents = read_contents(folder)
    return contents.left_out if contents is not None else ""


def membership(folder: Path) -> Callable[[str], bool]:
    """Whether an id is in the class; without a list, as in the folder of an older version, everybody is."""
    contents = read_contents(folder)
    if contents is None or not contents.members:
        return lambda identity: True
    return frozenset(contents.members).__contains__


class KeptFolder(ResultsFolder):
    """The records of one owner. `is_whole`: what is graded is the whole class, so who is not among it has left."""

    def __init__(self, path: Path, owner: Owner, store: Store, is_whole: bool, left_out: str = "") -> None:
        super().__init__(path)
        self.owner = owner
        self.store = store
        self.is_whole = is_whole
        self.left_out = left_out
        self.lower: dict[str, tuple[Graded, Assignment]] = {}  # id -> a regrade that gives less, and is not kept yet
        self.put_back: dict[str, str] = {}  # id -> the fingerprint of the grading that was made last before that

    @contextlib.contextmanager
    def held(self, submissions: Sequence[Submission]) -> Iterator[None]:
        with super().held(submissions):
            contents = read_contents(self.path)
            if contents is not None:
                self.owner.refuse_other(contents.owner, self.path)
                self._refuse_other_store(contents.store)
            else:
                self.owner.refuse_records_of_others(records_in(self.path), self.path)
            with self.store.opened():
                self._catch_up()
                yield

    def _refuse_other_store(self, there: str) -> None:
        if there != self._where:
            own = "the file in it"
            raise CourseError(
                f"{self.path}: its gradings are in {there or own}; got {self._where or own}; say where with --store, "
                "or choose another folder with --out"
            )

    @property
    def _where(self) -> str:
        return "" if self.store.is_file(self.path / DATABASE) else self.store.shown

    def _catch_up(self) -> None:
        """Append what the store has not got: the records of an older version, or of a run that lost the store."""
        history = self.store.history()
        current = {each.student: each for each in history}
        made = {each.student: each.fingerprint for each in history if each.kind == GRADED}
        for record in records_in(self.path):
            results = results_of(self.path, record.id)
            if record.id not in current or current[record.id].checksum != checksum(record, results):
                self.store.append(record, results)
            elif current[record.id].kind == RESTORED:
                self.put_back[record.id] = made[record.id]

    def mark(self, record: Record) -> str:
        """What was put back by hand stands as long as what was graded last before that would."""
        return self.put_back.get(record.id, super().mark(record))

    def keep(self, graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> Record:
        if not (self.path / RECORDS).exists():
            self._write(())
        before = read_record(self.path / graded.id)
        if before is not None and _is_lower(before, record_of(graded, assignment.name, tests)):
            self.lower[graded.id] = (graded, assignment)
            return before
        return self._keep(graded, assignment, tests)

    def _keep(self, graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> Record:
        record = super().keep(graded, assignment, tests)
        self.store.append(record, results_of(self.path, record.id))
        return record

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

    def compare_lower(self, tests: Sequence[TestSpec]) -> Comparison:
        """What the regrades that give less would change."""
        after = {each: record_of(graded, place.name, tests) for each, (graded, place) in self.lower.items()}
        before = {record.id: record for record in records_in(self.path) if record.id in after}
        return compare(before, after)

    def accept_lower(self, rows: Sequence[Row], tests: Sequence[TestSpec]) -> list[Row]:
        """Keep the regrades that give less after all; the rows with them, and the class's table."""
        with locked(self.path), self.store.opened():
            kept = {each: self._keep(graded, place, tests) for each, (graded, place) in self.lower.items()}
            self.lower.clear()
            now = [replace(row, record=kept.get(row.record.id, row.record)) for row in rows]
            return super().finish(now, (), tests)

    def restore(self, number: int) -> Record:
        """A grading of before, put back as its student's current one, and the table with it."""
        with locked(self.path), self.store.opened():
            self._catch_up()
            record, results = self.store.contents(number)
            write_record(self.path / record.id, record, results)
            self.store.put_back(number)
            is_member = membership(self.path)
            rows = [Row(each, has_left=not is_member(each.id)) for each in records_in(self.path)]
            super().finish(rows, (), ())
        return record

    def _write(self, members: Sequence[str]) -> None:
        contents = msgspec.to_builtins(
            Contents(owner=self.owner, members=tuple(members), left_out=self.left_out, store=self._where)
        )
        write_atomically(self.path / RECORDS, json.dumps(contents, indent=1) + "\n")
