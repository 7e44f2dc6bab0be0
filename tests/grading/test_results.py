"""The files: whole or not at all, in Gradescope's format, safe in a spreadsheet."""

import csv
import errno
import io
import os
import platform
import stat

import msgspec
import numpy as np
import pytest

from autograder.errors import CourseError
from autograder.grading.records import record_of
from autograder.grading.results import grades_csv, spreadsheet_cell, write_atomically
from autograder.grading.verdicts import Graded, TestSpec

pytestmark = pytest.mark.slow

# https://gradescope-autograders.readthedocs.io/en/latest/specs/, "Output format": what may stand where, and its type.
FORMATS = ("text", "html", "simple_format", "md", "ansi")
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
TOP = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": FORMATS,
    "test_output_format": FORMATS,
    "test_name_format": FORMATS,
    "visibility": VISIBILITIES,
    "stdout_visibility": VISIBILITIES,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
TEST = {
    "score": (int, float),
    "max_score": (int, float),
    "status": ("passed", "failed"),
    "name": str,
    "name_format": FORMATS,
    "number": str,
    "output": str,
    "output_format": FORMATS,
    "tags": list,
    "visibility": VISIBILITIES,
    "extra_data": dict,
}


def check(entry, allowed):
    for key, value in entry.items():
        assert key in allowed, f"{key}: not in Gradescope's format"
        want = allowed[key]
        if isinstance(want, tuple) and isinstance(want[0], str):
            assert value in want, key
        else:
            assert isinstance(value, want), key
            assert not isinstance(value, bool), key


def test_results_are_in_gradescopes_format(graded_class):
    for each in graded_class.values():
        check(each.results, TOP)
        for test in each.results["tests"]:
            check(test, TEST)
        assert "score" in each.results, "required where tests have none"


def test_both_files_say_which_python_and_numpy_graded(graded_class):
    for each in graded_class.values():
        for said in (each.record, each.results["extra_data"]):
            assert (said["python"], said["numpy"]) == (platform.python_version(), np.__version__)


def test_scores_of_the_tests_make_the_score(graded_class):
    for each in graded_class.values():
        assert sum(test["score"] for test in each.results["tests"]) == each.score
        assert sum(points for points, _ in each.record["exercises"].values()) == each.score
        assert each.results["extra_data"]["exercises"] == each.record["exercises"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_failure_in_the_middle_of_writing_leaves_the_old_file(tmp_path, monkeypatch, broken):
    file = tmp_path / "results.json"
    write_atomically(file, "old")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, broken, full)
    with pytest.raises(CourseError, match=r"results.json: cannot be written: No space left on device; what was graded"):
        write_atomically(file, "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("results.json", "old")]


def test_interrupt_in_the_middle_of_writing_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "results.json"
    write_atomically(file, "old")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("results.json", "old")]


def test_what_a_killed_run_left_of_a_file_is_overwritten(tmp_path):
    (tmp_path / ".results.json.tmp").write_text("half")
    write_atomically(tmp_path / "results.json", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def test_file_and_the_folder_made_for_it_are_their_owners_alone_whatever_was_left_there(tmp_path):
    (tmp_path / "ann").mkdir(mode=0o755)
    (tmp_path / "ann" / ".results.json.tmp").touch(0o644)
    for path in (tmp_path / "ann" / "results.json", tmp_path / "bob" / "results.json"):
        write_atomically(path, "new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "bob").stat().st_mode) == 0o700


def test_file_where_a_folder_should_be_is_named(tmp_path):
    (tmp_path / "ann").write_text("")
    with pytest.raises(CourseError, match=r"ann/results.json: cannot be written: "):
        write_atomically(tmp_path / "ann" / "results.json", "new")


def record(identity, score=0.1 + 0.2, **changes):
    nothing_lost = record_of(Graded(id=identity, status="graded"), "t1_sums", [])
    changes = {"score": score, "max_score": 100.0, "exercises": {"=cmd()": (score, 100.0)}} | changes
    return msgspec.structs.replace(nothing_lost, id=identity, **changes)


def test_csv_is_sorted_numbers_are_short_and_no_cell_is_a_formula():
    test = TestSpec(name="test_a", exercise="=cmd()", points=100.0, public=True, visibility="visible", hint="")
    ids = ['b"quoted",', "=HYPERLINK(1)", "+1", "-1", "@sum", "\tx", "\rx", "ann", "пётр"]
    text = grades_csv([record(identity) for identity in ids], [test])
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert rows[0] == ["id", "name", "score", "max", "'=cmd()", "status", "late", "submitted", "left", "reason"]
    assert [row[0].lstrip("'").replace("\\r", "\r") for row in rows[1:]] == sorted(ids)
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert {tuple(row[1:]) for row in rows[1:]} == {("", "0.3", "100", "0.3", "graded", "", "", "", "")}


def test_csv_has_no_score_where_there_is_none():
    test = TestSpec(name="test_a", exercise="=cmd()", points=100.0, public=True, visibility="visible", hint="")
    broken = record("ann", score=None, status="needs_attention", reason="no sandbox\nhere")
    assert grades_csv([broken], [test]).splitlines()[1] == "ann,,,100,,needs_attention,,,,no sandbox"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("x;=1+1", "x;'=1+1"),
        ('x;"=1+1"', 'x;"\'=1+1"'),
        ("x,\t+1", "x,'\t'+1"),
        ("＝1+1 Wide", "'＝1+1 Wide"),
        ("x;＝1+1|＋1", "x;'＝1+1|'＋1"),
        ("  =1+1", "  '=1+1"),
        ("﹦1+1", "'﹦1+1"),
        ('x; "=1+1"', 'x; "\'=1+1"'),
        ("x：=1+1；－1，＠a、=2", "x：'=1+1；'－1，'＠a、'=2"),
        ("\t=1\r=1", "'\t'=1\\r=1"),
        ("\u3164=1", "\\u3164=1"),
        ("x;'=1", "x;'=1"),
        ("Ott-Roe, A+B;", "Ott-Roe, A+B;"),
    ],
)
def test_cell_is_no_formula_whatever_separates_cells(text, cell):
    assert spreadsheet_cell(text) == cell


def test_csv_says_who_was_late_and_what_does_not_load_and_opens_in_excel():
    test = TestSpec(name="test_a", exercise="a", points=100.0, public=True, visibility="visible", hint="")
    errors = ("sums.py does not load: ModuleNotFoundError: No module named 'x' (sums.py:1)\n  import x",)
    who = {"name": "Анна\n=1+1", "late": True, "submitted": "2026-01-02 10:00 Z", "load_errors": errors}
    ann = record("ann", 0.0, exercises={"a": (0, 100)}, **who)
    text = grades_csv([ann], [test])
    assert text.encode().startswith(b"\xef\xbb\xbfid,name,")
    reason = "sums.py does not load: No module named 'x' (sums.py:1)"
    assert text.splitlines()[1] == f"ann,Анна =1+1,0,100,0,graded,yes,2026-01-02 10:00 Z,,{reason}"
