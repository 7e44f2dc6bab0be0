"""A regrade that gives somebody less for the same hand-in is not kept before a person has said so."""

import json

import click
import pytest

from tests.lab import TOTAL

pytestmark = pytest.mark.slow

EXERCISE = '@pytest.mark.points({}, exercise="sums.{}")\ndef test_{}(student):\n    {}\n\n\n'
SUMS = EXERCISE.format(60, "running_totals", "sums", "assert student.sums.running_totals([1.0])[0] == 1.0")
LENIENT = EXERCISE.format(40, "total", "total", "student.sums.total([1.0])") + SUMS
STRICT = EXERCISE.format(40, "total", "total", "assert student.sums.total([1.0, 3.0]) == 4.0") + SUMS


@pytest.fixture
def stricter(lab, grade):
    """A class graded, of which bob will have less by the tests of now."""
    lab.tests(LENIENT)
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source((TOTAL, "return 3.0")))
    assert grade()[0] == 0
    lab.tests(STRICT)


@pytest.fixture
def scores(lab):
    return lambda: {name: float(row["score"]) for name, row in lab.csv().items()}


def test_without_a_terminal_and_without_yes_the_old_scores_stay(lab, stricter, grade, scores, records_of, command):
    status, out, errors = grade()
    assert status == 1
    assert "│ bob        │    100 │    60 │ test_total -40 │" in errors
    assert "1 would have less for the same hand-in, and keep the old scores: look at the tests, and accept" in errors
    assert "t1_sums: 2 submissions" in out
    assert scores() == records_of(lab.out) == {"ann": 100, "bob": 100}
    assert len(json.loads(command("history", "bob", "--results", lab.out, "--json")[1])["gradings"]) == 1
    assert grade()[0] == 1, "it is asked again"


def test_yes_accepts_it_in_every_file(lab, stricter, grade, scores, records_of, command):
    status, out, _ = grade("--yes")
    assert status == 0
    assert "│ bob        │     60 │ " in out
    assert scores() == records_of(lab.out) == {"ann": 100, "bob": 60}
    gradings = json.loads(command("history", "bob", "--results", lab.out, "--json")[1])["gradings"]
    assert [each["score"] for each in gradings] == [100, 60]
    assert "0 graded now, 2 unchanged" in grade()[1]


@pytest.mark.parametrize(("answer", "score", "status"), [(True, 60, 0), (False, 100, 1)], ids=["yes", "no"])
def test_person_at_a_terminal_is_asked(lab, stricter, grade, scores, monkeypatch, answer, score, status):
    asked = []

    def confirm(text, **_):
        asked.append(text)
        return answer

    monkeypatch.setattr(click, "confirm", confirm)
    monkeypatch.setattr("autograder.cli.grading._is_terminal", lambda: True)
    assert grade()[0] == status
    assert asked == ["1 would have less for the same hand-in. Keep that?"]
    assert scores()["bob"] == score


def test_hand_in_that_was_changed_for_the_worse_asks_nobody(lab, grade, scores):
    lab.hand_in("ann")
    grade()
    lab.hand_in("ann", lab.source((TOTAL, "return 3.0")))
    status, _, errors = grade()
    assert (status, "would have less" in errors, scores()["ann"]) == (0, False, 75)
