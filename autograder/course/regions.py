"""Finds the solution regions of a reference module, and writes the stub without them.

A region is a run of whole statements of one function, between two comment lines (nbgrader's):

    def double(x):
        \"\"\"x + x.\"\"\"
        ### BEGIN SOLUTION
        return x + x
        ### END SOLUTION

To learn where a marker really stands, both are replaced by the statement `...` and the file is parsed: a
marker that is not a statement of a function, or whose twin stands in another block, is then found by itself.
That stops a region that begins in one function and ends in the next, which by lines alone would look right.
"""

import ast
import io
import json
import re
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from autograder.errors import CourseError

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
WIDTH = 110

_LIKE_A_MARKER = re.compile(r"#.*\b(begin|end)[ _-]*solution", re.IGNORECASE)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Region:
    """One solution region: the function it stands in and its lines, markers not included."""

    name: str  # qualified: "layers.Mean.forward"
    begin: int  # line number of the BEGIN marker
    end: int  # line number of the END marker
    lines: tuple[str, ...]

    @property
    def secrets(self) -> list[tuple[int, str]]:
        """Line number and text, stripped, of each line that must not reach a student."""
        numbered = enumerate((line.strip() for line in self.lines), start=self.begin + 1)
        return [(number, line) for number, line in numbered if line and not line.startswith("#")]


@lru_cache(maxsize=64)
def regions(source: str, module: str, file: str | None = None) -> tuple[Region, ...]:
    """The solution regions of a module's source, in their order; `file` is for messages."""
    file = file or f"{module}.py"
    lines = source.split("\n")
    for number, line in enumerate(lines, start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise CourseError(f"{file}:{number}: indented with a tab; want spaces")
    pairs = _pairs(source, file)
    blocks = _marker_blocks(lines, module, file, pairs)
    found = []
    for begin, end in pairs:
        name, block = blocks[begin]
        end_name, end_block = blocks[end]
        if block != end_block:
            raise CourseError(
                f"{file}:{begin}: region begins in {name} and ends on line {end} in {end_name}; "
                "want both markers in the same block"
            )
        region = Region(name, begin, end, tuple(lines[begin : end - 1]))
        if not region.secrets:
            raise CourseError(f"{file}:{begin}: region of {name} is empty; want the solution in it")
        found.append(region)
    return tuple(found)


def stub(
    source: str,
    module: str,
    message_for: Callable[[str], str | None],
    file: str | None = None,
    width: int = WIDTH,
) -> str:
    """The source without its solutions: the first region of each function raises NotImplementedError.

    message_for(qualified name) gives the text of the exception; further regions of a function disappear. Where it
    gives None, the solution stays and only its markers go. `width` is that of a line.
    """
    file = file or f"{module}.py"
    lines = source.split("\n")
    seen: set[str] = set()
    replaced: dict[int, list[str]] = {}
    dropped: set[int] = set()
    for region in regions(source, module, file):
        marker = lines[region.begin - 1]
        indent = marker[: len(marker) - len(marker.lstrip())]
        message = message_for(region.name)
        if message is None:
            dropped.update((region.begin, region.end))
            continue
        first = region.name not in seen
        seen.add(region.name)
        replaced[region.begin] = stand_in(message, indent, width) if first else []
        dropped.update(range(region.begin, region.end + 1))
    written: list[str] = []
    for number, line in enumerate(lines, start=1):
        written.extend(replaced.get(number, []))
        if number not in dropped:
            written.append(line)
    text = "\n".join(written)
    try:
        compile(text, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise CourseError(
            f"{file}: the stub does not compile: {error.msg}, line {error.lineno} of the stub; "
            "a second region of a function must not be all there is in a block"
        ) from error
    return text


def stand_in(message: str, indent: str, width: int = WIDTH) -> list[str]:
    """The statement that stands in for a region in the stub, on as many lines as it takes."""
    whole = f"{indent}raise NotImplementedError({_quoted(message)})"
    if len(whole) <= width:
        return [whole]
    inner = indent + "    "
    parts = [""]
    for word in re.findall(r"\S*\s*", message):
        if parts[-1] and len(inner + _quoted(parts[-1] + word)) > width:
            parts.append("")
        parts[-1] += word
    return [f"{indent}raise NotImplementedError(", *(inner + _quoted(part) for part in parts), f"{indent})"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _pairs(source: str, file: str) -> list[tuple[int, int]]:
    """The line numbers of each BEGIN and its END."""
    pairs: list[tuple[int, int]] = []
    opened: int | None = None
    for number, comment, stands_alone in _comments(source, file):
        if not _LIKE_A_MARKER.search(comment):
            continue
        if comment not in (BEGIN, END):
            # A marker with a slip in it would hand the solution out.
            raise CourseError(f'{file}:{number}: got "{comment}", want "{BEGIN}" or "{END}"')
        if not stands_alone:
            raise CourseError(f'{file}:{number}: "{comment}" must stand on a line of its own')
        if comment == BEGIN and opened is not None:
            raise CourseError(f'{file}:{number}: "{BEGIN}" inside the region that begins on line {opened}')
        if comment == END and opened is None:
            raise CourseError(f'{file}:{number}: "{END}" without "{BEGIN}"')
        if opened is None:
            opened = number
        else:
            pairs.append((opened, number))
            opened = None
    if opened is not None:
        raise CourseError(f'{file}:{opened}: "{BEGIN}" without "{END}"')
    return pairs


def _comments(source: str, file: str) -> list[tuple[int, str, bool]]:
    """Line, text, and whether it stands alone, of each comment; text inside strings is not a comment."""
    try:
        ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except SyntaxError as error:
        raise CourseError(f"{file}:{error.lineno}: not Python: {error.msg}") from error
    return [
        (token.start[0], token.string.rstrip(), not token.line[: token.start[1]].strip())
        for token in tokens
        if token.type == tokenize.COMMENT
    ]


def _marker_blocks(
    lines: list[str], module: str, file: str, pairs: list[tuple[int, int]]
) -> dict[int, tuple[str, tuple[int, str]]]:
    """For each marker's line: the qualified name of its function, and the block of statements it is in."""
    markers = [number for pair in pairs for number in pair]
    probe = list(lines)
    for number in markers:
        line = probe[number - 1]
        probe[number - 1] = line[: len(line) - len(line.lstrip())] + "..."
    try:
        tree = ast.parse("\n".join(probe))
    except SyntaxError as error:
        line_in_error = error.lineno or 1
        nearest = min(markers, key=lambda number: abs(number - line_in_error))
        raise CourseError(
            f"{file}:{nearest}: marker is not where a statement can stand; "
            "want it indented like the statements of the region"
        ) from error
    blocks: dict[int, tuple[str, tuple[int, str]]] = {}
    _collect(tree, module, None, set(markers), blocks)
    for number in markers:
        if number not in blocks:
            raise CourseError(f"{file}:{number}: region outside a function; want it inside one")
    return blocks


def _collect(
    node: ast.AST,
    name: str,
    function: str | None,
    markers: set[int],
    blocks: dict[int, tuple[str, tuple[int, str]]],
) -> None:
    """Walks the tree; a block is told from others by its owner's identity and the field it is in."""
    for part, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            if function and isinstance(child, ast.Expr) and child.lineno in markers:
                blocks[child.lineno] = (function, (id(node), part))
            elif isinstance(child, _Function | ast.ClassDef):
                inner = f"{name}.{child.name}"
                within = inner if isinstance(child, _Function) else None
                _collect(child, inner, within, markers, blocks)
            else:
                _collect(child, name, function, markers, blocks)
