"""Who gains and who loses between two gradings, how much in which test, and what changes for everybody."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from autograder.grading.records import Record
from autograder.grading.results_folder import records_in
from autograder.grading.verdicts import total


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A student whose score or whose tests differ; a score is None where there is none."""

    id: str
    before: float | None
    after: float | None
    tests: dict[str, float]  # points gained, or lost if negative, by the test's name

    @property
    def loses(self) -> bool:
        """Whether there are fewer points than before, or none any more."""
        return self.before is not None and (self.after is None or self.after < self.before)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two gradings of a class side by side."""

    n_both: int  # students of whom there are both
    changes: tuple[Change, ...]  # sorted by id
    everybody: tuple[str, ...]  # the tests in which all of two or more gain, or all lose
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


def compare(before: Mapping[str, Record], after: Mapping[str, Record]) -> Comparison:
    """What differs between records of the same students."""
    both = sorted(before.keys() & after.keys())
    changes = [_change(before[name], after[name]) for name in both]
    counts = Counter((test, points > 0) for each in changes for test, points in each.tests.items())
    return Comparison(
        n_both=len(both),
        changes=tuple(each for each in changes if each.tests or each.before != each.after),
        everybody=tuple(sorted({test for (test, _), count in counts.items() if count == len(both) > 1})),
        only_before=tuple(sorted(before.keys() - after.keys())),
        only_after=tuple(sorted(after.keys() - before.keys())),
    )


def by_id(folder: Path) -> dict[str, Record]:
    """The records of a results folder."""
    return {record.id: record for record in records_in(folder)} if folder.is_dir() else {}


def _change(before: Record, after: Record) -> Change:
    was, now = _points(before), _points(after)
    gained = {test: total([now.get(test, 0.0), -was.get(test, 0.0)]) for test in {**was, **now}}
    return Change(
        id=after.id,
        before=before.score,
        after=after.score,
        tests={test: points for test, points in gained.items() if points},
    )


def _points(record: Record) -> dict[str, float]:
    return {test.name: test.score for test in record.tests}
