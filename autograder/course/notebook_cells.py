"""A handout as the cells of a notebook, on any platform: prose, given code, a solution and a test cell per exercise.

What is in a cell and how it is told from others is decided here and in `checks.cells`; the platforms only write it
down in their own formats. A code block that begins with "```python try" is a cell of its own, to be run and played
with; nothing in it is graded.
"""

import ast
import builtins
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.checks.cells.code import given_marker, marker, read_code
from autograder.checks.cells.pieces import start_of
from autograder.checks.cells.target import Target
from autograder.course.exercises import Exercise, exercises
from autograder.course.handout import Handout, headings, parent_module
from autograder.course.manifest import Assignment, Course
from autograder.course.module_stub import ModuleStub
from autograder.course.regions import WIDTH, stub
from autograder.course.stubs import module_stubs
from autograder.errors import CourseError

_TRY = "```python try"

HOW_TO = {
    "": """\
**How to work in this notebook.** Run the first code cell. Each exercise has a cell that begins with a line such as
`{marker}`: leave that line as it is, and write your code below it in place of `raise NotImplementedError`. Helper
functions go into the same cell. Run the cell, then the `check` cell behind it: it tests what you ran last. `save()`
writes your code into the files of `{package}/`, on which the next assignment builds. Cells of any other kind are there
to be tried, and changed: nothing in them is graded. Hand in this notebook.""",
    ".ru": """\
**Как работать в этой тетради.** Выполните первую ячейку с кодом. У каждого задания есть ячейка, которая начинается
строкой вида `{marker}`: оставьте эту строку как есть и пишите код под ней вместо `raise NotImplementedError`.
Вспомогательные функции пишите в той же ячейке. Выполните её, а затем ячейку `check` за ней: проверяется то, что
выполнено последним. `save()` записывает ваш код в файлы `{package}/`, на которых строится следующее задание. Остальные
ячейки — чтобы пробовать и менять: на оценку они не влияют. Сдайте эту тетрадь.""",
}


@dataclass(frozen=True)
class NotebookCell:
    """One cell: `role` is "prose", "setup", "given", "try", "solution", "test" or "save"; only prose is no code."""

    id: str  # unique in the notebook, the same in every export and language; letters, digits, - and _
    role: str
    source: str
    exercise: str = ""  # of solution and test cells

    @property
    def is_code(self) -> bool:
        return self.role != "prose"


def notebook_cells(
    course: Course,
    assignment: Assignment,
    handout: Handout,
    *,
    solutions: bool = False,
    sources: Mapping[str, str] | None = None,
) -> list[NotebookCell]:
    """The cells of an assignment's notebook, from one of its handouts; with `solutions`, the reference's code in them.

    The same cells every time. Without `solutions` they hold no line of a solution: stubs are the template's. `sources`
    are modules to take the code from instead: the reference with a platform's own marks in it.
    """
    stubs, _ = module_stubs(course)
    written = sources or (_solved(course) if solutions else {module: each.text for module, each in stubs.items()})
    known = exercises(course)
    language = handout.path.name.removeprefix("handout").removesuffix(".md")
    first = marker(handout.exercises[0])
    how_to = NotebookCell("how-to", "prose", HOW_TO[language].format(marker=first, package=course.package))
    setup = NotebookCell("setup", "setup", setup_source(course, assignment, stubs, known))
    cells: list[NotebookCell] = []
    for cell in _body(handout, written):
        cells.append(cell)
        if len(cells) == 1:  # below the title
            cells += [how_to, setup]
    return [*cells, NotebookCell("save", "save", "save()")]


def _body(handout: Handout, sources: Mapping[str, str]) -> Iterator[NotebookCell]:
    """Prose, cut at headings, slots and blocks to try; and what goes into the slots."""
    lines = handout.text.split("\n")
    slots = {slot.line: slot for slot in handout.slots}
    starts = headings(handout.text)
    prose: list[str] = []
    block: list[str] | None = None  # the code of the block that the line is in
    n_prose = n_given = n_try = 0

    def told() -> Iterator[NotebookCell]:
        nonlocal n_prose
        text = "\n".join(prose).strip("\n")
        prose.clear()
        if text.strip():
            n_prose += 1
            yield NotebookCell(f"prose-{n_prose:03}", "prose", text.replace("](../", "]("))  # handouts are in a folder

    for number, line in enumerate(lines, start=1):
        if block is not None:
            if line != "```":
                block.append(line)
                continue
            n_try += 1
            yield NotebookCell(f"try-{n_try:03}", "try", "\n".join(block))
            block = None
            continue
        if line == _TRY:
            yield from told()
            block = []
            continue
        slot = slots.get(number)
        if slot is None:
            if number in starts:
                yield from told()
            prose.append(line)
            continue
        yield from told()
        code = cell_source(slot.name, sources, f"{handout.path}:{slot.line}")
        name = re.sub(r"\W", "-", slot.name)
        if slot.kind == "given":
            n_given += 1
            yield NotebookCell(f"given-{n_given:03}", "given", f"{given_marker(slot.name)}\n{code}")
        else:
            yield NotebookCell(f"solution-{name}", "solution", f"{marker(slot.name)}\n{code}", slot.name)
            yield NotebookCell(f"test-{name}", "test", f'check("{slot.name}")', slot.name)
    yield from told()


