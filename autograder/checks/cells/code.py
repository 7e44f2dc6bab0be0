"""A notebook's code cells: the marker that names an exercise, and the pieces that a cell's source falls into.

    # exercise: layers.Mean
    class Mean(Layer):
        ...

Trust: on the grader's side a cell is whatever was handed in. It is parsed, never compiled or run, and its lines are
only ever moved to other places; whoever reads it bounds its size first. Work grows with the size alone: no pattern here
has two repeats that can take the same character, and nothing is parsed once for each line.
"""

import ast
import copy
import functools
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..words import say
from .ipython import as_python, lines_within_text
from .pieces import Definition, Piece, are_global, names_in, roots, start_of

_MARKER = re.compile(r"(?:>>> |In \[\d+\]: )?[ \t]*#+[ \t]*exercise[ \t]*:[ \t]*([\w.]+)[ \t]*", re.IGNORECASE)
_GIVEN = re.compile(r"\s*# given: ([\w.]+)[ \t]*(\n|$)")
_DEFINED = re.compile(r"\b(?:def|class)[ \t]+")


class CellError(ValueError):
    """A cell that is not Python: the line, and what is wrong there."""


def marker(exercise: str) -> str:
    """The first line of an exercise's cell."""
    return f"# exercise: {exercise}"


def marked(source: str) -> list[str]:
    """The exercises that a cell's marker lines name: one, or several if cells were merged."""
    return [match.group(1) for line in source.splitlines() if (match := _MARKER.fullmatch(line))]


def given_marker(name: str) -> str:
    """The first line of a cell that only shows what the template has anyway."""
    return f"# given: {name}"


def given(source: str) -> str:
    """The name that such a cell shows, "" for any other cell."""
    match = _GIVEN.match(source)
    return match.group(1) if match else ""


class Cell(NamedTuple):
    """A code cell as it stands in a notebook."""

    source: str
    where: str = ""  # how messages call it: "cell 7"
    named: str = ""  # the exercise that its metadata names
    notebook: str = ""  # in which it stands, of several: each runs by itself, and what one binds no other knows

    @property
    def code(self) -> "Code":
        """Its pieces; CellError if it is not Python."""
        return read_code(self.source)


class Code:
    """A cell's source as Python, line for line, and its pieces from top to bottom."""

    def __init__(self, source: str) -> None:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in source:  # Pythons differ in what they make of it
            raise CellError("a null character in it; delete it, or write the cell anew")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an invalid escape is worth a warning where the code runs, not here
                self.lines, tree = as_python(source.split("\n"))
                self.pieces = _pieces(self.lines, tree)
        except SyntaxError as error:
            raise CellError(say("cells.line", line=error.lineno, error=error.msg)) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise CellError(say("cells.unreadable", error=type(error).__name__)) from None

    @functools.cached_property
    def _within_text(self) -> set[int]:
        return set(lines_within_text("\n".join(self.lines)))

    def find(self, path: list[str]) -> tuple[Piece, ast.stmt | None] | None:
        """The last piece that defines what a path such as ["Tensor", "backward"] names, and the statement in it.

        A method may stand there by itself, as a plain function, or within its class.
        """
        for name, inner in ((path[-1], []), (path[0], path[1:])):
            for piece in reversed(self.pieces):
                if name not in piece.binds or piece.is_import:
                    continue
                node = next((each for each in reversed(piece.nodes) if getattr(each, "name", "") == name), None)
                for part in inner:
                    body = node.body if isinstance(node, ast.ClassDef) else []
                    node = next((each for each in reversed(body) if getattr(each, "name", "") == part), None)
                if node is not None or not inner:
                    return piece, node
        return None

    def indented(self, first: int, last: int, by: int) -> list[tuple[str, int]]:
        """Lines with their numbers, moved right or left; a text of several lines stays as it is."""
        moved = []
        for number in range(first, last + 1):
            line = self.lines[number - 1]
            if number not in self._within_text and line.strip():
                blanks = len(line) - len(line.lstrip(" "))
                line = " " * max(0, blanks + by) + line.lstrip(" ")
            moved.append((line, number))
        return moved

    def renamed(self, pieces: Iterable[Piece], names: Mapping[str, str]) -> "Code":
        """The same code, line for line, in which these names of the top level are called otherwise in these pieces.

        Raises: CellError if a piece may have one of them in a place that is not known, or as a name of its own
        """
        places: dict[int, list[tuple[int, int, str]]] = {}  # by line: from byte, to byte, what stands there instead
        for piece in pieces:
            here = names.keys() & (piece.binds | piece.needs)
            text = "\n".join(self.lines[piece.first - 1 : piece.last])
            if here and not are_global(text, here):
                raise CellError("a name of its own")
            for node in (each for statement in piece.nodes for each in ast.walk(statement)) if here else ():
                for line, start, end, instead in _mentions(node, names, self.lines):
                    places.setdefault(line, []).append((start, end, instead))
        made = copy.copy(self)
        made.lines = self.lines.copy()
        for line, changes in places.items():
            data = made.lines[line - 1].encode()
            for start, end, instead in sorted(changes, reverse=True):
                data = data[:start] + instead.encode() + data[end:]
            made.lines[line - 1] = data.decode()
        made.__dict__.pop("_within_text", None)
        return made


