"""Mutants of an assignment's solutions: the reference with one small mistake each, which the tests are to find.

Only what stands in a solution region is changed, by the operators of operators.py. Types and docstrings are left alone,
and so are the words of exceptions: they are not graded. A mutant that reads as the reference or as another mutant does,
but for its layout, is dropped.

Those that compute the same as the reference are listed by hand, beside the assignment's tests:

    # equivalent_mutants.toml
    ["layers.Mean.forward:constant:2"]
    was = "return x.sum() / max(len(x), 1)"
    becomes = "return x.sum() / max(len(x), 2)"
    reason = "..."

An id counts within its region and operator, so nothing elsewhere moves it; the two lines tell if it has moved all the
same, and then the entry is stale.
"""

import ast
import difflib
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import indent

import msgspec

from autograder.course.exercises import exercise_of, exercises
from autograder.course.manifest import Assignment, Course
from autograder.course.regions import Region, regions
from autograder.errors import CourseError, there
from autograder.proving.operators import OPERATORS
from autograder.proving.sites import Function, Site

EQUIVALENT = "equivalent_mutants.toml"


@dataclass(frozen=True)
class Mutant:
    """One change of one region: `was` and `becomes` are the whole lines that it changes, `source` the whole module."""

    id: str
    exercise: str
    module: str
    operator: str
    line: int
    old: str
    new: str
    was: str
    becomes: str
    diff: str
    source: str


class Equivalent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of the list of mutants that compute the same, and why this one does."""

    was: str
    becomes: str
    reason: str


def mutants(course: Course, assignment: Assignment) -> list[Mutant]:
    """Every mutant of the assignment's exercises, in the order of modules and lines."""
    known = exercises(course)
    found: list[Mutant] = []
    for module in assignment.modules:
        source = course.module_file(module).read_text(encoding="utf-8")
        for name, own in _by_function(regions(source, module)).items():
            exercise = exercise_of(name, known)
            if exercise is not None and exercise.assignment == assignment.name:
                found += mutants_of(source, module, name, own, exercise.name)
    return found


def mutants_of(source: str, module: str, name: str, own: Sequence[Region], exercise: str) -> Iterator[Mutant]:
    """The mutants of one function's regions."""
    function = _function(ast.parse(source), module, own[0])
    lines = source.split("\n")
    seen = {ast.dump(function)}
    count: Counter[str] = Counter()
    for site in [each for region in own for each in _sites(function, region)]:
        for operator, propose in OPERATORS.items():
            for new in propose(site):
                intended = _replaced(function, site, new)
                if intended in seen:
                    continue
                seen.add(intended)
                text = _text(lines, function, site, new, intended)
                if text is None:
                    continue
                count[operator] += 1
                yield _mutant(f"{name}:{operator}:{count[operator]}", exercise, module, lines, site.node, text)


def read_equivalents(assignment: Assignment) -> dict[str, Equivalent]:
    """The assignment's list, by the mutants' ids; empty if it has none."""
    file = assignment.folder / EQUIVALENT
    if not file.exists():
        return {}
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, Equivalent])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CourseError(f"{file}: {error}; want was, becomes and reason for each id") from None


def stale(equivalents: dict[str, Equivalent], found: Sequence[Mutant]) -> list[str]:
    """A line for each entry that is about no mutant there is."""
    known = {each.id: each for each in found}
    lines = []
    for identity, entry in equivalents.items():
        mutant = known.get(identity)
        if mutant is None:
            lines.append(f"{identity}: there is no such mutant")
        elif (mutant.was, mutant.becomes) != (entry.was, entry.becomes):
            lines.append(f"{identity}: is now {mutant.was!r} -> {mutant.becomes!r}")
        elif not entry.reason.strip():
            lines.append(f"{identity}: has no reason")
    return lines


# Where things stand


def _by_function(found: Sequence[Region]) -> dict[str, list[Region]]:
    grouped: dict[str, list[Region]] = {}
    for region in found:
        grouped.setdefault(region.name, []).append(region)
    return grouped


def _function(tree: ast.Module, module: str, region: Region) -> Function:
    """The function that a region stands in."""

    def search(node: ast.AST, name: str) -> Iterator[Function]:
        for child in ast.iter_child_nodes(node):
            inner = f"{name}.{child.name}" if isinstance(child, Function | ast.ClassDef) else name
            if isinstance(child, Function) and inner == region.name and child.lineno < region.begin:
                yield child
            yield from search(child, inner)

    return max(search(tree, module), key=lambda function: function.lineno)


