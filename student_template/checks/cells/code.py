"""A notebook's code cells: the marker that names an exercise, and the pieces that a cell's source falls into.

    # exercise: layers.Mean
    class Mean(Layer):
        ...

Trust: on the grader's side a cell is whatever was handed in. It is parsed, never compiled or run, and its lines are
only ever moved to other places; whoever reads it bounds its size first. Work grows with the size alone: no pattern here
has two repeats that can take the same character, and nothing is parsed once for each line.
"""

import ast
import copy
import functools
import re
import symtable
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

# What IPython takes away if a cell's first two lines have it, as pasted from a terminal or a handbook: by the line that
# shows it, and in all lines.
_PROMPTS = (
    (re.compile(r">>>(?: |$)"), re.compile(r"(?:>>>|\.\.\.)(?: |$)")),
    (re.compile(r"In \[\d+\]: "), re.compile(r"In \[\d+\]: |[ \t]*\.{3,}: ?")),
)
_MARKER = re.compile(r"(?:>>> |In \[\d+\]: )?[ \t]*#+[ \t]*exercise[ \t]*:[ \t]*([\w.]+)[ \t]*", re.IGNORECASE)
_GIVEN = re.compile(r"\s*# given: ([\w.]+)[ \t]*(\n|$)")
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
# Looked at, never computed: to Python itself a literal of 5,000 digits, or a set of colliding numbers, is hard work.
_LITERAL = (
    ast.Constant | ast.Tuple | ast.List | ast.Set | ast.Dict | ast.UnaryOp | ast.BinOp
    | ast.UAdd | ast.USub | ast.Add | ast.Sub | ast.expr_context
)  # fmt: skip
_FILLING = frozenset(
    {
        *("append", "extend", "insert", "remove", "reverse", "sort", "add", "discard", "update", "setdefault"),
        *("pop", "popitem", "clear"),
    }
)
_AT_HAND = _LITERAL | ast.Name | ast.Attribute | ast.Subscript | ast.Slice | ast.Starred | ast.operator | ast.unaryop
_DEFINED = re.compile(r"\b(?:def|class)[ \t]+")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class CellError(ValueError):
    """A cell that is not Python: the line, and what is wrong there."""


def marker(exercise: str) -> str:
    """The first line of an exercise's cell."""
    return f"# exercise: {exercise}"


def marked(source: str) -> list[str]:
    """The exercises that a cell's marker lines name: one, or several if cells were merged."""
    return [match.group(1) for line in source.splitlines() if (match := _MARKER.fullmatch(line))]


def given_marker(name: str) -> str:
    """The first line of a cell that only shows what the template has anyway."""
    return f"# given: {name}"


def given(source: str) -> str:
    """The name that such a cell shows, "" for any other cell."""
    match = _GIVEN.match(source)
    return match.group(1) if match else ""


class Cell(NamedTuple):
    """A code cell as it stands in a notebook."""

    source: str
    where: str = ""  # how messages call it: "cell 7"
    named: str = ""  # the exercise that its metadata names
    notebook: str = ""  # in which it stands, of several: each runs by itself, and what one binds no other knows

    @property
    def code(self) -> "Code":
        """Its pieces; CellError if it is not Python."""
        return read_code(self.source)


