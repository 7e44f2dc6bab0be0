"""A failed test names the mistake whose values the submission gave, and nothing where none fits."""

import os
import sys
from itertools import combinations

import pytest

from autograder.checks.random_numbers import rng_for
from autograder.course.manifest import Course
from autograder.course.secret import VARIABLE
from autograder.grading import diagnosis

pytestmark = pytest.mark.slow

HIDDEN = "test_hidden::test_running_totals_of_random_numbers[7]"
STREAM = "test" + os.environ[VARIABLE]
DRAWN = float(rng_for(HIDDEN, 0, STREAM).normal(size=7)[0])  # by the seed of the class
DRAWN_OF_TOTAL = float(rng_for("test_hidden::test_total_of_random_numbers", 0, STREAM).normal(size=20)[0] - 1.0)
DOUBLED = ("sums = np.cumsum(vector)", "sums = np.cumsum(2 * vector)")  # not as the misconception writes it
NO_MEAN = ("return self.so_far / self.count", "return self.so_far")
LATEST = ("self.so_far += value", "self.so_far = value")
HINTS = {
    "every total doubled": "hint: What is the first total of a single number?",
    "sum for mean": "hint: What is the mean of three equal numbers?",
    "latest for sum": "hint: What is left of the first number when the second has come?",
}


def named(graded):
    """{test: the misconceptions named in it}, those without any left out."""
    return {test["name"]: test["misconceptions"] for test in graded.record["tests"] if test["misconceptions"]}


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory, make_lab, start_with):
    """Hand-ins with mistakes of their own, graded."""
    lab = make_lab(tmp_path_factory.mktemp("mistaken"))
    total = "return float(as_vector(values).sum())"
    hand_ins = {
        "doubled": [DOUBLED],
        "two_exercises": [DOUBLED, NO_MEAN],
        "two_in_one": [LATEST, NO_MEAN],
        "unknown": [("sums = np.cumsum(vector)", "sums = 3 * np.cumsum(vector)")],
        "negative": [(total, "return -float(as_vector(values).sum())")],
        # What sums of one number and of two give, but right for all others: a test that is passed speaks against it.
        "refuted": [(NO_MEAN[0], "return self.so_far / self.count if self.count > 1 else 7.0")],
        "raises": [(DOUBLED[0], "raise ValueError('no totals')")],
        # Doubled where the seed of this class draws, as if a test batch could not tell: another draw shows it.
        "coincidence": [
            (
                "sums = np.cumsum(vector)",
                f"sums = np.cumsum(vector) * (2 if abs(vector[:1].sum() - {DRAWN!r}) < 1e-9 else 1 + vector**2)",
            )
        ],
        "minus_here": [(total, f"return {total[7:]} * (-1 if abs(values[0] - {DRAWN_OF_TOTAL!r}) < 1e-9 else 3)")],
        "right": [("sums = np.cumsum(vector)", "sums = np.add.accumulate(vector)")],
        "endless": [(total, "return [1.0] * 100_000")],
    }
    for name, changes in hand_ins.items():
        lab.hand_in(name, lab.source(*changes))
    with pytest.MonkeyPatch.context() as monkeypatch:
        start_with(monkeypatch, "")
        return lab.grade(jobs=2)


def test_mistake_is_named_in_every_test_where_its_values_came(mistaken):
    assert named(mistaken["doubled"]) == {
        "test_running_totals": ["every total doubled"],
        "test_running_totals_of_random_numbers[7]": ["every total doubled"],
    }


def test_mistakes_of_two_exercises_are_named_each_in_its_own(mistaken):
    found = named(mistaken["two_exercises"])
    assert found["test_running_totals"] == ["every total doubled"]
    assert found["test_average"] == ["sum for mean"]


def test_two_mistakes_that_only_together_explain_a_value_are_both_named(mistaken):
    assert named(mistaken["two_in_one"])["test_average"] == ["sum for mean", "latest for sum"]


def test_what_only_the_first_draw_shows_is_held_back(mistaken):
    """Of one point many mistakes may be right; asked again with other numbers, the submission gives itself away."""
    assert named(mistaken["coincidence"]) == {}
    private, _ = mistaken["minus_here"].test("test_total_of_random_numbers")
    assert (private["code"], private["likeness"]) == ("wrong", "")


@pytest.mark.parametrize("hand_in", ["unknown", "negative", "refuted", "raises", "right", "endless"])
def test_nothing_is_named_where_no_mistake_fits(mistaken, hand_in):
    assert named(mistaken[hand_in]) == {}


@pytest.mark.parametrize("test", ["test_running_totals", "test_running_totals_of_random_numbers[7]"])
def test_student_reads_the_hint_before_that_of_the_test(mistaken, test):
    _, shown = mistaken["doubled"].test(test)
    hints = [line for line in shown["output"].splitlines() if line.startswith("hint: ")]
    assert hints[0] == HINTS["every total doubled"]
    assert len(hints) == 2


def test_hidden_test_tells_no_number(mistaken):
    _, public = mistaken["doubled"].test("test_running_totals")
    _, hidden = mistaken["doubled"].test("test_running_totals_of_random_numbers[7]")
    assert "the value: it is right but for a constant factor: 2\n" in public["output"]
    assert hidden["output"].splitlines()[:2] == ["wrong answer", "the value: it is right but for a constant factor"]


