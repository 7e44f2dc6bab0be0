"""nbgrader's own commands on the exported course folder: generate, release, validate, autograde, feedback, export."""

import csv
import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course import Course, handouts
from autograder.course.notebook_cells import notebook_cells
from autograder.errors import CourseError
from autograder.platforms.nbgrader.export import CONFIG, export
from tests.platforms.nbgrader.lab import WARNINGS, Lab

ROOT = Path(__file__).parents[3]
TINY = ROOT / "tests" / "tiny_course"
ALL = ("sums.total", "sums.running_totals", "sums.Average")
WRONG = """\
# exercise: sums.total
def total(values):
    print(values)
    return max(sum(values), 0.0) + (len(values) == 3)"""
pytestmark = [
    *WARNINGS,
    # zmq's and tornado's, of a kernel that nbgrader starts and ends.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A class of two, graded by nbgrader's autograde: ann has solved everything, ben's total is wrong."""
    lab = Lab(Course.load(TINY), "t1_sums", tmp_path_factory.mktemp("made") / "course")
    lab.submit("ann", lab.notebook(*ALL))
    wrong = lab.notebook(*ALL)
    lab.cell(wrong, "solution-sums-total")["source"] = WRONG
    lab.submit("ben", wrong)
    done = lab.autograde()
    assert done["success"], done["log"]
    return lab


def test_students_get_the_templates_stubs_and_no_hidden_part(lab):
    course = lab.course
    stubs = notebook_cells(course, course.assignment("t1"), handouts(course.assignment("t1"))[0])
    assert ["".join(cell["source"]) for cell in lab.released["cells"]] == [cell.source for cell in stubs]
    points = {cell["id"]: cell["metadata"].get("nbgrader", {}).get("points") for cell in lab.released["cells"]}
    assert {name: each for name, each in points.items() if each is not None} == {
        "test-sums-total": 25,
        "test-sums-running_totals": 50,
        "test-sums-Average": 25,
    }
    assert "SOLUTION" in json.dumps(lab.source)
    for path in sorted((lab.root / "release").rglob("*")):
        text = path.read_text("utf-8") if path.is_file() else ""
        assert not re.search("SOLUTION|HIDDEN|grade_cell", text), path


@pytest.mark.parametrize("name", ["a2_derivatives", "a3_autograd"])  # methods that stand alone, and whole classes
def test_stub_that_nbgrader_writes_is_the_templates(name):
    from nbformat import from_dict

    from autograder.platforms.nbgrader.export import source_cells
    from autograder.platforms.nbgrader.preprocessors import WriteStubs

    course = Course.load(ROOT)
    assignment = course.assignment(name)
    handout = handouts(assignment)[0]
    for cell, want in zip(
        source_cells(course, assignment, handout, {}), notebook_cells(course, assignment, handout), strict=True
    ):
        if want.role == "solution":
            node = from_dict(cell | {"source": "".join(cell["source"])})
            got, _ = WriteStubs().preprocess_cell(node, {"language": "python"}, 0)
            assert got.source == want.source
            assert "stub" not in got.metadata.autograder


def test_release_puts_the_assignment_into_the_exchange(lab):
    done = lab.api.release_assignment("t1_sums")
    assert done["success"], done["log"]
    assert (lab.root.parent / "exchange" / "tiny" / "outbound" / "t1_sums" / "t1_sums.ipynb").exists()


def test_feedback_shows_what_failed_and_nothing_of_hidden_tests(lab):
    done = lab.api.generate_feedback("t1_sums")
    assert done["success"], done
    pages = {path.parts[-3]: path.read_text("utf-8") for path in (lab.root / "feedback").rglob("*.html")}
    assert pages.keys() == {"ann", "ben"}
    assert "Score: 75.0 / 100.0" in pages["ben"]
    assert "hint: negative numbers count too" in pages["ben"]
    assignment = lab.course.assignment("t1")
    public = assignment.public_tests.read_text("utf-8")
    secret = [line.strip() for line in assignment.hidden_tests.read_text("utf-8").splitlines()]
    secret = [line for line in secret if len(line) > 12 and line not in public and not line.startswith("def ")]
    assert len(secret) > 8
    for page in pages.values():
        text = re.sub(r"<[^>]+>", "", page).replace("&#39;", "'").replace("&quot;", '"')
        assert not [line for line in secret if line in text]
        assert "random numbers" not in text.replace("test_total_of_random_numbers", "").lower()
    # ben's total prints its argument: in public tests he sees it, of the hidden one's twenty numbers nothing.
    assert "it printed:" in pages["ben"]
    assert not re.search(r"\d\.\d{6}", pages["ben"].split("<body")[1])


def test_export_and_formgrader_show_our_scores(lab, tmp_path):
    from nbgrader.plugins import CsvExportPlugin

    with lab.api.gradebook as gradebook:
        CsvExportPlugin(to=str(tmp_path / "grades.csv")).export(gradebook)
    rows = list(csv.DictReader((tmp_path / "grades.csv").open()))
    assert {row["student_id"]: (row["score"], row["max_score"]) for row in rows} == {
        "ann": ("100.0", "100.0"),
        "ben": ("75.0", "100.0"),
    }
    listed = {each["student"]: each for each in lab.api.get_submissions("t1_sums")}
    assert {student: (each["score"], each["needs_manual_grade"]) for student, each in listed.items()} == {
        "ann": (100.0, False),
        "ben": (75.0, False),
    }


def test_validate_names_the_cells_that_do_not_pass(lab):
    from nbgrader.validator import Validator

    here = lab.root / "submitted" / "ben" / "t1_sums"
    for path in (lab.root / "release" / "t1_sums").iterdir():
        if path.is_dir() and not (here / path.name).exists():
            (here / path.name).symlink_to(path)
    for name in ("pyproject.toml", "conftest.py"):
        (here / name).write_bytes((lab.root / "release" / "t1_sums" / name).read_bytes())
    mine = lab.notebook("sums.running_totals", "sums.Average")
    (here / "mine.ipynb").write_text(json.dumps(mine))
    try:
        found = Validator(config=lab.config).validate(str(here / "mine.ipynb"))
    finally:
        (here / "mine.ipynb").unlink()
    (failed,) = found["failed"]
    assert failed["source"] == 'check("sums.total")'
    assert "sums.total: 0 of 10 public points: not done yet" in failed["raw_error"]


# --- without our preprocessor: nbgrader's Execute, and `grade_cell` in the kernel ------------------------------


@pytest.fixture
def stock(lab):
    """nbgrader as it comes, but for our cells put right."""
    own = lab.config.Autograde.pop("autograde_preprocessors")
    yield lab
    lab.config.Autograde.autograde_preprocessors = own


def test_execute_gives_our_score_through_the_cell(stock):
    done = stock.autograde("ben")
    assert done["success"], done["log"]
    assert stock.scores()["ben"] == 75.0
    outputs = stock.cell(stock.autograded("ben"), "test-sums-total")["outputs"]
    assert "sums.total: 0 of 25 points" in "".join(outputs[0]["data"]["text/plain"])


def test_execute_without_the_course_is_an_error_not_a_zero(stock, monkeypatch, capfd):
    monkeypatch.delenv("AUTOGRADER_COURSE")
    before = stock.scores()
    done = stock.autograde("ann")
    assert not done["success"]
    assert "Kernel died" in done["log"]
    assert "set AUTOGRADER_COURSE to its folder" in capfd.readouterr().err
    assert stock.scores() == before
    assert not (stock.root / "autograded" / "ann" / "t1_sums").exists()


# --- the export -----------------------------------------------------------------------------------------------


def test_export_adds_assignments_and_keeps_what_was_changed(tiny_root, tmp_path):
    course, out = Course.load(tiny_root), tmp_path / "out"
    runner = CliRunner()
    command = ["export", "nbgrader", "t1", "--out", str(out), "--course", str(tiny_root)]
    done = runner.invoke(main, command)
    assert done.exit_code == 0, done.output
    (out / CONFIG).write_text((out / CONFIG).read_text() + "c.Exchange.root = '/somewhere'\n")
    (out / "gradebook.db").write_text("")
    done = runner.invoke(main, [*command, "--language", "ru"])
    assert done.exit_code == 0, done.output
    assert f"{CONFIG} was there and stays as it is" in done.output
    assert "/somewhere" in (out / CONFIG).read_text()
    notebook = out / "source" / "t1_sums" / "t1_sums.ipynb"
    assert "Суммы" in notebook.read_text("utf-8")
    notebook.write_text(notebook.read_text("utf-8").replace("Суммы", "Сложение"))
    with pytest.raises(CourseError, match=r"t1_sums\.ipynb was changed since it was generated"):
        export(course, course.assignment("t1"), out)


def test_two_assignments_share_a_folder(tmp_path):
    course = Course.load(ROOT)
    for assignment in course.assignments[:2]:
        export(course, assignment, tmp_path / "out")
    there = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "out" / "source").iterdir()}
    assert there == {assignment.name: 0 for assignment in course.assignments[:2]}, "nobody else sees the solutions"


def test_russian_that_is_not_there_is_refused(tiny_root, tmp_path):
    course = Course.load(tiny_root)
    course.assignment("t1").handout_ru.unlink()
    with pytest.raises(CourseError, match=r"t1_sums: no handout in 'ru'; want .*handout\.ru\.md"):
        export(course, course.assignment("t1"), tmp_path / "out", language="ru")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["t1"], 'no gradebook; run "nbgrader generate_assignment t1_sums" there first; nbgrader needs alembic'),
        (["t1", "--assignment", "t1"], "grade: got t1, t1; want --nbgrader COURSE and one assignment"),
    ],
)
def test_grade_into_a_folder_that_is_not_ready_says_what_to_do(tiny_root, tmp_path, monkeypatch, options, message):
    monkeypatch.setenv("PATH", str(tmp_path))  # without alembic
    command = ["grade", "--nbgrader", str(tmp_path), *options, "--course", str(tiny_root)]
    done = CliRunner(env={"COLUMNS": "300"}).invoke(main, command)
    assert done.exit_code == 2
    assert message in done.output
    assert not os.listdir(tmp_path / "results") if (tmp_path / "results").exists() else True