def cell_source(name: str, sources: Mapping[str, str], where: str) -> str:
    """The definition of a name as it stands in a cell: a method as a plain function."""
    module = parent_module(name, sources)
    path = name.removeprefix(module + ".").split(".")
    lines = sources[module].split("\n") if module else []
    body = ast.parse("\n".join(lines)).body
    node: ast.stmt | None = None
    for part in path:
        node = next((each for each in body if _defined(each) == part), None)
        body = node.body if isinstance(node, ast.ClassDef) else []
    if node is None:
        raise CourseError(f"{where}: {name} is not in the reference")
    return textwrap.dedent("\n".join(lines[start_of(node) - 1 : _end(node, lines)]))


def _end(node: ast.stmt, lines: list[str]) -> int:
    """The number of a definition's last line: the comments that end its body (marks, for one) are no statements."""
    end = node.end_lineno or node.lineno
    while end < len(lines) and re.match(rf"\s{{{node.col_offset + 1}}}\s*#", lines[end]):
        end += 1
    return end


def _defined(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return target.id if isinstance(target, ast.Name) else ""
    return str(getattr(node, "name", ""))


def _solved(course: Course) -> dict[str, str]:
    """The reference's modules without the marks around solutions."""
    return {module: stub(source, module, lambda _: None) for module, source in reference_sources(course).items()}


def reference_sources(course: Course) -> dict[str, str]:
    """The reference's modules as they are, by their names."""
    found = {}
    for path in sorted(course.package_folder.rglob("*.py")):
        module = ".".join(path.relative_to(course.package_folder).with_suffix("").parts)
        found[module] = path.read_text(encoding="utf-8")
    return found


# --- the first code cell ------------------------------------------------------------------------------------


def setup_source(
    course: Course, assignment: Assignment, stubs: Mapping[str, ModuleStub], known: Mapping[str, Exercise]
) -> str:
    """The imports that let every cell run: what the exercises' modules import, and what is given in them."""
    sources = {module: each.text for module, each in stubs.items()}
    targets = [Target(name, sources) for name in known]
    here = [target for target in targets if known[target.exercise].assignment == assignment.name]
    taken = {"np"}
    wanted: dict[str, list[str]] = {}  # by module; "" for whole modules
    for module in dict.fromkeys(target.module for target in here):
        own = {target.path[0] for target in targets if target.module == module and not target.is_method}
        used = _used_names([target for target in here if target.module == module])
        for piece in read_code(sources[module]).pieces:
            for node in piece.nodes:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    source, names = _imported(node, course.package)
                elif (name := _defined(node)) in own or (_is_made(node) and piece.needs & own):
                    continue  # an exercise, or something made of one when the module loads
                else:
                    is_wanted = name in used if name.startswith("_") else name and name not in dir(builtins)
                    source, names = f"{course.package}.{module}", [name] if is_wanted else []
                new = [name for name in names if name.split(" as ")[-1] not in taken]
                taken.update(name.split(" as ")[-1] for name in new)
                wanted.setdefault(source, []).extend(new)
    wanted["checks.notebook"] = ["check", "save"]
    lines = [_import(source, sorted(names)) for source, names in sorted(wanted.items()) if names]
    own_tops = (course.package, "checks")
    standard = [line for line in lines if line.split()[1].split(".")[0] not in own_tops]
    blocks = [standard, ["import numpy as np"], [line for line in lines if line not in standard]]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _used_names(targets: list[Target]) -> set[str]:
    return {node.id for target in targets for node in ast.walk(target.nodes[-1]) if isinstance(node, ast.Name)}


def _is_made(node: ast.stmt) -> bool:
    """Whether it is a name for something made when the module loads, such as `mean = Mean()`."""
    return isinstance(node, ast.Assign | ast.AnnAssign)


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> tuple[str, list[str]]:
    """(module, names) of an import as a notebook writes it."""
    names = [f"{alias.name} as {alias.asname}" if alias.asname else alias.name for alias in node.names]
    if isinstance(node, ast.Import):
        return "", names
    if node.module == "__future__":
        return "", []
    return ".".join(filter(None, [package if node.level else "", node.module])), names


def _import(source: str, names: list[str]) -> str:
    """An import, on as many lines as it takes."""
    line = f"from {source} import {', '.join(names)}" if source else f"import {', '.join(names)}"
    if len(line) <= WIDTH or not source:
        return line
    wrapped = textwrap.wrap(", ".join(names), WIDTH - 5, break_long_words=False)
    return "\n".join([f"from {source} import (", *(f"    {each}" for each in wrapped), ")"])
