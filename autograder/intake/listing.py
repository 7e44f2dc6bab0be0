"""What one hand-in holds, as entries that can be read but not followed: folders and loose files.

How it stays safe:
- no name from outside becomes a path that we write; nothing is extracted, imported or decoded;
- a file is opened with O_NOFOLLOW and O_NONBLOCK and must then prove by fstat that it is a regular file with
  one name, so a symbolic link, a hard link, a device or a pipe is noted and never read, and no open can
  block;
- every read is bounded by the caller's limit, whatever size the file system or an archive declares.
An OSError that is not the hand-in's own doing (disk, permissions, too many open files) passes through: that
is a fault to look into, never a verdict on the student.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograder.intake.file_names import beneath, is_web_page
from autograder.intake.names import is_junk, parse_platform_name, show, stem_of

MAX_DEPTH = 8  # far below what is ever taken; only so that messages can name what lies too deep

_CANVAS_AGAIN = re.compile(r"(.+)-\d{1,3}", re.DOTALL)
_START = 512  # bytes that tell a web page

SYMBOLIC_LINK = "a symbolic link"
HARD_LINK = "a hard link"
SPECIAL = "a device, pipe or socket"


class UnreadableHandIn(Exception):
    """Nothing to grade was handed in: what was looked for, what was found, what to do next."""


@dataclass(frozen=True)
class Limits:
    """The most that one hand-in may hold or make us unpack."""

    archive_bytes: int
    members: int
    unpacked_bytes: int
    source_bytes: int
    total_bytes: int
    sources: int


@dataclass(frozen=True)
class Entry:
    """One file of a hand-in; `read(limit)` gives at most limit + 1 bytes: a longer result means too long."""

    parts: tuple[str, ...]
    read: Callable[[int], bytes]
    odd: str = ""  # what it is, if it is no plain file; then it is never read
    number: int = 0  # Canvas numbers each upload: a later one is higher; 0 where nothing is known
    was: str = ""  # its own name, where it is read under another: what is named as it should be comes first

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def folder(self) -> tuple[str, ...]:
        return self.parts[:-1]


@dataclass(frozen=True)
class Listing:
    """All entries of one folder, archive or set of loose files, sorted by path."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()
    is_loose: bool = False  # uploaded file by file, so that names may carry a platform's or browser's additions
    unpacked: int = 0  # bytes that were unpacked for it: a .tar.gz cannot be listed otherwise
    scripts: tuple[Entry, ...] = ()  # notebooks that were saved as .py: told apart by what they hold

    def odd_notes(self) -> tuple[str, ...]:
        return tuple(
            f"{show('/'.join(entry.parts))} is {entry.odd}: not read; hand in the file itself"
            for entry in self.entries
            if entry.odd
        )


def make_listing(entries: Sequence[Entry], notes: Sequence[str] = (), *, is_loose: bool = False) -> Listing:
    """A listing without junk and doubles: the last entry of a path wins, as it would in unpacking.

    A file with an ending that was added to its own stands under its own, unless another file does.
    """
    by_parts: dict[tuple[str, ...], Entry] = {}
    remarks: list[str] = []
    for entry in entries:
        if any(is_junk(part) for part in entry.parts):
            continue
        if entry.parts in by_parts:
            remarks.append(f"{show('/'.join(entry.parts))} was handed in more than once: the last one counts")
        by_parts[entry.parts] = entry
    for entry in sorted(by_parts.values(), key=lambda entry: entry.parts):
        name = beneath(entry.name)
        if entry.odd or name == entry.name:
            continue
        own, shown = (*entry.folder, name), show("/".join(entry.parts))
        if own in by_parts:
            remarks.append(f"{shown} was not read: {show(by_parts[own].name)} stands for it")
        elif entry.name.lower().endswith((".html", ".htm")) and is_web_page(start_of(entry, _START)):
            remarks.append(f"{shown} was not read: it is a web page; hand in the file itself, as {show(name)}")
        else:
            by_parts[own] = replace(by_parts.pop(entry.parts), parts=own, was=entry.name)
            remarks.append(f"{shown} was taken as {show(name)}")
    ordered = tuple(by_parts[parts] for parts in sorted(by_parts))
    return Listing(ordered, (*notes, *dict.fromkeys(remarks)), is_loose)


def start_of(entry: Entry, limit: int) -> bytes:
    """The first bytes of a file, none of one that cannot be read: that is said when it is wanted."""
    try:
        return b"" if entry.odd else entry.read(limit)
    except UnreadableHandIn:
        return b""


