"""A results folder is one assignment's of one course, with one seed and one secret."""

import json

import pytest

from autograder.course.secret import VARIABLE

pytestmark = pytest.mark.slow


@pytest.fixture
def one_graded(lab, grade):
    lab.hand_in("ann")
    assert grade()[0] == 0


def test_default_folder_is_named_after_the_assignment(lab, command, monkeypatch, tmp_path):
    lab.hand_in("ann")
    monkeypatch.chdir(tmp_path)
    status, out, _ = command("grade", lab.hand_ins, "--assignment", "t1", "--course", lab.root, "--jobs", 1)
    assert status == 0
    assert "wrote results/t1_sums/grades.csv" in out
    assert json.loads((tmp_path / "results" / "t1_sums" / "ann" / "instructor.json").read_text())["score"] == 100


@pytest.mark.parametrize(
    ("assignment", "options", "says"),
    [
        ("t2", [], "assignment t1_sums; asked for assignment t2_means; choose another folder with --out"),
        ("t1", ["--seed", 7], "seed 0; asked for seed 7; grade with those, or choose another folder with --out"),
        ("t1", ["--follow-through"], "follow-through off; asked for follow-through on; grade with those, or choose"),
    ],
    ids=["assignment", "seed", "follow_through"],
)
def test_what_is_anothers_is_refused_and_stays(lab, later, one_graded, grade, tree, assignment, options, says):
    lab.hand_in("ann", "def mean(values): return 2.0\n", module="means")
    before = tree(lab.out)
    status, out, errors = grade(*options, assignment=assignment)
    assert (status, out) == (2, "")
    assert f"error: {lab.out}: holds records of {says}" in errors
    assert tree(lab.out) == before


def test_another_secret_is_refused_with_what_to_bring_back(lab, one_graded, grade, monkeypatch):
    monkeypatch.setenv(VARIABLE, "another" * 8)
    status, _, errors = grade()
    assert status == 2
    assert "holds records of secret of the course " in errors
    assert errors.endswith("; bring back assignments/course.secret as it was, or choose another folder with --out\n")


def test_another_course_is_refused(lab, one_graded, grade):
    file = lab.out / "records.json"
    file.write_text(file.read_text().replace('"tiny"', '"huge"'))
    status, _, errors = grade()
    assert status == 2
    assert "holds records of course huge; asked for course tiny; choose another folder with --out" in errors


def test_older_folder_is_taken_over_if_its_records_agree(lab, later, one_graded, grade):
    (lab.out / "records.json").unlink()
    status, _, errors = grade("--seed", 7)
    assert status == 2
    assert "holds records of seed 0; asked for seed 7" in errors
    assert not (lab.out / "records.json").exists()
    status, out, _ = grade()
    assert status == 0
    assert "0 graded now, 1 unchanged" in out
    assert json.loads((lab.out / "records.json").read_text())["owner"]["assignment"] == "t1_sums"


def test_folder_whose_owner_cannot_be_read_is_refused_with_what_to_do(lab, one_graded, grade):
    (lab.out / "records.json").write_text("{}")
    status, _, errors = grade()
    assert status == 2
    assert "records.json: cannot be read: Object missing required field `owner`; take it away, and the next" in errors
