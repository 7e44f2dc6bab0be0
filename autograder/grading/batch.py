"""Grades a class: hands submissions to graders running side by side, writes each result as it comes.

The main thread writes results and shows progress. Kill the batch at any moment and run it again: what was finished is
kept, the rest is graded, and grades.csv comes out the same.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from autograder.course.manifest import Assignment, Course
from autograder.errors import there
from autograder.grading.feedback import printable
from autograder.grading.grader import Job, Settings, Unchanged
from autograder.grading.graders import Graders
from autograder.grading.records import Record
from autograder.grading.results import GRADES, grades_csv, read_record, write_atomically, write_results
from autograder.grading.results_folder import locked, refuse_clashes
from autograder.grading.verdicts import Graded, TestSpec, settle
from autograder.intake.found import Submission


@dataclass
class Row:
    """One submission's row: its record as written, and whether this run graded it."""

    submission: Submission
    record: Record
    fresh: bool


@dataclass
class ClassResult:
    """What a batch leaves: the tests, a row for each submission in the order of their ids, and the files written."""

    assignment: Assignment
    tests: tuple[TestSpec, ...]
    out: Path
    rows: list[Row] = field(default_factory=list)

    @property
    def needing_attention(self) -> list[Row]:
        return [each for each in self.rows if each.record.status != "graded"]


class Batch:
    """A class being graded into a folder. `progress` is called with each row."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        settings: Settings,
        out: Path,
        *,
        jobs: int = 1,
        regrade: bool = False,
        progress: Callable[[Row], None] = lambda _: None,
    ) -> None:
        secrets = (*settings.secrets, os.fsencode(out))
        self.graders = Graders(assignment, msgspec.structs.replace(settings, secrets=secrets), jobs)
        self.course = course
        self.assignment = assignment
        self.out = out
        self.regrade = regrade
        self.progress = progress

    def grade(self, submissions: Sequence[Submission]) -> ClassResult:
        """Grade them all and write results and grades.csv; CourseError before anything is graded, if nothing can be."""
        with locked(self.out):
            refuse_clashes(self.out, submissions)
            known = {} if self.regrade else {each.id: self._known(each) for each in submissions}
            clear = [each for each in submissions if not each.conflict]

            def job_for(submission: Submission) -> Job:
                record = known.get(submission.id)
                return Job(
                    id=submission.id,
                    name=printable(submission.name),
                    paths=tuple(os.fsencode(path) for path in submission.paths),
                    notes=submission.notes,
                    known=record.fingerprint if record else "",
                    may_be_class=submission.may_be_class,
                )

            try:
                result = ClassResult(self.assignment, self.graders.start(), self.out)
                asked = self.graders.ask_all(clear, job_for)
                for submission, found in itertools.chain(self._conflicts(submissions), asked):
                    row = self._row(submission, found, known.get(submission.id), result.tests)
                    result.rows.append(row)
                    self.progress(row)
            finally:
                self.graders.end()
            self._withdraw(submissions)
            result.rows.sort(key=lambda row: row.submission.id)
            records = [row.record for row in result.rows]
            write_atomically(self.out / GRADES, grades_csv(records, result.tests))
            return result

    def _conflicts(self, submissions: Sequence[Submission]) -> Iterator[tuple[Submission, Graded]]:
        """Those of which it cannot be told whose they are: they get neither points nor a zero."""
        seed, collected = self.graders.settings.seed, there(self.graders.collected)
        for each in submissions:
            if each.conflict:
                yield (
                    each,
                    Graded(
                        id=each.id,
                        name=printable(each.name),
                        status="needs_attention",
                        reason=each.conflict,
                        seed=seed,
                        secret=collected.secret,
                        sandbox=collected.sandbox,
                    ),
                )

    def _withdraw(self, submissions: Sequence[Submission]) -> None:
        """Takes back the score of an earlier run under an id that is in conflict now: no gradebook is to get it."""
        ids = {each.id for each in submissions}
        for each in submissions:
            folder = self.out / each.claimed
            if each.claimed and each.claimed not in ids and read_record(folder) is not None:
                found = Graded(id=each.claimed, status="needs_attention", reason=each.conflict)
                write_results(folder, found, self.assignment, there(self.graders.collected).tests)

    def _row(
        self,
        submission: Submission,
        found: Graded | Unchanged,
        known: Record | None,
        tests: tuple[TestSpec, ...],
    ) -> Row:
        """Write what a grader found; a record stands for itself where nothing has changed."""
        if isinstance(found, Unchanged):
            return Row(submission, there(known), fresh=False)
        folder = self.out / submission.id
        found = msgspec.structs.replace(found, late=submission.late, submitted=submission.submitted)
        return Row(submission, write_results(folder, settle(found, tests), self.assignment, tests), fresh=True)

    def _known(self, submission: Submission) -> Record | None:
        """The record of an earlier run that holds if nothing has changed since."""
        record = read_record(self.out / submission.id)
        if record is None or record.status != "graded":
            return None
        # On a file system that does not tell upper from lower case, and after copying folders about; the platform may
        # say another name or lateness of the same files.
        own = (submission.id, self.assignment.name, printable(submission.name), submission.late)
        was = (record.id, record.assignment, record.name, record.late)
        return record if was == own and record.submitted == printable(submission.submitted) else None
