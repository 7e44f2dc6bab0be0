"""IPython's own syntax as Python: prompts, %%magics, !commands and questions become comments, line for line.

Trust: any text. No pattern here has two repeats that can take the same character, and nothing is parsed once for each
line, so that work grows with the size alone.
"""

import ast
import re
from collections.abc import Iterator

# What IPython takes away if a cell's first two lines have it, as pasted from a terminal or a handbook: by the line that
# shows it, and in all lines.
_PROMPTS = (
    (re.compile(r">>>(?: |$)"), re.compile(r"(?:>>>|\.\.\.)(?: |$)")),
    (re.compile(r"In \[\d+\]: "), re.compile(r"In \[\d+\]: |[ \t]*\.{3,}: ?")),
)
# What IPython takes for a command at the beginning of a line: %magic, !command, x = !command, ?name.
_MAGIC = re.compile(r"[ \t]*[%!?,;/]|[\w.,*()\[\] \t]+=[ \t]*[%!]")
_CELL_MAGIC = re.compile(r"[ \t]*%%(\w+)")
# Cells that these time, measure or step through are Python; cells of any other magic hold another language, or a file.
_PYTHON_MAGICS = ("time", "timeit", "capture", "prun", "debug", "memit", "mprun", "lprun", "snakeviz", "pyinstrument")
_LEXEME = re.compile(
    r"(?P<comment>#[^\n]*)|(?P<text>'''|\"\"\"|['\"])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<joined>\\\n)|(?P<end>\n)"
)
_TEXT_ENDS = {
    quote: re.compile(rf"\\.|{quote}" if len(quote) == 3 else rf"\\.|{quote}|(?=\n)", re.DOTALL)
    for quote in ("'''", '"""', "'", '"')
}


def as_python(lines: list[str]) -> tuple[list[str], ast.Module]:
    """The lines without prompts, with IPython's magics turned into comments, and what Python makes of them.

    There are as many lines as before. What Python reads as it stands has no magics.
    """
    lines = _without_cell_magics(lines)
    try:
        return lines, ast.parse("\n".join(lines))
    except SyntaxError:
        changed = _without_magics("\n".join(_without_prompts(_dedented(lines)))).split("\n")
        if changed == lines:
            raise
        return changed, ast.parse("\n".join(changed))


def _without_cell_magics(lines: list[str]) -> list[str]:
    """The lines without the %%magics at the top, one for each line; all of them comments if the cell is not Python."""
    lines = lines.copy()
    for number, line in enumerate(lines):
        magic = _CELL_MAGIC.match(line)
        if magic and magic.group(1) not in _PYTHON_MAGICS:
            return [*lines[:number], *(f"# {each}" for each in lines[number:])]
        if magic:
            lines[number] = f"# {line.lstrip()}"
        elif line.strip():
            break
    return lines


def _dedented(lines: list[str]) -> list[str]:
    """The lines as IPython moves them if the whole cell is indented."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines]


def _without_prompts(lines: list[str]) -> list[str]:
    for first, every in _PROMPTS:
        if first.match(lines[0]) or (len(lines) > 1 and every.match(lines[1])):
            lines = [every.sub("", line, count=1) if every.match(line) else line for line in lines]
    return lines


def _without_magics(source: str) -> str:
    """The source with each magic made a `pass`, so that a block may consist of it, the lines that continue it comments.

    Only the beginning of a statement can be one: a line within a text or brackets, or behind a backslash, is none.
    """
    made: list[str] = []
    at = 0
    while at < len(source):
        is_magic = _MAGIC.match(source, at) is not None
        if is_magic:
            end = _end_of_line(source, at)
            while source.endswith("\\\n", at, end) and end < len(source):
                end = _end_of_line(source, end)
        else:
            end, is_magic = _end_of_statement(source, at)
        made.append(_commented(source[at:end]) if is_magic else source[at:end])
        at = end
    return "".join(made)


def _commented(magic: str) -> str:
    first, *rest = magic.split("\n")
    command = first.lstrip()
    return "\n".join(
        [f"{first[: len(first) - len(command)]}pass  # {command}", *(line and f"# {line}" for line in rest)]
    )


def _end_of_line(source: str, at: int) -> int:
    return source.find("\n", at) + 1 or len(source)


def _end_of_statement(source: str, at: int) -> tuple[int, bool]:
    """Where the next line begins that is not within a text or brackets, and whether this one asks for help: `name?`."""
    depth, last = 0, ""
    for kind, start, end in _lexemes(source, at):
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        if kind == "end" and not depth:
            return end, last != "comment" and source[at:start].rstrip().endswith("?")
        last = kind
    return len(source), not depth and last not in ("comment", "text") and source[at:].rstrip().endswith("?")


def _lexemes(source: str, at: int = 0) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of what decides where a line of Python ends: texts, comments, brackets, ends of lines.

    Not `tokenize`: Pythons differ in what they make of a source that is not Python, and this one holds magics.
    """
    while lexeme := _LEXEME.search(source, at):
        kind, at = str(lexeme.lastgroup), lexeme.end()
        if kind == "text":
            ends = _TEXT_ENDS[lexeme[0]].finditer(source, at)
            at = next((each.end() for each in ends if not each[0].startswith("\\")), len(source))
        yield kind, lexeme.start(), at


def lines_within_text(source: str) -> Iterator[int]:
    """The numbers of lines that begin inside a string."""
    number = 1
    seen = 0
    for kind, start, end in _lexemes(source):
        if kind == "text" and "\n" in source[start:end]:
            number, seen = number + source.count("\n", seen, start), start
            yield from range(number + 1, number + source.count("\n", start, end) + 1)
