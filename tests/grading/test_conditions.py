"""A test that depends on others is not judged until they are passed: it costs its points, and says what comes first."""

import pytest

from autograder.checks.report.conditions import Declared, conditions, names_in

pytestmark = pytest.mark.slow

VALUES = """
@pytest.mark.points(40, exercise="sums.total")
@pytest.mark.parametrize("values", [pytest.param([1, 2, 3], id="three"), pytest.param([4], id="one")])
def test_value(student, values):
    assert student.sums.total(values) == sum(values)
"""
RIDING = """
@pytest.mark.points(15, exercise="sums.total", hint="of nothing?", after="test_value")
def test_empty(student):
    assert student.sums.total([]) == 0


@pytest.mark.points(5, exercise="sums.total", hint="twice?", after=["test_empty"])
def test_empty_twice(student):
    assert student.sums.total([]) == student.sums.total([]) == 0
"""
TOTAL = "return float(as_vector(values).sum())"


@pytest.fixture
def ridden(lab):
    lab.tests(RIDING, VALUES)
    return lab


def outcomes(graded):
    return {test["name"]: test["code"] for test in graded.record["tests"]}


def test_right_answer_gets_everything(ridden):
    assert ridden.one().score == 100


def test_zero_passes_no_test_that_rides_on_values(ridden):
    graded = ridden.one(ridden.source((TOTAL, "return 0.0")))
    assert graded.score == 0
    assert outcomes(graded) == {
        "test_value[three]": "wrong",
        "test_value[one]": "wrong",
        "test_empty": "not_judged",
        "test_empty_twice": "not_judged",
    }


def test_one_wrong_value_of_several_is_enough_and_is_named(ridden):
    graded = ridden.one(ridden.source((TOTAL, "return 6.0 if len(values) else 0.0")))
    assert graded.score == 40
    private, shown = graded.test("test_empty")
    assert (private["outcome"], private["code"]) == ("failed", "not_judged")
    assert private["message"] == shown["output"] == "not judged: first make test_value[one] right"
    assert private["calls"] == 0


def test_test_behind_another_names_the_one_to_begin_with(ridden):
    graded = ridden.one(ridden.source((TOTAL, "return 6.0 if len(values) else 0.0")))
    _, shown = graded.test("test_empty_twice")
    assert shown["output"] == "not judged: first make test_value[one] right"


def test_condition_that_fails_by_itself_is_named_to_those_behind_it(ridden):
    graded = ridden.one(ridden.source((TOTAL, f"if len(values) == 0:\n        return 1.0\n    {TOTAL}")))
    assert graded.score == 80
    assert graded.test("test_empty")[1]["output"] == "wrong answer\nhint: of nothing?"
    assert graded.test("test_empty_twice")[1]["output"] == "not judged: first make test_empty right"


@pytest.mark.parametrize("policy", ["nothing", "name", "verdict"])
def test_policy_decides_whether_it_is_told(policy, ridden):
    ridden.policy(policy)
    graded = ridden.one(ridden.source((TOTAL, "return 0.0")))
    shown = [test for test in graded.results["tests"] if test["name"].endswith(": test_empty")]
    told = {"nothing": [], "name": [""], "verdict": ["not judged: first make test_value[three] right"]}
    assert [test["output"] for test in shown] == told[policy]


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("'test_valeu'", "points: got 'test_valeu', want the name of an earlier test of sums.total"),
        ("'test_later'", "points: got 'test_later', want the name of an earlier test of sums.total"),
        ("'test_other'", "points: got 'test_other', want the name of an earlier test of sums.total"),
        ("3", "points: after: got 3, want the name of a test, or a list of names"),
        (
            "['test_value', '']",
            "points: after: got \\['test_value', ''\\], want the name of a test, or a list of names",
        ),
    ],
)
def test_condition_that_is_none_is_refused_before_anything_is_graded(after, message, lab):
    from autograder.errors import CourseError

    other = "@pytest.mark.points(5, exercise='sums.Average')\ndef test_other(student):\n    pass\n"
    later = "\n@pytest.mark.points(5, exercise='sums.total')\ndef test_later(student):\n    pass\n"
    lab.tests(RIDING.replace('"test_value"', after) + later, VALUES + other)
    with pytest.raises(CourseError, match=f"test_empty: {message}"):
        lab.one()


def test_public_test_cannot_ride_on_a_hidden_one(lab):
    from autograder.errors import CourseError

    lab.tests(VALUES, RIDING)
    with pytest.raises(CourseError, match=r"want the name of an earlier test of sums\.total"):
        lab.one()


def test_names_mean_a_function_in_the_exercise_or_one_case():
    tests = [
        Declared("f", "f[a]", "x"),
        Declared("f", "f[b]", "x"),
        Declared("f", "f[c]", "y"),
        Declared("g", "g", "x"),
    ]
    mine = Declared("h", "h", "x")
    assert conditions(["f"], mine, tests) == (0, 1)
    assert conditions(["g", "f[b]", "f"], mine, tests) == (3, 1, 0)
    assert conditions([], mine, tests) == ()
    with pytest.raises(ValueError, match=r"got 'f\[c\]', want the name of an earlier test of x"):
        conditions(["f[c]"], mine, tests)


def test_a_single_name_may_stand_without_a_list():
    assert names_in({"after": "f"}, "after") == ("f",)
    assert names_in({"after": ("f", "g")}, "after") == ("f", "g")
    assert names_in({}, "after") == ()
