"""Puts the cells of a notebook into the modules of a template, each in the place of its exercise's stub.

A function or class takes the lines of the stub. A method, which a notebook holds as a plain function, is indented into
its class. What the definition needs comes along: from its own cell anything that binds a needed name, from other cells
plain definitions. What a cell merely tries out (`print(mul(a, b))`) stays behind.

Annotations of the assembled module are not evaluated (`from __future__ import annotations`): in a notebook every name
is there when a cell runs, in a module only those above it.
"""

import __future__

import ast
import builtins
import contextlib
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .cells import Cell, CellError, Code, Piece, read_code, start_of

_ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__"}
_PLACE = re.compile(
    r'(?P<file>File "[^"\n]*/)?\b(?P<module>\w{1,100})\.py(?(file)", line |:)(?P<number>\d{1,9})', re.ASCII
)
_FUTURES = frozenset(__future__.all_feature_names)


class Line(NamedTuple):
    """A line of an assembled module, and where it comes from: a cell, or the template if `where` is ""."""

    text: str
    where: str
    number: int


@dataclass
class Assembly:
    """The modules that cells were put into, line by line, and what there is to say about the cells."""

    modules: dict[str, list[Line]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # by exercise: why its cell could not be taken
    notes: list[str] = field(default_factory=list)

    def source(self, module: str) -> str:
        return "\n".join(line.text for line in self.modules[module])

    def place(self, module: str, number: int) -> str:
        """ "cell layers.Mean, line 3" for a line that comes from a cell, "" for one of the template's."""
        where, line = self.origin(module, number)
        return f"{_cell(where)}, line {line}" if where else ""

    def origin(self, module: str, number: int) -> tuple[str, int]:
        """(cell, line in it) of a line of an assembled module; of one of the template's, ("", line there)."""
        lines = self.modules.get(module, [])
        return lines[number - 1][1:] if 0 < number <= len(lines) else ("", number)

    def with_cells(self, text: str) -> str:
        """A message or traceback, in which lines of an assembled module are called by their cells."""

        def named(match: re.Match[str]) -> str:
            where, number = self.origin(match["module"], int(match["number"]))
            if match["file"]:
                return f'File "{_cell(where)}", line {number}' if where else match[0]
            return self.place(match["module"], int(match["number"])) or match[0]

        return _PLACE.sub(named, text) if self.modules else text


def _cell(where: str) -> str:
    return where if where.startswith("cell ") else f"cell {where}"


class Target:
    """Where an exercise stands in a template's module."""

    def __init__(self, exercise: str, modules: Mapping[str, str]) -> None:
        """KeyError if the modules define nothing of this name."""
        self.exercise = exercise
        names = (each for each in modules if exercise.startswith(each + "."))
        self.module = max(names, key=len, default="")
        if not self.module:
            raise KeyError(exercise)
        self.path = exercise.removeprefix(self.module + ".").split(".")
        self.code = read_code(modules[self.module])
        body = [node for piece in self.code.pieces for node in piece.nodes]
        self.nodes: list[ast.stmt] = []
        for part in self.path:
            found = [node for node in body if getattr(node, "name", "") == part]
            if not found:
                raise KeyError(exercise)
            self.nodes.append(found[-1])
            body = found[-1].body if isinstance(found[-1], ast.ClassDef) else []

    @property
    def is_method(self) -> bool:
        return len(self.path) > 1

    def find(self, code: Code) -> tuple[Piece, ast.stmt | None]:
        """Where a cell defines the exercise; CellError if it does not."""
        found = code.find(self.path)
        if found is None:
            raise CellError(f"no definition of {self.path[-1]}")
        return found

    def is_untouched(self, code: Code) -> bool:
        """Whether a cell's definition is still the stub, docstrings aside."""
        found = code.find(self.path)
        node = found[1] if found else None
        try:
            return node is not None and _shape(node) == _shape(self.nodes[-1])
        except (
            RecursionError,
            ValueError,
        ):  # nested without end; a number of 5,000 digits, which Python does not print
            return False


def assemble(modules: Mapping[str, str], solutions: Mapping[str, Cell], others: Sequence[Cell] = ()) -> Assembly:
    """The modules with each exercise's stub replaced by what its cell defines: only those that change.

    modules:   the template's sources, by name
    solutions: the cell of each exercise that is done
    others:    all other cells of the notebook, for the helpers in them; of two of one name the last counts
    Trust: cells are parsed and moved, never run; one that is not Python is a problem of its exercise alone
    """
    assembly = Assembly()
    by_module: dict[str, list[Target]] = {}
    for exercise, cell in solutions.items():
        try:
            target = Target(exercise, modules)
            target.find(cell.code)
        except KeyError:
            assembly.problems[exercise] = "the template has no such exercise"
        except CellError as error:
            assembly.problems[exercise] = str(error)
        else:
            by_module.setdefault(target.module, []).append(target)
    helpers = _helpers([*solutions.values(), *others])
    stars = _stars([*solutions.values(), *others])
    for module, targets in by_module.items():
        targets.sort(key=lambda target: target.nodes[-1].lineno)
        _Module(module, modules, targets, solutions, helpers, stars, assembly).write()
    return assembly


def _helpers(cells: Sequence[Cell]) -> dict[str, tuple[str, Code, Piece]]:
    """What the cells bind, by name: (cell, its code, the piece); of several the last."""
    found: dict[str, tuple[str, Code, Piece]] = {}
    for cell in cells:
        with contextlib.suppress(CellError):
            code = cell.code
            found |= {
                name: (cell.where or "another cell", code, piece) for piece in code.pieces for name in piece.binds
            }
    return found


def _stars(cells: Sequence[Cell]) -> list[tuple[str, Code, Piece]]:
    """The imports of all that a module has: (cell, its code, the piece); what they bind nobody knows."""
    found = []
    for cell in cells:
        with contextlib.suppress(CellError):
            code = cell.code
            found += [
                (cell.where or "another cell", code, piece)
                for piece in code.pieces
                if piece.has_star and piece.is_import and not _imports_checks(piece)
            ]
    return found


def _imports_checks(piece: Piece) -> bool:
    """Whether it imports what only a notebook has: `check` and `save`."""
    return any(isinstance(node, ast.ImportFrom) and (node.module or "").startswith("checks") for node in piece.nodes)


class _Module:
    """One module being assembled."""

    def __init__(
        self,
        module: str,
        modules: Mapping[str, str],
        targets: list[Target],
        solutions: Mapping[str, Cell],
        helpers: Mapping[str, tuple[str, Code, Piece]],
        stars: Sequence[tuple[str, Code, Piece]],
        assembly: Assembly,
    ) -> None:
        self.module, self.modules, self.targets = module, modules, targets
        self.solutions, self.helpers, self.stars, self.assembly = solutions, helpers, stars, assembly
        self.template = targets[0].code
        self.bound = {name for piece in self.template.pieces for name in piece.binds}
        self.there = {_text(self.template, piece) for piece in self.template.pieces}
        self.edits: list[tuple[int, int, list[Line]]] = []  # from this line, so many of them, become these
        self.futures = {"annotations"}
        self.has_unknown = False  # a name that an exercise uses and nothing binds
        self.written: set[str] = set()

    def write(self) -> None:
        for target in self.targets:
            self._replace(target)
        lines = [Line(text, "", number) for number, text in enumerate(self.template.lines, start=1)]
        # From the end to the beginning, so that line numbers stay true; of edits at one place the last goes first.
        for start, count, new in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            lines[start - 1 : start - 1 + count] = new
        first = self.template.pieces[0].nodes[0] if self.template.pieces else None
        has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        at = first.end_lineno or 0 if has_docstring and first else 0
        if self.has_unknown:
            # Above all that the template binds: nobody knows what they would take the place of.
            top = max([at, *(piece.last for piece in self.template.pieces if piece.futures)])
            taken = [star for star in self.stars if not self._not_to_be_taken(star[2])]
            lines[top:top] = [line for where, code, star in taken for line in self._helper_lines(where, code, star)]
        known = {name for piece in self.template.pieces for name in piece.futures}
        if self.futures - known:
            lines.insert(at, Line(f"from __future__ import {', '.join(sorted(self.futures - known))}", "", at))
        self.assembly.modules[self.module] = lines

    def _replace(self, target: Target) -> None:
        """Plan the edits that put an exercise's cell into the module."""
        code = self.solutions[target.exercise].code
        piece, node = target.find(code)
        own = _needed(code, piece)
        pulled = list(self._pulled(target, own))
        stub, outer = target.nodes[-1], target.nodes[0]
        start, end = start_of(stub), stub.end_lineno or 0
        if not target.is_method:
            lines = [line for where, each in pulled for line in self._helper_lines(where, *each)]
            for each in own:
                lines += (
                    _piece_lines(code, each, target.exercise)
                    if each is piece
                    else self._helper_lines(target.exercise, code, each)
                )
            self.edits.append((start, end + 1 - start, lines))
            return
        # The function's decorators and defaults run with the class, the rest of the helpers when it is called: those
        # stand behind the class, which they may name.
        early = _defined_with(node)
        first, last = (start_of(node), node.end_lineno or 0) if node else (piece.first, piece.last)
        column = len(code.lines[first - 1]) - len(code.lines[first - 1].lstrip())
        inside = code.indented(first, last, stub.col_offset - column)
        self.edits.append((start, end + 1 - start, [Line(text, target.exercise, n) for text, n in inside]))
        helpers = pulled + [(target.exercise, (code, each)) for each in own if each is not piece]
        for where, (source, each) in helpers:
            lines = self._helper_lines(where, source, each)
            if each.binds & early:
                self.edits.append((start_of(outer), 0, lines))
            else:
                self.edits.append(((outer.end_lineno or 0) + 1, 0, lines))

    def _helper_lines(self, where: str, code: Code, piece: Piece) -> list[Line]:
        if piece.futures:
            self.futures |= piece.futures & _FUTURES
            return []
        text = _text(code, piece)
        # A helper that two exercises need is written once; one that an earlier `save` wrote is there already.
        if text in self.written or text in self.there:
            return []
        self.written.add(text)
        gap = [] if piece.is_assignment or piece.is_import else [Line("", where, piece.last)] * 2
        return _piece_lines(code, piece, where) + gap

    def _pulled(self, target: Target, own: list[Piece]) -> Iterator[tuple[str, tuple[Code, Piece]]]:
        """Helpers from other cells, each behind what it needs itself; a note on each, and on what cannot be taken."""
        there = self.bound | _ALWAYS_THERE | set(target.path) | {name for piece in own for name in piece.binds}
        waiting = deque(sorted({name for piece in own for name in piece.needs} - there))
        found: list[tuple[str, tuple[Code, Piece]]] = []
        while waiting:
            name = waiting.popleft()
            if name in there:
                continue
            there.add(name)
            if name not in self.helpers:
                self.has_unknown = True
                continue
            where, code, piece = self.helpers[name]
            reason = self._not_to_be_taken(piece)
            if reason:
                self.assembly.notes.append(f"{target.exercise} uses {name}, which {where} {reason}")
                continue
            if not piece.is_import:
                self.assembly.notes.append(f"{target.exercise} uses {name}: taken from {where}")
            there |= piece.binds
            found.append((where, (code, piece)))
            waiting.extend(sorted(piece.needs - there))
        yield from reversed(found)

    def _not_to_be_taken(self, piece: Piece) -> str:
        if not piece.is_plain:
            return "computes; move that into the exercise's own cell"
        for node in piece.nodes:
            source = (node.module or "").split(".")[-1] if isinstance(node, ast.ImportFrom) else ""
            if source in self.modules and self.module in _reached(source, self.modules):
                return f"imports from {source}, which imports {self.module} itself; import it inside your function"
        return ""


def _needed(code: Code, target: Piece) -> list[Piece]:
    """The pieces of a cell that belong to its definition, from top to bottom."""
    binding: dict[str, list[Piece]] = {}
    changing: dict[str, list[Piece]] = {}
    for piece in code.pieces:
        for name in piece.binds:
            binding.setdefault(name, []).append(piece)
        for name in piece.changes:
            changing.setdefault(name, []).append(piece)
    kept: dict[int, Piece] = {}
    waiting = [target, *(piece for piece in code.pieces if piece.has_star or piece.futures)]
    waiting += [piece for piece in code.pieces if piece.sets & target.binds]
    while waiting:  # each piece once: a hostile cell may hold a chain of thousands
        piece = waiting.pop()
        if piece.first in kept:
            continue
        kept[piece.first] = piece
        waiting += [each for name in piece.needs for each in binding.pop(name, [])]
        if piece.is_assignment:
            waiting += [each for name in piece.binds for each in changing.pop(name, [])]
    return [kept[first] for first in sorted(kept)]


def _piece_lines(code: Code, piece: Piece, where: str) -> list[Line]:
    return [Line(code.lines[number - 1], where, number) for number in range(piece.first, piece.last + 1)]


def _text(code: Code, piece: Piece) -> str:
    return "\n".join(code.lines[piece.first - 1 : piece.last])


def _defined_with(node: ast.stmt | None) -> set[str]:
    """The names that a function's decorators and defaults use."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    parts = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    return {each.id for part in parts for each in ast.walk(part) if isinstance(each, ast.Name)}


def _reached(module: str, modules: Mapping[str, str]) -> set[str]:
    """The modules of the template that importing this one imports, itself included."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in modules:
            continue
        seen.add(name)
        for piece in read_code(modules[name]).pieces:
            for node in piece.nodes:
                if isinstance(node, ast.ImportFrom) and node.level:
                    waiting += [node.module] if node.module else [alias.name for alias in node.names]
    return seen


def _shape(node: ast.AST) -> str:
    """A definition without its docstrings and positions."""
    plain = ast.parse(ast.unparse(node))
    for each in ast.walk(plain):
        if (
            isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and ast.get_docstring(each) is not None
        ):
            each.body = each.body[1:] or [ast.Pass()]
    return ast.dump(plain)
