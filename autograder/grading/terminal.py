"""What `autograder grade` shows in the terminal: progress while it grades, the class as a table at the end."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from autograder.checks.report.summary import number
from autograder.checks.words import say
from autograder.grading.batch import ClassResult
from autograder.grading.harmless import printable
from autograder.grading.records import MAX_CELL, Record
from autograder.grading.results import GRADES, INSTRUCTOR, RESULTS
from autograder.grading.results_folder import Row
from autograder.grading.verdicts import OUT_OF_TIME, total
from autograder.intake import not_handed_in
from autograder.intake.roster import Ignored

MAX_IDS = 10
MAX_IGNORED = 20
MAX_MISCONCEPTIONS = 12
_NOT_LOADED = re.compile(r"[^:]*(?::\d+|, line \d+): (.*); what uses .* fails( \(graded with .*\))?", re.DOTALL)
_NOT_HANDED_IN = re.compile(re.escape(not_handed_in("NAME")).replace("NAME", r"(\w+)"))
_SLOW_TO_LOAD = re.compile(re.escape(say("load.slow", module="NAME")).replace("NAME", r"\w+"))
# Of a record, in the document for programs.
SHOWN = ("id", "name", "late", "submitted", "status", "score", "reason", "load_errors", "exercises")


@contextmanager
def progress(console: Console, n_submissions: int) -> Iterator[Callable[[Row], None]]:
    """A progress bar; yields what to call with each row."""
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=n_submissions, rate="")

        def advance(row: Row) -> None:
            bar.update(task, advance=1, description=escape(printable(row.record.id, 40)))
            shown = bar.tasks[task]
            if shown.elapsed:
                bar.update(task, rate=f"{shown.completed / shown.elapsed:.3g} a second")

        yield advance
        bar.update(task, description="")


def print_ignored(console: Console, ignored: Sequence[Ignored]) -> None:
    """A line for each file of a class folder that is nobody's hand-in, so that nobody's is among them unseen."""
    for each in ignored[:MAX_IGNORED]:
        console.print(
            f"ignored: {escape(printable(_short(each.path), 120))} ({escape(each.reason)})",
            highlight=False,
            soft_wrap=True,
        )
    if len(ignored) > MAX_IGNORED:
        console.print(f"and {len(ignored) - MAX_IGNORED} more were ignored; --json lists them all")


def print_class(console: Console, result: ClassResult) -> None:
    """The table of scores, those that need attention or do not load first, and where the files are."""
    attention = result.needing_attention
    rest = [each for each in result.members if each.record.status == "graded"]
    rest.sort(key=lambda each: not each.record.load_errors)
    named = any(each.record.name for each in result.members)
    late = any(each.record.late for each in result.members)
    for line in common_troubles(result):
        console.print(f"[yellow]look at[/yellow] {escape(line)}")
    table = Table(title=f"{result.assignment.name}: {len(result.members)} submissions", title_justify="left")
    table.add_column("submission", overflow="fold")
    if named:
        table.add_column("name", overflow="fold")
    table.add_column(f"of {number(total(test.points for test in result.tests))}", justify="right")
    if late:
        table.add_column("late")
    table.add_column("lost in", overflow="fold")
    for row in (*attention, *rest):
        identity, score, lost = _cells_of(row)
        name = [escape(printable(row.record.name, 60))] * named
        table.add_row(identity, *name, score, *["late" if row.record.late else ""] * late, lost)
    console.print(table)
    console.print(_counts(result))
    if result.n_not_asked:
        console.print(
            f"[yellow]stopped[/yellow]: too many could not be graded; {result.n_not_asked} have not had their turn: "
            "the same command goes on with them"
        )
    if left := [row.record.id for row in result.rows if row.has_left]:
        console.print(
            f"[yellow]no longer in the class[/yellow], and left out of gradebooks: {_some(left)}; if they are, grade "
            "all folders of the class together, and a part of it with --part"
        )
    if attention:
        console.print(
            f"[yellow]{len(attention)} need attention[/yellow]; "
            "those marked needs_attention are graded again on the next run"
        )
    remarked = [each.record.id for each in result.members if any(test.remark for test in each.record.tests)]
    if remarked:
        console.print(f"[yellow]look at[/yellow] {_some(remarked)}: passed, but with a remark in {INSTRUCTOR}")
    mistakes = Counter(name for each in result.members for name in each.record.misconceptions)
    if mistakes:
        seen = ", ".join(f"{escape(name)} {count}" for name, count in mistakes.most_common(MAX_MISCONCEPTIONS))
        console.print(f"misconceptions, and how many submissions have them: {seen}")
    out = escape(_short(result.out))
    console.print(
        f"wrote {out}/{GRADES}, and for each submission {out}/ID/{RESULTS} (for the student) and {INSTRUCTOR} (for you)"
    )


def _counts(result: ClassResult) -> str:
    """How many were graded, were as they had been, and were not asked for."""
    n_fresh = sum(row.fresh for row in result.rows)
    n_asked = sum(row.is_asked for row in result.rows)
    n_kept = sum(not row.is_asked for row in result.members)
    kept = f", {n_kept} kept of earlier runs" if n_kept else ""
    return f"{n_fresh} graded now, {n_asked - n_fresh} unchanged since the last run{kept}"


def _some(ids: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(ids) - MAX_IDS} more" if len(ids) > MAX_IDS else ""
    return ", ".join(escape(printable(identity, 60)) for identity in ids[:MAX_IDS]) + more


def class_document(result: ClassResult) -> dict[str, Any]:
    """For programs: a row for each submission, in the order of their ids."""
    return {
        "assignment": result.assignment.name,
        "of": total(test.points for test in result.tests),
        "out": str(result.out.resolve()),
        "needing_attention": [each.record.id for each in result.needing_attention],
        "not_asked": result.n_not_asked,
        "look_at": common_troubles(result),
        "submissions": [
            {
                **{key: getattr(each.record, key) for key in SHOWN},
                "graded_now": each.fresh,
                "left": each.has_left,
                "misconceptions": sorted(each.record.misconceptions),
            }
            for each in result.rows
        ],
    }


def common_troubles(result: ClassResult) -> list[str]:
    """A line for what costs half of the class or more the grade, or points: then it is hardly the students."""
    n = len(result.members)
    lost = Counter(cause for each in result.members for cause in _lost_by(each.record))
    found: Counter[tuple[str, str]] = Counter()
    for each in result.members:
        verb = "read" if each.record.status == "unreadable" else "loaded" if each.record.load_errors else ""
        if verb:
            found[verb, _cause(each.record)] += 1
    return (
        [
            f"{count} of {n} could not be {verb}: {cause}; is this the right assignment?"
            for (verb, cause), count in found.most_common(2)
            if count > 1 and 2 * count >= n
        ]
        + [
            f"{count} of {n} lost points by one cause: {cause}; is that what hand-ins may use, and were given?"
            for cause, count in lost.most_common(2)
            if count > 1 and 2 * count >= n
        ]
        + _built_on(result)
    )


def _built_on(result: ClassResult) -> list[str]:
    """A line for those who handed in none of the earlier work that the assignment builds on, as its notebook alone."""
    without: Counter[str] = Counter()
    for record in (each.record for each in result.members):
        lacking = filter(None, map(_NOT_HANDED_IN.fullmatch, record.notes))
        earlier = [match[1] for match in lacking if match[1] not in result.assignment.modules]
        if earlier and record.score is not None and any(test.outcome != "passed" for test in record.tests):
            without[", ".join(f"{module}.py" for module in earlier)] += 1
    return [
        f"{count} of {len(result.members)} handed in no {modules}, on which {result.assignment.name} builds, and lost "
        "points; --follow-through gives them the reference's"
        for modules, count in without.most_common(2)
    ]


def _lost_by(record: Record) -> list[str]:
    """Why statements of modules failed, of which a test that was not passed says so; not what follows from another."""
    said = [test.message for test in record.tests if test.outcome != "passed"]
    causes: list[str] = []
    for match in filter(None, map(_NOT_LOADED.fullmatch, record.notes)):
        if not any(cause in match[1] for cause in causes):
            causes.append(match[1])
    causes = [cause for cause in causes if any(cause in message for message in said)]
    if any(test.code in OUT_OF_TIME for test in record.tests):
        causes += [note.partition(":")[0] for note in filter(_SLOW_TO_LOAD.fullmatch, record.notes)]
    return causes


def _cause(record: Record) -> str:
    """What is wrong with a hand-in, without what is its own: its name, and the line."""
    said = re.sub(r"""^(hand-in|archive|notebook) ('[^']*'|"[^"]*")( and \d+ more)?: """, "", record.trouble)
    return re.sub(r"( \([^()]*\)){1,2}$", "", said).replace(" does not load: ", ": ", 1)


def _cells_of(row: Row) -> tuple[str, str, str]:
    record = row.record
    identity = escape(printable(record.id, 60))
    score = "-" if record.score is None else number(record.score)
    if record.status != "graded":
        why = escape(printable(record.reason, MAX_CELL))
        return f"[yellow]{identity}[/yellow]", score, f"[yellow]{record.status}[/yellow]: {why}"
    if record.load_errors:
        return f"[yellow]{identity}[/yellow]", score, f"[yellow]{escape(record.trouble)}[/yellow]"
    lost = [f"{name} {number(got)}/{number(of)}" for name, (got, of) in record.exercises.items() if got < of]
    if len(lost) == len(record.exercises):
        shown = "every exercise" if record.score else "everything"
    else:
        shown = ", ".join(lost[:6]) + (f" and {len(lost) - 6} more" if len(lost) > 6 else "")
    why = "".join(f"; {printable(cause, MAX_CELL)}" for cause in _lost_by(record)[:1])
    return identity, score, escape(shown + why)


def _short(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
