"""A line for each hand-in as it is graded, for whoever watches a long run or looks for what was slow in it."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from autograder.checks.report.summary import number
from autograder.errors import CourseError
from autograder.grading.results_folder import Row


@contextlib.contextmanager
def log(path: Path | None) -> Iterator[Callable[[Row], None]]:
    """What to call with each row, which adds its line to a file; nothing without one.

    A line has five fields with tabs between them: the time, the id, the score (- if there is none), how many seconds it
    took, and what came of it: graded, unchanged, or why it was not graded.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        file = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 (held to the end of the block)
    except OSError as error:
        raise CourseError(f"log: {path}: cannot be written: {error.strerror}; choose another file with --log") from None
    with file:

        def add(row: Row) -> None:
            record = row.record
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            score = "-" if record.score is None else f"{number(record.score)}/{number(record.max_score)}"
            why = record.trouble or ("graded" if row.fresh else "unchanged")
            file.write("\t".join((now, record.id, score, f"{row.took_s:.3f}", why)) + "\n")

        yield add
