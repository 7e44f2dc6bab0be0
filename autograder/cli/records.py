"""What was graded before: history, scores, restore."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from autograder.cli.shared import OUT, Decorator, json_option, main, print_json, shown, store_option
from autograder.errors import CourseError

if TYPE_CHECKING:
    from autograder.records import KeptFolder
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
    examples=("autograder history ann", "autograder history ann --results results/a1 --json"),
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

    folder = _folder(results, store)
    history = history_of(folder, student)
    if not history:
        raise CourseError(f"history {student!r}: no grading in {folder.store.shown}; want an id as grades.csv has it")
    _show(history, as_json)


@main.command(
    "scores",
    examples=(
        "autograder scores --attempt best",
        "autograder scores --results results/a1 --at 2026-01-31 --json",
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

    _show(scores(history_of(_folder(results, store), until=at), attempt), as_json)


@main.command(
    "restore",
    examples=("autograder restore 17", "autograder restore 17 --results results/a1"),
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
    from autograder.grading.feedback import printable

    folder = _folder(results, store)
    record = folder.restore(grading)
    if as_json:
        print_json({"grading": grading, "id": record.id, "score": record.score})
    else:
        score = "no score" if record.score is None else f"{number(record.score)} of {number(record.max_score)}"
        OUT.print(f"{escape(printable(record.id, 60))}: {score} again, in {escape(shown(folder.path))}")


def _folder(results: Path | None, store: str | None) -> "KeptFolder":
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
    from autograder.grading.feedback import printable

    if as_json:
        print_json({"gradings": [msgspec.to_builtins(each) for each in gradings]})
        return
    table = Table()
    for name in ("grading", "when", "what", "submission", "score", "hand-in", "tests"):
        table.add_column(name, justify="right" if name in ("grading", "score") else "left")
    for each in gradings:
        score = each.status if each.score is None else f"{number(each.score)}/{number(each.max_score)}"
        who = escape(printable(each.student, 60))
        table.add_row(str(each.number), each.at, each.kind, who, score, each.attempt[:SHOWN], each.tests[:SHOWN])
    OUT.print(table)
