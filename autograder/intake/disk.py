"""What lies on the disk where something was handed in: all reading of hand-ins goes through here.

How it stays safe, where whoever handed it in may change it at the same moment:
- only the path that the instructor named may lead through links. From there on each folder is opened without following
  one, by its name in the folder that is open (openat), and files are read so too: a folder that was swapped for a link
  since it was listed is not entered;
- a file is opened with O_NONBLOCK and must then prove by fstat that it is a regular file with one name, so a symbolic
  link, a hard link, a device or a pipe is noted and never read, and no open can block;
- every read is bounded by the caller's limit, whatever size the file system declares.
An OSError that is not the hand-in's own doing (disk, permissions, too many open files) passes through: that is a fault
to look into, never a verdict on the student.
"""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import there
from autograder.intake.listing import (
    HARD_LINK,
    MAX_DEPTH,
    SPECIAL,
    SYMBOLIC_LINK,
    Entry,
    Listing,
    ReadLimits,
    UnreadableHandIn,
    make_listing,
    refuse,
)
from autograder.intake.names import is_junk, parse_platform_name, show, stem_of

_CANVAS_AGAIN = re.compile(r"(.+)-\d{1,3}", re.DOTALL)
_NOT_PLAIN = (errno.ELOOP, errno.ENOTDIR, errno.ENXIO)  # a link; a file or link for a folder; a socket


