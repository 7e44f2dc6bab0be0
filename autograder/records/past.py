"""What a store tells of the past: a student's gradings, and a class's scores at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.errors import CourseError
from autograder.records.kept_folder import KeptFolder, read_contents
from autograder.records.store import Grading, Store, file_url


def kept_folder(folder: Path, store: str | None) -> KeptFolder:
    """A results folder with its store; CourseError if it is none."""
    contents = read_contents(folder)
    if contents is None:
        raise CourseError(f"{folder}: no records here; want the folder that autograder grade wrote")
    url = store or contents.store or file_url(folder)
    return KeptFolder(folder, contents.owner, Store(url, contents.owner), is_whole=False)


def history_of(folder: KeptFolder, student: str | None = None, until: datetime | None = None) -> list[Grading]:
    """What became current in a folder, in that order; until a time, where a day alone means its end."""
    if until is not None and until.time() == datetime.min.time():
        until += timedelta(days=1, milliseconds=-1)
    with folder.store.opened() as store:
        return store.history(student, until.astimezone(UTC) if until else None)


def scores(history: Sequence[Grading], attempt: str) -> list[Grading]:
    """Each student's grading that counts, sorted by id: of the `latest` attempt, or of the `best`.

    An attempt, which is a hand-in, counts with what was found of it last: a test that was mended since pays nobody.
    """
    by_attempt: dict[str, dict[str, Grading]] = {}
    for each in history:
        attempts = by_attempt.setdefault(each.student, {})
        attempts.pop(each.attempt, None)  # to the end
        attempts[each.attempt] = each
    counting = []
    for _, attempts in sorted(by_attempt.items()):
        gradings = list(attempts.values())
        scored = [each for each in gradings if each.score is not None]
        is_best = attempt == "best" and scored
        counting.append(max(scored, key=lambda each: each.score or 0.0) if is_best else gradings[-1])
    return counting