def refuse(_limit: int) -> bytes:
    """Stands in for `read` where there is nothing that may be read."""
    raise AssertionError("an entry that is no plain file must not be read")


def list_paths(paths: Sequence[Path], limits: Limits) -> Listing:
    """What lies at the paths of one student: one folder, or loose files as if they lay in one folder.

    Trust: the paths' last parts and all below them are the student's, what is above them is the instructor's.
    Raises: UnreadableHandIn if there are too many files or a path is a symbolic link; OSError if a path is
        missing
    """
    entries: list[Entry] = []
    replaced = _replaced(paths)
    for path in paths:
        if path in replaced:
            continue
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode) and len(paths) == 1:
            raise UnreadableHandIn(
                f"hand-in {show(path.name)}: is {SYMBOLIC_LINK}, which is not followed; "
                "want the folder or the file itself"
            )
        if stat.S_ISDIR(mode):
            prefix = () if len(paths) == 1 else (path.name,)
            entries += _walk(path, prefix, limits.members - len(entries), limits.members)
        else:
            platform = parse_platform_name(path.name)
            own = platform.file if platform and platform.is_file_submission else ""
            entry = _entry(path, (own or path.name,))
            entries.append(replace(entry, number=platform.number if platform else 0))
    notes = [f"{show(old.name)} was not read: {show(new.name)} was uploaded after it" for old, new in replaced.items()]
    return make_listing(entries, notes, is_loose=not (len(paths) == 1 and paths[0].is_dir()))


def _replaced(paths: Sequence[Path]) -> dict[Path, Path]:
    """Files that Canvas has numbered anew: of `linear.py` and `linear-1.py` the one that was uploaded last counts."""
    uploads: dict[str, list[tuple[str, int, Path]]] = {}
    for path in paths:
        platform = parse_platform_name(path.name)
        if platform and platform.platform == "Canvas" and platform.file:
            stem = stem_of(platform.file)
            match = _CANVAS_AGAIN.fullmatch(stem)
            own = (match[1] if match else stem) + platform.file[len(stem) :]
            uploads.setdefault(own, []).append((platform.file, platform.number, path))
    replaced: dict[Path, Path] = {}
    for own, several in uploads.items():
        last = max(several, key=lambda upload: upload[1])[2]
        if any(file == own for file, _, _ in several):
            replaced |= {path: last for _, _, path in several if path != last}
    return replaced


def _walk(folder: Path, prefix: tuple[str, ...], room: int, most: int) -> list[Entry]:
    """The files below a folder, down to MAX_DEPTH; junk folders are not entered, links are not followed."""
    entries: list[Entry] = []
    waiting, seen = [(folder, prefix)], 0
    while waiting:
        here, parts = waiting.pop()
        with os.scandir(here) as children:
            for child in children:
                seen += 1
                if seen > room:
                    raise UnreadableHandIn(
                        f"hand-in {show(folder.name)}: more than {most} files; hand in the modules alone"
                    )
                if is_junk(child.name):
                    continue
                if child.is_dir(follow_symlinks=False):
                    if len(parts) < MAX_DEPTH:
                        waiting.append((Path(child.path), (*parts, child.name)))
                else:
                    entries.append(_entry(Path(child.path), (*parts, child.name)))
    return entries


def _entry(path: Path, parts: tuple[str, ...]) -> Entry:
    odd = _odd(os.lstat(path))
    return Entry(parts, refuse if odd else partial(read_regular, path), odd)


def _odd(status: os.stat_result) -> str:
    """What the file is if it is no plain file, else nothing."""
    if stat.S_ISLNK(status.st_mode):
        return SYMBOLIC_LINK
    if not stat.S_ISREG(status.st_mode):
        return SPECIAL
    # A second name may lie in another student's folder: which one it belongs to cannot be told.
    return HARD_LINK if status.st_nlink > 1 else ""


def read_regular(path: Path, limit: int) -> bytes:
    """At most limit + 1 bytes of a regular file.

    Trust: the path may have turned into anything since it was listed: the open follows no link and cannot
        block.
    Raises: UnreadableHandIn if it is no regular file; OSError if the disk or the permissions fail
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO):  # a link; a socket
            raise
        raise UnreadableHandIn(f"hand-in {show(path.name)}: not a plain file; hand in the file itself") from error
    try:
        odd = _odd(os.fstat(descriptor))
        if odd:
            raise UnreadableHandIn(f"hand-in {show(path.name)}: is {odd}; hand in the file itself")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(descriptor)
