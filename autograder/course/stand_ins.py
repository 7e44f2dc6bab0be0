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
_VERDICTS = frozenset({"AssertionError", "assert_allclose", "assert_equal", "assert_array_equal"})
_IMPORTERS = frozenset({"__import__", "import_module", "eval", "exec", "compile", "open"})
_NOT_FOR_THEM = ("importlib", "unittest", "numpy.testing")  # though submissions may import them
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def code(course: Course, assignment: Assignment) -> bytes:
    """The file, marshalled as code for the Python that runs this; empty if the assignment has none.

    Raises: CourseError if the file could give student code a wanted value, as far as its text shows: it may import
        what submissions may, and hold functions and classes, but no tables of its own and no verdict
    """
    file = assignment.stand_ins
    if not file.is_file():
        return b""
    try:
        source = file.read_bytes()
        tree = ast.parse(source, str(file))
        compiled = compile(source, file.name, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CourseError(f"{file}: cannot be read as Python: {str(error) or 'nested too deep'}") from None
    _check_values(tree.body, file)
    for node in ast.walk(tree):
        _check(node, file, {*course.imports, *sys.stdlib_module_names})
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
    asked = {node.arg if isinstance(node, ast.arg) else _text(node) for node in ast.walk(tree)}
    return FIXTURE in asked  # as an argument, or by its name: usefixtures("beside")


def _check_values(body: list[ast.stmt], file: Path) -> None:
    """Modules and classes hold definitions; what a definition says beside its body is at most one plain constant."""
    for statement in body:
        is_import = isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)
        if isinstance(statement, ast.ClassDef):
            _check_values(statement.body, file)
        elif not (is_import or isinstance(statement, _Definition) or _is_constant(getattr(statement, "value", None))):
            raise _value_of_its_own(file, statement)
    for node in (each for statement in body for each in ast.walk(statement) if isinstance(each, ast.arguments)):
        for default in (*node.defaults, *filter(None, node.kw_defaults)):
            if not _is_constant(default):
                raise _value_of_its_own(file, default)


def _is_constant(node: ast.expr | None) -> bool:
    """A text, a number, True, None: one, and nothing that holds several."""
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _value_of_its_own(file: Path, node: ast.stmt | ast.expr) -> CourseError:
    return _error(
        file,
        node,
        "a value of its own; student code can read this file, so it holds functions and classes, which are given their "
        "inputs by the tests that call them",
    )


def _check(node: ast.AST, file: Path, importable: set[str]) -> None:
    for name in _imported(node):
        if name.partition(".")[0] not in importable or name.startswith(_NOT_FOR_THEM):
            raise _error(
                file, node, f"imports {name}; want what submissions may import, and their package as an argument"
            )
    name = next((getattr(node, field) for field in ("id", "arg", "attr") if hasattr(node, field)), "")
    if isinstance(node, ast.Assert) or name in _VERDICTS:
        raise _error(file, node, f"{name or 'an assert'}; verdicts are for tests: return what they have to see")
    if name in _IMPORTERS:
        raise _error(file, node, f"{name}; what it needs comes as an argument")
    if name in _KEPT_HERE:
        raise _error(file, node, f"{name}, which student code must never meet")


def _check_use(tests: Path, file: Path) -> None:
    """Tests meet the stand-ins by the fixture alone: imported, they would run here, with student code's objects."""
    with contextlib.suppress(SyntaxError, ValueError):  # pytest says that better
        for node in ast.walk(ast.parse(tests.read_bytes())):
            named = {name.rpartition(".")[2] for name in (*_imported(node), *_imported_names(node), _text(node))}
            if file.stem in named:
                raise _error(tests, node, f"imports {file.name}; want the fixture `{FIXTURE}`")


def _error(file: Path, node: ast.AST, what: str) -> CourseError:
    return CourseError(f"{file}:{getattr(node, 'lineno', 0)}: {what}")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def _imported_names(node: ast.AST) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []


def _text(node: ast.AST) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""
