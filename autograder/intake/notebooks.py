"""Reads notebooks that were handed in, and puts their solution cells into the template's modules.

How it stays safe: a file is read up to a bound and parsed by msgspec into a few typed fields (a notebook nested
without end, or of wrong types, is a ValueError of its own); outputs and everything else are skipped, so that their size
does not matter, and a cell's source becomes text only when the size of all is known. Cells are parsed as Python up to a
bound, cut into lines and moved; nothing of a notebook is imported, run, or looked up on the disk.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from autograder.checks.cells.assembling import assemble
from autograder.checks.cells.assembly import Assembly
from autograder.checks.cells.choice import choose
from autograder.checks.cells.code import Cell, forget, marked
from autograder.checks.cells.target import Target
from autograder.intake.listing import Entry, Listing, UnreadableHandIn
from autograder.intake.names import show
from autograder.intake.scripts import is_script, script_cells

MAX_NOTEBOOKS = 8
MAX_CELLS = 2000
MAX_CODE = 512 << 10  # bytes of code in all cells: a hundred times what an assignment takes
MAX_LINES = 50_000  # of code: each may be a statement
MAX_METADATA = 10_000
MAX_OBJECTS = 4 << 20  # braces in a file: each may become a cell in memory, before there is a number of cells
LARGE = 16 << 20  # bytes of a file, from which on it is said that outputs were skipped
MAX_PYTHON_FILES = 64  # looked at: may one be a notebook that was saved as a script?

# Half of a pair of surrogates without the other: Python's json writes and reads it, the standard has no such character.
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_SUFFIX = ".ipynb"


@dataclass(frozen=True)
class Stubs:
    """What notebooks are filled into: the template's modules, and the exercises that are graded."""

    modules: Mapping[str, str]
    exercises: Sequence[str]
    assignment: str = ""  # its name


@dataclass
class Notebooks:
    """The notebooks of one hand-in, read: their code cells in order, and notes on those that could not be."""

    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Cell(msgspec.Struct):
    cell_type: msgspec.Raw = msgspec.Raw(b"null")
    source: msgspec.Raw = msgspec.Raw(b"null")
    input: msgspec.Raw = msgspec.Raw(b"null")  # format 3's name for a code cell's source
    metadata: msgspec.Raw = msgspec.Raw(b"null")


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []  # format 3


def is_notebook(entry: Entry) -> bool:
    return entry.name.lower().endswith(_SUFFIX) and not entry.odd


def with_scripts(listing: Listing) -> Listing:
    """The listing in which notebooks that were saved as scripts stand apart: they are no modules, whatever their names.

    Trust: a bounded number of files of a bounded size is looked at, those nearest to the top.
    """
    python = [entry for entry in listing.entries if entry.name.endswith(".py") and not entry.odd]
    nearest = sorted(python, key=lambda entry: len(entry.folder))[:MAX_PYTHON_FILES]
    scripts = tuple(entry for entry in nearest if is_script(_script(entry)))
    taken = {entry.parts for entry in scripts}
    return replace(listing, entries=tuple(each for each in listing.entries if each.parts not in taken), scripts=scripts)


def _script(entry: Entry) -> str:
    """The text of a Python file; "" if it is larger than a notebook's code may be, or cannot be read."""
    try:
        data = entry.read(MAX_CODE)
    except UnreadableHandIn:
        return ""
    text = data.decode("utf-8-sig", "replace") if len(data) <= MAX_CODE else ""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_notebooks(entries: Sequence[Entry], limit: int, stubs: Stubs) -> Notebooks:
    """The code cells of these files; one that is no notebook is said in a note.

    Trust: names and bytes are hostile; see this file's first lines.
    """
    found = Notebooks()
    for entry in entries[:MAX_NOTEBOOKS]:
        of = f" of {show(entry.name)}" if len(entries) > 1 else ""
        try:
            cells, notes = _code_cells(entry, limit, of, stubs)
            cells = [cell._replace(notebook="/".join(entry.parts)) for cell in cells]
        except UnreadableHandIn as error:
            found.notes.append(str(error))
        else:
            found.cells += cells
            found.notes += notes
    if len(entries) > MAX_NOTEBOOKS:
        found.notes.append(f"{len(entries) - MAX_NOTEBOOKS} notebooks were not read: at most {MAX_NOTEBOOKS} are")
    for what, most, got in (
        ("bytes of code", MAX_CODE, sum(len(cell.source) for cell in found.cells)),
        ("lines of code", MAX_LINES, sum(cell.source.count("\n") + 1 for cell in found.cells)),
        ("cells", MAX_CELLS, len(found.cells)),
    ):
        if got > most:
            found.cells.clear()
            found.notes.append(f"notebook: more than {most} {what}; hand in the assignment's notebook alone")
    return found


def worked_on(entries: Sequence[Entry], limit: int, stubs: Stubs) -> dict[str, str]:
    """The exercises that were worked on in these notebooks, each with the source of its cell."""
    forget()
    cells = read_notebooks(entries, limit, stubs).cells
    return {name: cell.source for name, cell in choose(cells, stubs.exercises, stubs.modules).solutions.items()}


