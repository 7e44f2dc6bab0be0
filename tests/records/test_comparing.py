"""Who gains and who loses between two gradings, in which test, and what changes for everybody."""

import json

import pytest

from tests.lab import RUNNING, TOTAL

pytestmark = pytest.mark.slow


@pytest.fixture
def mended(lab, grade, tmp_path):
    """A class graded, and again after a test was made stricter, into another folder."""
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source((TOTAL, "return 6.0")))
    lab.hand_in("cyd", lab.source((RUNNING, "sums = 2 * np.cumsum(vector)")))
    assert grade()[0] == 0
    lab.hand_in("ann", lab.source((TOTAL, "return 6.0")))
    lab.hand_in("bob")
    (lab.hand_ins / "cyd").rename(lab.hand_ins / "dee")
    assert grade(out=tmp_path / "mended")[0] == 0
    return tmp_path / "mended"


def test_folders_are_compared_student_by_student_and_test_by_test(lab, mended, command):
    status, out, _ = command("diff", lab.out, mended, "--json")
    found = json.loads(out)
    assert status == 1
    assert [(each["id"], each["before"], each["after"]) for each in found["changes"]] == [
        ("ann", 100, 80),
        ("bob", 80, 100),
    ]
    ann, bob = (each["tests"] for each in found["changes"])
    assert ann == {test: -points for test, points in bob.items()}
    assert sum(ann.values()) == -20
    assert (found["n_both"], found["only_before"], found["only_after"]) == (2, ["cyd"], ["dee"])
    assert found["everybody"] == [], "one gains what the other loses"
    _, out, _ = command("diff", lab.out, mended)
    assert "2 of 2 differ, 1 of them have less" in out
    assert "only before: cyd\nonly after: dee\n" in out
    (test, *_) = ann
    assert f"{test} {ann[test]:+g}" in out


def test_test_that_changes_for_everybody_is_named(lab, grade, command, tmp_path):
    exercise = '@pytest.mark.points({}, exercise="sums.{}")\ndef test_{}(student):\n    {}\n\n\n'
    total = exercise.format(40, "total", "total", "assert student.sums.total([1.0, {}]) == 3.0")
    sums = exercise.format(60, "running_totals", "sums", "assert student.sums.running_totals([1.0])[0] == 1.0")
    lab.tests(total.format("2.0") + sums)
    for name in ("ann", "bob"):
        lab.hand_in(name, lab.source((TOTAL, "return 3.0")))
    assert grade()[0] == 0
    lab.tests(total.format("3.0").replace("3.0\n", "4.0\n") + sums)
    assert grade(out=tmp_path / "mended")[0] == 0
    status, out, _ = command("diff", lab.out, tmp_path / "mended")
    assert status == 1
    assert "2 of 2 differ, 2 of them have less" in out
    assert "everybody changes in test_total" in out
    assert "test_sums" not in out


def test_two_gradings_of_a_student_are_compared_by_their_numbers(lab, grade, command):
    lab.hand_in("ann")
    grade()
    lab.hand_in("ann", lab.source((TOTAL, "return 6.0")))
    grade()
    status, out, _ = command("diff", 1, 2, "--results", lab.out, "--json")
    assert status == 1
    assert [(each["before"], each["after"]) for each in json.loads(out)["changes"]] == [(100, 80)]
    status, out, _ = command("diff", 1, 1, "--results", lab.out)
    assert (status, out) == (0, "0 of 1 differ, 0 of them have less\n")


def test_what_holds_no_records_is_refused(lab, command, tmp_path):
    status, _, errors = command("diff", tmp_path / "none", lab.out)
    assert status == 2
    assert f"error: diff '{tmp_path}/none': no records there; want two results folders, or two numbers" in errors
