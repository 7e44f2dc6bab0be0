"""Grading some of a class merges into it; who is no longer in the class is marked, and nobody's record is deleted."""

import json
import os
import shutil

import pytest

from autograder.grading.batch import Batch
from tests.lab import TOTAL

pytestmark = pytest.mark.slow


@pytest.fixture
def three(lab, grade):
    """A class of three, graded."""
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source((TOTAL, "return 6.0")))
    lab.hand_in("cyd")
    assert grade()[0] == 0


def test_one_student_graded_alone_leaves_the_others_in_the_tables(lab, three, grade, records_of):
    lab.hand_in("bob")
    status, out, _ = grade(paths=[lab.hand_ins / "bob"])
    assert status == 0
    assert "t1_sums: 3 submissions" in out
    assert "1 graded now, 0 unchanged since the last run, 2 kept of earlier runs" in out
    assert "no longer in the class" not in out
    rows = lab.csv()
    assert {name: (float(row["score"]), row["left"]) for name, row in rows.items()} == {
        "ann": (100, ""),
        "bob": (100, ""),
        "cyd": (100, ""),
    }


def test_only_grades_whom_it_names_and_an_id_that_is_nobodys_is_refused(lab, three, grade):
    for name in ("ann", "bob"):
        lab.hand_in(name, lab.source((TOTAL, "return 7.0")))
    status, out, _ = grade("--only", "ann", "--only", "cyd")
    assert status == 0
    assert "1 graded now, 1 unchanged since the last run, 1 kept of earlier runs" in out
    assert {name: float(row["score"]) for name, row in lab.csv().items()} == {"ann": 75, "bob": 80, "cyd": 100}
    status, _, errors = grade("--only", "an")
    assert status == 2
    assert "error: --only 'an': nothing was handed in under that id; there are ann\n" in errors


def test_since_grades_what_was_changed_since(lab, three, grade):
    for name in ("ann", "bob", "cyd"):
        lab.hand_in(name, lab.source((TOTAL, "return 7.0")))
        os.utime(lab.hand_ins / name / "sums.py", (0, 0) if name != "cyd" else None)
    status, out, _ = grade("--since", "2001-01-01")
    assert status == 0
    assert "1 graded now, 0 unchanged since the last run, 2 kept of earlier runs" in out
    assert {name: float(row["score"]) for name, row in lab.csv().items()} == {"ann": 100, "bob": 80, "cyd": 75}


def test_who_has_left_is_marked_named_and_kept(lab, three, grade, records_of):
    shutil.rmtree(lab.hand_ins / "bob")
    status, out, _ = grade()
    assert status == 0
    assert "t1_sums: 2 submissions" in out
    assert "no longer in the class, and left out of gradebooks: bob; if they are, grade all folders of the class" in out
    assert {name: row["left"] for name, row in lab.csv().items()} == {"ann": "", "bob": "yes", "cyd": ""}
    assert records_of(lab.out) == {"ann": 100, "bob": 80, "cyd": 100}
    document = json.loads(grade("--json")[1])
    assert {row["id"]: row["left"] for row in document["submissions"]} == {"ann": False, "bob": True, "cyd": False}
    lab.hand_in("bob")
    assert "no longer in the class" not in grade()[1]
    assert {row["left"] for row in lab.csv().values()} == {""}


@pytest.mark.parametrize("options", [["--part"], ["--since", "2001-01-01"]], ids=lambda words: words[0])
def test_part_of_a_class_makes_nobody_leave_and_adds_whom_it_sees(lab, three, grade, tmp_path, options):
    shutil.move(lab.hand_ins / "ann", tmp_path / "late" / "dee")
    status, out, _ = grade(*options, paths=[tmp_path / "late"])
    assert status == 0
    assert "no longer in the class" not in out
    assert {name: row["left"] for name, row in lab.csv().items()} == dict.fromkeys(["ann", "bob", "cyd", "dee"], "")


def test_who_has_left_stays_left_when_one_student_is_graded_alone(lab, three, grade):
    shutil.rmtree(lab.hand_ins / "bob")
    grade()
    grade("--only", "ann")
    assert lab.csv()["bob"]["left"] == "yes"


def test_folder_of_an_older_version_has_everybody_in_its_class(lab, three, grade):
    (lab.out / "records.json").unlink()
    grade("--only", "ann")
    assert {row["left"] for row in lab.csv().values()} == {""}


def test_gradebook_leaves_out_who_has_left_and_says_so(lab, three, grade, command, tmp_path):
    shutil.rmtree(lab.hand_ins / "bob")
    grade()
    roster = tmp_path / "canvas.csv"
    head = "Student,ID,Section,Sums (77)\n    Points Possible,,,100.00\n"
    roster.write_text(head + "".join(f"{name},{name},One,\n" for name in ("ann", "bob", "cyd")))
    out = tmp_path / "import.csv"
    status, said, _ = command("gradebook", lab.out, "--for", "canvas", "--roster", roster, "--out", out)
    assert status == 0
    assert "2 scores" in said
    assert "no longer in the class, left out: bob" in said
    assert [row.rpartition(",")[2] for row in out.read_text().splitlines()[2:]] == ["100", "", "100"]


FAIL = """
read = grader.read_apart
def fail(paths, **options):
    if paths[0].name in ("ann", "bob", "cyd"):
        raise OSError(5, "Input/output error")
    return read(paths, **options)
grader.read_apart = fail
"""


def test_grading_stops_after_so_many_that_could_not_be_graded(lab, sabotage, grade):
    for name in ("ann", "bob", "cyd"):
        lab.hand_in(name)
    sabotage(FAIL)
    result = lab.batch(max_failures=2).grade(lab.submissions())
    assert (len(result.rows), result.n_not_asked) == (2, 1)
    status, out, _ = grade("--max-failures", 1, out=lab.folder / "other")
    assert status == 1
    assert "stopped: too many could not be graded; 2 have not had their turn: the same command goes on" in out
    sabotage("")
    status, out, _ = grade(out=lab.folder / "other")
    assert (status, "3 graded now" in out) == (0, True)


def test_command_hands_on_how_many_failures_are_too_many(lab, grade, monkeypatch):
    given = []
    made = Batch.__init__

    def remember(self, *words, **options):
        given.append(options["max_failures"])
        made(self, *words, **options)

    monkeypatch.setattr(Batch, "__init__", remember)
    lab.hand_in("ann")
    grade()
    grade("--max-failures", 3)
    assert given == [None, 3]
