"""Handouts: Markdown with slots where an exercise's stub or a given piece of code goes.

    ## 3.4 Mean
    <!-- exercise: layers.Mean -->
    <!-- given: graph.Edge -->

A slot stands on a line of its own. The exercise slots of handout.md are the only list of an assignment's
exercises there is; the Russian handout must have the same slots in the same order.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course.manifest import LANGUAGES, Assignment, Course
from autograder.course.regions import BEGIN, END, Region, regions, stub
from autograder.errors import CourseError

_SLOT = re.compile(r"\s*<!--\s*(\w+):\s*([\w.]+)\s*-->\s*")
_SLOT_SOMEWHERE = re.compile(r"<!--\s*(exercise|given)\b")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?(?:\s+|$)")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Slot:
    """One slot: its kind ("exercise" or "given"), what goes there, its line, and the heading above it."""

    kind: str
    name: str
    line: int
    section: str


@dataclass(frozen=True)
class Exercise:
    """An exercise: its name, the assignment it belongs to, and the section of the handout that sets it."""

    name: str
    assignment: str
    section: str
    where: str  # "handout.md:12", for messages

    @property
    def message(self) -> str:
        """What the exercise's stub raises until it is done."""
        from autograder.checks.report.summary import stub_message  # late: it takes numpy along

        number = _NUMBER.match(self.section)
        return stub_message(self.assignment, self.name, number.group(1) if number else self.section)


@dataclass(frozen=True)
class Handout:
    """A handout as its author wrote it."""

    path: Path
    text: str
    slots: tuple[Slot, ...]

    @property
    def suffix(self) -> str:
        """What its file and those made of it have in their names for its language: "" or ".ru"."""
        return self.path.name.removeprefix("handout").removesuffix(".md")

    @classmethod
    def read(cls, path: Path) -> "Handout":
        """The handout in this file; CourseError with file and line for a comment that is nearly a slot."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CourseError(f"{path}: handout cannot be read: {error}") from error
        slots = tuple(_slots(text, path))
        seen: dict[str, int] = {}
        for slot in slots:
            if slot.kind == "exercise" and slot.name in seen:
                line = seen[slot.name]
                raise CourseError(f"{path}:{slot.line}: exercise {slot.name} has a slot on line {line} already")
            if slot.kind == "exercise":
                seen[slot.name] = slot.line
        return cls(path, text, slots)

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(slot.name for slot in self.slots if slot.kind == "exercise")

    def render(self, sources: Mapping[str, "ModuleStub"]) -> str:
        """The handout with every slot filled in from the modules' stubs."""
        lines = self.text.split("\n")
        for slot in self.slots:
            module = sources.get(parent_module(slot.name, sources))
            code = module and (module.exercise(slot.name) if slot.kind == "exercise" else module.given(slot.name))
            if code is None:
                raise CourseError(f"{self.path}:{slot.line}: {slot.kind}: {slot.name} is not in the reference")
            lines[slot.line - 1] = f"```python\n{code}\n```"
        return "\n".join(lines)


