"""A notebook gets the score that its modules get, to the point."""

import json
import tomllib
from pathlib import Path

import pytest

from autograder.course import Course, handouts
from autograder.course.notebook_cells import NotebookCell, notebook_cells
from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.intake import find_submissions
from autograder.platforms.notebook_file import notebook_json
from tests.notebooks import members_notebook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COURSE = Course.load(ROOT)
# Members of the sample classes, as notebooks too: in another style with helpers, half done, and with one mistake.
MEMBERS = {"a1_linear_models": ["boris", "galina"], "a3_autograd": ["dana", "fatima"]}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """{id: record} of the solved and the untouched notebook of an assignment, and of the members of its class."""

    def grade(name):
        folder = tmp_path_factory.mktemp(name)
        assignment = COURSE.assignment(name)
        hand_ins = folder / "hand-ins"
        hand_ins.mkdir()
        for who, solutions in (("solved", True), ("untouched", False)):
            cells = notebook_cells(COURSE, assignment, handouts(assignment)[0], solutions=solutions)
            (hand_ins / f"{who}.ipynb").write_bytes(notebook_json(cells, assignment))
        for member in MEMBERS.get(name, []):
            (hand_ins / f"{member}.ipynb").write_bytes(members_notebook(COURSE, assignment, member))
        follow = name >= "a4"  # a notebook holds one assignment's exercises
        settings = Settings(course=str(COURSE.root), assignment=name, follow_through=follow)
        submissions = find_submissions([hand_ins], package=COURSE.package, modules=assignment.modules)
        Batch(COURSE, assignment, settings, folder / "results", jobs=2).grade(submissions)
        records = (folder / "results" / each.id / "instructor.json" for each in submissions)
        return {path.parent.name: json.loads(path.read_text("utf-8")) for path in records}

    return grade


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(each.name, marks=[] if each.name[:2] in ("a1", "a5") else pytest.mark.prove)
        for each in COURSE.assignments
    ],
)
def test_notebook_gets_the_score_of_its_modules(graded, name):
    want = {"solved": 100.0, "untouched": 0.0}
    if name in MEMBERS:
        expected = tomllib.loads((ROOT / "examples" / f"{name[:2]}_class" / "expected.toml").read_text("utf-8"))
        want |= {member: expected["scores"][member] for member in MEMBERS[name]}
    records = graded(name)
    assert {who: record["score"] for who, record in records.items()} == want
    assert [records[who]["notes"] for who in ("solved", "untouched")] == [[], []]


@pytest.fixture
def in_cell(lab):
    """The solved notebook with this above the function in the cell of `sums.total`, and this in its body, graded."""

    def grade(above, inside, folder="."):
        assignment = lab.course.assignment("t1")
        body = "    return float(as_vector(values).sum())"
        cells = [
            NotebookCell(
                cell.id,
                cell.role,
                cell.source.replace("def total", f"{above}\ndef total").replace(body, f"    {inside}\n{body}"),
                cell.exercise,
            )
            for cell in notebook_cells(lab.course, assignment, handouts(assignment)[0], solutions=True)
        ]
        lab.hand_ins.mkdir(exist_ok=True)
        (lab.hand_ins / folder / "someone.ipynb").write_bytes(notebook_json(cells, assignment))
        return lab.grade()["someone"]

    return grade


@pytest.mark.parametrize(
    ("above", "inside", "line", "reason"),
    [
        ("import pluggy", "pluggy.hookimpl", 2, "pluggy is not available here (cell sums.total, line 2)"),
        (
            "SHIFT = np.loadtxt('shift.csv')",
            "SHIFT + 1",
            2,
            "SHIFT was not made: FileNotFoundError: shift.csv not found.",
        ),
        ("SHIFT = 1 / 0", "SHIFT + 1", 2, "SHIFT was not made: ZeroDivisionError: division by zero"),
        ("@plugged", "pass", 3, "total was not made: NameError: name 'plugged' is not defined"),
        ("", "break", 5, "total was not made: SyntaxError: 'break' outside loop (cell sums.total, line 5)"),
        ("def aid():\n    continue", "aid()", 3, "aid was not made: SyntaxError: 'continue' not properly in loop"),
        ("SHIFT = await np", "SHIFT + 1", 2, "SHIFT was not made: SyntaxError: 'await' outside function"),
    ],
    ids=["import", "data file", "computed constant", "decorator", "no loop", "helper", "await"],
)
def test_piece_of_a_cell_that_fails_costs_its_exercise_alone(in_cell, above, inside, line, reason):
    graded = in_cell(above, inside)
    lost = [test for test in graded.record["tests"] if test["outcome"] != "passed"]
    assert {test["exercise"] for test in lost} == {"sums.total"}
    assert any(reason in test["message"] for test in lost), [test["message"] for test in lost]
    assert [note for note in graded.record["notes"] if note.startswith(f"cell sums.total, line {line}: ")]


@pytest.mark.parametrize("rest", ["break\n", "import asyncio\nwait = await asyncio.sleep(0)\n", "def total(values:\n"])
def test_module_that_does_not_compile_costs_nothing_beside_a_solved_notebook(in_cell, lab, rest):
    (lab.hand_ins / "someone").mkdir()
    (lab.hand_ins / "someone" / "sums.py").write_text(lab.reference + rest)
    graded = in_cell("", "pass", folder="someone")
    assert graded.score == 100.0


def test_failure_in_a_notebook_names_the_cell_and_its_line(lab):
    lab.policy("hint")
    assignment = lab.course.assignment("t1")
    cells = [
        NotebookCell(
            cell.id,
            cell.role,
            cell.source.replace("return float(as_vector(values).sum())", "value = 1\n    return valu"),
            cell.exercise,
        )
        for cell in notebook_cells(lab.course, assignment, handouts(assignment)[0], solutions=True)
    ]
    lab.hand_ins.mkdir(exist_ok=True)
    (lab.hand_ins / "someone.ipynb").write_bytes(notebook_json(cells, assignment))
    graded = lab.grade()["someone"]
    private, shown = graded.test("test_total[three]")
    assert private["message"].endswith("(cell sums.total, line 5 in total)")
    assert 'File "cell sums.total", line 5, in total' in shown["output"]
    assert 0 < graded.score < 100
