"""Puts the cells of a notebook into the modules of a template, each in the place of its exercise's stub.

A function or class takes the lines of the stub. A method, which a notebook holds as a plain function, is indented into
its class. What the definition needs comes along: from its own cell anything that binds a needed name, from other cells
plain definitions. What a cell merely tries out (`print(mul(a, b))`) stays behind.

In a notebook a name means what was bound to it last when the exercise's cell ran, in a module one thing for all. Where
two exercises mean different things by one name, those of all but one get names of their own.

Annotations of the assembled module are not evaluated (`from __future__ import annotations`): in a notebook every name
is there when a cell runs, in a module only those above it.
"""

import __future__

import ast
import builtins
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..words import say
from .assembly import Assembly, Line
from .code import Cell, CellError, Code, read_code
from .index import Index, Placed, text_of
from .pieces import Piece, start_of
from .target import Target

_ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "__builtins__"}
_MAX_RENAMED = 64 << 10  # characters of one exercise's: each of them may come to have all of a notebook's
_FUTURES = frozenset(__future__.all_feature_names)


def assemble(
    modules: Mapping[str, str],
    solutions: Mapping[str, Cell],
    cells: Sequence[Cell] = (),
    refused: Callable[[str], SyntaxError | None] = lambda source: None,
) -> Assembly:
    """The modules with each exercise's stub replaced by what its cell defines: only those that change.

    modules:   the template's sources, by name
    solutions: the cell of each exercise that is done
    cells:     the notebook's cells in their order, for the helpers in them; of two of one name the last above the
               exercise counts, else the last
    refused:   the error with which Python refuses to compile a source that it parses. To ask it of somebody else's
               code may take minutes and gigabytes: there the sandbox finds out
    Trust: cells are parsed and moved, never run; one that is not Python is a problem of its exercise alone
    """
    assembly = Assembly()
    by_module: dict[str, list[Target]] = {}
    for exercise, cell in solutions.items():
        try:
            target = Target(exercise, modules)
            for piece in _own(target, cell.code):
                if error := refused(text_of(cell.code, piece)):
                    line = piece.first - 1 + (error.lineno or 1)
                    raise CellError(say("cells.does_not_compile", where=cell.where, line=line, error=error.msg))
        except KeyError:
            assembly.problems[exercise] = say("cells.no_exercise")
        except CellError as error:
            assembly.problems[exercise] = str(error)
        else:
            by_module.setdefault(target.module, []).append(target)
    found = Index([*(cell for cell in solutions.values() if cell not in cells), *cells], refused)
    for module, targets in by_module.items():
        targets.sort(key=lambda target: target.nodes[-1].lineno)
        _Module(module, modules, targets, solutions, found, assembly).write()
    return assembly


