"""Points by exercise: adds up the outcomes of tests and prints the table that ends a run."""

import re
from dataclasses import dataclass, field
from math import fsum
from typing import Literal, NamedTuple, get_args

from ..words import say

Standing = Literal["passed", "failed", "stopped", "fault", "not done"]
"""passed; failed: wrong answer; stopped: crash or limit; fault: ours; not done: the stub is as it was."""

_STUB = re.compile(r"(?P<assignment>\w+), exercise (?P<exercise>[\w.]+): handout section (?P<section>.+)")
_WORTH_SAYING = ("fault", "stopped", "failed", "not done")  # the first that a row has is what to do next


class Stub(NamedTuple):
    """What the message of an exercise that is not done says."""

    assignment: str
    exercise: str
    section: str

    def to_read(self, exercise: str, assignment: str) -> str:
        """Which section sets it, for a test of this exercise of this assignment."""
        section = say("not_done.section", section=self.section)
        if self.assignment != assignment:
            section = say("not_done.section_of", section=self.section, assignment=self.assignment)
        return say("not_done.needs", exercise=self.exercise, section=section) if self.exercise != exercise else section


def stub_message(assignment: str, exercise: str, section: str) -> str:
    """The text that a stub raises: "t1_sums, exercise sums.total: handout section 1"."""
    return f"{assignment}, exercise {exercise}: handout section {section}"


def read_stub_message(text: str) -> Stub | None:
    """What stub_message() wrote, None if the text is anything else."""
    match = _STUB.fullmatch(text)
    return Stub(**match.groupdict()) if match else None


def number(points: float) -> str:
    """Points as people write them: 2, not 2.0; 0.3, not 0.30000000000000004."""
    return f"{points:.10g}"


@dataclass
class Row:
    """One exercise of one assignment: its points so far and the notes of the tests that were not passed."""

    exercise: str
    group: str
    got: list[float] = field(default_factory=list)
    of: list[float] = field(default_factory=list)
    outcomes: list[Standing] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)  # by outcome

    @property
    def points(self) -> float:
        return fsum(self.got)

    @property
    def max_points(self) -> float:
        return fsum(self.of)

    @property
    def outcome(self) -> Standing:
        """The one that says most: a fault before a stop, a stop before a failure; passed if all passed."""
        return min(self.outcomes, key=lambda each: (*_WORTH_SAYING, "passed").index(each), default="passed")

    @property
    def next_step(self) -> str:
        """What to do now, in a few words."""
        outcome = self.outcome
        if outcome == "passed":
            return say("done")
        notes = list(dict.fromkeys(note for note in self.notes.get(outcome, []) if note))
        head = say({"not done": "not_done", "failed": "failed.fix", "stopped": "stopped", "fault": "fault"}[outcome])
        if not notes:
            return head
        has_more = len(notes) > 1 and outcome != "not done"
        return f"{head}: {say('report.and_more', what=notes[0], n=len(notes) - 1) if has_more else notes[0]}"


class TableLine(NamedTuple):
    """One line of the table: an exercise, or an assignment above its exercises or in their stead."""

    name: str
    got: str
    of: str
    say: str
    is_exercise: bool = False


class Summary:
    """Collects (exercise, points, outcome) of tests; rows stand in the order in which they first came.

        summary = Summary()
        summary.add("sums.total", 2, "passed", group="t1_sums")
        summary.add("sums.total", 1, "failed", group="t1_sums", note="test_total[empty]")
        print(summary.table())

    `note` says what to do or which test it was; a test gets all its points or none.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Row] = {}

    def add(self, exercise: str, points: float, outcome: Standing, *, group: str = "", note: str = "") -> None:
        if outcome not in get_args(Standing):
            raise ValueError(f"outcome of {exercise}: got {outcome!r}, want one of {', '.join(get_args(Standing))}")
        row = self._rows.setdefault((group, exercise), Row(exercise, group))
        row.of.append(points)
        row.got.append(points if outcome == "passed" else 0.0)
        row.outcomes.append(outcome)
        row.notes.setdefault(outcome, []).append(note)

    @property
    def rows(self) -> list[Row]:
        return list(self._rows.values())

    @property
    def points(self) -> float:
        return fsum(row.points for row in self.rows)

    @property
    def max_points(self) -> float:
        return fsum(row.max_points for row in self.rows)

    def table(self, total: str = "report.points") -> str:
        """A line for each exercise, and the total in this phrase: "12 of 33 points".

        Of several assignments, one that nothing was done in, and one that is complete, takes a single line.
        """
        lines = self.lines()
        columns = ([line.name for line in lines], [line.got for line in lines], [line.of for line in lines])
        names, got, of = (max(map(len, column), default=0) for column in columns)
        written = [
            f"{line.name:<{names}}  {line.got:>{got}} {'/' if line.of else ' '} {line.of:<{of}}  {line.say}".rstrip()
            for line in lines
        ]
        return "\n".join([*written, "", say(total, got=number(self.points), of=number(self.max_points))])

    def lines(self) -> list[TableLine]:
        """The table's lines, without the total."""
        groups = list(dict.fromkeys(row.group for row in self.rows))
        lines: list[TableLine] = []
        for group in groups:
            rows = [row for row in self.rows if row.group == group]
            lines += _group_lines(group, rows, brief=len(groups) > 1)
        return lines


def _group_lines(group: str, rows: list[Row], *, brief: bool) -> list[TableLine]:
    outcomes = {row.outcome for row in rows}
    got, of = fsum(row.points for row in rows), fsum(row.max_points for row in rows)
    if brief and outcomes <= {"passed"}:
        return [TableLine(group, number(got), number(of), say("done"))]
    if brief and got == 0 and outcomes <= {"not done"}:
        return [TableLine(group, number(got), number(of), say("not_started"))]
    indent = "  " if group else ""
    lines = [
        TableLine(indent + row.exercise, number(row.points), number(row.max_points), row.next_step, True)
        for row in rows
    ]
    if not group:
        return lines
    return [TableLine(group, number(got), number(of), "") if brief else TableLine(group, "", "", ""), *lines]
