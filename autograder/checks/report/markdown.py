"""A run's points and failures as Markdown, for the summary of a job on GitHub: what `pytest --markdown=FILE` writes."""

import re
from collections.abc import Iterable

from ..words import say
from .summary import Summary, number

SHOWN_CHARACTERS = 500  # of a line: a summary there holds a megabyte


def markdown(summary: Summary, failures: Iterable[tuple[str, list[str]]], last: str) -> str:
    """The total, a row for each exercise, each failure (title, lines) in a block of its own, and what to do next."""
    parts = []
    if summary.rows:
        parts.append("## " + say("report.public_points", got=number(summary.points), of=number(summary.max_points)))
        rows = [f"| {say('report.exercise')} | {say('report.points_column')} | |", "|---|--:|---|"]
        for line in summary.lines():
            name = f"`{line.name.strip()}`" if line.is_exercise else f"**{_plain(line.name)}**"
            points = f"{line.got} / {line.of}" if line.of else ""
            rows.append(f"| {name} | {points} | {_plain(line.say)} |")
        parts.append("\n".join(rows))
        parts.append(_plain(last))
    for title, lines in failures:
        text = "\n".join(line[:SHOWN_CHARACTERS] for line in lines)
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
        parts.append(f"#### {_plain(title)}\n\n{fence}text\n{text}\n{fence}")
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Text that stays text, in a cell of a table too."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(text.split()))
