"""A folder beside the records, for a run that shows what it would change, and changes nothing."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.course.manifest import Assignment
from autograder.grading.records import Record
from autograder.grading.results_folder import ResultsFolder
from autograder.intake.found import Submission
from autograder.records.kept_folder import KeptFolder


class DryRun(ResultsFolder):
    """What is graded goes into the folder `beside`; what is known, and whose it is, is told by the one that is kept."""

    def __init__(self, beside: Path, kept: KeptFolder) -> None:
        super().__init__(beside)
        self.kept = kept

    @contextlib.contextmanager
    def held(self, submissions: Sequence[Submission]) -> Iterator[None]:
        with self.kept.held(submissions):
            yield

    def known(self, submission: Submission, assignment: Assignment) -> Record | None:
        return self.kept.known(submission, assignment)

    def mark(self, record: Record) -> str:
        return self.kept.mark(record)

    def has_record(self, identity: str) -> bool:
        return self.kept.has_record(identity)
