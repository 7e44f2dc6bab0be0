"""What one hand-in holds, as entries that can be read: what `disk` and `archives` list.

Trust: no name from outside becomes a path; nothing is extracted, imported or decoded. Every read is bounded by the
caller's limit, whatever size the file system or an archive declares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from autograder.intake.file_names import beneath, is_web_page
from autograder.intake.names import is_junk, show

MAX_DEPTH = 8  # far below what is ever taken; only so that messages can name what lies too deep

_START = 512  # bytes that tell a web page

SYMBOLIC_LINK = "a symbolic link"
HARD_LINK = "a hard link"
SPECIAL = "a device, pipe or socket"


class UnreadableHandIn(Exception):
    """Nothing to grade was handed in: what was looked for, what was found, what to do next."""


@dataclass(frozen=True)
class ReadLimits:
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
