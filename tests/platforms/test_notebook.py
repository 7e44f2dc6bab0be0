"""Assignments written as notebooks: valid, the same every time, and without a line of a solution."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course, handouts
from autograder.course.notebook_cells import notebook_cells
from autograder.platforms.notebook_file import export
from tests import needs

nbformat = needs.package("nbformat")

ROOT = Path(__file__).parents[2]
COURSE = Course.load(ROOT)
NAMES = [assignment.name for assignment in COURSE.assignments]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Every assignment exported once: folder by name."""
    folder = tmp_path_factory.mktemp("exported")
    for assignment in COURSE.assignments:
        export(COURSE, assignment, folder / assignment.name)
    return folder


def code_cells(notebook, role):
    return [cell for cell in notebook.cells if cell.metadata["autograder"]["role"] == role]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["", ".ru"])
@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_valid_and_has_the_cells_of_every_exercise(exported, name, language):
    notebook = nbformat.read(exported / name / f"{name}{language}.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    exercises = handouts(COURSE.assignment(name))[0].exercises
    solutions, tests = code_cells(notebook, "solution"), code_cells(notebook, "test")
    for exercise, solution, test in zip(exercises, solutions, tests, strict=True):
        assert solution.metadata["autograder"]["exercise"] == test.metadata["autograder"]["exercise"] == exercise
        assert solution.source.split("\n")[0] == f"# exercise: {exercise}"
        assert test.source == f'check("{exercise}")'
        assert notebook.cells.index(test) == notebook.cells.index(solution) + 1
        compile(solution.source, exercise, "exec")
    assert not any("<!--" in cell.source for cell in notebook.cells)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert first.metadata["autograder"]["role"] == "setup"
    assert "import numpy as np" in first.source


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_languages_differ_in_prose_alone(name):
    english, russian = (
        [cell for cell in notebook_cells(COURSE, COURSE.assignment(name), handout) if cell.is_code]
        for handout in handouts(COURSE.assignment(name))
    )
    assert english == russian


@pytest.mark.slow
def test_export_is_the_same_every_time(exported, tmp_path):
    name = NAMES[0]
    export(COURSE, COURSE.assignment(name), tmp_path / "again")
    for path in sorted((exported / name).rglob("*")):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(exported / name)).read_bytes() == path.read_bytes()


OUTSIDE_OF_CHECK = """
def f(x):
    return exp(sin(x[0])) * x[1] + x[1] ** 2

x, v = np.array([1.0, 2.0]), np.array([1.0, 0.0])
e, sine, cosine = np.exp(np.sin(1.0)), np.sin(1.0), np.cos(1.0)
product = Dual(2.0, 1.0) * Dual(3.0, 1.0)
assert (type(product), product.primal, product.tangent) == (Dual, 6.0, 5.0)
assert [each(Dual(0.0, 3.0)).tangent for each in (exp, sin, cos, tanh)] == [3.0, 3.0, 0.0, 3.0]
assert log(Dual(2.0, 3.0)).tangent == 1.5
assert str(f([symbolic.Var("a"), symbolic.Var("b")])) == "exp(sin(a))*b + b**2"
close = np.testing.assert_allclose
close(derivative(lambda x: x * x / (x + 1), 2.0), 8 / 9)
close(jvp(f, x, v), 2 * e * cosine)
close(vjp(f, x, 1.0), [2 * e * cosine, e + 4])
close(jacobian_forward(f, x), jacobian_reverse(f, x))
close(hvp(f, x, v), [2 * e * (cosine**2 - sine), e * cosine])
"""


