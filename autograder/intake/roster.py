"""Class folders as they come from Gradescope, Moodle, Canvas or a colleague: who handed in what.

Only names are looked at here, and Gradescope's metadata; the files themselves are read by `forms`, one
submission at a time. Nobody vanishes silently: whatever is not plainly litter becomes a submission, to be
answered as unreadable.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.gradescope import METADATA, read_metadata
from autograder.intake.names import is_junk, module_of, parse_platform_name, safe_ids, show, stem_of

_EXPORT = re.compile(r"assignment_\d+_export")
_LITTER_ENDINGS = (".csv", ".yml", ".yaml", ".toml", ".json", ".md", ".txt")
_LITTER_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Submission:
    """What one student handed in, before it is read.

    Trust: the id is clean (see `safe_id`); name and paths are as the platform or the student wrote them.
    """

    id: str  # unique: a row key and a folder name
    name: str  # for people; "" if unknown
    paths: tuple[Path, ...]
    conflict: str = ""  # why it cannot be told whose it is; then it is not to be graded
    late: bool = False  # the platform says so
    submitted: str = ""  # when, as the platform writes it; "" if it does not


@dataclass(frozen=True)
class _Found:
    """One student's entry before ids are cleaned and the files of one student are put together."""

    raw_id: str
    name: str
    path: Path
    platform: str = ""  # files of one student on this platform may be put together; "" if nothing may
    is_file_submission: bool = True
    number: int = 0
    late: bool = False
    submitted: str = ""


def find_submissions(paths: Sequence[Path], *, package: str, modules: Sequence[str]) -> list[Submission]:
    """The submissions at the paths, sorted by id.

    A file is one submission. So is a folder that holds a module itself or in a folder named as the package;
    any other folder is a class, each entry one student, ids taken from the platform's names where they are a
    platform's.
    Trust: the paths are the instructor's (a link is followed), the names below them are not (links are not).
    Two entries that claim one id are two submissions with a `conflict`: whose the id is, only the instructor knows.
    Raises: CourseError if a path is missing or a class is empty
    """
    if not paths:
        raise CourseError("submissions: no path given; want a submission or a folder of submissions")
    found: list[_Found] = []
    for path in paths:
        if not path.exists():
            raise CourseError(
                f"submissions: {_path(path)} does not exist; want a submission or a folder of submissions"
            )
        target = path.resolve() if path.is_symlink() or path.name in ("", "..") else path
        if not target.is_dir():
            found.append(_entry(target, is_folder=False))
        elif holds_modules(target, package, modules):
            found.append(_entry(target, is_folder=True))
        else:
            found += _class_folder(target)
    return _put_together(found)


def holds_modules(folder: Path, package: str, modules: Sequence[str]) -> bool:
    """Whether the folder is one submission: a module lies in it, or in its folder named as the package."""
    inner = folder / package
    places = [folder, inner] if inner.is_dir() and not inner.is_symlink() else [folder]
    return any(
        module_of(child.name, modules) and not child.is_dir(follow_symlinks=False)
        for place in places
        for child in _children(place)
    )


def _class_folder(folder: Path) -> list[_Found]:
    if _is_export(folder):
        found = list(_gradescope(folder))
    else:
        found = []
        for child in _children(folder):
            path, is_folder = folder / child.name, child.is_dir(follow_symlinks=False)
            if is_folder and _EXPORT.fullmatch(child.name) and _is_export(path):
                found += _gradescope(path)
            elif not _is_litter(child.name, is_folder):
                found.append(_entry(path, is_folder))
    if not found:
        raise CourseError(
            f"class folder {_path(folder)}: no submissions: looked for a folder, an archive or a .py file "
            "for each student; give the folder that holds them"
        )
    return found


