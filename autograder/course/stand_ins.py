"""An assignment's stand-ins: what its tests let run beside student code, from the file beside_student_code.py.

A model that writes down what it was given, an optimizer that is right, a loop over ten thousand calls: such a thing
holds inputs and nothing else, and crossing the boundary for each of its steps costs more than the steps. A test gets
the file as the fixture `beside` and calls its functions. They run in the submission's process, where student code can
read and change them, so what they give back is the submission's word, like all that comes from there.
"""

import ast
import contextlib
import marshal
import sys
from pathlib import Path
from types import ModuleType

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError

FIXTURE = "beside"
_KEPT_HERE = frozenset({"reference", "gradcheck"})  # fixtures that know what is right


def code(course: Course, assignment: Assignment) -> bytes:
    """The file, marshalled as code for the Python that runs this; empty if the assignment has none.

    Raises: CourseError if the file could give student code a wanted value, as far as that can be seen: it may import
        what submissions may, and hold functions and classes, but no values of its own and no verdict
    """
    file = assignment.stand_ins
    if not file.is_file():
        return b""
    try:
        source = file.read_bytes()
        tree = ast.parse(source, str(file))
        compiled = compile(source, file.name, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError) as error:
        raise CourseError(f"{file}: cannot be read as Python: {error}") from None
    _check(tree, file, {*course.imports, *sys.stdlib_module_names})
    for tests in (assignment.public_tests, assignment.hidden_tests):
        _check_use(tests, file)
    return marshal.dumps(compiled)


def module(assignment: Assignment) -> ModuleType:
    """The stand-ins as an ordinary module of this process."""
    made = ModuleType(assignment.stand_ins.stem)
    exec(compile(assignment.stand_ins.read_bytes(), str(assignment.stand_ins), "exec"), made.__dict__)
    return made


def are_public(assignment: Assignment) -> bool:
    """Whether public tests ask for the stand-ins, so that students get the file."""
    if not assignment.stand_ins.is_file():
        return False
    tree = ast.parse(assignment.public_tests.read_bytes())
    return any(isinstance(node, ast.arg) and node.arg == FIXTURE for node in ast.walk(tree))


def _check(tree: ast.Module, file: Path, importable: set[str]) -> None:
    for statement in tree.body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
            raise CourseError(
                f"{file}:{statement.lineno}: a value of its own; student code can read this file, so it holds "
                "functions and classes, which are given their inputs by the tests that call them"
            )
    for node in ast.walk(tree):
        foreign = [name for name in _imported(node) if name.partition(".")[0] not in importable]
        if foreign:
            raise _error(
                file, node, f"imports {foreign[0]}; want what submissions may import, and their package as an argument"
            )
        if isinstance(node, ast.Assert):
            raise _error(file, node, "an assert; verdicts are for tests: return what they have to see")
        name = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""
        if name in _KEPT_HERE:
            raise _error(file, node, f"{name}, which student code must never meet")


def _check_use(tests: Path, file: Path) -> None:
    """Tests meet the stand-ins by the fixture alone: imported, they would run here, with student code's objects."""
    with contextlib.suppress(SyntaxError, ValueError):  # pytest says that better
        tree = ast.parse(tests.read_bytes())
        imports = [node for node in ast.walk(tree) if file.stem in _last_names(node)]
        if imports:
            raise _error(tests, imports[0], f"imports {file.name}; want the fixture `{FIXTURE}`")


def _error(file: Path, node: ast.AST, what: str) -> CourseError:
    return CourseError(f"{file}:{getattr(node, 'lineno', 0)}: {what}")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def _last_names(node: ast.AST) -> list[str]:
    names = _imported(node) + ([alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else [])
    return [name.rpartition(".")[2] for name in names]
