"""A hand-in as bytes: packed where it lies, laid down again where it is graded.

What is packed is read as `intake/disk.py` reads it, and lies on the other machine as it lay here, with the same names:
so what is said of it is the same. Of a link, a device or a pipe, which is never read, another of its kind is made.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.grading.jobs import Job
from autograder.intake.disk import Node
from autograder.intake.listing import HARD_LINK, MAX_DEPTH, SPECIAL, SYMBOLIC_LINK
from autograder.intake.names import is_junk

MAX_FILE_BYTES = 64 << 20  # the most that is read of a file: beyond it, its length is all that counts
MAX_BYTES = 256 << 20
MAX_FILES = 10_000  # beyond it, a hand-in is refused for their number
FOLDER = "a folder"


class TooBig(Exception):
    """A hand-in that is not sent; the message says what to do."""


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder: which of the hand-in's paths leads to it, and the names below that."""

    path: int
    parts: tuple[bytes, ...]  # as the file system has them
    kind: str = ""  # "" of a plain file
    content: bytes = b""


class PackedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job whose paths mean nothing where it goes, with what lies there."""

    job: Job
    files: tuple[Packed, ...]


def pack(job: Job) -> PackedJob:
    """The job with its hand-in.

    Trust: everything at the paths is hostile; it is read as `intake.disk.Node` reads, within these limits.
    Raises: TooBig; UnreadableHandIn and OSError as Node does
    """
    files: list[Packed] = []
    n_bytes = 0
    for place, path in enumerate(job.paths):
        for node in _below(Node.at(Path(os.fsdecode(path)))):
            content = b"" if node.is_folder or node.odd or _is_passed_over(node) else node.read(MAX_FILE_BYTES)
            kind = FOLDER if node.is_folder else node.odd
            parts = tuple(map(os.fsencode, (node.top.name, *node.parts)))
            files.append(Packed(path=place, parts=parts, kind=kind, content=content))
            n_bytes += len(content)
            if n_bytes > MAX_BYTES:
                raise TooBig(f"hand-in: more than {MAX_BYTES >> 20} MiB, which is not sent; grade it without --cluster")
            if len(files) > MAX_FILES + 1:  # enough to be refused for
                break
    return PackedJob(job=job, files=tuple(files))


def _below(top: Node) -> Iterator[Node]:
    """A node and what is below it, folders before what they hold; of what is never entered, only itself."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        yield node
        if node.is_folder and len(node.parts) <= MAX_DEPTH and not _is_passed_over(node):
            waiting += node.scan()


def _is_passed_over(node: Node) -> bool:
    return bool(node.parts) and is_junk(node.name)


def lay_down(files: Sequence[Packed], folder: Path) -> list[bytes]:
    """Write what was packed into an empty folder; the paths of the hand-in there."""
    made: dict[int, bytes] = {}
    for number, each in enumerate(files):
        top = os.path.join(os.fsencode(folder), b"%d" % each.path)
        os.makedirs(top, exist_ok=True)
        made.setdefault(each.path, os.path.join(top, each.parts[0]))
        _make(os.path.join(top, *each.parts), each, other_name=os.fsencode(folder / f"other-name-{number}"))
    return [made[place] for place in sorted(made)]


def _make(path: bytes, packed: Packed, other_name: bytes) -> None:
    if packed.kind == FOLDER:
        os.mkdir(path)
    elif packed.kind == SYMBOLIC_LINK:
        os.symlink(b"nowhere", path)
    elif packed.kind == SPECIAL:
        os.mkfifo(path)
    else:
        with open(path, "xb") as file:
            file.write(packed.content)
        if packed.kind == HARD_LINK:
            os.link(path, other_name)