class _Module:
    """One module being assembled."""

    def __init__(
        self,
        module: str,
        modules: Mapping[str, str],
        targets: list[Target],
        solutions: Mapping[str, Cell],
        pieces: Index,
        assembly: Assembly,
    ) -> None:
        self.module, self.modules, self.targets = module, modules, targets
        self.solutions, self.pieces, self.assembly = solutions, pieces, assembly
        self.template = targets[0].code
        self.bound = {name for piece in self.template.pieces for name in piece.binds}
        self.own = {name for piece in self.template.pieces if not piece.is_import for name in piece.binds}
        self.there = {text_of(self.template, piece) for piece in self.template.pieces}
        # What puts a method that is a function in the notebook into its class; here it is in there.
        self.there |= {f"{each.path[0]}.{each.path[1]} = {each.path[1]}" for each in targets if each.is_method}
        self.edits: list[tuple[int, int, list[Line]]] = []  # from this line, so many of them, become these
        self.futures = {"annotations"}
        self.unknown_in: set[str] = set()  # the notebooks in which an exercise uses a name that nothing binds
        self.renamed: dict[tuple[str, int], Code] = {}  # by exercise and code: with names that are its own
        self.written: set[str] = set()
        self.changes: dict[Placed, None] = {}  # of what stands in the module, to stand at its end
        self.left: set[Placed] = set()  # changes that cannot be taken along
        self.had: dict[tuple[str, str, int], bool] = {}

    def write(self) -> None:
        own = {target.exercise: self._own(target) for target in self.targets}
        self.kept = {id(each.piece) for placed in own.values() for each in placed}
        pulled = {target.exercise: list(self._pulled(target, own[target.exercise])) for target in self.targets}
        self._part({name: [*pulled[name], *own[name]] for name in own})
        for target in self.targets:
            self._replace(target, own[target.exercise], pulled[target.exercise])
        lines = [Line(text, "", number) for number, text in enumerate(self.template.lines, start=1)]
        # From the end to the beginning, so that line numbers stay true; of edits at one place the last goes first.
        for start, count, new in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            lines[start - 1 : start - 1 + count] = new
        for change in sorted(self.changes, key=lambda change: (change.at, change.piece.first)):
            lines += _piece_lines(change.code, change.piece, change.where)
        first = self.template.pieces[0].nodes[0] if self.template.pieces else None
        has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        at = first.end_lineno or 0 if has_docstring and first else 0
        if self.unknown_in:
            # Above all that the template binds: nobody knows what they would take the place of.
            top = max([at, *(piece.last for piece in self.template.pieces if piece.futures)])
            taken = [star for star in self._stars() if not self._not_to_be_taken(star)]
            lines[top:top] = [line for star in taken for line in self._helper_lines(self.targets[0], star)]
        known = {name for piece in self.template.pieces for name in piece.futures}
        if self.futures - known:
            lines.insert(at, Line(f"from __future__ import {', '.join(sorted(self.futures - known))}", "", at))
        self.assembly.modules[self.module] = lines

    def _own(self, target: Target) -> list[Placed]:
        cell = self.solutions[target.exercise]
        at = self.pieces.places[cell]
        return [Placed(at, target.exercise, cell.notebook, cell.code, each) for each in _own(target, cell.code)]

    def _replace(self, target: Target, own: list[Placed], pulled: list[Placed]) -> None:
        """Plan the edits that put an exercise's cell, of which these pieces are needed, into the module."""
        piece, node = target.find(self.solutions[target.exercise].code)
        stub, outer = target.nodes[-1], target.nodes[0]
        start, end = start_of(stub), stub.end_lineno or 0
        [main] = [each for each in own if each.piece is piece]
        code = self._code(target, main)
        if not target.is_method:
            lines = [line for each in pulled for line in self._helper_lines(target, each)]
            for each in own:
                lines += (
                    _piece_lines(code, piece, target.exercise) if each is main else self._helper_lines(target, each)
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
        for each in (*pulled, *(each for each in own if each is not main)):
            lines = self._helper_lines(target, each)
            if each.piece.binds & early:
                self.edits.append((start_of(outer), 0, lines))
            else:
                self.edits.append(((outer.end_lineno or 0) + 1, 0, lines))

    def _part(self, used: Mapping[str, list[Placed]]) -> None:
        """Plan other names for what two exercises, of which these pieces are used, call by one name; or a note."""
        meanings: dict[str, dict[str, Placed]] = {}  # by name and exercise
        main = {id(target.find(self.solutions[target.exercise].code)[0]) for target in self.targets}
        for exercise, placed in used.items():
            for each in placed:
                for name in each.piece.binds if id(each.piece) not in main else ():
                    meanings.setdefault(name, {})[exercise] = each
        changed = {name for change in self.changes for name in change.piece.binds | change.piece.needs}
        apart: dict[str, set[str]] = {}  # by exercise
        for name, by_exercise in meanings.items():
            last, means = next(reversed(by_exercise.items()))
            meaning = self.pieces.meaning
            other = [each for each, placed in by_exercise.items() if meaning(name, placed) is not meaning(name, means)]
            # What the template defines counts as it is handed in, unless an earlier `save` wrote it.
            saved = (self.pieces.text(by_exercise[each]) in self.there for each in [*other, last])
            for exercise in other if name not in self.own or any(saved) else ():
                if name in changed:
                    self._not_apart(exercise, name, last)
                else:
                    apart.setdefault(exercise, set()).add(name)
        for exercise, names in apart.items():
            self._rename(exercise, names, used[exercise], main, changed)

    def _rename(
        self, exercise: str, names: set[str], used: list[Placed], main: set[int], changed: Collection[str]
    ) -> None:
        """Give these names of an exercise's others, and so those of all that is made of them."""
        users: dict[str, list[Placed]] = {}
        for each in used:
            for name in each.piece.needs:
                users.setdefault(name, []).append(each)
        waiting, all_names, seen = [*names], set(names), set(main)
        while waiting:
            for each in users.get(waiting.pop(), ()):
                if id(each.piece) not in seen:
                    seen.add(id(each.piece))
                    waiting += each.piece.binds - all_names
                    all_names |= each.piece.binds
        suffix = exercise.rpartition(f"{self.module}.")[2].replace(".", "_")
        other = {name: f"{name}_of_{suffix}" for name in all_names}
        try:
            if all_names & {*changed, *(part for target in self.targets for part in target.path)}:
                raise CellError("names that have to stay")
            if sum(len(self.pieces.text(each)) for each in used) > _MAX_RENAMED:
                raise CellError("too much of it")
            codes = {id(each.code): each.code for each in used}
            pieces: dict[int, list[Piece]] = {}
            for each in used:
                pieces.setdefault(id(each.code), []).append(each.piece)
            renamed = {(exercise, key): codes[key].renamed(pieces[key], other) for key in codes}
            self.renamed |= renamed
        except CellError:
            for name in sorted(names):
                self._not_apart(exercise, name, say("cells.another_exercise"))

    def _not_apart(self, exercise: str, name: str, other: str) -> None:
        self.assembly.notes.append(say("cells.two_meanings", exercise=exercise, name=name, other=other))

    def _code(self, target: Target, placed: Placed) -> Code:
        return self.renamed.get((target.exercise, id(placed.code)), placed.code)

    def _helper_lines(self, target: Target, placed: Placed) -> list[Line]:
        where, code, piece = placed.where, self._code(target, placed), placed.piece
        if piece.futures:
            self.futures |= piece.futures & _FUTURES
            return []
        text = text_of(code, piece)
        # A helper that two exercises need is written once; one that an earlier `save` wrote is there already.
        if text in self.written or text in self.there:
            return []
        self.written.add(text)
        gap = [] if piece.is_assignment or piece.is_import else [Line("", where, piece.last)] * 2
        return _piece_lines(code, piece, where) + gap

    def _pulled(self, target: Target, own: list[Placed]) -> Iterator[Placed]:
        """Helpers from other cells, each behind what it needs itself; a note on each, and on what cannot be taken.

        What changes them, the exercise's own names or what it uses of the template is noted for the module's end.
        """
        there = self.bound | _ALWAYS_THERE | set(target.path) | {name for each in own for name in each.piece.binds}
        used = {name for each in own for name in each.piece.needs}
        made = {name for each in own if not each.piece.is_import for name in each.piece.binds}
        cell = self.solutions[target.exercise]
        at = self.pieces.places[cell]
        wanted = sorted(used - there, reverse=True)
        waiting: list[_Named | Placed] = [_Named(name, cell.notebook, at) for name in wanted]
        for name in sorted(made | ({target.path[0]} | used) & self.own):
            waiting += self._changes(target, _Named(name, cell.notebook, at if name in made else -1), there)
        while waiting:
            next_one = waiting.pop()
            if isinstance(next_one, Placed):  # all that it needs is there
                yield next_one
                continue
            name = next_one.name
            if name in there:
                continue
            there.add(name)
            found = self.pieces.meant(*next_one)
            if found is None:
                self.unknown_in.add(next_one.notebook)
                continue
            reason = self._not_to_be_taken(found)
            if reason:
                self.assembly.notes.append(
                    say("cells.uses_left_out", exercise=target.exercise, name=name, where=found.where, reason=reason)
                )
                continue
            another = self.pieces.another(name, found)
            if another or not found.piece.is_import:
                said = {"exercise": target.exercise, "name": name, "where": found.where}
                self.assembly.notes.append(
                    say("cells.uses_not", other=another, **said) if another else say("cells.uses", **said)
                )
            there |= found.piece.binds
            waiting.append(found)
            # In another notebook everything has run.
            seen_from = at if found.notebook == cell.notebook else len(self.pieces.places)
            needed = sorted(found.piece.needs - there, reverse=True)
            waiting += [_Named(each, found.notebook, seen_from) for each in needed]
            if not found.piece.is_import:
                for each in sorted(found.piece.binds):
                    waiting += self._changes(target, _Named(each, found.notebook, found.at), there, found)

    def _changes(self, target: Target, named: "_Named", there: set[str], since: Placed | None = None) -> list["_Named"]:
        """Plans what changes a name at the module's end, with notes; what that needs besides.

        The name is what the cell it is `named` in has made of it, in `since` if it is pulled.
        """
        name, notebook, at = named
        needs: set[str] = set()
        is_literal = since is not None and since.piece.is_literal
        end = self.pieces.bound_next(name, notebook, at) if since else len(self.pieces.places)
        for change in self.pieces.changing.get((name, notebook), ()):
            piece = change.piece
            is_elsewhere = change.at < at or change.at >= end or (since and not change.is_after(since))
            if id(piece) in self.kept or is_elsewhere:
                continue
            if (
                change.at != at and (name, change.at) in self.pieces.bound_in
            ):  # of this name its cell has one of its own
                continue
            # Of what is not pulled no more than is sure to be meant; other methods are called to try them out.
            is_meant = name in piece.sets or (since is not None and (name in piece.binds or is_literal))
            if not is_meant or change in self.changes or change in self.left or change.text in self.there:
                continue
            unknown = [each for each in piece.needs - there - piece.binds if not self._can_be_had(each, change)]
            is_plain = piece.is_plain_change or (piece.is_decoration and since and not since.piece.is_assignment)
            is_plain = is_plain and not self.pieces.refused(change.text)
            if is_plain and not unknown and not (piece.binds - {name}) & there:
                self.changes[change] = None
                self.assembly.notes.append(
                    say("cells.changed", exercise=target.exercise, name=name, where=change.where)
                )
                needs |= piece.needs - piece.binds
            else:
                self.left.add(change)
                said = {"exercise": target.exercise, "name": name, "where": change.where, "line": piece.first}
                self.assembly.notes.append(say("cells.change_left_out", **said))
        return [_Named(each, notebook, len(self.pieces.places)) for each in sorted(needs - there, reverse=True)]

    def _can_be_had(self, name: str, change: Placed) -> bool:
        named = _Named(name, change.notebook, len(self.pieces.places))
        if named not in self.had:
            found = self.pieces.meant(*named)
            self.had[named] = found is not None and not self._not_to_be_taken(found)
        return self.had[named]

    def _stars(self) -> list[Placed]:
        """The star imports of the notebooks in which a name is bound by nothing else; of all, if these have none."""
        own = [star for star in self.pieces.stars if star.notebook in self.unknown_in]
        return own or self.pieces.stars

    def _not_to_be_taken(self, placed: Placed) -> str:
        if not placed.piece.is_plain:
            return say("cells.computes")
        if error := self.pieces.refused(placed.text):
            line = placed.piece.first - 1 + (error.lineno or 1)
            return say("cells.refused", line=line, error=error.msg)
        for node in placed.piece.nodes:
            source = (node.module or "").split(".")[-1] if isinstance(node, ast.ImportFrom) else ""
            if source in self.modules and self.module in _reached(source, self.modules):
                return say("cells.circle", source=source, module=self.module)
        return ""


class _Named(NamedTuple):
    """A name as a cell of a notebook uses it: of what is bound to it there, what stands above this cell counts."""

    name: str
    notebook: str
    at: int


def _own(target: Target, code: Code) -> list[Piece]:
    """The pieces of a cell that belong to the exercise that it defines; CellError if it does not."""
    return _needed(code, target.find(code)[0])


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
