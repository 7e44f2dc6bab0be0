"""What `autograder mutate` shows in the terminal: progress, the table of scores, and what has to be looked at."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import fsum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.proving.mutation import WANTED_SCORE, Mutation


@contextmanager
def progress(console: Console, assignment: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; yields what to call with the number of mutants done, and of all."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(assignment, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def print_mutations(console: Console, mutations: Sequence[Mutation]) -> None:
    """The table, then the survivors, stale entries, and the tests that find none."""
    title = "mutants of the reference, and what the tests find of them; public: the public tests alone"
    table = Table(title=title, title_justify="left", show_edge=False)  # fits into 80 columns
    table.add_column("assignment", no_wrap=True)
    for heading in ("mutants", "killed", "equivalent", "survivors", "score", "public"):
        table.add_column(heading, justify="right")
    for each in mutations:
        table.add_row(*_row(each))
    console.print(table)
    for each in mutations:
        for mutant in each.survivors:
            where = f"{each.assignment}: {mutant.exercise}, line {mutant.line} of {mutant.module}.py"
            console.print(f"[yellow]survivor[/yellow] {escape(where)}")
            console.print(escape(mutant.diff))
    for each in mutations:
        for line in each.stale:
            console.print(f"[red]stale[/red] {each.assignment}: {escape(line)}; mend or remove the entry")
    for each in mutations:
        kept = {exercise: fsum(shares) / len(shares) for exercise, shares in each.shares.items()}
        told = ", ".join(
            f"{exercise} {share:.0%}" for exercise, share in sorted(kept.items(), key=lambda item: -item[1])
        )
        if told:
            console.print(f"{each.assignment}: points that mutants keep: {each.kept:.0%} on average; {escape(told)}")
        for line in each.generous:
            console.print(f"{each.assignment}: {escape(line)} mutants whose ordinary values are wrong")
    for each in mutations:
        if each.idle:
            console.print(f"{each.assignment}: {len(each.idle)} tests find no mutant: {escape(', '.join(each.idle))}")
        elif each.idle is not None:
            console.print(f"{each.assignment}: every test finds a mutant")


def mutation_document(mutation: Mutation) -> dict[str, Any]:
    """For programs: what the table and the lines below it say."""
    survivors = [
        {"exercise": each.exercise, "module": each.module, "line": each.line, "diff": each.diff}
        for each in mutation.survivors
    ]
    return {
        "assignment": mutation.assignment,
        "holds": mutation.holds,
        "mutants": len(mutation.mutants),
        "killed": len(mutation.killed - mutation.equivalent),
        "equivalent": len(mutation.equivalent),
        "survivors": survivors,
        "score": mutation.score,
        "public_score": mutation.public_score,
        "kept": mutation.kept,
        "stale": mutation.stale,
        "generous": mutation.generous,
        "idle": mutation.idle,
    }


def _row(mutation: Mutation) -> tuple[str, ...]:
    colour = "green" if mutation.score >= WANTED_SCORE else "red"
    return (
        mutation.assignment,
        str(len(mutation.mutants)),
        str(len(mutation.killed - mutation.equivalent)),
        str(len(mutation.equivalent)),
        str(len(mutation.survivors)),
        f"[{colour}]{mutation.score:.1%}[/{colour}]",
        f"{mutation.public_score:.1%}",
    )