@dataclass(frozen=True, eq=False)
class Piece:
    """Statements of a cell's top level that share their lines, with the comments above them.

    What it is is asked for each of the names that it binds, of which a hostile line holds thousands: so it is kept.
    """

    first: int
    last: int
    nodes: tuple[ast.stmt, ...]
    binds: frozenset[str]
    needs: frozenset[str]
    changes: frozenset[str]  # names whose attributes or items it sets, or whose methods it calls
    sets: frozenset[str]  # of these, those whose attributes or items it sets or deletes
    fills: frozenset[str]  # of these, those whose method it calls that changes a list, dict or set

    @functools.cached_property
    def is_plain(self) -> bool:
        """Whether it does nothing but define: def, class, import, or a name given to what is at hand."""
        return all(_is_plain(node) for node in self.nodes)

    @functools.cached_property
    def is_assignment(self) -> bool:
        return not any(isinstance(node, _Definition | ast.Import | ast.ImportFrom) for node in self.nodes)

    @functools.cached_property
    def is_plain_change(self) -> bool:
        """Whether it does nothing but change what is there by what is there: a, a.b, a[0] = f; a += 1; a.append(f)."""
        return all(map(_is_plain_change, self.nodes))

    @functools.cached_property
    def is_decoration(self) -> bool:
        """Whether it does by hand what a decorator does: f = cache(f)."""
        return all(map(_decorates, self.nodes))

    @functools.cached_property
    def rebinds(self) -> frozenset[str]:
        """The names to which it gives a value made of the one that they had: x = x + 1, f = cache(f)."""
        is_augmented = any(isinstance(node, ast.AugAssign) for node in self.nodes)
        return self.binds & (self.binds if is_augmented else self.needs) if self.is_assignment else frozenset()

    @functools.cached_property
    def is_literal(self) -> bool:
        """Whether it gives a name to a list, dict or set that it writes out."""
        values = [node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None for node in self.nodes]
        return all(isinstance(each, ast.List | ast.Dict | ast.Set) for each in values)

    @functools.cached_property
    def is_import(self) -> bool:
        return all(isinstance(node, ast.Import | ast.ImportFrom) for node in self.nodes)

    @functools.cached_property
    def has_star(self) -> bool:
        return any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in self.nodes)

    @functools.cached_property
    def futures(self) -> set[str]:
        """What it imports from __future__, which may stand at the top of a module only."""
        return {
            alias.name
            for node in self.nodes
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        }


