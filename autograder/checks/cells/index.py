"""The pieces of all cells of a hand-in, by the names that they bind and change: what a name means where it is used."""

import ast
import bisect
import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .code import Cell, CellError, Code
from .pieces import Piece


class Placed(NamedTuple):
    """A piece of a cell, and where it stands."""

    at: int  # the cell's place among all
    where: str
    notebook: str
    code: Code
    piece: Piece

    @property
    def text(self) -> str:
        return text_of(self.code, self.piece)

    def is_after(self, other: "Placed") -> bool:
        return (self.at, self.piece.first) > (other.at, other.piece.first)


class Index:
    """The pieces of all cells, by what they bind and what they change, in the cells' order."""

    def __init__(self, cells: Sequence[Cell], refused: Callable[[str], SyntaxError | None]) -> None:
        self.refused = refused
        self.binding: dict[tuple[str, str], list[Placed]] = {}  # by name and notebook
        self.last: dict[str, Placed] = {}  # of all notebooks
        self.bound_in: set[tuple[str, int]] = set()  # name, cell
        self.places = {cell: at for at, cell in enumerate(dict.fromkeys(cells))}
        self.changing: dict[tuple[str, str], list[Placed]] = {}
        self.stars: list[Placed] = []  # imports of all that a module has: what they bind nobody knows
        self.imported: dict[int, dict[str, str]] = {}  # by piece and name
        self.texts: dict[int, str] = {}  # by piece
        self.one: dict[str, str] = {}  # of equal texts one: long ones are compared for each of the names that they bind
        for cell, at in self.places.items():
            with contextlib.suppress(CellError):
                code = cell.code
                for piece in code.pieces:
                    self._add(Placed(at, cell.where or "another cell", cell.notebook, code, piece))

    def _add(self, placed: Placed) -> None:
        piece, notebook = placed.piece, placed.notebook
        for name in piece.binds - piece.rebinds:
            self.binding.setdefault((name, notebook), []).append(placed)
            self.last[name] = placed
            self.bound_in.add((name, placed.at))
        for name in piece.rebinds | piece.sets | piece.fills:
            self.changing.setdefault((name, notebook), []).append(placed)
        if piece.has_star and piece.is_import and not _imports_checks(piece):
            self.stars.append(placed)

    def meant(self, name: str, notebook: str, at: int) -> Placed | None:
        """What a name is for a cell of a notebook: the last there above it, else the last; else another notebook's."""
        found = self.binding.get((name, notebook))
        return found[bisect.bisect_right(found, at, key=_place_of) - 1] if found else self.last.get(name)

    def bound_next(self, name: str, notebook: str, at: int) -> int:
        """The next cell of a notebook behind this one that binds the name anew."""
        found = self.binding.get((name, notebook), [])
        number = bisect.bisect_right(found, at, key=_place_of)
        return found[number].at if number < len(found) else len(self.places)

    def another(self, name: str, placed: Placed) -> str:
        """Where its notebook binds something else to the name; "" if nowhere."""
        found = self.binding.get((name, placed.notebook), [])
        meaning = self.meaning(name, placed)
        return next((each.where for each in reversed(found) if self.meaning(name, each) is not meaning), "")

    def meaning(self, name: str, placed: Placed) -> str:
        """What a piece binds to a name: of an import what is imported, else its source. One object for equal ones."""
        piece = placed.piece
        if id(piece) not in self.imported:
            self.imported[id(piece)] = {
                alias.asname or alias.name: f"from {'.' * node.level}{node.module or ''} import {alias.name}"
                for node in piece.nodes
                if isinstance(node, ast.ImportFrom) and piece.is_import
                for alias in node.names
            }
        found = self.imported[id(piece)].get(name)
        return self.one.setdefault(found, found) if found else self.text(placed)

    def text(self, placed: Placed) -> str:
        """Its source, one object for equal ones."""
        if id(placed.piece) not in self.texts:
            self.texts[id(placed.piece)] = self.one.setdefault(placed.text, placed.text)
        return self.texts[id(placed.piece)]


def _place_of(placed: Placed) -> int:
    return placed.at


def _imports_checks(piece: Piece) -> bool:
    """Whether it imports what only a notebook has: `check` and `save`."""
    return any(isinstance(node, ast.ImportFrom) and (node.module or "").startswith("checks") for node in piece.nodes)


def text_of(code: Code, piece: Piece) -> str:
    return "\n".join(code.lines[piece.first - 1 : piece.last])
