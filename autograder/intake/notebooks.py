"""Reads notebooks that were handed in, and puts their solution cells into the template's modules.

How it stays safe: a file is read up to a bound and parsed by msgspec into a few typed fields (a notebook nested
without end, or of wrong types, is a ValueError of its own); outputs and everything else are skipped. Cells are parsed
as Python up to a bound, cut into lines and moved; nothing of a notebook is imported, run, or looked up on the disk.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from autograder.intake.listing import Entry, UnreadableHandIn
from autograder.intake.names import show
from autograder.testing.assembly import Assembly, Target, assemble
from autograder.testing.cells import Cell, marked
from autograder.testing.choice import choose

MAX_NOTEBOOKS = 8
MAX_CELLS = 2000
MAX_CODE = 512 << 10  # bytes of code in all cells: a hundred times what an assignment takes
MAX_METADATA = 10_000
_SUFFIX = ".ipynb"


@dataclass(frozen=True)
class Stubs:
    """What notebooks are filled into: the template's modules, and the exercises that are graded."""

    modules: Mapping[str, str]
    exercises: Sequence[str]


@dataclass
class Notebooks:
    """The notebooks of one hand-in, read: their code cells in order, and notes on those that could not be."""

    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""  # format 3's name for a code cell's source
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []  # format 3


def is_notebook(entry: Entry) -> bool:
    return entry.name.lower().endswith(_SUFFIX) and not entry.odd


def read_notebooks(entries: Sequence[Entry], limit: int, stubs: Stubs) -> Notebooks:
    """The code cells of these files; one that is no notebook is said in a note.

    Trust: names and bytes are hostile; see this file's first lines.
    """
    found = Notebooks()
    for entry in entries[:MAX_NOTEBOOKS]:
        of = f" of {show(entry.name)}" if len(entries) > 1 else ""
        try:
            found.cells += _code_cells(entry, limit, of, stubs)
        except UnreadableHandIn as error:
            found.notes.append(str(error))
    if len(entries) > MAX_NOTEBOOKS:
        found.notes.append(f"{len(entries) - MAX_NOTEBOOKS} notebooks were not read: at most {MAX_NOTEBOOKS} are")
    if sum(len(cell.source) for cell in found.cells) > MAX_CODE:
        found.cells.clear()
        found.notes.append(f"notebook: more than {MAX_CODE} bytes of code; hand in the assignment's notebook alone")
    return found


def fill_in(
    notebooks: Notebooks, stubs: Stubs, handed_in: Mapping[str, bytes]
) -> tuple[dict[str, bytes], Assembly, list[str]]:
    """(modules, how they were assembled, notes): every module in which an exercise was done in a notebook.

    A module that was handed in beside the notebook is what the cells are put into: an exercise that was done in the
    notebook counts from there, everything else of the module from its file.
    """
    names = list(dict.fromkeys([*stubs.exercises, *_marked(notebooks.cells, stubs)]))
    choice = choose(notebooks.cells, names, stubs.modules)
    base = dict(stubs.modules)
    notes = list(choice.notes)
    for module, source in handed_in.items():
        here = [name for name in choice.solutions if module in base and Target(name, base).module == module]
        text = source.decode("utf-8", "replace")
        if not here or text.split() == base[module].split():
            continue
        if not _defines(here, {module: text}):
            notes.append(f"{module}.py was handed in but not taken: it has no place for what the notebook defines")
            continue
        base[module] = text
        notes.append(f"{module}.py was handed in too: what is done in the notebook counts from there, the rest from it")
    assembly = assemble(base, choice.solutions, choice.others)
    for name, problem in (choice.problems | assembly.problems).items():
        # An exercise that is missing from the notebook may well be done in its file.
        if name in stubs.exercises and not _in_modules(name, handed_in):
            notes.append(f"{name}: {problem}; it counts as not done")
    sources = {module: assembly.source(module).encode("utf-8", "replace") for module in assembly.modules}
    return sources, assembly, notes + assembly.notes


def _marked(cells: Iterable[Cell], stubs: Stubs) -> Iterable[str]:
    """The exercises of any assignment that the cells' markers name."""
    for name in dict.fromkeys(name for cell in cells for name in marked(cell.source)):
        if _defines([name], stubs.modules):
            yield name


def _defines(names: Iterable[str], modules: Mapping[str, str]) -> bool:
    try:
        for name in names:
            Target(name, modules)
    except (KeyError, ValueError):
        return False
    return True


def _in_modules(exercise: str, modules: Iterable[str]) -> bool:
    return any(exercise.startswith(f"{module}.") for module in modules)


# --- one file -----------------------------------------------------------------------------------------------


def _code_cells(entry: Entry, limit: int, of: str, stubs: Stubs) -> list[Cell]:
    """The code cells of a notebook; UnreadableHandIn, in one line, if it is none."""
    where = f"notebook {show(entry.name)}"
    data = entry.read(limit)
    if len(data) > limit:
        raise UnreadableHandIn(f"{where}: over {limit} bytes; clear all outputs and hand it in again")
    try:
        notebook = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Notebook)
    except msgspec.ValidationError as error:
        raise UnreadableHandIn(f"{where}: not a notebook: {error}; download it from Jupyter again") from None
    except RecursionError:
        raise UnreadableHandIn(f"{where}: not a notebook: nested too deep; download it from Jupyter again") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UnreadableHandIn(f"{where}: not a notebook: not JSON; download it from Jupyter again") from None
    if notebook.nbformat not in (3, 4):
        raise UnreadableHandIn(f"{where}: got notebook format {notebook.nbformat}, want 4 or 3; save it with Jupyter")
    cells = notebook.cells + [cell for sheet in notebook.worksheets for cell in sheet.cells]
    if len(cells) > MAX_CELLS:
        raise UnreadableHandIn(f"{where}: more than {MAX_CELLS} cells; hand in the assignment's notebook alone")
    return [
        Cell(_text(cell), f"cell {number}{of}", _named(cell, stubs))
        for number, cell in enumerate(cells, start=1)
        if cell.cell_type == "code"
    ]


def _text(cell: _Cell) -> str:
    source = cell.source or cell.input
    return source if isinstance(source, str) else "".join(source)


def _named(cell: _Cell, stubs: Stubs) -> str:
    """The exercise whose solution the cell's metadata says it is; "" if it says none."""
    raw = bytes(cell.metadata)
    if len(raw) > MAX_METADATA:
        return ""
    try:
        metadata = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    own, nbgrader = _table(metadata, "autograder"), _table(metadata, "nbgrader")
    if own.get("role") == "solution" and own.get("exercise") in stubs.exercises:
        return str(own["exercise"])
    grade_id = _plain(str(nbgrader.get("grade_id", "")).removeprefix("solution-"))
    return next((name for name in stubs.exercises if _plain(name) == grade_id), "")


def _table(metadata: Any, key: str) -> dict[str, Any]:
    value = metadata.get(key) if isinstance(metadata, dict) else None
    return value if isinstance(value, dict) else {}


def _plain(name: str) -> str:
    """A name without what nbgrader does not allow in its ids."""
    return re.sub(r"\W", "-", name)
