"""Handouts: Markdown with slots where an exercise's stub or a given piece of code goes.

    ## 3.4 Mean
    <!-- exercise: layers.Mean -->
    <!-- given: graph.Edge -->

A slot stands on a line of its own. The exercise slots of handout.md are the only list of an assignment's
exercises there is; the Russian handout must have the same slots in the same order.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.manifest import LANGUAGES, Assignment
from autograder.course.module_stub import ModuleStub
from autograder.errors import CourseError

_SLOT = re.compile(r"\s*<!--\s*(\w+):\s*([\w.]+)\s*-->\s*")
_SLOT_SOMEWHERE = re.compile(r"<!--\s*(exercise|given)\b")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Slot:
    """One slot: its kind ("exercise" or "given"), what goes there, its line, and the heading above it."""

    kind: str
    name: str
    line: int
    section: str


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

    def render(self, sources: Mapping[str, ModuleStub]) -> str:
        """The handout with every slot filled in from the modules' stubs."""
        lines = self.text.split("\n")
        for slot in self.slots:
            module = sources.get(parent_module(slot.name, sources))
            code = module and (module.exercise(slot.name) if slot.kind == "exercise" else module.given(slot.name))
            if code is None:
                raise CourseError(f"{self.path}:{slot.line}: {slot.kind}: {slot.name} is not in the reference")
            lines[slot.line - 1] = f"```python\n{code}\n```"
        return "\n".join(lines)


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
