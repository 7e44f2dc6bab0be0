"""What a class's records say about its tests.

A test is passed or not, so the usual measures of test theory hold: how many pass (difficulty), how well passing goes
with the rest of the score (discrimination, the point-biserial correlation), and how far the tests measure one thing
(reliability, Kuder and Richardson's formula 20). Source: Crocker and Algina 1986, chapters 6, 7 and 14.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import fmean, median

from autograder.grading.records import Record, TestRecord

LEAST_GRADED = 5  # below so many, a correlation says nothing


@dataclass(frozen=True)
class TestStatistics:
    """One test in a class: who passed, and what those have in common who did not."""

    __test__ = False

    name: str
    exercise: str
    public: bool
    points: float
    passed: tuple[str, ...]  # ids
    failed: tuple[str, ...]  # failed or stopped; of a fault of ours nothing is known
    discrimination: float | None  # with the score of all other tests; None if it cannot be told
    within: float | None  # with the score of the exercise's other tests
    misconceptions: Mapping[str, tuple[str, ...]]  # name -> ids, the most frequent first
    likenesses: Mapping[str, tuple[str, ...]]  # what wrong values look like -> ids

    @property
    def pass_rate(self) -> float | None:
        n = len(self.passed) + len(self.failed)
        return len(self.passed) / n if n else None


@dataclass(frozen=True)
class ExerciseStatistics:
    """One exercise: the mean share of its points, and who has all of them."""

    name: str
    points: float
    mean_share: float | None
    complete: tuple[str, ...]


@dataclass(frozen=True)
class ClassStatistics:
    """A class: its scores, exercises and tests, of those whose score is to be trusted."""

    n: int
    graded: tuple[Record, ...]
    mean: float | None
    median: float | None
    histogram: tuple[int, ...]  # tenths of all points; who has all is in the last
    reliability: float | None
    exercises: tuple[ExerciseStatistics, ...]
    tests: tuple[TestStatistics, ...]


def class_statistics(records: Sequence[Record]) -> ClassStatistics:
    """Of all records of one assignment; those that were graded by other tests count in those that they have."""
    graded = tuple(record for record in records if record.score is not None and record.tests)
    scores = [record.score or 0.0 for record in graded]
    return ClassStatistics(
        n=len(records),
        graded=graded,
        mean=fmean(scores) if scores else None,
        median=median(scores) if scores else None,
        histogram=_histogram(graded),
        reliability=_reliability(graded),
        exercises=_exercises(graded),
        tests=_tests(graded),
    )


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's; the point-biserial where one of them is 0 or 1. None for too few, or where one is constant."""
    if len(first) < LEAST_GRADED or min(first) == max(first) or min(second) == max(second):
        return None
    mean_first, mean_second = fmean(first), fmean(second)
    together = fsum((a - mean_first) * (b - mean_second) for a, b in zip(first, second, strict=True))
    spread = fsum((a - mean_first) ** 2 for a in first) * fsum((b - mean_second) ** 2 for b in second)
    return together / sqrt(spread)


def _histogram(graded: Sequence[Record]) -> tuple[int, ...]:
    counts = [0] * 10
    for record in graded:
        if record.max_score:
            counts[min(9, int(10 * (record.score or 0.0) / record.max_score))] += 1
    return tuple(counts)


def _reliability(graded: Sequence[Record]) -> float | None:
    """Formula 20, of the tests that everybody has: k / (k - 1) * (1 - sum of p(1 - p) / variance of how many pass)."""
    names = {test.name for test in graded[0].tests} if graded else set()
    common = sorted(names.intersection(*({test.name for test in record.tests} for record in graded)))
    passes = [[_of(record)[name].outcome == "passed" for name in common] for record in graded]
    k = len(common)
    if k < 2 or len(graded) < LEAST_GRADED:
        return None
    counts = [sum(row) for row in passes]
    variance = fmean((count - fmean(counts)) ** 2 for count in counts)
    if not variance:
        return None
    rates = [fmean(column) for column in zip(*passes, strict=True)]
    return k / (k - 1) * (1 - fsum(p * (1 - p) for p in rates) / variance)


def _of(record: Record) -> dict[str, TestRecord]:
    return {test.name: test for test in record.tests}


def _exercises(graded: Sequence[Record]) -> tuple[ExerciseStatistics, ...]:
    names = dict.fromkeys(name for record in graded for name in record.exercises)
    found = []
    for name in names:
        pairs = {record.id: record.exercises[name] for record in graded if name in record.exercises}
        shares = [got / of for got, of in pairs.values() if of]
        complete = tuple(identity for identity, (got, of) in pairs.items() if got == of)
        of = max(of for _, of in pairs.values())
        found.append(ExerciseStatistics(name, of, fmean(shares) if shares else None, complete))
    return tuple(found)


def _tests(graded: Sequence[Record]) -> tuple[TestStatistics, ...]:
    first: dict[str, TestRecord] = {}
    for record in graded:
        for test in record.tests:
            first.setdefault(test.name, test)
    return tuple(_test(test, graded) for test in first.values())


def _test(test: TestRecord, graded: Sequence[Record]) -> TestStatistics:
    known = [
        (record, own) for record in graded if (own := _of(record).get(test.name)) is not None and own.outcome != "fault"
    ]
    passes = [float(own.outcome == "passed") for _, own in known]
    rest = [(record.score or 0.0) - own.score for record, own in known]
    beside = [record.exercises.get(test.exercise, (0.0, 0.0))[0] - own.score for record, own in known]
    return TestStatistics(
        name=test.name,
        exercise=test.exercise,
        public=test.public,
        points=test.max_score,
        passed=tuple(record.id for record, own in known if own.outcome == "passed"),
        failed=tuple(record.id for record, own in known if own.outcome != "passed"),
        discrimination=correlation(passes, rest),
        within=correlation(passes, beside),
        misconceptions=_grouped((name, record.id) for record, own in known for name in own.misconceptions),
        likenesses=_grouped((own.likeness, record.id) for record, own in known if own.likeness),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The ids of each text, the most frequent text first."""
    found: dict[str, list[str]] = {}
    for text, identity in pairs:
        found.setdefault(text, []).append(identity)
    order = Counter({text: len(ids) for text, ids in found.items()}).most_common()
    return {text: tuple(found[text]) for text, _ in order}
