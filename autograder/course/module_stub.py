"""A module of the package as students get it."""

import ast
from collections.abc import Iterable

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class ModuleStub:
    """A module as students get it, and the pieces of it that a handout shows."""

    def __init__(self, module: str, text: str, filled_in: Iterable[str]) -> None:
        self.module = module
        self.text = text
        self._lines = text.split("\n")
        self._filled_in = frozenset(filled_in)  # qualified names of the functions that have a region
        self._tree = ast.parse(text)

    def exercise(self, name: str) -> str | None:
        """Signatures and docstrings of the exercise, None if there is no such function or class."""
        path = self._path(name)
        if not path or not isinstance(path[-1], _Definition):
            return None
        outer = [self._signature(node) for node in path[:-1] if isinstance(node, ast.ClassDef)]
        return "\n".join([*(line for lines in outer for line in lines), *self._outline(path[-1], name)])

    def given(self, name: str) -> str | None:
        """The whole source of an object as students get it, None if there is no such object."""
        path = self._path(name)
        return "\n".join(self._source(path[-1], path[-1].end_lineno)) if path else None

    def _path(self, name: str) -> list[ast.stmt]:
        """The definitions from the module's top level down to the named one; empty if there is none."""
        path: list[ast.stmt] = []
        body: list[ast.stmt] = self._tree.body
        for part in name.removeprefix(self.module + ".").split("."):
            node = next((each for each in body if part in _names(each)), None)
            if node is None:
                return []
            path.append(node)
            body = node.body if isinstance(node, ast.ClassDef) else []
        return path

    def _source(self, node: ast.stmt, end: int | None) -> list[str]:
        decorators = node.decorator_list if isinstance(node, _Definition) else []
        start = min([node.lineno, *(each.lineno for each in decorators)])
        return self._lines[start - 1 : end]

    def _signature(self, node: _Definition) -> list[str]:
        """Decorators and head, without what follows the colon."""
        first = node.body[0]
        decorators = first.decorator_list if isinstance(first, _Definition) else []
        return self._source(node, min([first.lineno, *(each.lineno for each in decorators)]) - 1)

    def _outline(self, node: _Definition, name: str) -> list[str]:
        head = [line for line in self._signature(node) if line.strip() and not line.strip().startswith("#")]
        docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
        if docstring:
            head += self._source(docstring, docstring.end_lineno)
        if not isinstance(node, ast.ClassDef):
            given = "" if name in self._filled_in else "  # given"
            return [*head, " " * node.body[0].col_offset + "..." + given]
        parts = [self._outline(each, f"{name}.{each.name}") for each in node.body if isinstance(each, _Definition)]
        for index, part in enumerate(parts):
            head += [*([""] if index or docstring else []), *part]
        return head


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(node, _Definition):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]