class Code:
    """A cell's source as Python, line for line, and its pieces from top to bottom."""

    def __init__(self, source: str) -> None:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        if "\0" in source:  # Pythons differ in what they make of it
            raise CellError("a null character in it; delete it, or write the cell anew")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an invalid escape is worth a warning where the code runs, not here
                self.lines, tree = _as_python(source.split("\n"))
                self.pieces = _pieces(self.lines, tree)
        except SyntaxError as error:
            raise CellError(f"line {error.lineno}: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise CellError(f"cannot be read as Python: {type(error).__name__}") from None

    @functools.cached_property
    def _within_text(self) -> set[int]:
        return set(_lines_within_text("\n".join(self.lines)))

    def find(self, path: list[str]) -> tuple[Piece, ast.stmt | None] | None:
        """The last piece that defines what a path such as ["Tensor", "backward"] names, and the statement in it.

        A method may stand there by itself, as a plain function, or within its class.
        """
        for name, inner in ((path[-1], []), (path[0], path[1:])):
            for piece in reversed(self.pieces):
                if name not in piece.binds or piece.is_import:
                    continue
                node = next((each for each in reversed(piece.nodes) if getattr(each, "name", "") == name), None)
                for part in inner:
                    body = node.body if isinstance(node, ast.ClassDef) else []
                    node = next((each for each in reversed(body) if getattr(each, "name", "") == part), None)
                if node is not None or not inner:
                    return piece, node
        return None

    def indented(self, first: int, last: int, by: int) -> list[tuple[str, int]]:
        """Lines with their numbers, moved right or left; a text of several lines stays as it is."""
        moved = []
        for number in range(first, last + 1):
            line = self.lines[number - 1]
            if number not in self._within_text and line.strip():
                blanks = len(line) - len(line.lstrip(" "))
                line = " " * max(0, blanks + by) + line.lstrip(" ")
            moved.append((line, number))
        return moved

    def renamed(self, pieces: Iterable[Piece], names: Mapping[str, str]) -> "Code":
        """The same code, line for line, in which these names of the top level are called otherwise in these pieces.

        Raises: CellError if a piece may have one of them in a place that is not known, or as a name of its own
        """
        places: dict[int, list[tuple[int, int, str]]] = {}  # by line: from byte, to byte, what stands there instead
        for piece in pieces:
            here = names.keys() & (piece.binds | piece.needs)
            text = "\n".join(self.lines[piece.first - 1 : piece.last])
            if here and not _are_global(text, here):
                raise CellError("a name of its own")
            for node in (each for statement in piece.nodes for each in ast.walk(statement)) if here else ():
                for line, start, end, instead in _mentions(node, names, self.lines):
                    places.setdefault(line, []).append((start, end, instead))
        made = copy.copy(self)
        made.lines = self.lines.copy()
        for line, changes in places.items():
            data = made.lines[line - 1].encode()
            for start, end, instead in sorted(changes, reverse=True):
                data = data[:start] + instead.encode() + data[end:]
            made.lines[line - 1] = data.decode()
        made.__dict__.pop("_within_text", None)
        return made


def read_code(source: str) -> Code:
    """The pieces of a cell, remembered: one notebook's cells are asked for many times.

    Raises: CellError if it is not Python
    """
    read = _read(source)
    if isinstance(read, str):
        raise CellError(read)
    return read


def forget() -> None:
    """Let go of the cells that were read: what hostile ones parse into may be large, and graders live long."""
    _read.cache_clear()


@functools.lru_cache(maxsize=4096)  # more than a hand-in's cells: were it fewer, each would be parsed at each asking
def _read(source: str) -> Code | str:
    """The code, or why there is none: a cell that is not Python is asked for as often as any other."""
    try:
        return Code(source)
    except CellError as error:
        return str(error)


def start_of(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def _as_python(lines: list[str]) -> tuple[list[str], ast.Module]:
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

    Not `tokenize`: Pythons differ in what they make of a source that is none, and this one holds magics.
    """
    while lexeme := _LEXEME.search(source, at):
        kind, at = str(lexeme.lastgroup), lexeme.end()
        if kind == "text":
            ends = _TEXT_ENDS[lexeme[0]].finditer(source, at)
            at = next((each.end() for each in ends if not each[0].startswith("\\")), len(source))
        yield kind, lexeme.start(), at


def _pieces(lines: list[str], tree: ast.Module) -> list[Piece]:
    groups: list[list[ast.stmt]] = []
    for node in tree.body:
        if isinstance(node, ast.Pass):  # a magic
            continue
        if groups and start_of(node) <= (groups[-1][-1].end_lineno or 0):
            groups[-1].append(node)  # after a semicolon
        else:
            groups.append([node])
    pieces, above = [], 0
    for group in groups:
        start, last = start_of(group[0]), group[-1].end_lineno or 0
        # A backslash at the end joins a blank line or a comment, without which it is no Python.
        while last < len(lines) and lines[last - 1].endswith("\\") and not lines[last].partition("#")[0].strip():
            last += 1
        first = start
        while first - 1 > above and lines[first - 2].startswith("#") and not _MARKER.fullmatch(lines[first - 2]):
            first -= 1
        above = last
        binds, needs = _names("\n".join([*lines[start - 1 : last], ""]))
        sets, fills, calls = _roots(group)
        pieces.append(Piece(first, last, tuple(group), binds, needs, sets | calls, sets, fills))
    return pieces


def _names(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What statements bind at the top level of a module, and what they take from there, now or when called."""
    top = symtable.symtable(text, "cell", "exec")
    binds = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    needs = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    inner = list(top.get_children())
    while inner:
        table = inner.pop()
        needs |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        inner.extend(table.get_children())
    return frozenset(binds), frozenset(needs)


def _are_global(text: str, names: Collection[str]) -> bool:
    """Whether these names mean the module's wherever the statements have them, and none is declared `global`."""
    inner = list(symtable.symtable(text, "cell", "exec").get_children())
    while inner:
        table = inner.pop()
        for symbol in table.get_symbols():
            if symbol.get_name() in names and (not symbol.is_global() or symbol.is_declared_global()):
                return False
        inner.extend(table.get_children())
    return True


def _mentions(node: ast.AST, names: Mapping[str, str], lines: list[str]) -> Iterator[tuple[int, int, int, str]]:
    """(line, from byte, to byte, what is to stand there) of a node that has one of these names.

    Raises: CellError if Python does not say where that is
    """
    if isinstance(node, ast.Name) and node.id in names:
        line, start, text, instead = node.lineno, node.col_offset, node.id, names[node.id]
    elif isinstance(node, _Definition) and node.name in names:
        line, text, instead = node.lineno, node.name, names[node.name]
        match = _DEFINED.search(lines[line - 1])
        start = len(lines[line - 1][: match.end()].encode()) if match else 0
    elif isinstance(node, ast.alias):
        bound = node.asname or node.name.partition(".")[0]
        if bound not in names:
            return
        line, start, instead = node.lineno, node.col_offset, f"{node.name} as {names[bound]}"
        text = f"{node.name} as {node.asname}" if node.asname else node.name
        if bound != (node.asname or node.name):
            raise CellError("a package that has to keep its name")
    else:
        named = {getattr(node, "name", None), getattr(node, "rest", None)}
        if isinstance(node, ast.Global):
            named |= {*node.names}
        elif isinstance(node, ast.JoinedStr) and sys.version_info < (3, 12):
            named |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if named & names.keys():
            raise CellError("a place that is not known")
        return
    end = start + len(text.encode())
    if lines[line - 1].encode()[start:end] != text.encode():
        raise CellError("a place that is not known")
    yield line, start, end, instead


def _roots(nodes: Iterable[ast.stmt]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The names at the root of what statements set (a.b[0] = 1 has a), fill (a.append(1)) and call, at their top level.

    What is filled is called, too.
    """
    sets: set[str] = set()
    fills: set[str] = set()
    calls: set[str] = set()
    for statement in nodes:
        if isinstance(statement, _Definition):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found, target = [calls, fills] if node.func.attr in _FILLING else [calls], node.func.value
            elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                found, target = [sets], node.value
            else:
                continue
            while isinstance(target, ast.Attribute | ast.Subscript):
                target = target.value
            if isinstance(target, ast.Name):
                for each in found:
                    each.add(target.id)
    return frozenset(sets), frozenset(fills), frozenset(calls)


def _is_plain(node: ast.stmt) -> bool:
    """Whether it defines, imports, or names something that is there; so it may depending on whether an import fails."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Try | ast.If):
            waiting += [*each.body, *each.orelse]
            if isinstance(each, ast.Try):
                waiting += [*each.finalbody, *(inner for handler in each.handlers for inner in handler.body)]
        elif not isinstance(each, _Definition | ast.Import | ast.ImportFrom | ast.Pass):
            value = each.value if isinstance(each, ast.Assign | ast.AnnAssign) else None
            if value is None or not _is_at_hand(value):
                return False
    return True


def _is_plain_change(node: ast.stmt) -> bool:
    if isinstance(node, ast.For):
        call = node.iter if isinstance(node.iter, ast.Call) else None
        walked = [node.iter] if call is None else [call.func, *call.args]
        return all(map(_is_at_hand, walked)) and all(map(_is_plain_change, [*node.body, *node.orelse]))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        call = node.value
        return all(map(_is_at_hand, [node.value.func, *call.args, *(each.value for each in call.keywords)]))
    if isinstance(node, ast.Delete):
        return all(isinstance(each, ast.Attribute | ast.Subscript) and _is_at_hand(each) for each in node.targets)
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) or node.value is None:
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return all(map(_is_at_hand, [*targets, node.value]))


def _decorates(node: ast.stmt) -> bool:
    """f = cache(f): what a decorator would have done."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    call = node.value
    return all(map(_is_at_hand, [call.func, *call.args])) and any(
        isinstance(each, ast.Name) and each.id in names for each in call.args
    )


def _is_at_hand(value: ast.expr) -> bool:
    """Whether it calls nothing: literals, names, what they hold, arithmetic with these, and lambdas."""
    waiting: list[ast.AST] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Lambda):
            waiting += [default for default in (*each.args.defaults, *each.args.kw_defaults) if default]
        elif isinstance(each, _AT_HAND):
            waiting += ast.iter_child_nodes(each)
        else:
            return False
    return True


def _lines_within_text(source: str) -> Iterator[int]:
    """The numbers of lines that begin inside a string."""
    number = 1
    seen = 0
    for kind, start, end in _lexemes(source):
        if kind == "text" and "\n" in source[start:end]:
            number, seen = number + source.count("\n", seen, start), start
            yield from range(number + 1, number + source.count("\n", start, end) + 1)
