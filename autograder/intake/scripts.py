"""A notebook that was exported as a script: how it is told from a module, and its cells.

nbconvert writes `# In[3]:` above each cell, VS Code, Spyder and jupytext `# %%`, Colab nothing. Trust: the source is
hostile; it is looked at line by line, and parsed where the text of a `run_cell_magic` is looked for, never run.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from autograder.checks.cells.code import given, marked

_MARK = re.compile(r"#[ \t]*(?:%%(?P<title>|[ \t\[].*)|In ?\[[\d* ]*\]:?[ \t]*)")
_NOT_CODE = re.compile(r"\[(markdown|md|raw)\]|[ \t]*md\b", re.IGNORECASE)
_IMPORT = re.compile(r"(?:from|import)[ \t]+checks(?:\.notebook)?\b")
_TEXT = re.compile(r'r?"""')


def is_script(source: str) -> bool:
    """Whether it has two of the three signs: marker lines of exercises, marks of cells, an import of `check`.

    One alone says little: whoever works in VS Code writes `# %%` into modules too.
    """
    lines = source.split("\n")
    signs = (marked(source), any(map(_MARK.fullmatch, lines)), any(map(_IMPORT.match, lines)))
    return sum(map(bool, signs)) >= 2


def script_cells(source: str) -> Iterator[tuple[int, str]]:
    """(number of the first line, source) of each code cell.

    A script without marks of cells is cut at its exercises; so is a cell of several, in which methods of different
    classes, plain functions here, have one name.
    """
    lines = source.split("\n")
    marks = {number: match for number, line in enumerate(lines) if (match := _MARK.fullmatch(line))}
    for start, end in pairwise([-1, *marks, len(lines)]):
        if start in marks and _NOT_CODE.match((marks[start]["title"] or "").strip()):
            continue
        cell = lines[start + 1 : end]
        cuts = _starts(cell) if not marks or len(marked("\n".join(cell))) > 1 else []
        for first, last in pairwise([0, *cuts, len(cell)]):
            text = "\n".join(cell[first:last])
            if text.strip():
                yield start + 2 + first + _n_blank(cell[first:last]), _unwrapped(text.strip("\n"))


def _n_blank(lines: list[str]) -> int:
    return next(number for number, line in enumerate(lines) if line)


def _starts(lines: list[str]) -> list[int]:
    """Where cells begin that have no marks: at an exercise, at what is given, at Colab's texts and behind them.

    Such a text may hold formulas, which are no Python.
    """
    starts: list[int] = []
    is_text = False
    for number, line in enumerate(lines):
        opening = _TEXT.match(line)
        if is_text:
            is_text = not line.endswith('"""')
            starts += [] if is_text else [number + 1]
        elif opening and number and not lines[number - 1]:
            is_text = not line.endswith('"""', opening.end())
            starts += [number] if is_text else [number, number + 1]
        elif marked(line) or given(line):
            starts.append(number)
    return starts


def _unwrapped(text: str) -> str:
    """The cell as it was: nbconvert makes `%%time` a call, and what it times a text."""
    if "run_cell_magic(" not in text:
        return text
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    match body:
        case [
            ast.Expr(
                ast.Call(
                    ast.Attribute(attr="run_cell_magic"),
                    [ast.Constant(str(name)), ast.Constant(str(options)), ast.Constant(str(cell))],
                )
            )
        ]:
            return f"%%{name} {options}\n{cell}"
    return text