def test_value_that_no_mistake_explains_is_told_by_what_it_looks_like(mistaken):
    private, shown = mistaken["negative"].test("test_total_of_random_numbers")
    assert private["likeness"] == "it is right but for the sign"
    assert "the value: it is right but for the sign" in shown["output"]


@pytest.mark.parametrize("policy", ["verdict", "name", "nothing"])
def test_policy_that_gives_no_hints_gives_none_of_these(lab, policy):
    lab.policy(policy)
    graded = lab.one(lab.source(DOUBLED))
    _, shown = graded.test("test_running_totals_of_random_numbers[7]")
    assert shown is None or shown["output"] in ("wrong answer", "")


def test_earlier_results_and_one_grader_more_do_not_change_what_is_said(lab):
    lab.hand_in("ann", lab.source(DOUBLED))
    lab.hand_in("bob", lab.source(NO_MEAN))
    first = {name: graded.text for name, graded in lab.grade(jobs=1).items()}
    again = {name: graded.text for name, graded in lab.grade(jobs=2, out=lab.folder / "again").items()}
    assert first == again


def test_misconception_that_never_ends_costs_a_hint_and_no_more(lab):
    lab.policy("hint", wall_s=1.0)
    file = lab.assignment_folder / "misconceptions.py"
    entry = (
        '{"name": "endless", "hint": "Does it end?", '
        '"changes": {"sums.running_totals": ("np.cumsum(vector)", "next(x for x in iter(int, 1) if x)")}},'
    )
    file.write_text(file.read_text().replace("MISCONCEPTIONS = [", f"MISCONCEPTIONS = [{entry}"))
    graded = lab.one(lab.source(DOUBLED))
    assert named(graded)["test_running_totals"] == ["every total doubled"]


def test_misconceptions_that_cannot_be_read_are_told_before_anything_is_graded(lab):
    from autograder.errors import CourseError

    (lab.assignment_folder / "misconceptions.py").write_text("MISCONCEPTIONS = [{}]")
    lab.hand_in("someone")
    with pytest.raises(CourseError, match=r"misconception 1: Object missing required field `name`"):
        lab.grade()


def test_replay_that_ends_in_a_fixture_leaves_nothing_behind(lab):
    """What does not load is looked up in the set-up of a test, and there its replay ends: with the first answer."""
    lab.tests(
        "@pytest.fixture\ndef total(student):\n    return student.sums.total\n\n"
        "@pytest.mark.points(60, exercise='sums.total')\ndef test_one(total):\n    assert total([1.0]) == 1.0\n\n"
        "@pytest.mark.points(40, exercise='sums.total')\ndef test_two(total):\n    assert total([1.0, 1.0]) == 2.0\n"
    )
    lab.hand_in("broken", "import no_such_module\n")
    lab.hand_in("wrong", lab.source(("return float(as", "return 1 + float(as")))
    lab.hand_in("zoe")
    graded = lab.grade(jobs=1)
    assert {name: each.score for name, each in graded.items()} == {"broken": 0, "wrong": 0, "zoe": 100}


@pytest.mark.parametrize("limit", ["MAX_CALLS = 0", "MAX_CALLS = 5000", "MAX_S = 0.0"])
def test_diagnosis_that_would_take_too_long_ends_and_says_so_to_the_instructor(lab, sabotage, limit):
    sabotage(f"from autograder.grading import diagnosis\ndiagnosis.{limit}\n")
    lab.hand_in("ann", lab.source(DOUBLED, NO_MEAN))
    lab.hand_in("bob", lab.source(DOUBLED, NO_MEAN))
    lab.hand_in("right")
    found = lab.grade(jobs=1)
    assert found["ann"].record["diagnosis"].startswith("ended early: so much is wrong")
    assert "ended early" not in found["ann"].text
    assert found["right"].record["diagnosis"] == ""
    ann, bob = (named(found[each]) for each in ("ann", "bob"))
    assert ann == bob
    assert len(ann) < 4
    assert found["ann"].score == found["bob"].score == lab.grade(out=lab.folder / "again", regrade=True)["ann"].score


def test_packages_of_several_mistakes_do_not_pile_up(tiny_root, monkeypatch):
    monkeypatch.setattr(diagnosis, "MAX_PACKAGES", 2)
    course = Course.load(tiny_root)
    before = {*sys.modules}
    diagnostician = diagnosis.Diagnostician(course, course.assignment("t1"), lambda *_: True)
    alone = [(name,) for name in diagnostician.known]
    for mistakes in [*alone, *combinations(diagnostician.known, 2)]:
        diagnostician.package(mistakes)
    assert [each for each in diagnostician.packages if len(each) == 1] == alone
    assert len(diagnostician.packages) == len(alone) + 2
    assert len(alone) < len({*sys.modules} - before) <= len(alone) + 2
    first = diagnostician.package(alone[0])
    assert diagnostician.package(alone[0]) is first
    diagnostician.close()
    assert {*sys.modules} == before


def test_diagnosis_that_looked_at_everything_says_nothing(mistaken):
    assert {each.record["diagnosis"] for each in mistaken.values()} == {""}