@pytest.mark.slow
def test_duals_of_a_notebook_can_be_computed_with_outside_of_a_check(tmp_path):
    a7 = COURSE.assignment("a7")
    export(COURSE, a7, tmp_path / "a7", solutions=True)
    for module in ("tensor", "functional"):  # a3 and a4, which are done by then
        shutil.copy(COURSE.package_folder / f"{module}.py", tmp_path / "a7" / "feedforward")
    cells = notebook_cells(COURSE, a7, handouts(a7)[0], solutions=True)
    sources = [cell.source for cell in cells if cell.role in ("setup", "given", "solution")]
    command = [sys.executable, "-c", "\n\n".join([*sources, OUTSIDE_OF_CHECK])]
    done = subprocess.run(command, cwd=tmp_path / "a7", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def tiny(tiny_root):
    return Course.load(tiny_root)


def test_tiny_notebook_reads_as_it_should(tiny):
    cells = notebook_cells(tiny, tiny.assignment("t1"), handouts(tiny.assignment("t1"))[0])
    assert [cell.id for cell in cells if cell.is_code] == [
        "setup",
        "given-001",
        "solution-sums-total",
        "test-sums-total",
        "solution-sums-running_totals",
        "test-sums-running_totals",
        "solution-sums-Average",
        "test-sums-Average",
        "save",
    ]
    by_id = {cell.id: cell.source for cell in cells}
    assert by_id["setup"] == (
        "from collections.abc import Iterable\n\nimport numpy as np\n\n"
        "from checks.notebook import check, save\nfrom tiny.sums import as_vector"
    )
    assert by_id["given-001"].startswith("# given: sums.as_vector\ndef as_vector(")
    assert by_id["solution-sums-total"] == (
        "# exercise: sums.total\ndef total(values: Iterable[float]) -> float:\n"
        '    """The sum of the values, 0.0 if there are none."""\n'
        '    raise NotImplementedError("t1_sums, exercise sums.total: handout section 1")'
    )
    assert by_id["prose-001"].startswith("# Sums\n")


def test_block_to_try_is_a_cell_and_pictures_are_found_from_the_notebooks_folder(tiny_root):
    handout = tiny_root / "assignments" / "t1_sums" / "handout.md"
    shown = "![a sum](../pictures/sum.svg)\n\n```python try\n1 + 1\n\n2 + 2\n```\n\n```python\n3 + 3\n```\n"
    handout.write_text(handout.read_text().replace("\n## 1 Total", f"\n{shown}\n## 1 Total"))
    tiny = Course.load(tiny_root)
    cells = notebook_cells(tiny, tiny.assignment("t1"), handouts(tiny.assignment("t1"))[0])
    at = next(index for index, cell in enumerate(cells) if cell.role == "try")
    assert (cells[at].id, cells[at].source) == ("try-001", "1 + 1\n\n2 + 2")
    assert cells[at - 1].source == "![a sum](pictures/sum.svg)"
    assert cells[at + 1].source == "```python\n3 + 3\n```"
    assert [cell.role for cell in cells].count("try") == 1


def test_solutions_stand_in_the_instructors_notebook_alone(tiny, tmp_path):
    export(tiny, tiny.assignment("t1"), tmp_path / "student")
    export(tiny, tiny.assignment("t1"), tmp_path / "instructor", solutions=True)
    secret = "float(as_vector(values).sum())"
    student, instructor = (
        {path.name: path.read_text("utf-8") for path in sorted((tmp_path / who).rglob("*")) if path.is_file()}
        for who in ("student", "instructor")
    )
    assert not [name for name, text in student.items() if secret in text]
    assert [name for name, text in instructor.items() if secret in text] == ["t1_sums.ipynb", "t1_sums.ru.ipynb"]
    assert "SOLUTION" not in instructor["t1_sums.ipynb"]
    assert [(tmp_path / who).stat().st_mode & 0o077 == 0 for who in ("student", "instructor")] == [False, True]


def test_line_of_a_solution_in_a_handout_is_refused(tiny_root, tmp_path):
    from autograder.errors import CourseError

    handout = tiny_root / "assignments" / "t1_sums" / "handout.md"
    handout.write_text(handout.read_text() + "\n    return float(as_vector(values).sum())\n")
    tiny = Course.load(tiny_root)
    with pytest.raises(CourseError, match=r"t1_sums\.ipynb: line of a solution would be released"):
        export(tiny, tiny.assignment("t1"), tmp_path / "out")


def test_folder_that_was_worked_in_is_not_written_over(tiny, tmp_path):
    from autograder.errors import CourseError

    out = tmp_path / "out"
    export(tiny, tiny.assignment("t1"), out)
    export(tiny, tiny.assignment("t1"), out)
    notebook = json.loads((out / "t1_sums.ipynb").read_text("utf-8"))
    notebook["cells"].pop()
    (out / "t1_sums.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(CourseError, match=r"t1_sums\.ipynb was changed since it was generated"):
        export(tiny, tiny.assignment("t1"), out)
