"""Wheats: right solutions in other styles than the reference's. Each must get everything, with every seed.

A wheat is a folder `aN_NAME` beside this file, with one or more of the modules that assignment N has handed in. Its
first docstring says in its first line which assignment it answers, and in which style. A module holds what its student
wrote and nothing else; it is laid over the reference's, by name:

    def f ..., f = ...     takes the place of the reference's f
    class C(Same, bases)   its members take the places of C's, the others of C stay
    class C(Other, bases)  takes the place of all of C
    anything else          (imports, constants, helpers) stands behind what it follows, at first behind the imports

What comes out is a module as a student would hand it in. A module without a file is the reference's.
"""

import ast
import shutil
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, exercise_of, exercises
from autograder.course.manifest import Assignment
from autograder.course.regions import BEGIN, END, regions

HERE = Path(__file__).parent
COURSE = Course.load(HERE.parents[1])
EXERCISES = exercises(COURSE)


@dataclass(frozen=True)
class Wheat:
    """A folder, the assignment that it answers, and its modules: name -> what its student wrote."""

    name: str
    assignment: Assignment
    written: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Wheat":
        assignment = COURSE.assignment(folder.name.partition("_")[0])
        written = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))}
        assert written, f"{folder}: want a module"
        assert written.keys() <= set(assignment.modules), f"{folder}: want modules of {assignment.modules}"
        return cls(folder.name, assignment, written)

    def modules(self) -> dict[str, str]:
        """All that is handed in: module -> source."""
        given = {name: COURSE.module_file(name).read_text(encoding="utf-8") for name in self.assignment.modules}
        return given | {name: laid_over(given[name], source) for name, source in self.written.items()}

    def hand_in(self, folder: Path) -> Path:
        """The modules as files in `folder`."""
        folder.mkdir(parents=True)
        for name, source in self.modules().items():
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return folder

    def package(self, folder: Path) -> Path:
        """The whole package in `folder`, as `verify --package` wants it: these modules among the reference's."""
        shutil.copytree(COURSE.package_folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, source in self.modules().items():
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return folder

    def restyled(self) -> set[str]:
        """The exercises of its assignment that are handed in as this student, and not the reference, writes them."""
        modules = self.modules()
        found = set()
        for module in self.written:
            reference = COURSE.module_file(module).read_text(encoding="utf-8")
            before, now = _functions(reference), _functions(modules[module])
            for region in regions(reference, module):
                function = region.name.removeprefix(f"{module}.")
                if now.get(function) != before[function]:
                    found.add(exercise_of(region.name, EXERCISES).name)
        return {name for name in found if EXERCISES[name].assignment == self.assignment.name}


def wheats() -> list[Wheat]:
    """All of them, by name."""
    return [Wheat.read(folder) for folder in sorted(HERE.glob("a[0-9]_*")) if folder.is_dir()]


def laid_over(reference: str, written: str) -> str:
    """The reference's module with what was written put into its places, as the docstring above says."""
    reference = "\n".join(line for line in reference.split("\n") if line.strip() not in (BEGIN, END))
    lines = reference.split("\n")
    old, new = ast.parse(reference), ast.parse(written)
    (docstring, *_), (own_docstring, *statements) = old.body, new.body
    imports = [each for each in old.body if isinstance(each, ast.Import | ast.ImportFrom)]
    edits = [(_first(docstring), docstring.end_lineno, _text(written, 0, own_docstring))]
    edits += _edits(old.body, statements, written, own_docstring.end_lineno, imports[-1].end_lineno)
    for begin, end, text in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        lines[begin:end] = text.split("\n")
    return "\n".join(lines)


def _edits(
    old: list[ast.stmt], new: list[ast.stmt], written: str, before: int, behind: int
) -> list[tuple[int, int, str]]:
    """(begin, end, text) for lines to be replaced; `before`, `behind`: where the first of `new` begins, and goes."""
    places = {_name(each): each for each in old if _name(each)}
    edits: list[tuple[int, int, str]] = []
    for statement in new:
        text = _text(written, before, statement)
        place = places.pop(_name(statement), None)
        if place is None and edits and edits[-1][1] == behind:
            edits[-1] = (*edits[-1][:2], f"{edits[-1][2]}\n{text}")
        elif place is None:
            edits.append((behind, behind, text))
        elif isinstance(statement, ast.ClassDef) and _bases(statement) == _bases(place):
            documented = ast.get_docstring(statement) is not None  # as students do, or do not; the reference's stays
            begin = statement.body[0].end_lineno if documented else _first(statement.body[0])
            edits += _edits(place.body, statement.body[documented:], written, begin, place.body[0].end_lineno)
            behind = place.end_lineno
        else:
            edits.append((_first(place), place.end_lineno, text))
            behind = place.end_lineno
        before = statement.end_lineno
    return edits


def _functions(source: str) -> dict[str, str]:
    """The code of each function and method, by its qualified name."""
    tops = ast.parse(source).body
    members = [(f"{top.name}.", top.body) for top in tops if isinstance(top, ast.ClassDef)]
    return {
        prefix + each.name: ast.dump(each)
        for prefix, body in [("", tops), *members]
        for each in body
        if isinstance(each, ast.FunctionDef)
    }


def _first(statement: ast.stmt) -> int:
    """The index of a statement's first line, its decorators' included."""
    return min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))]) - 1


def _text(source: str, before: int, statement: ast.stmt) -> str:
    """A statement's lines, with the comments and empty lines ahead of it."""
    return "\n".join(source.split("\n")[before : statement.end_lineno])


def _name(statement: ast.stmt) -> str:
    """What a statement defines, if that is one name."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return statement.name
    return ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""


def _bases(statement: ast.stmt) -> list[str]:
    return [ast.unparse(base) for base in statement.bases] if isinstance(statement, ast.ClassDef) else []
