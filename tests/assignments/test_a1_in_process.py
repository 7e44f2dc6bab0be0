"""The tests of a1_linear_models, run in this process: right answers get everything, wrong ones lose in their place."""

import shutil
import time
import tomllib
from pathlib import Path
from textwrap import indent

import pytest

from autograder.course.regions import regions, stub

EXERCISES = {
    f"linear.{name}"
    for name in (
        *("polynomial", "gaussian", "sigmoidal", "logistic", "least_squares", "irls_step", "LinearModel"),
        *("ThresholdUnit", "logical_and", "logical_or", "logical_not", "majority", "find_unit", "two_layers"),
        "xor_units",
    )
}
ANSWERS = tomllib.loads((Path(__file__).parent / "a1_answers.toml").read_text(encoding="utf-8"))


def exercise_of(region):
    return region if region in EXERCISES else region.rpartition(".")[0]


def changed(source, answer):
    """The module's source with one solution region changed."""
    (region,) = [each for each in regions(source, "linear") if each.name == answer["region"]]
    before, new = "\n".join(region.lines), answer["new"].strip("\n")
    margin = region.lines[0][: -len(region.lines[0].lstrip())]
    if "old" in answer:
        assert before.count(answer["old"]) == 1, f"{answer['name']}: want {answer['old']!r} once in the region"
        after = before.replace(answer["old"], new)
    else:
        after = indent(new, margin)
    lines = source.split("\n")
    return "\n".join([*lines[: region.begin], after, *lines[region.end - 1 :]])


def named(answers):
    return [pytest.param(each, id=f"{exercise_of(each['region'])}: {each['name']}") for each in answers]


@pytest.fixture
def a1(course):
    return course.assignment("a1_linear_models")


@pytest.fixture
def package(course, tmp_path):
    """A copy of the reference to be changed."""
    return Path(shutil.copytree(course.package_folder, tmp_path / course.package))


@pytest.fixture
def with_answer(package):
    """The copy, after an answer of the table was put into it."""
    file = package / "linear.py"

    def apply(answer):
        file.write_text(changed(file.read_text(encoding="utf-8"), answer), encoding="utf-8")
        return package

    return apply


def test_reference_gets_everything_within_three_seconds(grade, a1, course):
    start = time.perf_counter()
    graded = grade(a1, course.package_folder)
    assert graded.failed == {}
    assert time.perf_counter() - start < 3.0


def test_points_add_up_to_100_with_a_third_of_them_public(grade, a1, course):
    graded = grade(a1, course.package_folder)
    assert graded.points() == 100
    assert 30 <= graded.points("test_public") <= 36
    for file in ("test_public", "test_hidden"):
        assert {mark.kwargs["exercise"] for test, mark in graded.markers.items() if file in test} == EXERCISES


def test_every_test_has_points_in_quarters_and_every_hidden_one_a_hint(grade, a1, course):
    for test, mark in grade(a1, course.package_folder).markers.items():
        assert mark is not None, test
        assert mark.args[0] > 0, test
        assert mark.args[0] % 0.25 == 0, test
        assert mark.kwargs.keys() <= {"exercise", "hint", "visibility"}, test
        assert mark.kwargs.get("hint") or "test_public" in test, test


@pytest.mark.parametrize("seed", range(1, 21))
def test_reference_gets_everything_with_other_random_numbers(grade, a1, course, seed):
    assert grade(a1, course.package_folder, seed).failed == {}


@pytest.mark.parametrize("answer", named(ANSWERS["right"]))
def test_right_answer_in_another_style_gets_everything(grade, a1, with_answer, answer):
    assert grade(a1, with_answer(answer)).failed == {}


def test_right_answers_in_another_style_get_everything_together(grade, a1, package, with_answer):
    for answer in {each["region"]: each for each in ANSWERS["right"]}.values():
        with_answer(answer)
    for seed in range(5):
        assert grade(a1, package, seed).failed == {}


@pytest.mark.parametrize("answer", named(ANSWERS["wrong"]))
def test_wrong_answer_loses_in_its_own_exercise_alone(grade, a1, with_answer, answer):
    graded = grade(a1, with_answer(answer))
    assert set(graded.lost) == {exercise_of(answer["region"])}
    assert any("test_hidden" in test for test in graded.failed)


def test_every_exercise_has_a_wrong_and_another_right_answer():
    for kind in ("right", "wrong"):
        assert {exercise_of(answer["region"]) for answer in ANSWERS[kind]} == EXERCISES


def test_no_test_passes_on_the_untouched_stubs(grade, a1, package):
    file = package / "linear.py"
    source = file.read_text(encoding="utf-8")
    file.write_text(stub(source, "linear", lambda name: f"{name} is yours"), encoding="utf-8")
    graded = grade(a1, package)
    assert set(graded.failed) == set(graded.markers)


@pytest.mark.parametrize(
    "region", [pytest.param(each, id=each) for each in sorted({a["region"] for a in ANSWERS["wrong"]})]
)
def test_exercise_left_undone_costs_all_its_points_and_no_others(grade, a1, with_answer, region):
    graded = grade(a1, with_answer({"name": "undone", "region": region, "new": "raise NotImplementedError"}))
    own = [mark.args[0] for mark in graded.markers.values() if mark.kwargs["exercise"] == exercise_of(region)]
    assert graded.lost == {exercise_of(region): sum(own)}


def test_wrong_answers_to_what_others_build_on_cost_their_own_points_alone(grade, a1, with_answer):
    for region, new in [
        ("linear.logistic", "raise NotImplementedError"),
        ("linear.least_squares", "raise NotImplementedError"),
        ("linear.ThresholdUnit.fires", "raise NotImplementedError"),
        ("linear.two_layers", "return output(x)"),
    ]:
        package = with_answer({"name": "not right", "region": region, "new": new})
    assert set(grade(a1, package).lost) == {
        *("linear.logistic", "linear.least_squares", "linear.ThresholdUnit", "linear.two_layers")
    }