def read_code(source: str) -> Code:
    """The pieces of a cell, remembered: one notebook's cells are asked for many times.

    Raises: CellError if it is not Python
    """
    read = _read(source)
    if isinstance(read, str):
        raise CellError(read)
    return read


def forget() -> None:
    """Let go of the cells that were read: what hostile ones parse into may be large, and graders live long."""
    _read.cache_clear()


@functools.lru_cache(maxsize=4096)  # more than a hand-in's cells: were it fewer, each would be parsed at each asking
def _read(source: str) -> Code | str:
    """The code, or why there is none: a cell that is not Python is asked for as often as any other."""
    try:
        return Code(source)
    except CellError as error:
        return str(error)


def _pieces(lines: list[str], tree: ast.Module) -> list[Piece]:
    groups: list[list[ast.stmt]] = []
    for node in tree.body:
        if isinstance(node, ast.Pass):  # a magic
            continue
        if groups and start_of(node) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(node)  # after a semicolon
        else:
            groups.append([node])
    pieces, above = [], 0
    for group in groups:
        start, last = start_of(group[0]), group[-1].end_lineno or 0
        # A backslash at the end joins a blank line or a comment, without which it is no Python.
        while last < len(lines) and lines[last - 1].endswith("\\") and not lines[last].partition("#")[0].strip():
            last += 1
        first = start
        while first - 1 > above and lines[first - 2].startswith("#") and not _MARKER.fullmatch(lines[first - 2]):
            first -= 1
        above = last
        binds, needs = names_in("\n".join([*lines[start - 1 : last], ""]))
        sets, fills, calls = roots(group)
        pieces.append(Piece(first, last, tuple(group), binds, needs, sets | calls, sets, fills))
    return pieces


def _mentions(node: ast.AST, names: Mapping[str, str], lines: list[str]) -> Iterator[tuple[int, int, int, str]]:
    """(line, from byte, to byte, what is to stand there) of a node that has one of these names.

    Raises: CellError if Python does not say where that is
    """
    if isinstance(node, ast.Name) and node.id in names:
        line, start, text, instead = node.lineno, node.col_offset, node.id, names[node.id]
    elif isinstance(node, Definition) and node.name in names:
        line, text, instead = node.lineno, node.name, names[node.name]
        match = _DEFINED.search(lines[line - 1])
        start = len(lines[line - 1][: match.end()].encode()) if match else 0
    elif isinstance(node, ast.alias):
        bound = node.asname or node.name.partition(".")[0]
        if bound not in names:
            return
        line, start, instead = node.lineno, node.col_offset, f"{node.name} as {names[bound]}"
        text = f"{node.name} as {node.asname}" if node.asname else node.name
        if bound != (node.asname or node.name):
            raise CellError("a package that has to keep its name")
    else:
        named = {getattr(node, "name", None), getattr(node, "rest", None)}
        if isinstance(node, ast.Global):
            named |= {*node.names}
        elif isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            named |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if named & names.keys():
            raise CellError("a place that is not known")
        return
    end = start + len(text.encode())
    if lines[line - 1].encode()[start:end] != text.encode():
        raise CellError("a place that is not known")
    yield line, start, end, instead
