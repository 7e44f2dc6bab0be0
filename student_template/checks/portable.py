"""What works here and not where it is graded: imports of what is not there, and syntax that its Python cannot read."""

import ast
import io
import sys
import tokenize
from collections.abc import Collection, Iterator

from .words import say

_HERE = sys.version_info[:2]
# Of Python's own library what not every Python has that may grade: a part of one system, of a screen or a terminal that
# nobody looks at, and of versions before or after some. docs/hand-ins.md says the same.
NOT_EVERYWHERE = frozenset(
    {
        *("msilib", "msvcrt", "nt", "winreg", "winsound"),
        *("curses", "idlelib", "readline", "tkinter", "turtle", "turtledemo"),
        *("asynchat", "asyncore", "distutils", "imp", "smtpd"),  # until 3.11
        *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "nis", "nntplib"),
        *("ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),  # until 3.12
        *("annotationlib", "compression"),  # from 3.14 on
    }
)
_CATCHING = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")


def remarks(source: str, importable: Collection[str], python: str = "") -> list[tuple[int, str]]:
    """(line, what will not work there) of a module's source, from top to bottom; of one that is no Python, nothing.

    importable: the packages that are there beside Python's own library, the student's own among them
    python:     the version that it is graded with, such as "3.11"; "" if it is not known
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [
        (line, say("portable.may_miss" if name in NOT_EVERYWHERE else "portable.missing", name=name))
        for line, name in _imported(tree)
        if name not in sys.stdlib_module_names - NOT_EVERYWHERE and name not in importable
    ]
    if python:
        wanted = int(python.partition(".")[0]), int(python.partition(".")[2])
        found += [(line, say("portable.too_new", what=what, version=python)) for line, what in _too_new(source, wanted)]
    return sorted(dict.fromkeys(found))


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, package) of every import that is not there to be tried."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.lineno, node.module.partition(".")[0]
        if isinstance(node, ast.Try) and any(map(_catches_imports, node.handlers)):
            waiting += [*node.handlers, *node.orelse, *node.finalbody]
        else:
            waiting += ast.iter_child_nodes(node)


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _CATCHING) for kind in kinds)


def _too_new(source: str, python: tuple[int, int]) -> Iterator[tuple[int, str]]:
    """(line, what) of syntax that this Python reads, and an older one does not."""
    if python >= _HERE:
        return
    try:
        ast.parse(source, feature_version=python)
    except SyntaxError as error:
        yield error.lineno or 1, error.msg
    if python < (3, 12):
        for line in _nested_strings(source):
            yield line, say("portable.nested_strings")


def _nested_strings(source: str) -> Iterator[int]:
    """The lines of f-strings that hold within their braces what Pythons before 3.12, unlike this one, cannot read."""
    outer: list[tuple[str, int]] = []  # quotes and line of the f-strings that a token is in
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind, text = tokenize.tok_name[token.type], token.string
        if outer:
            around = {"STRING": outer, "FSTRING_START": outer, "FSTRING_MIDDLE": outer[:-1]}.get(kind, [])
            quotes, line = outer[-1]
            is_break = kind == "COMMENT" or (kind == "NL" and len(quotes) == 1)
            if is_break or any(each in text or "\\" in text for each, _ in around):
                yield line
        if kind == "FSTRING_START":
            outer.append((text.lstrip("rRfFbBuU"), token.start[0]))
        elif kind == "FSTRING_END":
            outer.pop()
