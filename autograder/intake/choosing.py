"""Which submissions of a class are to be graded now: those named, or those that came or changed since a date."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.found import Submission
from autograder.intake.names import show

_SHOWN = 5
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)?")


def only(submissions: Sequence[Submission], ids: Sequence[str]) -> list[Submission]:
    """Those of these ids; CourseError if nothing was handed in under one of them."""
    known = {each.id for each in submissions}
    for identity in ids:
        if identity not in known:
            near = [name for name in sorted(known) if identity.casefold() in name.casefold()] or sorted(known)
            some = ", ".join(near[:_SHOWN]) + (f" and {len(near) - _SHOWN} more" if len(near) > _SHOWN else "")
            raise CourseError(f"--only {show(identity)}: nothing was handed in under that id; there are {some}")
    return [each for each in submissions if each.id in ids]


def since(submissions: Sequence[Submission], date: datetime) -> list[Submission]:
    """Those submitted since, as the platform says, or of which a file was changed since, as the file system says."""
    moment = date.timestamp()
    return [each for each in submissions if _submitted(each) >= moment or _changed(each.paths) >= moment]


def when(text: str) -> datetime | None:
    """The time that a platform writes; where it names no zone, that of this machine. None if it is no time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    zone = {"Z": "+00:00", "UTC": "+00:00", None: ""}.get(match[3], match[3])
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{zone}").astimezone(UTC)
    except ValueError:  # the 31st of February
        return None


def _submitted(submission: Submission) -> float:
    time = when(submission.submitted)
    return time.timestamp() if time is not None else 0.0


def _changed(paths: Sequence[Path]) -> float:
    """When the newest of the files was changed; links are not followed."""
    newest = 0.0
    for path in paths:
        for folder, _, files in os.walk(path):
            newest = max([newest, *(os.lstat(os.path.join(folder, name)).st_mtime for name in files)])
        if os.path.lexists(path) and not path.is_dir():
            newest = max(newest, os.lstat(path).st_mtime)
    return newest
