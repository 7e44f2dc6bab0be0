"""Whether anything was done in a source: by its functions, not by its letters.

A student who opened the template, added an import or their name, or wrote `pass` into every stub, has done nothing that
could be graded. Trust: the source is hostile and of bounded size; it is parsed, never run.
"""

import ast
from collections.abc import Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_untouched(source: str, template: str) -> bool:
    """Whether each function that the template leaves open is as the template has it, empty or missing.

    A source that cannot be parsed is work, and so is one for a template that leaves nothing open, or in which such a
    function is missing and another defined.
    """
    if not source.strip() or source.split() == template.split():
        return True
    try:
        own, given = ast.parse(source), ast.parse(template)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    still_open = {name: body for name, body in _functions(given) if any(map(_is_open, body))}
    found = {name: body for name, body in _functions(own) if name in still_open}
    if not still_open or (found.keys() != still_open.keys() and not _adds_no_statement(own, given)):
        return False
    if _binds_later(own, {name.split(".")[0] for name in still_open}):
        return False
    return all(_adds_nothing(body, still_open[name]) for name, body in found.items())


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


def _adds_no_statement(own: ast.Module, given: ast.Module) -> bool:
    """Whether a source holds nothing but imports and what the template has, in part."""
    known = {ast.dump(node) for node in given.body}
    return _defined(own) <= _defined(given) and all(
        isinstance(node, _Definition | ast.Import | ast.ImportFrom)
        or _says_nothing(node)
        or _is_main(node)
        or ast.dump(node) in known
        for node in own.body
    )


def _binds_later(tree: ast.Module, names: set[str]) -> bool:
    """Whether one of these names is bound once more behind its definition, or without one: by an import, a lambda."""
    defined: set[str] = set()
    for node in reversed(tree.body):
        if isinstance(node, _Definition):
            defined.add(node.name)
        elif not _is_main(node) and (_bound(node) & (names - defined) or ("*" in _bound(node) and names - defined)):
            return True
    return False


def _is_main(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`, which no grader runs."""
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test) and not node.orelse


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds, in what it holds too; "*" where it may be any."""
    found: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in each.names}
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            found.add(each.id)
        elif isinstance(each, _Definition):
            found.add(each.name)
        elif isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "globals":
            found.add("*")
    return found


def _adds_nothing(body: list[ast.stmt], given: list[ast.stmt]) -> bool:
    """Whether a function computes nothing: it still ends in the stub's exception, or is empty."""
    inner = [each for statement in body for each in ast.walk(statement)]
    if _is_open(body[-1]) and not any(isinstance(each, ast.Return | ast.Yield) for each in inner):
        return True
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
