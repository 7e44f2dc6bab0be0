"""What a person should look at first: each line with those behind it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from autograder.grading.records import Record
from autograder.report.statistics import ClassStatistics, TestStatistics

LOW = -0.1  # a discrimination below this: those who know more pass the test less often
ALIKE_LEAST = 3  # so many with the same cause are one line


@dataclass(frozen=True)
class Line:
    """Something to look at: what it is, what to do about it, and whose hand-ins or which test it is about."""

    what: str
    todo: str
    ids: tuple[str, ...] = ()
    test: str = ""


def attention(records: Sequence[Record], found: ClassStatistics, has_left: Callable[[str], bool]) -> list[Line]:
    """The lines, what concerns whole hand-ins before what concerns tests."""
    return [*_of_hand_ins(records, has_left), *(line for test in found.tests for line in _of_test(test))]


def _of_hand_ins(records: Sequence[Record], has_left: Callable[[str], bool]) -> Iterator[Line]:
    by_trouble: dict[str, list[str]] = defaultdict(list)
    for record in records:
        if record.trouble:
            by_trouble[record.trouble].append(record.id)
    for trouble, ids in sorted(by_trouble.items(), key=lambda item: -len(item[1])):
        many = " — the same for all of them" if len(ids) >= ALIKE_LEAST else ""
        yield Line(f"{len(ids)} could not be read or loaded{many}: {trouble}", "look into the hand-in", tuple(ids))
    faults = tuple(record.id for record in records if record.status == "needs_attention" and not record.trouble)
    if faults:
        yield Line(f"{len(faults)} could not be graded", "run the same command again", faults)
    late = tuple(record.id for record in records if record.late)
    if late:
        yield Line(f"{len(late)} came late", "see when, in the list of students", late)
    left = tuple(record.id for record in records if has_left(record.id))
    if left:
        yield Line(f"{len(left)} are no longer in the class", "they are in no gradebook", left)
    by_attempt: dict[str, list[str]] = defaultdict(list)
    for record in records:
        if record.attempt and record.score:
            by_attempt[record.attempt].append(record.id)
    for ids in by_attempt.values():
        if len(ids) > 1:
            what = f"{len(ids)} handed in the very same code"
            yield Line(what, "ask before you judge: a pair may be allowed, a file may be mixed up", tuple(ids))
    cut = tuple(record.id for record in records if record.diagnosis)
    if cut:
        yield Line(f"of {len(cut)} not every known mistake was looked for", "their scores are complete", cut)


def _of_test(test: TestStatistics) -> Iterator[Line]:
    n = len(test.passed) + len(test.failed)
    name = f"{test.exercise}: {test.name}"
    if n and not test.passed:
        yield Line(f"nobody passes {name}", "is it right, and is what it asks for in the handout?", test=test.name)
    elif test.discrimination is not None and test.discrimination < LOW:
        text = f"{name}: those who have more points pass it less often ({test.discrimination:+.2f})"
        yield Line(text, "it may punish a right answer: read what those wrote who fail it", test.failed, test.name)
    elif test.within is not None and test.within < LOW:
        text = f"{name} disagrees with the other tests of its exercise ({test.within:+.2f})"
        yield Line(text, "read what those wrote who fail it", test.failed, test.name)
