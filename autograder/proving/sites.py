"""Where a node stands in a function, and what the function has that could stand there instead."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Site:
    """A node, the field of its parent that it stands in, and the function around it."""

    node: ast.AST
    above: "Site | None"
    field: str
    function: Function

    @property
    def parent(self) -> ast.AST | None:
        return self.above.node if self.above else None

    def is_value_of(self, keyword: str) -> bool:
        return isinstance(self.parent, ast.keyword) and self.parent.arg == keyword


def is_numpy(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "np"


def is_module(node: ast.expr, function: ast.AST) -> bool:
    """True for a name that the function neither takes nor binds: what stands before its dot is no array."""
    if isinstance(node, ast.Attribute):
        return is_module(node.value, function)
    bound = {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return isinstance(node, ast.Name) and node.id not in bound and not is_argument(node, function)


def is_argument(node: ast.expr, function: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in {
        each.arg for each in ast.walk(function) if isinstance(each, ast.arg)
    }


def siblings(function: Function) -> Iterator[list[str]]:
    """The names that stand side by side: unpacked together, or arguments of one type."""
    by_type: dict[str, list[str]] = {}
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if argument.annotation is not None:
            by_type.setdefault(ast.dump(argument.annotation), []).append(argument.arg)
    yield from by_type.values()
    for node in ast.walk(function):
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            yield [each.id for each in node.elts if isinstance(each, ast.Name)]


def attributes(function: ast.AST) -> list[ast.Attribute]:
    """The attributes of arguments that a function uses and does not call, each once."""
    called = {id(each.func) for each in ast.walk(function) if isinstance(each, ast.Call)}
    found = {
        (ast.dump(each.value), each.attr): each
        for each in ast.walk(function)
        if isinstance(each, ast.Attribute) and id(each) not in called and is_argument(each.value, function)
    }
    return list(found.values())
