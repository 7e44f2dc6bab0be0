"""What is kept of a graded submission: the record, which every table, gradebook and later run reads.

Texts in it are escaped and capped, so that whoever shows one shows nothing that acts.
"""

import platform
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from autograder.grading.harmless import MAX_OUTPUT, printable, printed_text
from autograder.grading.verdicts import Code, Graded, Outcome, Status, TestSpec, Verdict, total

MAX_CELL = 300  # characters of a name or a reason in a table
# Of what submissions ran with: the sandbox holds the Python that grades, and its packages.
VERSIONS = {"python": platform.python_version(), "numpy": np.__version__}
NOT_DIAGNOSED = "ended early: so much is wrong that some known mistakes were not looked for"


class TestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One test: its verdict, and what the submission itself said in it, for the instructor."""

    __test__ = False

    name: str
    exercise: str
    public: bool
    score: float
    max_score: float
    outcome: Outcome
    code: Code
    message: str
    remark: str
    misconceptions: tuple[str, ...]
    likeness: str
    where: str
    trace: str
    printed: str
    calls: int | None  # of an endless loop none: it calls at will


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """All that grading found out about one submission; never for the student's eyes."""

    assignment: str
    id: str
    name: str
    late: bool
    submitted: str
    status: Status
    reason: str
    score: float | None  # None where there is none to be trusted
    max_score: float
    exercises: dict[str, tuple[float, float]]  # (points, of)
    notes: tuple[str, ...]
    load_errors: tuple[str, ...]
    diagnosis: str
    seed: int
    secret: str
    sandbox: str
    python: str
    numpy: str
    fingerprint: str
    tests: tuple[TestRecord, ...]
    attempt: str = ""  # older versions have not kept these two
    graded_by: str = ""

    @property
    def trouble(self) -> str:
        """Why it has no score, or could not be read, or which of its modules does not load and why: one line."""
        text = self.reason or next(iter(self.load_errors), "")
        said = text.replace(" does not load: ModuleNotFoundError: ", " does not load: ", 1).strip().partition("\n")[0]
        return printable(said, MAX_CELL)

    @property
    def misconceptions(self) -> set[str]:
        """The names of those that were recognised."""
        return {name for test in self.tests for name in test.misconceptions}


def record_of(graded: Graded, assignment: str, tests: Sequence[TestSpec]) -> Record:
    """What is kept of it."""
    return Record(
        assignment=assignment,
        id=graded.id,
        name=printable(graded.name),
        late=graded.late,
        submitted=printable(graded.submitted),
        status=graded.status,
        reason=printable(graded.reason),
        score=graded.score,
        max_score=total(test.points for test in tests),
        exercises=by_exercise(graded.verdicts, tests),
        notes=tuple(map(printable, graded.notes)),
        load_errors=tuple(map(printable, graded.load_errors)),
        diagnosis="" if graded.is_diagnosed else NOT_DIAGNOSED,
        seed=graded.seed,
        secret=graded.secret,
        sandbox=graded.sandbox,
        fingerprint=graded.fingerprint,
        attempt=graded.attempt,
        graded_by=graded.graded_by,
        tests=tuple(map(_of_test, graded.verdicts)),
        **VERSIONS,
    )


def _of_test(verdict: Verdict) -> TestRecord:
    words = verdict.words
    return TestRecord(
        name=verdict.test.name,
        exercise=verdict.test.exercise,
        public=verdict.test.public,
        score=verdict.score,
        max_score=verdict.test.points,
        outcome=verdict.outcome,
        code=verdict.code,
        message=printable(verdict.message),
        remark=verdict.remark,
        misconceptions=verdict.misconceptions,
        likeness=verdict.likeness.text(public=True) if verdict.likeness is not None else "",
        where=printable(words.where),
        trace=printable(words.trace),
        printed=printed_text(words, MAX_OUTPUT),
        calls=None if verdict.outcome == "stopped" else verdict.n_calls,
    )


def by_exercise(verdicts: Iterable[Verdict], tests: Iterable[TestSpec]) -> dict[str, tuple[float, float]]:
    """(points, of) for each exercise of these tests, in their order; (0, of) for what has no verdict."""
    got: dict[str, list[float]] = {}
    of: dict[str, list[float]] = {}
    for test in tests:
        got.setdefault(test.exercise, [])
        of.setdefault(test.exercise, []).append(test.points)
    for verdict in verdicts:
        if verdict.test.exercise in got:
            got[verdict.test.exercise].append(verdict.score)
    return {exercise: (total(got[exercise]), total(of[exercise])) for exercise in of}
