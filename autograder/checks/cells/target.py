"""Where an exercise stands in a template's module, and where a cell defines it."""

import ast
from collections.abc import Mapping

from ..words import say
from .code import CellError, Code, read_code
from .pieces import Piece


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
            raise CellError(say("cells.no_definition", name=self.path[-1]))
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
