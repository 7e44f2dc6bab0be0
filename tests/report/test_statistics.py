"""What is said of a class's tests, on classes small enough to compute by hand."""

import pytest

from autograder.grading.records import Record, TestRecord
from autograder.report.attention import attention
from autograder.report.statistics import class_statistics, correlation

POINTS = {"a": 4.0, "b": 3.0, "c": 2.0, "d": 1.0}  # of tests; a and b are one exercise, c and d another
EXERCISE = {"a": "m.one", "b": "m.one", "c": "m.two", "d": "m.two"}


def record(identity, passed, **changed):
    """The record of somebody who passes these tests and fails the others."""
    tests = tuple(
        TestRecord(
            name=f"test_{name}",
            exercise=EXERCISE[name],
            public=name == "a",
            score=points if name in passed else 0.0,
            max_score=points,
            outcome="passed" if name in passed else "failed",
            code="passed" if name in passed else "wrong",
            message="",
            remark="",
            misconceptions=() if name in passed or identity != "eve" else ("sign",),
            likeness="" if name in passed else "it is zero everywhere",
            where="",
            trace="",
            printed="",
            calls=1,
        )
        for name, points in POINTS.items()
    )
    of = {"m.one": 7.0, "m.two": 3.0}
    got = {name: sum(test.score for test in tests if test.exercise == name) for name in of}
    fields = {
        "assignment": "t1",
        "id": identity,
        "name": "",
        "late": False,
        "submitted": "",
        "status": "graded",
        "reason": "",
        "score": sum(got.values()),
        "max_score": 10.0,
        "exercises": {name: (got[name], of[name]) for name in of},
        "notes": (),
        "load_errors": (),
        "diagnosis": "",
        "seed": 0,
        "secret": "",
        "sandbox": "",
        "python": "",
        "numpy": "",
        "fingerprint": "",
        "tests": tests,
        "attempt": identity,
    }
    return Record(**fields | changed)


CLASS = [record(*each) for each in (("ann", "abc"), ("bob", "abc"), ("cyd", "ab"), ("dan", "ad"), ("eve", "d"))]


def test_scores_are_counted_by_tenths():
    found = class_statistics([*CLASS, record("zoe", "abcd"), record("fay", "", score=None, status="needs_attention")])
    assert (found.n, len(found.graded)) == (7, 6)
    assert found.mean == pytest.approx((9 + 9 + 7 + 5 + 1 + 10) / 6)
    assert found.median == 8
    assert found.histogram == (0, 1, 0, 0, 0, 1, 0, 1, 0, 3)


def test_discrimination_is_the_correlation_with_all_other_points():
    tests = {test.name: test for test in class_statistics(CLASS).tests}
    # b: passed by ann, bob, cyd; the others' points of them are 6, 6, 4, and of those who fail 5 and 1
    assert tests["test_b"].discrimination == pytest.approx(correlation([1, 1, 1, 0, 0], [6, 6, 4, 5, 1]))
    assert tests["test_b"].discrimination == pytest.approx(2.8 / (1.2 * 17.2) ** 0.5)
    assert tests["test_d"].discrimination == pytest.approx(correlation([0, 0, 0, 1, 1], [9, 9, 7, 4, 0]))
    assert tests["test_d"].discrimination < -0.8
    assert tests["test_a"].pass_rate == 0.8
    assert tests["test_b"].failed == ("dan", "eve")
    assert tests["test_b"].misconceptions == {"sign": ("eve",)}
    assert tests["test_c"].likenesses == {"it is zero everywhere": ("cyd", "dan", "eve")}


def test_reliability_is_formula_20():
    # Passed by 4, 3, 2 and 2 of 5: sum of p(1 - p) is .16 + .24 + .24 + .24; counts 3, 3, 2, 2, 1 have variance .56.
    assert class_statistics(CLASS).reliability == pytest.approx(4 / 3 * (1 - 0.88 / 0.56))


@pytest.mark.parametrize("n", [0, 1, 4])
def test_of_few_no_correlation_is_told(n):
    found = class_statistics(CLASS[:n])
    assert found.reliability is None
    assert all(test.discrimination is None for test in found.tests)


def test_correlation_of_what_never_changes_is_none():
    assert correlation([1.0] * 9, list(range(9))) is None
    assert correlation(list(map(float, range(9))), [0.0] * 9) is None


def lines_of(records, left=()):
    lines = attention(records, class_statistics(records), lambda identity: identity in left)
    return {line.what: line.ids for line in lines}


def test_what_stands_out_is_told_with_those_behind_it():
    trouble = {"load_errors": ("sums.py does not load: SyntaxError: x",), "score": 0.0}
    several = [record(f"s{number}", "", attempt=str(number), **trouble) for number in range(3)]
    late = [record("ben", "abc", late=True, attempt="ann"), *CLASS, *several]
    lines = lines_of(late, left=("cyd",))
    same = "3 could not be read or loaded — the same for all of them: sums.py does not load: SyntaxError: x"
    assert lines[same] == ("s0", "s1", "s2")
    assert lines["1 came late"] == ("ben",)
    assert lines["1 are no longer in the class"] == ("cyd",)
    assert lines["2 handed in the very same code"] == ("ben", "ann")


def test_test_that_nobody_passes_and_one_that_pays_the_wrong_ones_are_told():
    lines = lines_of(CLASS)
    (negative,) = [what for what in lines if what.startswith("m.two: test_d: those who have more points pass it less")]
    assert lines[negative] == ("ann", "bob", "cyd")
    assert "nobody passes m.two: test_d" in lines_of([record("ann", "abc"), record("bob", "ab")])


def test_untouched_hand_ins_are_not_copies_of_each_other():
    assert lines_of([record("ann", "", attempt="same"), record("bob", "", attempt="same")]).keys() == {
        f"nobody passes {EXERCISE[name]}: test_{name}" for name in POINTS
    }
