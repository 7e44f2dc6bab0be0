"""Known wrong answers of an assignment: each a small change of the reference, with the hint that it earns.

`assignments/aN_name/misconceptions.py` holds one literal, which is read and never run:

    MISCONCEPTIONS = [
        {
            "name": "sum for mean",
            "changes": {"layers.Mean.forward": ("x.mean()", "x.sum()")},
            "hint": "what is the mean of three ones?",
        },
        ...
    ]

A change's key is the function whose solution region is changed; its value is (old, new), a text that stands once in
the region and what it becomes, or one text that takes the whole region's place.
"""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import msgspec

from autograder.course.exercises import exercise_of, exercises
from autograder.course.manifest import Assignment, Course
from autograder.course.regions import Region, regions
from autograder.errors import CourseError

Change = tuple[str, str] | str


class Misconception(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake that classes make: its name, the changes that make it, what to tell whoever made it."""

    name: str
    changes: dict[str, Change]
    hint: str
    exercise: str = ""  # found from the changes


def read_misconceptions(course: Course, assignment: Assignment) -> tuple[Misconception, ...]:
    """Those of an assignment, in the order of its file; none where there is no file."""
    file = assignment.folder / "misconceptions.py"
    if not file.exists():
        return ()
    known = exercises(course)
    found: list[Misconception] = []
    for number, entry in enumerate(_literal(file), start=1):
        where = f"{file}: misconception {number}"
        try:
            misconception = msgspec.convert(entry, Misconception)
        except msgspec.ValidationError as error:
            raise CourseError(f"{where}: {error}; want name, changes and hint, all of them texts") from None
        where = f"{where} ({misconception.name})"
        answered = {exercise_of(region, known) for region in misconception.changes}
        (exercise,) = answered if len(answered) == 1 else (None,)
        if exercise is None or exercise.assignment != assignment.name:
            raise CourseError(
                f"{where}: changes {', '.join(misconception.changes) or 'nothing'}; "
                f"want regions of one exercise of {assignment.name}"
            )
        if not misconception.name or not misconception.hint:
            raise CourseError(f"{where}: name and hint must not be empty")
        if misconception.name in {each.name for each in found}:
            raise CourseError(f"{where}: a second one of this name; rename one")
        found.append(msgspec.structs.replace(misconception, exercise=exercise.name))
        modified_modules(course, [found[-1].changes], where)
    return tuple(found)


def modified_modules(course: Course, changes: Iterable[Mapping[str, Change]], where: str) -> dict[str, str]:
    """The reference's modules that the changes touch, with the changes made one after the other: module -> source.

    Raises: CourseError, beginning with `where`, if a change cannot be made
    """
    sources: dict[str, str] = {}
    texts: dict[str, dict[Region, str]] = {}
    for name, change in (item for each in changes for item in each.items()):
        module = name.partition(".")[0]
        if module not in sources:
            file = course.module_file(module)
            if not file.is_file():
                raise CourseError(f"{where}: {name}: no module {module!r} in the reference")
            sources[module] = file.read_text(encoding="utf-8")
            texts[module] = {region: "\n".join(region.lines) for region in regions(sources[module], module)}
        _change(texts[module], name, change, where)
    return {module: _written(source, texts[module]) for module, source in sources.items()}


def _literal(file: Path) -> list[Any]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "MISCONCEPTIONS":
                value = ast.literal_eval(statement.value)
                if isinstance(value, list):
                    return value
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{file}: not a list of literals: {error}") from None
    raise CourseError(f"{file}: want MISCONCEPTIONS = [...]")


def _change(texts: dict[Region, str], name: str, change: Change, where: str) -> None:
    """Change, in a module's solution regions as they are so far, the one of the function `name`."""
    own = [each for each in texts if each.name == name]
    if not own:
        raise CourseError(f"{where}: {name}: no solution region of this name in {name.partition('.')[0]}.py")
    if isinstance(change, str):
        if len(own) > 1:
            raise CourseError(f"{where}: {name}: has {len(own)} regions; want (old, new)")
        (region,) = own
        margin = region.lines[0][: -len(region.lines[0].lstrip())]
        text = indent(dedent(change.strip("\n")), margin)
    else:
        old, new = change
        holding = [each for each in own if old in texts[each]]
        if len(holding) != 1 or texts[holding[0]].count(old) != 1:
            raise CourseError(f"{where}: {name}: want {old!r} once in the region")
        (region,) = holding
        text = texts[region].replace(old, new)
    try:  # the region alone: whole modules, one for each of sixty changes, would hold up every grader's start
        ast.parse(dedent(text))
    except SyntaxError as error:
        raise CourseError(f"{where}: {name} does not compile when changed: {error}") from None
    texts[region] = text


def _written(source: str, texts: Mapping[Region, str]) -> str:
    """The module with these texts in its solution regions; the markers stay."""
    lines = source.split("\n")
    for region in sorted(texts, key=lambda each: each.begin, reverse=True):
        lines[region.begin : region.end - 1] = [texts[region]]
    return "\n".join(lines)
