"""A notebook that was exported as a script: how it is told from a module, and its cells.

nbconvert writes `# In[3]:` above each cell, VS Code, Spyder and jupytext `# %%`, Colab nothing. Trust: the source is
hostile; it is looked at line by line, and parsed where the text of a `run_cell_magic` is looked for, never run.
"""

import ast
import re
from collections.abc import Iterator

from autograder.testing.cells import given, marked

_MARK = re.compile(r"#[ \t]*(?:%%(?P<title>.*)|In ?\[[\d* ]*\]:?[ \t]*)")
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
    """(number of the first line, source) of each code cell; a script without marks of cells is cut at its exercises."""
    lines = source.split("\n")
    marks = [number for number, line in enumerate(lines) if _MARK.fullmatch(line)]
    starts = marks or _starts(lines)
    for start, end in zip([0, *starts], [*starts, len(lines)], strict=True):
        first = start + 1 if start in marks else start
        mark = _MARK.fullmatch(lines[start]) if first > start else None
        text = "\n".join(lines[first:end]).strip("\n")
        if text.strip() and not (mark and _NOT_CODE.match((mark["title"] or "").strip())):
            blank = next(n for n, line in enumerate(lines[first:end]) if line)
            yield first + blank + 1, _unwrapped(text)


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
