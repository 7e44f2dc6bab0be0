"""What a submission answers may keep a test at work, or have it hold too much: that costs this submission alone."""

import resource

import pytest

from autograder.grading import grader

pytestmark = pytest.mark.slow

SEVEN = "def f(g=None):\n    return 7\n"
TESTS = """
@pytest.mark.points(50, exercise="x")
def test_at_work(student):
    while student.sums.f() == 7:
        try:
            {work}
        except {swallowed}:
            pass

@pytest.mark.points(50, exercise="x")
def test_after(student):
    assert student.sums.f() is not None
"""


AT_WORK = "stopped after 2.5 s: the test was still at work on what your code answered"
ASKED = "stopped after 2 s: an infinite loop, or a wait that never ends?"  # its clock runs from the first question on


@pytest.mark.parametrize(
    ("work", "swallowed", "messages"),
    [
        ("while True: pass", "ValueError", {AT_WORK}),
        ("while True: pass", "Exception", {AT_WORK, ASKED}),  # whether it asks once more is a race
        ("time.sleep(60)", "Exception", {ASKED}),
        ("student.sums.f()", "Exception", {ASKED}),
    ],
)
def test_a_test_that_an_answer_keeps_at_work_is_stopped_and_the_next_gets_its_point(
    lab, sabotage, work, swallowed, messages
):
    sabotage("plugin.OWN_WORK_S = 0.5")
    lab.tests(TESTS.format(work=work, swallowed=swallowed))
    lab.policy("hint", wall_s=2.0)
    for name in ("ann", "bob"):
        lab.hand_in(name, SEVEN)
    lab.hand_in("cleo", SEVEN.replace("7", "8"))
    graded = lab.grade(jobs=1)
    assert {name: each.score for name, each in graded.items()} == {"ann": 50, "bob": 50, "cleo": 100}
    private, _ = graded["bob"].test("test_at_work")
    assert private["code"] == "wall_limit"
    assert private["message"] in messages


def test_a_test_that_an_answer_has_hold_too_much_is_a_fault_of_that_submission_alone(lab):
    lab.tests(
        '@pytest.mark.points(100, exercise="x")\n'
        "def test_held(student):\n    held = [np.ones(1 << 20) for _ in range(100 * student.sums.f())]\n"
    )
    lab.hand_in("ann", SEVEN)
    lab.hand_in("bob", SEVEN.replace("7", "1"))
    graded = lab.grade(jobs=1)
    assert (graded["ann"].status, graded["bob"].status) == ("needs_attention", "graded")
    assert graded["ann"].record["reason"].startswith("test_held: call: ")
    assert "MemoryError" in graded["ann"].record["reason"]
    assert graded["bob"].score == 100


def test_what_a_grader_may_hold_is_no_more_than_it_was_given(monkeypatch):
    told = []
    monkeypatch.setattr(resource, "getrlimit", lambda what: (5000, 4000))
    monkeypatch.setattr(resource, "setrlimit", lambda what, limits: told.append((what, limits)))
    monkeypatch.setattr("builtins.open", lambda *_: (_ for _ in ()).throw(OSError))
    grader.limit_itself()
    monkeypatch.undo()
    assert told == [(resource.RLIMIT_AS, (4000, 4000))]
