"""Grades a class: hands submissions to graders running side by side, writes each result as it comes.

The main thread writes results and shows progress. Kill the batch at any moment and run it again: what was finished is
kept, the rest is graded, and grades.csv comes out the same.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from autograder.course.manifest import Assignment, Course
from autograder.errors import there
from autograder.grading.graders import Graders, Pool
from autograder.grading.harmless import printable
from autograder.grading.jobs import Job, Settings, Unchanged
from autograder.grading.records import Record
from autograder.grading.results_folder import ResultsFolder, Row
from autograder.grading.verdicts import Graded, TestSpec, settle
from autograder.intake.found import Submission


@dataclass
class ClassResult:
    """What a batch leaves: the tests, a row for each submission in the order of their ids, and the files written."""

    assignment: Assignment
    tests: tuple[TestSpec, ...]
    out: Path
    rows: list[Row] = field(default_factory=list)
    n_not_asked: int = 0  # of this run, which too many failures ended before their turn came

    @property
    def members(self) -> list[Row]:
        """Who is in the class."""
        return [each for each in self.rows if not each.has_left]

    @property
    def needing_attention(self) -> list[Row]:
        return [each for each in self.members if each.record.status != "graded"]


class Batch:
    """A class being graded into a folder. `progress` is called with each row; `max_failures` submissions that cannot be
    graded are the last. `before` may ask the graders for what has to hold before anything is graded. Graders are
    processes of this machine, `jobs` side by side, unless `pool` makes others.
    """

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        settings: Settings,
        out: Path | ResultsFolder,
        *,
        jobs: int = 1,
        regrade: bool = False,
        max_failures: int | None = None,
        before: Callable[[Pool], None] = lambda _: None,
        pool: Callable[[Settings], Pool] | None = None,
        progress: Callable[[Row], None] = lambda _: None,
    ) -> None:
        self.folder = ResultsFolder(out) if isinstance(out, Path) else out
        secrets = (*settings.secrets, os.fsencode(self.folder.path))
        settings = msgspec.structs.replace(settings, secrets=secrets)
        self.graders: Pool = pool(settings) if pool else Graders(assignment, settings, jobs)
        self.course = course
        self.assignment = assignment
        self.regrade = regrade
        self.max_failures = max_failures
        self.before = before
        self.progress = progress

    def grade(self, submissions: Sequence[Submission]) -> ClassResult:
        """Grade them all and write results and grades.csv; CourseError before anything is graded, if nothing can be."""
        with self.folder.held(submissions):
            known = {} if self.regrade else {each.id: self.folder.known(each, self.assignment) for each in submissions}
            clear = [each for each in submissions if not each.conflict]
            failures = 0
            handed: dict[str, float] = {}

            def job_for(submission: Submission) -> Job:
                handed[submission.id] = time.monotonic()
                record = known.get(submission.id)
                return Job(
                    id=submission.id,
                    name=printable(submission.name),
                    paths=tuple(os.fsencode(path) for path in submission.paths),
                    notes=submission.notes,
                    known=self.folder.mark(record) if record else "",
                    may_be_class=submission.may_be_class,
                )

            try:
                result = ClassResult(self.assignment, self.graders.start(), self.folder.path)
                self.before(self.graders)
                asked = self.graders.ask_all(clear, job_for)
                for submission, found in itertools.chain(self._conflicts(submissions), asked):
                    row = self._row(submission, found, known.get(submission.id), result.tests)
                    row.took_s = time.monotonic() - handed.pop(submission.id, time.monotonic())
                    result.rows.append(row)
                    self.progress(row)
                    failures += not submission.conflict and row.record.status == "needs_attention"
                    if failures == self.max_failures:
                        break
            finally:
                self.graders.end()
            result.n_not_asked = len(submissions) - len(result.rows)
            self._withdraw(submissions)
            result.rows = self.folder.finish(result.rows, submissions, result.tests)
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
            if each.claimed and each.claimed not in ids and self.folder.has_record(each.claimed):
                found = Graded(id=each.claimed, status="needs_attention", reason=each.conflict)
                self.folder.keep(found, self.assignment, there(self.graders.collected).tests)

    def _row(
        self,
        submission: Submission,
        found: Graded | Unchanged,
        known: Record | None,
        tests: tuple[TestSpec, ...],
    ) -> Row:
        """Write what a grader found; a record stands for itself where nothing has changed."""
        if isinstance(found, Unchanged):
            return Row(there(known), fresh=False)
        found = msgspec.structs.replace(found, late=submission.late, submitted=submission.submitted)
        return Row(self.folder.keep(settle(found, tests), self.assignment, tests), fresh=True)
