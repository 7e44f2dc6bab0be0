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


def assemble(modules: Mapping[str, str], solutions: Mapping[str, Cell], cells: Sequence[Cell] = ()) -> Assembly:
    """The modules with each exercise's stub replaced by what its cell defines: only those that change.

    modules:   the template's sources, by name
    solutions: the cell of each exercise that is done
    cells:     the notebook's cells in their order, for the helpers in them; of two of one name the last counts
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
    found = _Pieces([*(cell for cell in solutions.values() if cell not in cells), *cells])
    for module, targets in by_module.items():
        targets.sort(key=lambda target: target.nodes[-1].lineno)
        _Module(module, modules, targets, solutions, found, assembly).write()
    return assembly


class _Placed(NamedTuple):
    """A piece of a cell, and where it stands."""

    at: int  # the cell's place among all
    where: str
    code: Code
    piece: Piece

    @property
    def text(self) -> str:
        return _text(self.code, self.piece)

    def is_after(self, other: "_Placed") -> bool:
        return (self.at, self.piece.first) > (other.at, other.piece.first)


class _Pieces:
    """The pieces of all cells, by what they bind and what they change, in the cells' order."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.binding: dict[str, _Placed] = {}  # of several the last
        self.bound_in: set[tuple[str, int]] = set()  # name, cell
        self.places = {cell: at for at, cell in enumerate(dict.fromkeys(cells))}
        self.changing: dict[str, list[_Placed]] = {}
        self.stars: list[_Placed] = []  # imports of all that a module has: what they bind nobody knows
        for cell, at in self.places.items():
            with contextlib.suppress(CellError):
                code = cell.code
                for piece in code.pieces:
                    self._add(_Placed(at, cell.where or "another cell", code, piece))

    def _add(self, placed: _Placed) -> None:
        piece = placed.piece
        builds = {name for name in piece.binds if piece.builds_on(name)}
        for name in piece.binds - builds:
            self.binding[name] = placed
            self.bound_in.add((name, placed.at))
        for name in builds | piece.sets | piece.fills:
            self.changing.setdefault(name, []).append(placed)
        if piece.has_star and piece.is_import and not _imports_checks(piece):
            self.stars.append(placed)


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
        pieces: _Pieces,
        assembly: Assembly,
    ) -> None:
        self.module, self.modules, self.targets = module, modules, targets
        self.solutions, self.pieces, self.assembly = solutions, pieces, assembly
        self.template = targets[0].code
        self.bound = {name for piece in self.template.pieces for name in piece.binds}
        self.own = {name for piece in self.template.pieces if not piece.is_import for name in piece.binds}
        self.there = {_text(self.template, piece) for piece in self.template.pieces}
        # What puts a method that is a function in the notebook into its class; here it is in there.
        self.there |= {f"{each.path[0]}.{each.path[1]} = {each.path[1]}" for each in targets if each.is_method}
        self.edits: list[tuple[int, int, list[Line]]] = []  # from this line, so many of them, become these
        self.futures = {"annotations"}
        self.has_unknown = False  # a name that an exercise uses and nothing binds
        self.written: set[str] = set()
        self.changes: dict[_Placed, None] = {}  # of what stands in the module, to stand at its end
        self.left: set[_Placed] = set()  # changes that cannot be taken along

        self.had: dict[str, bool] = {}

    def write(self) -> None:
        own = {target.exercise: self._own(target) for target in self.targets}
        self.kept = {id(piece) for pieces in own.values() for piece in pieces}
        for target in self.targets:
            self._replace(target, own[target.exercise])
        lines = [Line(text, "", number) for number, text in enumerate(self.template.lines, start=1)]
        # From the end to the beginning, so that line numbers stay true; of edits at one place the last goes first.
        for start, count, new in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            lines[start - 1 : start - 1 + count] = new
        for change in sorted(self.changes, key=lambda change: (change.at, change.piece.first)):
            lines += _piece_lines(change.code, change.piece, change.where)
        first = self.template.pieces[0].nodes[0] if self.template.pieces else None
        has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        at = first.end_lineno or 0 if has_docstring and first else 0
        if self.has_unknown:
            # Above all that the template binds: nobody knows what they would take the place of.
            top = max([at, *(piece.last for piece in self.template.pieces if piece.futures)])
            taken = [star for star in self.pieces.stars if not self._not_to_be_taken(star.piece)]
            lines[top:top] = [line for star in taken for line in self._helper_lines(star.where, star.code, star.piece)]
        known = {name for piece in self.template.pieces for name in piece.futures}
        if self.futures - known:
            lines.insert(at, Line(f"from __future__ import {', '.join(sorted(self.futures - known))}", "", at))
        self.assembly.modules[self.module] = lines

    def _own(self, target: Target) -> list[Piece]:
        code = self.solutions[target.exercise].code
        return _needed(code, target.find(code)[0])

    def _replace(self, target: Target, own: list[Piece]) -> None:
        """Plan the edits that put an exercise's cell, of which these pieces are needed, into the module."""
        code = self.solutions[target.exercise].code
        piece, node = target.find(code)
        pulled = list(self._pulled(target, own))
        stub, outer = target.nodes[-1], target.nodes[0]
        start, end = start_of(stub), stub.end_lineno or 0
        if not target.is_method:
            lines = [line for each in pulled for line in self._helper_lines(each.where, each.code, each.piece)]
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
        helpers = pulled + [_Placed(0, target.exercise, code, each) for each in own if each is not piece]
        for where, source, each in (helper[1:] for helper in helpers):
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

    def _pulled(self, target: Target, own: list[Piece]) -> Iterator[_Placed]:
        """Helpers from other cells, each behind what it needs itself; a note on each, and on what cannot be taken.

        What changes them, the exercise's own names or what it uses of the template is noted for the module's end.
        """
        there = self.bound | _ALWAYS_THERE | set(target.path) | {name for piece in own for name in piece.binds}
        used = {name for piece in own for name in piece.needs}
        made = {name for piece in own if not piece.is_import for name in piece.binds}
        at = self.pieces.places[self.solutions[target.exercise]]
        waiting: list[str | _Placed] = [*sorted(used - there, reverse=True)]
        for name in sorted(made | ({target.path[0]} | used) & self.own):
            waiting += sorted(self._changes(target, name, there, at if name in made else -1), reverse=True)
        while waiting:
            next_one = waiting.pop()
            if isinstance(next_one, _Placed):  # all that it needs is there
                yield next_one
                continue
            name = next_one
            if name in there:
                continue
            there.add(name)
            found = self.pieces.binding.get(name)
            if found is None:
                self.has_unknown = True
                continue
            reason = self._not_to_be_taken(found.piece)
            if reason:
                self.assembly.notes.append(f"{target.exercise} uses {name}, which {found.where} {reason}")
                continue
            if not found.piece.is_import:
                self.assembly.notes.append(f"{target.exercise} uses {name}: taken from {found.where}")
            there |= found.piece.binds
            waiting.append(found)
            waiting += sorted(found.piece.needs - there, reverse=True)
            if not found.piece.is_import:
                for each in sorted(found.piece.binds):
                    waiting += sorted(self._changes(target, each, there, found.at, found), reverse=True)

    def _changes(self, target: Target, name: str, there: set[str], at: int, since: _Placed | None = None) -> set[str]:
        """Plans what changes a name at the module's end, with notes; what that needs besides.

        The name is what the cell `at` has made of it, in `since` if it is pulled.
        """
        needs: set[str] = set()
        is_literal = since is not None and since.piece.is_literal
        for change in self.pieces.changing.get(name, ()):
            piece = change.piece
            if id(piece) in self.kept or change.at < at or (since and not change.is_after(since)):
                continue
            if (
                change.at != at and (name, change.at) in self.pieces.bound_in
            ):  # of this name its cell has one of its own
                continue
            # Of what is not pulled no more than is sure to be meant; other methods are called to try them out.
            is_meant = name in piece.sets or (since is not None and (name in piece.binds or is_literal))
            if not is_meant or change in self.changes or change in self.left or change.text in self.there:
                continue
            unknown = [each for each in piece.needs - there - piece.binds if not self._can_be_had(each)]
            is_plain = piece.is_plain_change or (piece.is_decoration and since and not since.piece.is_assignment)
            if is_plain and not unknown and not (piece.binds - {name}) & there:
                self.changes[change] = None
                self.assembly.notes.append(f"{target.exercise} uses {name}: so is what {change.where} changes in it")
                needs |= piece.needs - piece.binds
            else:
                self.left.add(change)
                self.assembly.notes.append(
                    f"{target.exercise} uses {name}, which {change.where} changes in its line {piece.first}: left out; "
                    "move that into the exercise's own cell"
                )
        return needs - there

    def _can_be_had(self, name: str) -> bool:
        if name not in self.had:
            found = self.pieces.binding.get(name)
            self.had[name] = found is not None and not self._not_to_be_taken(found.piece)
        return self.had[name]

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
