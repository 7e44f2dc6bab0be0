"""What `autograder verify` shows of answers that compute nothing: what each exercise pays, and what is too much."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.checks.report.summary import number
from autograder.proving.audit import ALL, KINDS, Audit, Paid


def print_audit(console: Console, audit: Audit) -> None:
    """What each exercise pays for answers that compute nothing; exercises that pay none have no row."""
    title = (
        f"{audit.assignment}: points paid for answers that compute nothing; values: for right ones without gradients"
    )
    table = Table(title=title, title_justify="left", show_edge=False)  # fits into 80 columns
    table.add_column("exercise", no_wrap=True)
    table.add_column("of", justify="right")
    table.add_column("values", justify="right")
    table.add_column("paid for")
    too_much = audit.too_much
    for exercise in audit.exercises:
        known = [each for kind in KINDS if (each := audit.of(exercise, kind)) is not None]
        if exercise == ALL or any(each.points for each in known):
            paid = ", ".join(_cell(each, each in too_much) for each in known if each.points)
            table.add_row(exercise, number(known[0].of), number(known[0].values), paid or "none")
    console.print(table)


def _cell(paid: Paid, is_too_much: bool) -> str:
    text = f"{paid.answer} {number(paid.points)}"
    return f"[red]{text}[/red]" if is_too_much else text


def audit_document(audit: Audit) -> dict[str, Any]:
    """For programs: all that was paid, and the lines on what is too much."""
    paid = [{**asdict(each), "allowed": each.allowed} for each in audit.paid]
    return {"assignment": audit.assignment, "paid": paid, "too_much": list(lines(audit))}


def lines(audit: Audit) -> Iterator[str]:
    """A line for each answer that is paid too much, and for each exception that is not needed."""
    for paid in audit.too_much:
        tests = ", ".join(paid.tests[:6]) + (f" and {len(paid.tests) - 6} more" if len(paid.tests) > 6 else "")
        yield (
            f"{audit.assignment}: {paid.exercise} pays {number(paid.points)} of {number(paid.of)} for the answer "
            f"{paid.answer!r}, want at most {number(paid.allowed)}; paid by {tests}"
        )
    for line in audit.stale:
        yield f"{audit.assignment}: audit.toml: {line}"
