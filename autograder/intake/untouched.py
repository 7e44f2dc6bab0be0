"""Whether anything was done in a source: by its functions, not by its letters.

A student who opened the template, added an import or their name, or wrote `pass` into every stub, has done nothing that
could be graded. Trust: the source is hostile and of bounded size; it is parsed, never run.
"""

import ast
from collections.abc import Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_untouched(source: str, template: str) -> bool:
    """Whether each function that the template leaves open is as the template has it, empty or missing.

    A source that cannot be parsed is work, and so is one that defines something else, or for a template that leaves
    nothing open.
    """
    if not source.strip() or source.split() == template.split():
        return True
    try:
        own, given = ast.parse(source), ast.parse(template)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    still_open = {name: body for name, body in _functions(given) if any(map(_is_open, body))}
    if not still_open or _defined(own) - _defined(given):
        return False
    if _binds_otherwise(own, {name.split(".")[0] for name in still_open}):
        return False
    return all(_adds_nothing(body, still_open[name]) for name, body in _functions(own) if name in still_open)


def _functions(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Qualified name and body of each function at the top and in classes there."""
    for node in tree.body:
        if isinstance(node, _Function):
            yield node.name, node.body
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each.body) for each in node.body if isinstance(each, _Function))


def _defined(tree: ast.Module) -> set[str]:
    """The functions and classes at the top, and the functions in these classes."""
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return classes | {name for name, _ in _functions(tree)}


def _binds_otherwise(tree: ast.Module, names: set[str]) -> bool:
    """Whether one of these names is bound by something else than a definition: an import, a lambda, a condition."""
    bound: set[str | None] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
        elif not isinstance(node, (*_Function.__args__, ast.ClassDef)):
            inner = ast.walk(node)
            bound |= {getattr(each, "id", None) or getattr(each, "name", None) for each in inner}
    return bool(bound & names) or "*" in bound


def _adds_nothing(body: list[ast.stmt], given: list[ast.stmt]) -> bool:
    known = {ast.dump(each) for each in given}
    return all(_is_open(each) or _says_nothing(each) or ast.dump(each) in known for each in body)


def _is_open(statement: ast.stmt) -> bool:
    """Whether it is the stub's `raise NotImplementedError(...)`."""
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _says_nothing(statement: ast.stmt) -> bool:
    """Whether it is a docstring, `...`, `pass`, or a `return` of nothing."""
    if isinstance(statement, ast.Return):
        return statement.value is None or (isinstance(statement.value, ast.Constant) and statement.value.value is None)
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant or isinstance(statement, ast.Pass)