def _is_litter(name: str, is_folder: bool) -> bool:
    # What a platform names after a student is that student's, a dot in front or not; but macOS leaves "._NAME" of any.
    if parse_platform_name(name, is_folder=is_folder) and not name.startswith("._"):
        return False
    if is_junk(name) or is_folder:
        return is_junk(name)
    lower = name.lower()
    return lower.startswith("readme") or lower.endswith(_LITTER_ENDINGS) or lower in _LITTER_NAMES


def _entry(path: Path, is_folder: bool) -> _Found:
    """One student, from the name of a file or folder."""
    platform = parse_platform_name(path.name, is_folder=is_folder)
    if platform is None:
        return _Found(path.name if is_folder else stem_of(path.name), "", path)
    is_file = platform.is_file_submission
    return _Found(platform.id, platform.name, path, platform.platform, is_file, platform.number, platform.late)


# --- Gradescope ---------------------------------------------------------------------------------------------


def _is_export(folder: Path) -> bool:
    return os.path.lexists(folder / METADATA)


def _gradescope(folder: Path) -> Iterator[_Found]:
    """A submission for each submitter; folders that the metadata does not name go by their number."""
    submitters = read_metadata(folder / METADATA)
    for name, students in submitters.items():
        # The name is joined to a path below: it must be one entry of this folder, not a way out of it.
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            raise CourseError(f"{_path(folder / METADATA)}: {show(name)} is no folder name; export again")
        if not students:
            yield _Found(_number(name), "", folder / name)
        for place, student in enumerate(students):
            number = _number(name) + (f"-{place + 1}" if place else "")
            identity = student.sid or student.email or number
            yield _Found(identity, student.name, folder / name, submitted=student.submitted)
    for child in _children(folder):
        is_folder = child.is_dir(follow_symlinks=False)
        if child.name not in submitters and not _is_litter(child.name, is_folder):
            yield _Found(_number(child.name if is_folder else stem_of(child.name)), "", folder / child.name)


def _number(name: str) -> str:
    return name.removeprefix("submission_") or name


# --- ids ----------------------------------------------------------------------------------------------------


def _put_together(found: Iterable[_Found]) -> list[Submission]:
    """One submission for each id: files of one student on one platform make one; all else with one id is a conflict."""
    by_id: dict[str, list[_Found]] = {}
    for entry in dict.fromkeys(found):
        by_id.setdefault(entry.raw_id, []).append(entry)
    conflicts: dict[str, str] = {}
    for raw_id, entries in [item for item in by_id.items() if not _are_of_one(item[1])]:
        del by_id[raw_id]
        for entry in entries:
            apart = f"{raw_id}-{entry.path.name}"
            by_id.setdefault(apart, []).append(entry)
            others = ", ".join(_path(other.path) for other in entries if other is not entry)
            conflicts[apart] = (
                f"submissions: {_path(entry.path)} has the id {show(raw_id)}, and so has {others}; "
                "want one for each student; remove or rename one"
            )
    ids = safe_ids(by_id)
    submissions = []
    for raw_id, entries in by_id.items():
        # Moodle keeps typed text beside the files: it counts only where it is all that was handed in.
        files = [entry for entry in entries if entry.is_file_submission] or entries
        files.sort(key=lambda entry: (entry.number, str(entry.path)))
        name = entries[0].name.encode("utf-8", "backslashreplace").decode()  # a file name may hold lone surrogates
        paths = tuple(entry.path for entry in files)
        late = any(entry.late for entry in entries)
        submitted = entries[0].submitted
        submissions.append(Submission(ids[raw_id], name, paths, conflicts.get(raw_id, ""), late, submitted))
    return sorted(submissions, key=lambda submission: submission.id)


def _are_of_one(entries: Sequence[_Found]) -> bool:
    """Whether entries with one id are one student's files. The name counts: whoever may choose it could put another's
    number into it.
    """
    first = entries[0]
    return len(entries) == 1 or (
        first.platform != "" and {(each.platform, each.name) for each in entries} == {(first.platform, first.name)}
    )


def _children(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as children:
        return sorted(children, key=lambda child: child.name)


def _path(path: Path) -> str:
    return show(str(path), 300)
