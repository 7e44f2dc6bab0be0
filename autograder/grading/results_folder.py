"""A folder of results: held by one grading at a time, with a folder for each submission."""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.errors import CourseError
from autograder.grading.results import GRADES
from autograder.intake.found import Submission

LOCK = ".lock"


def refuse_clashes(folder: Path, submissions: Sequence[Submission]) -> None:
    """CourseError if a submission's results would overwrite another's, or a file of ours."""
    ids: dict[str, str] = {}
    one_case = (folder / LOCK.upper()).exists()
    for submission in submissions:
        name = submission.id.casefold() if one_case else submission.id
        if submission.id.casefold() == GRADES:
            raise CourseError(f"submissions: {submission.id!r} is the name of a result file; rename it")
        if name in ids:
            raise CourseError(f"submissions: {ids[name]!r} and {submission.id!r} would share a folder; rename one")
        ids[name] = submission.id


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a results folder alone; CourseError if another grading holds it, or if it cannot be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(folder / LOCK, "w")  # noqa: SIM115 (held to the end of the block)
    except OSError as error:
        raise CourseError(
            f"{folder}: cannot write results here: {error.strerror}; choose another folder with --out"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(
                f"{folder}: another grading is writing here; wait for it, or choose another folder"
            ) from None
        yield