def fill_in(
    notebooks: Notebooks, stubs: Stubs, handed_in: Mapping[str, bytes]
) -> tuple[dict[str, bytes], Assembly, list[str]]:
    """(modules, how they were assembled, notes): every module in which an exercise was done in a notebook.

    A module that was handed in beside the notebook is what the cells are put into: an exercise that was done in the
    notebook counts from there, everything else of the module from its file.
    """
    forget()  # what the cells of the hand-in before were parsed into
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
    assembly = assemble(base, choice.solutions, choice.cells)
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


def _code_cells(entry: Entry, limit: int, of: str, stubs: Stubs) -> tuple[list[Cell], list[str]]:
    """The code cells of a notebook, and notes; UnreadableHandIn, in one line, if it is none."""
    if entry.name.endswith(".py"):
        pieces = enumerate(script_cells(_script(entry)), start=1)
        return [Cell(source, f"cell {number} (line {line}){of}") for number, (line, source) in pieces], []
    where = f"notebook {show(entry.name)}"
    data = entry.read(limit)
    if len(data) > limit:
        raise UnreadableHandIn(f"{where}: over {limit} bytes; clear all outputs and hand it in again")
    is_large = len(data) > LARGE
    notes = [f"{where}: {len(data) >> 20} MiB: its code was read, its outputs were not looked at"] * is_large
    data, words = _standard(data.removeprefix(b"\xef\xbb\xbf"), where)
    if data.count(b"{") > MAX_OBJECTS:
        raise UnreadableHandIn(f"{where}: more than {MAX_OBJECTS} objects; clear all outputs and hand it in again")
    cells = _code(_parsed(data, _Notebook, where), where)
    return [
        Cell(_restored(source, words), f"cell {number}{of}", _named(cell, stubs)) for number, cell, source in cells
    ], notes


def _code(notebook: _Notebook, where: str) -> list[tuple[int, _Cell, str]]:
    """(number, cell, source) of the code cells."""
    if notebook.nbformat not in (3, 4):
        raise UnreadableHandIn(f"{where}: got notebook format {notebook.nbformat}, want 4 or 3; save it with Jupyter")
    cells = notebook.cells + [cell for sheet in notebook.worksheets for cell in sheet.cells]
    if len(cells) > MAX_CELLS:
        raise UnreadableHandIn(f"{where}: more than {MAX_CELLS} cells; hand in the assignment's notebook alone")
    code = [(number, each) for number, each in enumerate(cells, start=1) if bytes(each.cell_type) == b'"code"']
    # In JSON a character of code takes up to six bytes, so what is over that need not become text to be too much.
    if sum(len(bytes(each.source)) + len(bytes(each.input)) for _, each in code) > 6 * MAX_CODE + 1000 * len(code):
        raise UnreadableHandIn(f"{where}: more than {MAX_CODE} bytes of code; hand in the assignment's notebook alone")
    return [(number, each, _text(each, f"{where}: cell {number}")) for number, each in code]


def _text(cell: _Cell, where: str) -> str:
    for raw in (cell.source, cell.input):
        source = _parsed(bytes(raw), str | list[str] | None, where)
        if source:
            return source if isinstance(source, str) else "".join(source)
    return ""


def _parsed(data: bytes, kind: Any, where: str) -> Any:
    """The JSON, of these types; UnreadableHandIn, in one line, if it is none."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        problem = str(error)
    except RecursionError:
        problem = "nested too deep"
    except (msgspec.DecodeError, UnicodeDecodeError):
        problem = "not JSON" if _is_utf8(data) else "not UTF-8"
    raise UnreadableHandIn(f"{where}: not a notebook: {problem}; download it from Jupyter again")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _standard(data: bytes, where: str) -> tuple[bytes, dict[str, str]]:
    """(the JSON that Jupyter reads, as the standard has it, and what stands in it for which word).

    Python's json knows NaN and Infinity, and lone surrogates. Each word becomes a number that occurs nowhere else, and
    in a cell's source the word again: to tell which of them stand within a text would take a parser of our own.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:2] in (b"{\0", b"\0{"):
        raise UnreadableHandIn(f"{where}: not a notebook: UTF-16, which Jupyter does not read either; save it as UTF-8")
    words = {}
    for word in ("NaN", "Infinity"):
        if word.encode() in data:
            stands_for = f"0e{secrets.randbelow(10**9):09}"
            words[stands_for] = word
            data = data.replace(word.encode(), stands_for.encode())
    # In UTF-8 there is no byte 0xff, so it can stand for backslashes that are a pair: those left begin something.
    if b"\\u" in data and b"\xff" not in data:
        begun = data.replace(rb"\\", b"\xff\xff")
        data = _LONE_SURROGATE.sub(rb"\\ufffd", begun).replace(b"\xff\xff", rb"\\")
    return data, words


def _restored(text: str, words: Mapping[str, str]) -> str:
    for stands_for, word in words.items():
        text = text.replace(stands_for, word)
    return text


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
