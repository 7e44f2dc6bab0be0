"""A notebook's code cells: the marker that names an exercise, and the pieces that a cell's source falls into.

    # exercise: layers.Mean
    class Mean(Layer):
        ...

Trust: on the grader's side a cell is whatever was handed in. It is parsed, never compiled or run, and its lines are
only ever moved to other places; whoever reads it bounds its size first.
"""

import ast
import functools
import io
import re
import symtable
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MAX_MAGICS = 50  # each costs a parse

_MARKER = re.compile(r"[ \t]*#+[ \t]*exercise[ \t]*:[ \t]*([\w.]+)[ \t]*", re.IGNORECASE)
_GIVEN = re.compile(r"\s*# given: ([\w.]+)[ \t]*(\n|$)")
_MAGIC = re.compile(r"\s*[%!?]|.*\?\s*$|\s*[\w.,\s]+=\s*[%!]")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_MAGICS = ("time", "timeit", "capture", "prun")  # cells of any other magic hold another language
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


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

    @property
    def code(self) -> "Code":
        """Its pieces; CellError if it is not Python."""
        return read_code(self.source)


class Piece(NamedTuple):
    """Statements of a cell's top level that share their lines, with the comments above them."""

    first: int
    last: int
    nodes: tuple[ast.stmt, ...]
    binds: frozenset[str]
    needs: frozenset[str]
    changes: frozenset[str]  # names whose attributes or items it sets, or whose methods it calls
    sets: frozenset[str]  # of these, those whose attributes or items it sets

    @property
    def is_plain(self) -> bool:
        """Whether it does nothing but define: def, class, import, or a literal given a name."""
        return all(_is_plain(node) for node in self.nodes)

    @property
    def is_assignment(self) -> bool:
        return not any(isinstance(node, _Definition | ast.Import | ast.ImportFrom) for node in self.nodes)

    @property
    def is_import(self) -> bool:
        return all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)

    @property
    def has_star(self) -> bool:
        return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in self.nodes)

    @property
    def futures(self) -> set[str]:
        """What it imports from __future__, which may stand at the top of a module only."""
        return {
            alias.name
            for node in self.nodes
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        }


class Code:
    """A cell's source as Python, line for line, and its pieces from top to bottom."""

    def __init__(self, source: str) -> None:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in source:  # Pythons differ in what they make of it
            raise CellError("a null character in it; delete it, or write the cell anew")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an invalid escape is worth a warning where the code runs, not here
                self.lines, tree = _as_python(source.split("\n"))
                self.pieces = _pieces(self.lines, tree)
                self._within_text = set(_lines_within_text("\n".join(self.lines)))
        except SyntaxError as error:
            raise CellError(f"line {error.lineno}: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
            raise CellError(f"cannot be read as Python: {type(error).__name__}") from None

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


@functools.lru_cache(maxsize=512)
def read_code(source: str) -> Code:
    """The pieces of a cell, remembered: one notebook's cells are asked for many times."""
    return Code(source)


def start_of(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def _as_python(lines: list[str]) -> tuple[list[str], ast.Module]:
    """The lines with IPython's magics turned into comments, and what Python makes of them."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines and (magic := _CELL_MAGIC.match(lines[first])):
        if magic.group(1) not in _PYTHON_MAGICS:
            lines = [f"# {line}" for line in lines]
        lines = [*lines[:first], f"# {lines[first].lstrip()}", *lines[first + 1 :]]
    for _ in range(MAX_MAGICS):
        try:
            return lines, ast.parse("\n".join(lines))
        except SyntaxError as error:
            number = (error.lineno or 0) - 1
            if not 0 <= number < len(lines) or not _MAGIC.match(lines[number]):
                raise
            line = lines[number].lstrip()
            indent = lines[number][: len(lines[number]) - len(line)]
            lines = [*lines[:number], f"{indent}pass  # {line}", *lines[number + 1 :]]
    raise SyntaxError(f"more than {MAX_MAGICS} magics", ("", 1, 1, ""))


def _pieces(lines: list[str], tree: ast.Module) -> list[Piece]:
    groups: list[list[ast.stmt]] = []
    for node in tree.body:
        if groups and start_of(node) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(node)  # after a semicolon
        else:
            groups.append([node])
    pieces, above = [], 0
    for group in groups:
        start, last = start_of(group[0]), group[-1].end_lineno or 0
        first = start
        while first - 1 > above and lines[first - 2].startswith("#") and not _MARKER.fullmatch(lines[first - 2]):
            first -= 1
        above = last
        binds, needs = _names("\n".join(lines[start - 1 : last]))
        sets = frozenset(_roots(group, calls=False))
        changes = sets | frozenset(_roots(group, calls=True))
        pieces.append(Piece(first, last, tuple(group), binds, needs, changes, sets))
    return pieces


def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What statements bind at the top level of a module, and what they take from there, now or when called."""
    top = symtable.symtable(text, "cell", "exec")
    binds = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    needs = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    inner = list(top.get_children())
    while inner:
        table = inner.pop()
        needs |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        inner.extend(table.get_children())
    return frozenset(binds), frozenset(needs)


def _roots(nodes: Iterable[ast.stmt], *, calls: bool) -> Iterator[str]:
    """The names at the root of what statements set (a.b[0] = 1 has a), or call (a.append(1)) at their top level."""
    for statement in nodes:
        if isinstance(statement, _Definition):
            continue
        for node in ast.walk(statement):
            target: ast.AST | None = None
            if calls and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = node.func
            elif not calls and isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
                target = node
            while isinstance(target, ast.Attribute | ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name):
                yield target.id


def _is_plain(node: ast.stmt) -> bool:
    if isinstance(node, _Definition | ast.Import | ast.ImportFrom):
        return True
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if value is None:
        return False
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _lines_within_text(source: str) -> Iterator[int]:
    """The numbers of lines that begin inside a string."""
    starts: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("FSTRING_START", "TSTRING_START"):  # from Python 3.12 on, in tokens of their own
            starts.append(token.start[0])
        elif kind in ("FSTRING_END", "TSTRING_END"):
            yield from range(starts.pop() + 1, token.end[0] + 1)
        elif kind == "STRING":
            yield from range(token.start[0] + 1, token.end[0] + 1)
