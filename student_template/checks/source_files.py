"""Reads the modules that students save, whatever editor wrote them."""

from pathlib import Path

from .words import say


class UnreadableFile(Exception):
    """A file in an encoding that is not read; the text names it."""


def read_source(path: Path, root: Path) -> str:
    """A module's text, without the mark (BOM) that some editors put before it.

    Raises: UnreadableFile if it is not UTF-8; OSError if there is no such file
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(say("files.encoding", file=path.relative_to(root).as_posix())) from None