class ModuleStub:
    """A module as students get it, and the pieces of it that a handout shows."""

    def __init__(self, module: str, text: str, filled_in: Iterable[str]) -> None:
        self.module = module
        self.text = text
        self._lines = text.split("\n")
        self._filled_in = frozenset(filled_in)  # qualified names of the functions that have a region
        self._tree = ast.parse(text)

    def exercise(self, name: str) -> str | None:
        """Signatures and docstrings of the exercise, None if there is no such function or class."""
        path = self._path(name)
        if not path or not isinstance(path[-1], _Definition):
            return None
        outer = [self._signature(node) for node in path[:-1] if isinstance(node, ast.ClassDef)]
        return "\n".join([*(line for lines in outer for line in lines), *self._outline(path[-1], name)])

    def given(self, name: str) -> str | None:
        """The whole source of an object as students get it, None if there is no such object."""
        path = self._path(name)
        return "\n".join(self._source(path[-1], path[-1].end_lineno)) if path else None

    def _path(self, name: str) -> list[ast.stmt]:
        """The definitions from the module's top level down to the named one; empty if there is none."""
        path: list[ast.stmt] = []
        body: list[ast.stmt] = self._tree.body
        for part in name.removeprefix(self.module + ".").split("."):
            node = next((each for each in body if part in _names(each)), None)
            if node is None:
                return []
            path.append(node)
            body = node.body if isinstance(node, ast.ClassDef) else []
        return path

    def _source(self, node: ast.stmt, end: int | None) -> list[str]:
        decorators = node.decorator_list if isinstance(node, _Definition) else []
        start = min([node.lineno, *(each.lineno for each in decorators)])
        return self._lines[start - 1 : end]

    def _signature(self, node: _Definition) -> list[str]:
        """Decorators and head, without what follows the colon."""
        first = node.body[0]
        decorators = first.decorator_list if isinstance(first, _Definition) else []
        return self._source(node, min([first.lineno, *(each.lineno for each in decorators)]) - 1)

    def _outline(self, node: _Definition, name: str) -> list[str]:
        head = [line for line in self._signature(node) if line.strip() and not line.strip().startswith("#")]
        docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
        if docstring:
            head += self._source(docstring, docstring.end_lineno)
        if not isinstance(node, ast.ClassDef):
            given = "" if name in self._filled_in else "  # given"
            return [*head, " " * node.body[0].col_offset + "..." + given]
        parts = [self._outline(each, f"{name}.{each.name}") for each in node.body if isinstance(each, _Definition)]
        for index, part in enumerate(parts):
            head += [*([""] if index or docstring else []), *part]
        return head