@dataclass(frozen=True)
class Node:
    """A file or folder, as it was when it was looked at; `parts` lead to it from `top`, which itself is no link.

    Trust: it may have turned into anything since. `read` and `scan` raise UnreadableHandIn where it is not what they
    take, or a folder above it is none any more; OSError if the disk or the permissions fail.
    """

    top: Path
    parts: tuple[str, ...] = ()
    is_folder: bool = False
    odd: str = ""  # what it is, if it is neither a folder nor a plain file; then it is never read

    @classmethod
    def at(cls, path: Path) -> "Node":
        """What lies at a path now, of which what is above its last part is the instructor's."""
        return cls._of(path, (), os.lstat(path))

    @classmethod
    def _of(cls, top: Path, parts: tuple[str, ...], status: os.stat_result) -> "Node":
        is_folder = stat.S_ISDIR(status.st_mode)
        return cls(top, parts, is_folder, "" if is_folder else _odd(status))

    @property
    def name(self) -> str:
        return self.parts[-1] if self.parts else self.top.name

    @property
    def path(self) -> Path:
        """For messages, and for what the instructor is told: to open it would follow links."""
        return self.top.joinpath(*self.parts)

    def scan(self) -> Iterator["Node"]:
        """What lies in the folder, one by one."""
        with self._opened(os.O_DIRECTORY) as descriptor, os.scandir(descriptor) as found:
            for each in found:
                with contextlib.suppress(FileNotFoundError):  # gone in the meantime
                    yield self._of(self.top, (*self.parts, each.name), each.stat(follow_symlinks=False))

    def read(self, limit: int) -> bytes:
        """At most limit + 1 bytes of a regular file."""
        with self._opened() as descriptor:
            odd = _odd(os.fstat(descriptor))
            if odd:
                raise UnreadableHandIn(f"hand-in {show(self.name)}: is {odd}; hand in the file itself")
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(limit + 1)

    @contextlib.contextmanager
    def _opened(self, kind: int = 0) -> Iterator[int]:
        """It, open, by way of the folders above it."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        names: list[str | Path] = [self.top, *self.parts]
        with contextlib.ExitStack() as stack:
            descriptor = None
            try:
                for place, name in enumerate(names, start=1):
                    flag = os.O_DIRECTORY if place < len(names) else kind
                    descriptor = os.open(name, flags | flag, dir_fd=descriptor)
                    stack.callback(os.close, descriptor)
            except OSError as error:
                if error.errno not in _NOT_PLAIN:
                    raise
                what = "folder" if kind else "file"
                raise UnreadableHandIn(
                    f"hand-in {show(self.name)}: not a plain {what}; hand in the {what} itself"
                ) from error
            yield there(descriptor)


def _odd(status: os.stat_result) -> str:
    """What the file is if it is no plain file, else nothing."""
    if stat.S_ISLNK(status.st_mode):
        return SYMBOLIC_LINK
    if not stat.S_ISREG(status.st_mode):
        return SPECIAL
    # A second name may lie in another student's folder: which one it belongs to cannot be told.
    return HARD_LINK if status.st_nlink > 1 else ""


def list_paths(
    paths: Sequence[Path], limits: ReadLimits, is_untouched: Callable[[Entry], bool] = lambda _: False
) -> Listing:
    """What lies at the paths of one student: one folder, or loose files as if they lay in one folder.

    Of a file that Canvas has numbered anew the last upload counts that is not untouched.

    Trust: the paths' last parts and all below them are the student's, what is above them is the instructor's.
    Raises: UnreadableHandIn if there are too many files or a path is a symbolic link; OSError if a path is
        missing
    """
    entries: list[Entry] = []
    replaced = _replaced(paths, is_untouched)
    nodes = [Node.at(path) for path in paths if path not in replaced]
    for node in nodes:
        if node.odd == SYMBOLIC_LINK and len(paths) == 1:
            raise UnreadableHandIn(
                f"hand-in {show(node.name)}: is {SYMBOLIC_LINK}, which is not followed; "
                "want the folder or the file itself"
            )
        if node.is_folder:
            prefix = () if len(paths) == 1 else (node.name,)
            entries += _walk(node, prefix, limits.members - len(entries), limits.members)
        else:
            entries.append(_loose(node))
    notes = [
        f"{show(path.name)} was not read: "
        + (
            f"{show(kept.name)} was uploaded after it"
            if is_older
            else f"nothing was done in it, {show(kept.name)} counts"
        )
        for path, (kept, is_older) in replaced.items()
    ]
    return make_listing(entries, notes, is_loose=not (len(paths) == 1 and nodes[0].is_folder))


def _loose(node: Node) -> Entry:
    """A file that was uploaded alone, under its own name where a platform has added to it."""
    platform = parse_platform_name(node.name)
    own = platform.file if platform and platform.is_file_submission else ""
    return replace(_entry(node, (own or node.name,)), number=platform.number if platform else 0)


def _replaced(paths: Sequence[Path], is_untouched: Callable[[Entry], bool]) -> dict[Path, tuple[Path, bool]]:
    """Files of `linear.py` and `linear-1.py`, numbered anew by Canvas, that do not count: with the one that does, and
    whether that was uploaded later.
    """
    uploads: dict[str, list[tuple[str, int, Path]]] = {}
    for path in paths:
        platform = parse_platform_name(path.name)
        if platform and platform.platform == "Canvas" and platform.file and not Node.at(path).is_folder:
            stem = stem_of(platform.file)
            match = _CANVAS_AGAIN.fullmatch(stem)
            own = (match[1] if match else stem) + platform.file[len(stem) :]
            uploads.setdefault(own, []).append((platform.file, platform.number, path))
    replaced: dict[Path, tuple[Path, bool]] = {}
    for own, several in uploads.items():
        if len(several) > 1 and any(file == own for file, _, _ in several):
            last_first = [path for *_, path in sorted(several, key=lambda upload: -upload[1])]
            done = (place for place, path in enumerate(last_first) if not is_untouched(_loose(Node.at(path))))
            kept = next(done, 0)
            replaced |= {
                path: (last_first[kept], place > kept) for place, path in enumerate(last_first) if place != kept
            }
    return replaced


def _walk(folder: Node, prefix: tuple[str, ...], room: int, most: int) -> list[Entry]:
    """The files below a folder, down to MAX_DEPTH; junk folders are not entered."""
    entries: list[Entry] = []
    waiting, seen = [folder], 0
    while waiting:
        for child in waiting.pop().scan():
            seen += 1
            if seen > room:
                raise UnreadableHandIn(
                    f"hand-in {show(folder.name)}: more than {most} files; hand in the modules alone"
                )
            if is_junk(child.name):
                continue
            parts = (*prefix, *child.parts)
            if not child.is_folder:
                entries.append(_entry(child, parts))
            elif len(parts) <= MAX_DEPTH:
                waiting.append(child)
    return entries


def _entry(node: Node, parts: tuple[str, ...]) -> Entry:
    return Entry(parts, refuse if node.odd else node.read, node.odd)
