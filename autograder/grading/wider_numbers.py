"""Finds where a module computes with complex or extended numbers, which no formula of real numbers needs.

An imaginary step, f(x + ih).imag / h, gives derivatives to the last digit without deriving any, and differences in
extended precision nearly so: neither leaves the noise that noise.py looks for. What can be seen is that the module asks
for such numbers. This is a word to the instructor and no proof; who hides it behind `getattr` is not found.
Trust: the source is hostile; it is parsed and never run.
"""

import ast
from collections.abc import Iterator, Mapping

MAX_BYTES = 512 << 10  # of a module that is looked at
COMPLEX = frozenset({"complex", "complex64", "complex128", "complex256", "cdouble", "csingle", "clongdouble", "cfloat"})
EXTENDED = frozenset({"longdouble", "float96", "float128", "longfloat"})
IMAGINARY = frozenset({"imag"})
DTYPES = frozenset({"c8", "c16", "c32", "F", "D", "G", "f16"}) | COMPLEX | EXTENDED
CONVERTING = frozenset({"dtype", "astype", "asarray", "array", "full", "zeros", "ones", "empty", "view"})


def wider_numbers(modules: Mapping[str, bytes]) -> dict[str, int]:
    """The first line of each module that asks for complex or extended numbers; modules that do not are left out."""
    found = {}
    for module, source in modules.items():
        lines = list(_lines(source)) if len(source) <= MAX_BYTES else []
        if lines:
            found[module] = min(lines)
    return found


def _lines(source: bytes) -> Iterator[int]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it does not load either, and earns nothing
    for node in ast.walk(tree):
        if _asks(node):
            yield getattr(node, "lineno", 1)


def _asks(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, complex)
    if isinstance(node, ast.Name):
        return node.id in COMPLEX | EXTENDED
    if isinstance(node, ast.Attribute):
        return node.attr in COMPLEX | EXTENDED | IMAGINARY
    if isinstance(node, ast.alias):
        return node.name in COMPLEX | EXTENDED | IMAGINARY
    if isinstance(node, ast.Call) and _name(node.func) in CONVERTING:
        given = [*node.args, *(each.value for each in node.keywords)]
        return any(isinstance(each, ast.Constant) and each.value in DTYPES for each in given)
    return False


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
