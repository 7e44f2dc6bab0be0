"""What was graded before: history, scores, restore, diff."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.cli.shared import OUT, Decorator, json_option, main, print_json, shown, store_option
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.records import KeptFolder
    from autograder.records.comparing import Comparison
    from autograder.records.store import Grading

SHOWN = 8  # characters of a hash
ON_STDOUT = "Nothing but its table, on standard output."

results_option: Decorator = click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="the only folder in results/",
    help="The folder that grade wrote.",
)


@main.command(
    "history",
    examples=("autograder history ann", "autograder history ann --results results/ASSIGNMENT --json"),
    writes=ON_STDOUT,
    done="there is something to tell",
)
@click.argument("student", metavar="ID")
@results_option
@store_option
@json_option
def history_command(student: str, results: Path | None, store: str | None, as_json: bool) -> None:
    """List every grading of a student: when it was made or put back, of which hand-in, by which tests."""
    from autograder.records.past import history_of

    folder = folder_of(results, store)
    history = history_of(folder, student)
    if not history:
        raise CourseError(f"history {student!r}: no grading in {folder.store.shown}; want an id as grades.csv has it")
    _show(history, as_json)


@main.command(
    "scores",
    examples=(
        "autograder scores --attempt best",
        "autograder scores --results results/ASSIGNMENT --at 2026-01-31 --json",
    ),
    writes=ON_STDOUT,
    done="listed, be it nobody",
)
@click.option(
    "--attempt",
    type=click.Choice(["latest", "best"]),
    default="latest",
    show_default=True,
    help="Which hand-in counts; each by what was found of it last.",
)
@click.option(
    "--at",
    type=click.DateTime(("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")),
    help="As it was then; a day alone means its end.",
)
@results_option
@store_option
@json_option
def scores_command(attempt: str, at: datetime | None, results: Path | None, store: str | None, as_json: bool) -> None:
    """List the scores of everybody who was ever graded, as of now or of a time before."""
    from autograder.records.past import history_of, scores

    _show(scores(history_of(folder_of(results, store), until=at), attempt), as_json)


@main.command(
    "restore",
    examples=("autograder restore 17", "autograder restore 17 --results results/ASSIGNMENT"),
    writes="The student's files in the results folder, and grades.csv. The store gets one event more.",
    done="put back",
)
@click.argument("grading", type=click.IntRange(min=1))
@results_option
@store_option
@json_option
def restore_command(grading: int, results: Path | None, store: str | None, as_json: bool) -> None:
    """Put a grading back as its student's current one; `history` shows the numbers.

    It stands until the hand-in, the tests or the engine are others than at the grading that was made last.
    """
    from autograder.checks.report.summary import number
    from autograder.grading.harmless import printable

    folder = folder_of(results, store)
    record = folder.restore(grading)
    if as_json:
        print_json({"grading": grading, "id": record.id, "score": record.score})
    else:
        score = "no score" if record.score is None else f"{number(record.score)} of {number(record.max_score)}"
        OUT.print(f"{escape(printable(record.id, 60))}: {score} again, in {escape(shown(folder.path))}")


@main.command(
    "diff",
    examples=(
        "autograder diff results/ASSIGNMENT results-mended",
        "autograder diff 1 17 --results results/ASSIGNMENT",
        "autograder diff results/ASSIGNMENT results-mended --json",
    ),
    writes=ON_STDOUT,
    done="no score differs",
    look="some do; they are listed",
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@results_option
@store_option
@json_option
def diff_command(before: str, after: str, results: Path | None, store: str | None, as_json: bool) -> None:
    """Compare two results folders, or two gradings by the numbers that `history` shows.

    Who gains and who loses, how much in which test, and the tests in which everybody does.
    """
    import msgspec

    from autograder.records.comparing import by_id, compare

    if before.isdecimal() and after.isdecimal():
        folder = folder_of(results, store)
        with folder.store.opened() as opened:
            records = [opened.contents(int(number))[0] for number in (before, after)]
        was, now = ({records[0].id: record} for record in records)
    else:
        was, now = by_id(Path(before)), by_id(Path(after))
        for name, found in ((before, was), (after, now)):
            if not found:
                raise CourseError(
                    f"diff {name!r}: no records there; want two results folders, or two numbers of gradings"
                )
    comparison = compare(was, now)
    if as_json:
        print_json(msgspec.to_builtins(comparison))
    else:
        show_comparison(comparison, OUT)
    raise SystemExit(1 if comparison.changes else 0)


def show_comparison(comparison: "Comparison", console: Console) -> None:
    """A line for each student whose score differs, and what is true of several."""
    from autograder.checks.report.summary import number
    from autograder.grading.harmless import printable

    def shown_score(score: float | None) -> str:
        return "-" if score is None else number(score)

    table = Table()
    for name in ("submission", "before", "after", "in"):
        table.add_column(name, justify="right" if name in ("before", "after") else "left")
    for each in comparison.changes:
        tests = ", ".join(f"{printable(test, 100)} {points:+g}" for test, points in each.tests.items())
        table.add_row(escape(printable(each.id, 60)), shown_score(each.before), shown_score(each.after), escape(tests))
    if comparison.changes:
        console.print(table)
    n_lower = sum(each.loses for each in comparison.changes)
    console.print(f"{len(comparison.changes)} of {comparison.n_both} differ, {n_lower} of them have less")
    for test in comparison.everybody:
        console.print(f"[yellow]everybody[/yellow] changes in {escape(printable(test, 100))}")
    for what, ids in (("before", comparison.only_before), ("after", comparison.only_after)):
        if ids:
            console.print(f"only {what}: {escape(printable(', '.join(ids)))}")


def folder_of(results: Path | None, store: str | None) -> "KeptFolder":
    """The results folder that is meant; CourseError if that cannot be told."""
    from autograder.records.kept_folder import RECORDS
    from autograder.records.past import kept_folder

    if results is None:
        found = sorted(file.parent for file in Path("results").glob(f"*/{RECORDS}"))
        if len(found) != 1:
            names = ", ".join(map(str, found)) or "none in results/"
            raise CourseError(f"which results? there are {names}; want one with --results FOLDER")
        results = found[0]
    return kept_folder(results, store)


def _show(gradings: "Sequence[Grading]", as_json: bool) -> None:
    import msgspec

    from autograder.checks.report.summary import number
    from autograder.grading.harmless import printable

    if as_json:
        print_json({"gradings": [msgspec.to_builtins(each) for each in gradings]})
        return
    table = Table()
    for name in ("grading", "when", "what", "submission", "score", "hand-in", "tests"):
        table.add_column(name, justify="right" if name in ("grading", "score") else "left", overflow="fold")
    for each in gradings:
        score = each.status if each.score is None else f"{number(each.score)}/{number(each.max_score)}"
        who = escape(printable(each.student, 60))
        table.add_row(str(each.number), each.at, each.kind, who, score, each.attempt[:SHOWN], each.tests[:SHOWN])
    OUT.print(table)