def _names(node: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(node, _Definition):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def headings(text: str) -> set[int]:
    """The numbers of the lines that are headings."""
    return {number for number, line in _prose(text) if _HEADING.fullmatch(line)}


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside of code blocks, with their numbers: a "# comment" in a block is no heading."""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        if not (fence or mark):
            yield number, line


def _slots(text: str, path: Path) -> Iterator[Slot]:
    section = ""
    for number, line in _prose(text):
        if heading := _HEADING.fullmatch(line):
            section = heading.group(2)
        slot = _SLOT.fullmatch(line)
        if slot is None:
            if _SLOT_SOMEWHERE.search(line):
                raise CourseError(
                    f'{path}:{number}: got "{line.strip()}", want the slot alone on its line: '
                    "<!-- exercise: module.name -->"
                )
            continue
        if slot.group(1) not in ("exercise", "given"):
            raise CourseError(f'{path}:{number}: unknown slot "{slot.group(1)}", want "exercise" or "given"')
        if not section:
            raise CourseError(f"{path}:{number}: {slot.group(2)} has no heading above it; students need one")
        yield Slot(slot.group(1), slot.group(2), number, section)


def parent_module(name: str, modules: Iterable[str]) -> str:
    """The module that a qualified name is in: the longest that is a prefix of it, "" if none is."""
    return max((each for each in modules if name.startswith(each + ".")), key=len, default="")


def handout_in(assignment: Assignment, language: str) -> Handout:
    """The assignment's handout in one of LANGUAGES; CourseError if there is none."""
    suffix = "" if language == LANGUAGES[0] else f".{language}"
    for handout in handouts(assignment):
        if handout.suffix == suffix:
            return handout
    raise CourseError(f"{assignment.name}: no handout in {language!r}; want {assignment.folder}/handout{suffix}.md")


def handouts(assignment: Assignment) -> list[Handout]:
    """The assignment's handouts, English first; CourseError if their slots differ."""
    english = Handout.read(assignment.handout)
    if not english.exercises:
        raise CourseError(f"{english.path}: no exercise; want a slot <!-- exercise: module.name --> for each")
    for slot in english.slots:
        if slot.kind == "exercise" and not parent_module(slot.name, assignment.modules):
            raise CourseError(
                f"{english.path}:{slot.line}: exercise {slot.name} is in none of the modules handed in: "
                f"{', '.join(assignment.modules)}"
            )
    if not assignment.handout_ru.exists():
        return [english]
    russian = Handout.read(assignment.handout_ru)
    for ours, theirs in zip(english.slots, russian.slots, strict=False):
        if (ours.kind, ours.name) != (theirs.kind, theirs.name):
            raise CourseError(
                f"{russian.path}:{theirs.line}: got {theirs.kind} {theirs.name}, "
                f"want {ours.kind} {ours.name} as in {english.path.name}:{ours.line}"
            )
    if len(english.slots) != len(russian.slots):
        raise CourseError(
            f"{russian.path}: got {len(russian.slots)} slots, want {len(english.slots)} as in {english.path.name}"
        )
    return [english, russian]


def exercises(course: Course) -> dict[str, Exercise]:
    """Every exercise that is set by its name, in the order of assignments and handouts."""
    return _exercises_of(course.assignments)


def _exercises_of(assignments: Iterable[Assignment]) -> dict[str, Exercise]:
    found: dict[str, Exercise] = {}
    assignments = list(assignments)
    with_russian = [each.name for each in assignments if each.handout_ru.exists()]
    for assignment in assignments:
        english, *others = handouts(assignment)
        if with_russian and not others:
            raise CourseError(f"{assignment.handout_ru}: no such file, though {with_russian[0]} has one")
        for slot in english.slots:
            where = f"{english.path}:{slot.line}"
            if slot.kind == "exercise" and slot.name in found:
                raise CourseError(f"{where}: exercise {slot.name} belongs to {found[slot.name].assignment} already")
            if slot.kind == "exercise":
                found[slot.name] = Exercise(slot.name, assignment.name, slot.section, where)
    return found


def exercise_of(name: str, known: Mapping[str, Exercise]) -> Exercise | None:
    """The exercise that a function belongs to: the longest dotted prefix of its qualified name."""
    parts = name.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((known[prefix] for prefix in prefixes if prefix in known), None)


def module_stubs(
    course: Course, given: Sequence[Assignment] = ()
) -> tuple[dict[str, ModuleStub], list[tuple[str, Region]]]:
    """Each module of the package as students get it, and every region that they do not get, with the file it is in.

    The exercises of dropped assignments stay solved, and those of `given` ones.
    Raises: CourseError for a region that belongs to no exercise, and for an exercise without a region
    """
    solved = _exercises_of([*course.dropped_assignments, *given])
    known = {name: each for name, each in exercises(course).items() if name not in solved}
    stubs: dict[str, ModuleStub] = {}
    found: list[tuple[str, Region]] = []
    done: set[str] = set()
    for path in sorted(course.package_folder.rglob("*.py")):
        inside = path.relative_to(course.package_folder)
        module = ".".join(inside.with_suffix("").parts)
        file = path.relative_to(course.root).as_posix()
        source = path.read_text(encoding="utf-8")
        here = regions(source, module, file)
        messages: dict[str, str] = {}
        for region in here:
            exercise = exercise_of(region.name, known)
            if exercise is not None:
                messages[region.name] = exercise.message
                found.append((file, region))
                done.add(exercise.name)
            elif exercise_of(region.name, solved) is None:
                raise CourseError(
                    f"{file}:{region.begin}: region of {region.name} belongs to no exercise; want a slot for it in a "
                    "handout, or its assignment's name under `dropped` in course.toml"
                )
        stubs[module] = ModuleStub(module, stub(source, module, messages.get, file), messages)
    for exercise in known.values():
        if exercise.name not in done:
            raise CourseError(
                f"{exercise.where}: exercise {exercise.name} has no solution region in the reference; "
                f"want {BEGIN} and {END} there"
            )
    return stubs, found


def given_lines(course: Course) -> set[str]:
    """The lines, stripped, of the solutions that students are given: those of dropped assignments."""
    solved = _exercises_of(course.dropped_assignments)
    lines: set[str] = set()
    for path in sorted(course.package_folder.rglob("*.py")) if solved else ():
        module = ".".join(path.relative_to(course.package_folder).with_suffix("").parts)
        for region in regions(path.read_text(encoding="utf-8"), module):
            if exercise_of(region.name, solved) is not None:
                lines |= {line for _, line in region.secrets}
    return lines
