"""Where exercises stand in a module's text."""

import ast
from collections.abc import Iterable

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def span(tree: ast.Module, path: Iterable[str]) -> tuple[int, int] | None:
    """First and last line of a definition, with its decorators: by the names that lead to it; None if it is missing."""
    body: list[ast.stmt] = tree.body
    found: _Definition | None = None
    for part in path:
        named = [node for node in body if isinstance(node, _Definition) and node.name == part]
        if not named:
            return None
        found = named[-1]  # what is defined last counts
        body = found.body
    if found is None:
        return None
    return min([found.lineno, *(each.lineno for each in found.decorator_list)]), found.end_lineno or found.lineno


def changed(before: str, after: str, module: str, exercises: Iterable[str]) -> list[str]:
    """The exercises of a module whose text has changed; all of them if anything else has.

    Raises: SyntaxError if the new text is not Python
    """
    names = list(exercises)
    new = _parts(after, module, names)
    try:
        old = _parts(before, module, names)
    except (SyntaxError, ValueError):
        return names
    if old[""] != new[""]:
        return names
    return [name for name in names if old[name] != new[name]]


def _parts(text: str, module: str, exercises: list[str]) -> dict[str, str]:
    """The text of each exercise, and under "" what belongs to none."""
    tree = ast.parse(text)
    lines = text.split("\n")
    outside = set(range(len(lines)))
    parts = {}
    for name in exercises:
        found = span(tree, name.removeprefix(f"{module}.").split("."))
        first, last = found or (1, 0)
        parts[name] = "\n".join(lines[first - 1 : last])
        outside -= set(range(first - 1, last))
    # An empty line more or less means nothing.
    parts[""] = "\n".join(lines[number].rstrip() for number in sorted(outside) if lines[number].strip())
    return parts
