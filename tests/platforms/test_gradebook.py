"""Scores into what Canvas and Moodle import: the right cell or none, nothing lost, nothing that a spreadsheet runs."""

import csv
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.results import write_results
from autograder.grading.verdicts import Graded, TestSpec, Verdict
from autograder.platforms.gradebook import fill

ASSIGNMENT = Course.load(Path(__file__).parents[1] / "tiny_course").assignment("t1")
TESTS = tuple(
    TestSpec(name=name, exercise="sums.total", points=points, public=True, visibility="visible", hint="")
    for name, points in (("a", 85.5), ("b", 14.5))
)
# As Canvas exports them: a row for what is posted by hand, points under the titles, totals that nobody may change.
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Sums (77),Essay (78),Current Score,Final Score
,,,,,,Manual Posting,,,
    Points Possible,,,,,,100.00,20.00,(read only),(read only)
"Ott, Ann",101,s-1,ann@school.example,"One, two",,,15.00,80,80
"=cmd|'/c calc'!A1",102,s-2,bob,One,,12.00,3.00,1,1
"Roe, Cy",103,s-3,cy,One,,N/A,,1,1
"Roe, Dee",104,s-4,dee,One,,7.00,,1,1
"Roe, Eve",105,s-5,eve,One,,EX,,1,1
"Roe, Flo",106,103,flo,One,,9.00,,1,1
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),Online text,Feedback comments
Participant 1001,Ann Ott,Ann@school.example,Submitted for grading,,100.00,-,=1+1,-3 for style
Participant 1002,+Bob,bob@school.example,Submitted for grading,12.00,100.00,Monday,,
Participant 1003,Cy Roe,cy@school.example,No submission,,100.00,-,,
"""


@pytest.fixture
def results(tmp_path):
    """results(id="all" | "some" | "none" | why it was not graded): a folder as `autograder grade` writes it."""

    def make(**outcomes):
        for identity, outcome in outcomes.items():
            passed = {"all": "ab", "some": "a", "none": ""}.get(outcome)
            verdicts = tuple(
                Verdict(
                    test=test,
                    outcome="passed" if test.name in passed else "failed",
                    code="passed" if test.name in passed else "wrong",
                )
                for test in TESTS
                if passed is not None
            )
            status = "graded" if passed is not None else "unreadable" if outcome == "unreadable" else "needs_attention"
            reason = "" if passed is not None else outcome
            graded = Graded(id=identity, status=status, reason=reason, verdicts=verdicts)
            write_results(tmp_path / "results" / identity, graded, ASSIGNMENT, TESTS)
        return tmp_path / "results"

    return make


@pytest.fixture
def filled(tmp_path):
    """filled(results, platform, text of the roster): (what became of them, the rows that were written)."""

    def run(folder, platform, text, **options):
        (tmp_path / "roster.csv").write_text(text, encoding="utf-8", newline="")
        out = tmp_path / "out.csv"
        done = fill(folder, platform, tmp_path / "roster.csv", out, **options)
        delimiter = ";" if text.count(";") > text.count(",") else ","
        return done, list(csv.reader(out.read_text(encoding="utf-8").splitlines(), delimiter=delimiter))

    return run


def test_canvas_gets_its_own_rows_with_one_column(results, filled):
    done, rows = filled(results(**{"101": "some", "bob": "none"}), "canvas", CANVAS, column="Sums")
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Sums (77)"],
        ["", "", "", "", "", "Manual Posting"],
        ["    Points Possible", "", "", "", "", "100.00"],
        ["Ott, Ann", "101", "s-1", "ann@school.example", "One, two", "85.5"],
        ["'=cmd|'/c calc'!A1", "102", "s-2", "bob", "One", "0"],
        ["Roe, Cy", "103", "s-3", "cy", "One", "N/A"],
        ["Roe, Dee", "104", "s-4", "dee", "One", "7.00"],
        ["Roe, Eve", "105", "s-5", "eve", "One", "EX"],
        ["Roe, Flo", "106", "103", "flo", "One", "9.00"],
    ]
    assert (done.column, done.n_filled, done.n_other, done.n_without) == ("Sums (77)", 2, 1, 4)
    assert done.to_look_at == []


@pytest.mark.parametrize("key", ["101", "s-1", "ann@school.example", "ANN@school.example"])
def test_canvas_student_is_found_by_any_of_the_ids(results, filled, key):
    _, rows = filled(results(**{key: "all"}), "canvas", CANVAS, column="Sums (77)")
    assert rows[3][5] == "100"


def test_what_is_not_certain_fills_no_cell_and_is_told(results, filled):
    folder = results(
        **{
            "104": "no sandbox",
            "103": "all",
            "105": "some",
            "nobody": "all",
            "102": "some",
            "s-2": "none",
            "106": "all",
        }
    )
    (folder / "106" / "results.json").write_text("{}")
    done, rows = filled(folder, "canvas", CANVAS, column="Sums")
    assert [row[5] for row in rows[3:]] == ["", "12.00", "N/A", "7.00", "EX", "9.00"], "as they were"
    assert sorted(done.to_look_at) == [
        "102 (85.5), s-2 (0): are one student of the roster; which one counts?",
        "103: 100 points, but 2 rows of the roster have that id",
        "104: needs_attention, so there is no score: no sandbox",
        "105: 85.5 points, but there it is excused (EX)",
        "106: its result was changed or cannot be read; grade it again",
        "nobody: 100 points, but no row of the roster has that id",
    ]


def test_zero_for_what_could_not_be_read_is_told(results, filled):
    done, rows = filled(results(**{"101": "unreadable"}), "canvas", CANVAS, column="Sums")
    assert rows[3][5] == "0"
    assert done.to_look_at == ["101: unreadable, 0 points: unreadable"]


def test_points_that_do_not_agree_are_refused_or_converted(results, filled):
    folder = results(**{"101": "some"})
    with pytest.raises(
        CourseError, match="'Essay \\(78\\)' is out of 20 points, the results out of 100; set the points"
    ):
        filled(folder, "canvas", CANVAS, column="Essay")
    _, rows = filled(folder, "canvas", CANVAS, column="Essay", scale=True)
    assert rows[3][5] == "17.1"


def test_semicolons_commas_in_numbers_and_a_mark_of_encoding_come_out_as_they_came(results, filled, tmp_path):
    text = "\ufeffStudent;ID;SIS Login ID;Section;Sums (77)\n    Points Possible;;;;100,00\nAnn;101;ann;One;12,5\n"
    done, rows = filled(results(ann="some"), "canvas", text)
    assert rows[0][0] == "\ufeffStudent"
    assert rows[2] == ["Ann", "101", "ann", "One", "85.5"]
    assert done.n_other == 1


def test_moodle_gets_its_worksheet_without_texts_that_it_would_import(results, filled):
    done, rows = filled(results(**{"1001": "some", "bob@school.example": "all"}), "moodle", MOODLE)
    assert rows == [
        ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Last modified (grade)"],
        ["Participant 1001", "Ann Ott", "Ann@school.example", "Submitted for grading", "85.5", "100.00", "-"],
        ["Participant 1002", "'+Bob", "bob@school.example", "Submitted for grading", "100", "100.00", "Monday"],
        ["Participant 1003", "Cy Roe", "cy@school.example", "No submission", "", "100.00", "-"],
    ]
    assert (done.n_filled, done.n_other, done.n_without) == (2, 1, 1)


def test_moodle_in_another_language_is_told_its_column(results, filled):
    text = "Идентификатор,Адрес,Оценка\nУчастник 1001,ann@school.example,\n"
    with pytest.raises(CourseError, match="got 'Grade', want one with --column; there are 'Идентификатор', 'Адрес'"):
        filled(results(**{"ann@school.example": "all"}), "moodle", text)
    _, rows = filled(results(**{"ann@school.example": "all"}), "moodle", text, column="Оценка")
    assert rows[1] == ["Участник 1001", "ann@school.example", "100"]


@pytest.mark.parametrize(
    ("platform", "text", "column", "says"),
    [
        ("canvas", "", "", "no columns ID and Section; want the gradebook as Canvas exports it"),
        ("canvas", MOODLE, "", "no columns ID and Section; want the gradebook as Canvas exports it"),
        ("canvas", CANVAS, "", "got 'no column', want one with --column; there are 'Sums \\(77\\)', 'Essay \\(78\\)'"),
        ("canvas", CANVAS.replace("100.00", "(read only)"), "Sums", "'Sums \\(77\\)' is read-only in Canvas"),
        ("moodle", CANVAS, "", 'its first column does not say "Participant 123"'),
        ("moodle", MOODLE, "Mark", "got 'Mark', want one with --column; there are 'Identifier'"),
    ],
    ids=["empty", "moodle's", "two columns", "read only", "canvas's", "no such column"],
)
def test_roster_of_another_form_is_refused(results, filled, tmp_path, platform, text, column, says):
    with pytest.raises(CourseError, match=says):
        filled(results(ann="all"), platform, text, column=column)
    assert not (tmp_path / "out.csv").exists()


def test_files_that_will_not_do_are_refused(results, tmp_path):
    roster = tmp_path / "roster.csv"
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        fill(results(ann="all"), "canvas", roster, tmp_path / "out.csv")
    roster.write_bytes("Student,ID,Section,Süms (1)\n".encode("latin-1"))
    with pytest.raises(CourseError, match="not UTF-8; want the file as it was exported"):
        fill(results(ann="all"), "canvas", roster, tmp_path / "out.csv")
    with pytest.raises(CourseError, match="is the roster itself; want another file with --out"):
        fill(results(ann="all"), "canvas", roster, roster)
    roster.write_text(CANVAS)
    with pytest.raises(CourseError, match="no results here; want the folder that autograder grade wrote"):
        fill(tmp_path / "nothing", "canvas", roster, tmp_path / "out.csv", column="Sums")


def test_command_says_what_it_filled_and_ends_with_1_if_somebody_is_to_be_looked_at(results, tmp_path):
    (tmp_path / "roster.csv").write_text(CANVAS)
    options = ["gradebook", str(results(**{"101": "all"})), "--for", "canvas", "--column", "Sums"]
    options += ["--roster", str(tmp_path / "roster.csv"), "--out", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    assert f"wrote {tmp_path}/out.csv: 1 scores in 'Sums (77)'" in done.output
    assert "of these replaced another score: 0; without a result, left as it was: 5" in done.output
    results(nobody="all")
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 1
    assert "look at nobody: 100 points, but no row of the roster has that id" in done.output


def test_results_of_two_assignments_are_refused(results, filled):
    folder = results(ann="all", bob="all")
    record = json.loads((folder / "bob" / "instructor.json").read_text())
    other = msgspec.structs.replace(ASSIGNMENT, name="t2")
    write_results(folder / "bob", Graded(id=record["id"], status="graded"), other, TESTS)
    with pytest.raises(CourseError, match="results of t1_sums, t2; want one assignment's folder"):
        filled(folder, "canvas", CANVAS, column="Sums")
