"""Which cell of a notebook is the solution of which exercise, however the notebook was rearranged.

A cell is known by its marker line, else by its metadata, else by what it defines. Of several the last that is not the
untouched stub counts. What was found in an unusual place, or not at all, is said in a note.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..words import say
from .code import Cell, CellError, given, marked, marker
from .target import Target


class Choice(NamedTuple):
    """The cells that count, by exercise; all in their order; what is wrong with exercises'; notes on the rest."""

    solutions: dict[str, Cell]
    cells: list[Cell]
    problems: dict[str, str]
    notes: list[str]


def choose(cells: Sequence[Cell], exercises: Iterable[str], modules: Mapping[str, str]) -> Choice:
    """The cell of each exercise that was worked on; a note for each that is missing, broken or there twice.

    Trust: cells are parsed, never run.
    """
    notes = list(_changed(cells, modules))
    cells = [cell for cell in cells if not given(cell.source)]
    targets = {name: Target(name, modules) for name in exercises}
    marks = [[name for name in marked(cell.source) if name in targets] for cell in cells]
    short = [target.path[-1] for target in targets.values()]
    solutions: dict[str, Cell] = {}
    problems: dict[str, str] = {}
    for name, target in targets.items():
        by_marker = [cell for cell, names in zip(cells, marks, strict=True) if name in names]
        by_metadata = [cell for cell, names in zip(cells, marks, strict=True) if not names and cell.named == name]
        free = [cell for cell, names in zip(cells, marks, strict=True) if not names and cell.named not in targets]
        if short.count(target.path[-1]) > 1:  # a function `diff` by itself may be any of a dozen methods
            free = [cell for cell in free if _defines(cell, target.path[:1]) and _defines(cell, target.path)]
        by_definition = [cell for cell in free if _defines(cell, target.path)]
        groups = [by_marker, by_metadata, by_definition]
        done = next((found for group in groups if (found := _worked_on(group, target))), [])
        if done:
            solutions[name] = done[-1]
            if done is not by_marker and done[-1] not in by_marker:
                notes.append(say("cells.taken", exercise=name, where=done[-1].where, marker=marker(name)))
            if len({_text(cell, target) for cell in done}) > 1:
                places = ", ".join(cell.where for cell in done)
                notes.append(say("cells.several", exercise=name, n=len(done), places=places))
        else:
            trouble = _trouble(name, target, by_marker + by_metadata, by_definition)
            problems |= {name: trouble} if trouble else {}
    return Choice(solutions, cells, problems, notes)


def _changed(cells: Sequence[Cell], modules: Mapping[str, str]) -> Iterable[str]:
    """A note on each cell in which something given was changed: the template's counts."""
    for cell in cells:
        name = given(cell.source)
        with contextlib.suppress(KeyError, CellError):
            if name and not Target(name, modules).is_untouched(cell.code):
                yield say("cells.given", exercise=name, where=cell.where)


def _defines(cell: Cell, path: list[str]) -> bool:
    try:
        return cell.code.find(path) is not None
    except CellError:
        return False


def _worked_on(cells: Sequence[Cell], target: Target) -> list[Cell]:
    """Those that define the exercise and are not its stub any more."""
    return [cell for cell in cells if _defines(cell, target.path) and not target.is_untouched(cell.code)]


def _text(cell: Cell, target: Target) -> str:
    piece, _ = target.find(cell.code)
    return "\n".join(cell.code.lines[piece.first - 1 : piece.last])


def _trouble(name: str, target: Target, named: list[Cell], defining: list[Cell]) -> str:
    """Why an exercise counts as not done; "" if its stub is simply as it was."""
    if any(_defines(cell, target.path) for cell in named + defining):
        return ""
    if not named:
        return say("cells.no_cell", marker=marker(name))
    cell = named[-1]
    try:
        found = sorted({bound for piece in cell.code.pieces for bound in piece.binds})
    except CellError as error:
        return say("cells.not_python", where=cell.where, error=error)
    got = ", ".join(found[:5]) or say("cells.nothing")
    return say("cells.defines", where=cell.where, got=got, want=target.path[-1])
