"""Every cell of a notebook that was handed in, for who shows one: what is graded of it, `notebooks` takes.

How it stays safe: as there. The file is read through `disk` up to a bound, into a few typed fields; outputs,
and whatever else it may hold, are skipped and cost no memory. What is not of its type is left out.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from autograder.intake.disk import Node
from autograder.intake.listing import UnreadableHandIn
from autograder.intake.names import show
from autograder.intake.notebooks import MAX_CELLS, MAX_METADATA, MAX_OBJECTS, _parsed, _restored, _standard

MAX_FILE = 64 << 20
MAX_TEXT = 1 << 20  # bytes of JSON, in all cells
MAX_PICTURES = 8 << 20


@dataclass(frozen=True)
class ShownCell:
    """One cell: "code", "markdown", or "raw" for any other kind."""

    kind: str
    source: str
    grade_id: str = ""  # nbgrader's
    pictures: dict[str, str] = field(default_factory=dict)  # attached ones: data URLs by what Markdown calls them


class _Own(msgspec.Struct, frozen=True):
    grade_id: str = ""


class _Metadata(msgspec.Struct, frozen=True):
    nbgrader: _Own = _Own()


class _Cell(msgspec.Struct):
    cell_type: msgspec.Raw = msgspec.Raw(b"null")
    source: msgspec.Raw = msgspec.Raw(b"null")
    input: msgspec.Raw = msgspec.Raw(b"null")  # format 3's name for a code cell's source
    metadata: msgspec.Raw = msgspec.Raw(b"null")
    attachments: msgspec.Raw = msgspec.Raw(b"null")


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []


def every_cell(path: Path) -> list[ShownCell]:
    """The cells of a notebook, in order.

    Trust: the path's last part and the file are the student's; see this file's first lines.
    Raises: UnreadableHandIn if it is no notebook, or too large; OSError if the disk fails
    """
    where = f"notebook {show(path.name)}"
    data = Node.at(path).read(MAX_FILE)
    if len(data) > MAX_FILE or data.count(b"{") > MAX_OBJECTS:
        raise UnreadableHandIn(f"{where}: over {MAX_FILE} bytes or {MAX_OBJECTS} objects; clear all outputs")
    data, words = _standard(data.removeprefix(b"\xef\xbb\xbf"), where)
    notebook = _parsed(data, _Notebook, where)
    cells = notebook.cells + [cell for sheet in notebook.worksheets for cell in sheet.cells]
    if len(cells) > MAX_CELLS or sum(len(bytes(cell.source)) + len(bytes(cell.input)) for cell in cells) > MAX_TEXT:
        raise UnreadableHandIn(f"{where}: more than {MAX_CELLS} cells or {MAX_TEXT} bytes of text")
    has_pictures = sum(len(bytes(cell.attachments)) for cell in cells) <= MAX_PICTURES
    return [_shown(cell, words, has_pictures) for cell in cells]


def _shown(cell: _Cell, words: dict[str, str], has_pictures: bool) -> ShownCell:
    kind = _read(cell.cell_type, str, "raw")
    source = _read(cell.source, str | list[str], "") or _read(cell.input, str | list[str], "")
    is_small = len(bytes(cell.metadata)) <= MAX_METADATA
    attached = _read(cell.attachments, dict[str, dict[str, str]], {}) if has_pictures else {}
    return ShownCell(
        kind if kind in ("code", "markdown") else "raw",
        _restored("".join(source), words),
        _read(cell.metadata, _Metadata, _Metadata()).nbgrader.grade_id if is_small else "",
        {
            f"attachment:{name}": f"data:{kind};base64,{data}"
            for name, bundle in attached.items()
            for kind, data in bundle.items()
            if kind in ("image/png", "image/jpeg")
        },
    )


def _read(raw: msgspec.Raw, kind: Any, default: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return default
