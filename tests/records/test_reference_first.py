"""Before a class is graded, the reference gets all points and the template none, with the very tests that grade it."""

import pytest

from autograder.grading.graders import Graders
from autograder.grading.verdicts import Graded, TestSpec, Verdict
from autograder.proving.reference_first import PROVED, shortfall

pytestmark = pytest.mark.slow

RUNNING = '@pytest.mark.points({}, exercise="sums.running_totals")\ndef test_sums(student):\n    {}\n\n\n'
TOTAL = '@pytest.mark.points({}, exercise="sums.total")\ndef test_total(student):\n    {}\n'
RIGHT = "assert student.sums.total([1.0, 2.0]) == 3.0"


@pytest.fixture
def asked(monkeypatch):
    """The ids of every job that graders were asked for."""
    ids = []
    ask = Graders.ask

    def remember(self, job):
        ids.append(job.id)
        return ask(self, job)

    monkeypatch.setattr(Graders, "ask", remember)
    return ids


def test_reference_and_template_are_asked_for_once_and_again_when_something_changes(lab, grade, asked):
    lab.hand_in("ann")
    assert grade()[0] == 0
    assert asked == ["reference", "untouched", "ann"]
    assert grade()[0] == 0
    assert asked[3:] == ["ann"]
    lab.policy("name")
    assert grade()[0] == 0
    assert asked[4:] == ["reference", "untouched", "ann"]
    (lab.out / PROVED).write_text("[]")
    assert grade()[0] == 0
    assert asked[7:] == ["reference", "untouched", "ann"]


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        (
            RUNNING.format(40, "assert student.sums.running_totals([1.0, 2.0]).tolist() == [1.0, 4.0]")
            + TOTAL.format(60, RIGHT),
            "the reference gets 60 of 100, want 100: test_sums failed: ",
        ),
        (
            RUNNING.format(40, "undefined") + TOTAL.format(60, RIGHT),
            "the reference could not be graded: test_sums: ",
        ),
        (
            RUNNING.format(40, "pass") + TOTAL.format(60, RIGHT),
            "the untouched template gets 40 of 100, want 0: test_sums passed; nothing was graded: mend it, and run the",
        ),
    ],
    ids=["wrong_test", "broken_test", "test_of_nothing"],
)
def test_nothing_is_graded_by_tests_that_fail_right_code_or_pay_the_template(lab, grade, tree, tests, says):
    lab.hand_in("ann")
    assert grade()[0] == 0
    before = tree(lab.out)
    lab.tests(tests)
    status, out, errors = grade()
    assert (status, out) == (2, "")
    assert f"error: t1_sums: {says}" in errors
    assert "nothing was graded: mend it, and run the same command again" in errors
    assert tree(lab.out) == before


def test_module_that_does_not_load_is_the_reason_before_any_test():
    test = TestSpec(name="test_a", exercise="sums.total", points=100, public=True, visibility="visible", hint="")
    verdict = Verdict(test=test, outcome="failed", code="raised", message="not run: sums.py does not load, see above")
    found = Graded(id="reference", status="graded", verdicts=(verdict,), load_errors=("sums.py does not load: why",))
    assert shortfall(found, (test,), 100.0) == "gets 0 of 100, want 100: sums.py does not load: why"
    assert shortfall(found, (test,), 0.0) == ""


def test_machine_that_cannot_grade_the_reference_grades_nobody(lab, grade, sabotage):
    lab.hand_in("ann")
    sabotage("def fail(*_, **__): raise OSError(5, 'Input/output error')\ngrader.read_apart = fail")
    status, _, errors = grade()
    assert status == 2
    assert "the reference could not be graded: [Errno 5] Input/output error; nothing was graded" in errors
    assert {path.name for path in lab.out.iterdir()} == {".lock", "gradings.sqlite"}