def _sites(function: Function, region: Region) -> Iterator[Site]:
    """Every node of the region that may be changed, outer ones first."""

    def walk(node: ast.AST, above: Site, field: str, inside: bool) -> Iterator[Site]:
        site = Site(node, above, field, function)
        inside = inside or (isinstance(node, ast.stmt) and region.begin < node.lineno < region.end)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        if inside:
            yield site
        if not isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
            for part, child in _children(node):
                if part not in ("annotation", "returns"):
                    yield from walk(child, site, part, inside)

    top = Site(function, None, "", function)
    for part, child in _children(function):
        if part == "body":
            yield from walk(child, top, part, False)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for part, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield part, child


# The change


def _replaced(function: Function, site: Site, new: ast.AST) -> str:
    """The function's tree, in words, with another node at a site."""
    parent, field = there(site.parent), site.field
    before = getattr(parent, field)
    after = [new if each is site.node else each for each in before] if isinstance(before, list) else new
    setattr(parent, field, after)
    try:
        return ast.dump(function)
    finally:
        setattr(parent, field, before)


def _text(lines: list[str], function: Function, site: Site, new: ast.AST, intended: str) -> str | None:
    """The new node's text, with the brackets that it needs where it stands; None if Python cannot read it there."""
    plain = ast.unparse(ast.fix_missing_locations(new))
    margin = " " * getattr(site.node, "col_offset", 0)
    plain = indent(plain, margin).lstrip() if isinstance(new, ast.stmt) else plain
    bare = [plain[1:-1]] if isinstance(new, ast.Tuple) and len(new.elts) > 1 else []
    first = min([function.lineno, *(each.lineno for each in function.decorator_list)]) - 1
    for text in (*bare, plain, f"({plain})"):
        changed = _spliced(lines, site.node, text)
        n_after = len(lines) - (function.end_lineno or 0)
        # A method is indented, and so becomes the one statement of an `if`.
        head = ["if 1:"] if function.col_offset else []
        whole = "\n".join([*head, *changed[first : len(changed) - n_after]])
        try:
            tree = ast.parse(whole)
            compile(whole, "mutant", "exec", dont_inherit=True)
        except SyntaxError:
            continue
        top = tree.body[0]
        if ast.dump(top.body[0] if isinstance(top, ast.If) else top) == intended:
            return text
    return None


def _spliced(lines: list[str], node: ast.AST, text: str) -> list[str]:
    """The lines with this text in a node's site."""
    begin, end = node.lineno - 1, node.end_lineno  # type: ignore[attr-defined]
    head = lines[begin].encode()[: node.col_offset].decode()  # type: ignore[attr-defined]
    tail = lines[end - 1].encode()[node.end_col_offset :].decode()  # type: ignore[attr-defined]
    return [*lines[:begin], *f"{head}{text}{tail}".split("\n"), *lines[end:]]


def _segment(lines: list[str], node: ast.AST) -> str:
    """A node's text, cut out of the lines that it stands on."""
    tail = len(lines[-1].encode()) - node.end_col_offset  # type: ignore[attr-defined]
    text = "\n".join(lines).encode()
    return text[node.col_offset : len(text) - tail].decode()  # type: ignore[attr-defined]


def _mutant(identity: str, exercise: str, module: str, lines: list[str], node: ast.AST, text: str) -> Mutant:
    begin, end = node.lineno - 1, node.end_lineno  # type: ignore[attr-defined]
    changed = _spliced(lines, node, text)
    before, after = lines[begin:end], changed[begin : end + len(changed) - len(lines)]
    diff = difflib.unified_diff(before, after, f"{module}.py", identity, lineterm="", n=end - begin)
    return Mutant(
        id=identity,
        exercise=exercise,
        module=module,
        operator=identity.split(":")[1],
        line=begin + 1,
        old=_segment(before, node),
        new=text,
        was=" ".join(line.strip() for line in before),
        becomes=" ".join(line.strip() for line in after),
        diff="\n".join(each for each in diff if not each.startswith("@@")),
        source="\n".join(changed),
    )
