"""What grading finds out: a verdict for each test, and what they make for a submission.

Four outcomes, never mixed: passed; failed (a wrong answer, or an exception of the student's code); stopped (it
crashed or reached a limit); fault (ours, or the machine's). A fault is never a zero: it leaves the submission without
a score, to be graded again.
"""

from collections.abc import Iterable, Sequence
from math import fsum
from typing import Literal

import msgspec

from autograder.boundary.ends import StopCode
from autograder.checks.report.conditions import not_judged
from autograder.grading.likeness import Likeness

Outcome = Literal["passed", "failed", "stopped", "fault"]
# How it came to an outcome, for programs; feedback has a text for each.
Code = Literal["passed", "wrong", "unusable", "raised", "not_implemented", "not_judged", "fault"] | StopCode
OUT_OF_TIME: tuple[StopCode, ...] = ("cpu_limit", "wall_limit", "submission_limit")
Status = Literal["graded", "unreadable", "needs_attention"]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]


class TestSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What the author of a test declared beside it, by its `points` marker.

    after: the tests that have to be passed before this one is judged, by their places among the assignment's
    forward: those of the values whose gradient this one checks; it depends on them only where there is no reference
    checks_gradients: it holds gradients against the reference's slopes, whatever the values are
    """

    __test__ = False

    name: str
    function: str = ""
    after: tuple[int, ...] = ()
    forward: tuple[int, ...] = ()
    checks_gradients: bool = False
    exercise: str
    points: float
    public: bool
    visibility: Visibility
    hint: str


class StudentWords(msgspec.Struct, frozen=True, kw_only=True):
    """What the submission itself said in a test.

    Trust: hostile text, for the instructor only; escape it when showing it.
    """

    where: str = ""
    trace: str = ""
    printed: str = ""
    is_cut: bool = False  # it printed more than was kept


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one test: `code` for programs, `message` (with inputs and expected values) for people.

    `remark` is what the instructor should know of a test although it was passed. Of a failed one, if it could be
    found out: the names of the misconceptions whose values the submission gave, their hints, and what the first wrong
    value looks like beside the right one.
    """

    test: TestSpec
    outcome: Outcome
    code: Code
    message: str = ""
    words: StudentWords = StudentWords()
    n_calls: int = 0
    n_messages: int = 0
    remark: str = ""
    misconceptions: tuple[str, ...] = ()
    mistake_hints: tuple[str, ...] = ()
    likeness: Likeness | None = None
    not_loaded: bool = False  # it met a module that does not load: no hint of the test's is of help there

    @property
    def score(self) -> float:
        return self.test.points if self.outcome == "passed" else 0.0


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """One submission, graded or not.

    `reason` says why it was not graded, `notes` what of the hand-in was ignored or replaced, `load_errors` which
    modules do not import and why (found without any test, so all of it may be shown to the student). `late` and
    `submitted` (when) are what the platform said. `secret` is the fingerprint of the course's. `is_diagnosed`
    unless looking for known mistakes would have taken too long. `attempt` is a hash of the hand-in, `graded_by` one of
    all else that the verdicts depend on, `fingerprint` one of both.
    """

    id: str
    name: str = ""
    status: Status
    reason: str = ""
    notes: tuple[str, ...] = ()
    load_errors: tuple[str, ...] = ()
    late: bool = False
    submitted: str = ""
    verdicts: tuple[Verdict, ...] = ()
    is_diagnosed: bool = True
    attempt: str = ""
    graded_by: str = ""
    fingerprint: str = ""
    seed: int = 0
    secret: str = ""
    sandbox: str = ""

    @property
    def score(self) -> float | None:
        """None where there is none to be trusted."""
        if self.status == "needs_attention":
            return None
        return total(verdict.score for verdict in self.verdicts)


def unmet(spec: TestSpec, verdicts: Sequence[Verdict]) -> Verdict | None:
    """The verdict because of which a test is not judged, if there is one among those of the tests before it."""
    broken = next((verdicts[place] for place in spec.after if verdicts[place].outcome != "passed"), None)
    if broken is None:
        return None
    message = broken.message if broken.code == "not_judged" else not_judged(broken.test.name)
    return Verdict(test=spec, outcome="failed", code="not_judged", message=message)


def total(points: Iterable[float]) -> float:
    """Their sum, in whatever order they come; thirds of a point make whole ones again."""
    return round(fsum(points), 9)


def settle(graded: Graded, expected: tuple[TestSpec, ...]) -> Graded:
    """`graded` as it may be published: a test without a verdict, or with a fault, makes it `needs_attention`.

    Points are only ever given for a test that ran to its end and passed; a verdict that is missing is nobody's zero.
    """
    if graded.status != "graded":
        return graded
    faults = [verdict for verdict in graded.verdicts if verdict.outcome == "fault"]
    if [verdict.test for verdict in graded.verdicts] != list(expected):
        reason = f"grading ended after {len(graded.verdicts)} of {len(expected)} tests"
    elif faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        reason = f"{faults[0].test.name}: {faults[0].message}{more}"
    else:
        return graded
    return msgspec.structs.replace(graded, status="needs_attention", reason=reason)
