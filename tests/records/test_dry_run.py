"""A run that shows what it would change, and changes nothing."""

import json

import pytest

from tests.lab import RUNNING, TOTAL

pytestmark = pytest.mark.slow


@pytest.fixture
def changed(lab, grade):
    """A class graded; since then one has a worse hand-in, one a better one, one has come, one is as before."""
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source((TOTAL, "return 6.0")))
    lab.hand_in("cyd", lab.source((RUNNING, "sums = 2 * np.cumsum(vector)")))
    assert grade()[0] == 0
    lab.hand_in("ann", lab.source((TOTAL, "return 6.0")))
    lab.hand_in("bob")
    lab.hand_in("dee")


def unwritten(files):
    return {path: content for path, content in files.items() if path != "gradings.sqlite"}


def test_dry_run_says_who_gains_and_who_loses_and_writes_nothing(lab, changed, grade, command, tree):
    before = tree(lab.out)
    status, out, _ = grade("--dry-run")
    assert status == 1
    assert "2 of 3 differ, 1 of them have less" in out
    assert "│ ann        │    100 │    80 │ " in out
    assert "│ bob        │     80 │   100 │ " in out
    assert "only after: dee" in out
    assert "a dry run: nothing was written; without --dry-run it is\n" in out
    assert unwritten(tree(lab.out)) == unwritten(before)
    assert len(json.loads(command("history", "ann", "--results", lab.out, "--json")[1])["gradings"]) == 1
    status, out, _ = grade("--dry-run", "--json", "--only", "bob")
    assert status == 1
    assert [each["id"] for each in json.loads(out)["changes"]] == ["bob"]
    assert json.loads(out)["only_before"] == []


def test_dry_run_that_would_change_nothing_is_status_0(lab, grade):
    lab.hand_in("ann")
    assert grade()[0] == 0
    status, out, _ = grade("--dry-run", "--regrade")
    assert (status, "0 of 1 differ, 0 of them have less" in out) == (0, True)


def test_test_that_was_changed_is_shown_before_anybody_gets_a_score_of_it(lab, grade, tree):
    exercise = '@pytest.mark.points({}, exercise="sums.{}")\ndef test_{}(student):\n    {}\n\n\n'
    sums = exercise.format(60, "running_totals", "sums", "assert student.sums.running_totals([1.0])[0] == 1.0")
    lenient = exercise.format(40, "total", "total", "student.sums.total([1.0])")
    strict = exercise.format(40, "total", "total", "assert student.sums.total([1.0, 3.0]) == 4.0")
    lab.tests(lenient + sums)
    for name in ("ann", "bob"):
        lab.hand_in(name, lab.source((TOTAL, "return 3.0")))
    assert grade()[0] == 0
    lab.tests(strict + sums)
    before = tree(lab.out)
    status, out, _ = grade("--dry-run")
    assert status == 1
    assert "2 of 2 differ, 2 of them have less" in out
    assert "everybody changes in test_total" in out
    after = tree(lab.out)
    assert {path for path in before if before[path] != after[path]} <= {"proved.json", "gradings.sqlite"}


def test_dry_run_is_not_for_nbgrader(command, lab, tmp_path):
    status, _, errors = command("grade", "--nbgrader", tmp_path, "t1", "--course", lab.root, "--dry-run")
    assert status == 2
    assert "error: grade: --dry-run does not go with --nbgrader, whose gradebook is written as it is graded\n" in errors
