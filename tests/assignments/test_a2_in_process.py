"""The tests of a2_derivatives, run in this process: right answers get everything, wrong ones lose in their places."""

import shutil
import time
import tomllib
from pathlib import Path
from textwrap import indent

import pytest

from autograder.course.regions import regions, stub

KINDS = ("Const", "Var", "Add", "Mul", "Div", "Pow", "Exp", "Log", "Sin", "Cos", "Tanh")
EXERCISES = {
    *(f"numeric.{name}" for name in ("forward_difference", "central_difference", "step_size_study", "gradcheck")),
    *(f"symbolic.{kind}.diff" for kind in KINDS),
    "symbolic.simplify",
}
ANSWERS = tomllib.loads((Path(__file__).parent / "a2_answers.toml").read_text(encoding="utf-8"))


def changed(source, module, answer):
    """The module's source with one solution region changed."""
    (region,) = [each for each in regions(source, module) if each.name == answer["region"]]
    before, new = "\n".join(region.lines), answer["new"].strip("\n")
    margin = region.lines[0][: -len(region.lines[0].lstrip())]
    if "old" in answer:
        assert answer["old"] in before, f"{answer['name']}: want {answer['old']!r} in the region"
        after = before.replace(answer["old"], new)
    else:
        after = indent(new, margin)
    lines = source.split("\n")
    return "\n".join([*lines[: region.begin], after, *lines[region.end - 1 :]])


@pytest.fixture
def a2(course):
    return course.assignment("a2_derivatives")


@pytest.fixture
def package(course, tmp_path):
    """A copy of the reference to be changed."""
    return Path(shutil.copytree(course.package_folder, tmp_path / course.package))


@pytest.fixture
def with_answer(package):
    """The copy, after an answer of the table was put into it."""

    def apply(answer):
        module = answer["region"].partition(".")[0]
        file = package / f"{module}.py"
        file.write_text(changed(file.read_text(encoding="utf-8"), module, answer), encoding="utf-8")
        return package

    return apply


def test_reference_gets_everything_within_three_seconds(grade, a2, course):
    start = time.perf_counter()
    graded = grade(a2, course.package_folder)
    assert graded.failed == {}
    assert time.perf_counter() - start < 3.0


def test_points_add_up_to_100_with_a_third_of_them_public(grade, a2, course):
    graded = grade(a2, course.package_folder)
    assert graded.points() == 100
    assert 30 <= graded.points("test_public") <= 36
    for file in ("test_public", "test_hidden"):
        assert {mark.kwargs["exercise"] for test, mark in graded.markers.items() if file in test} == EXERCISES


def test_every_test_has_points_in_quarters_and_every_hidden_one_a_hint(grade, a2, course):
    for test, mark in grade(a2, course.package_folder).markers.items():
        assert mark is not None, test
        assert mark.args[0] > 0, test
        assert mark.args[0] % 0.25 == 0, test
        assert mark.kwargs.keys() <= {"exercise", "hint", "visibility"}, test
        assert mark.kwargs.get("hint") or "test_public" in test, test


@pytest.mark.parametrize("seed", range(1, 21))
def test_reference_gets_everything_with_other_random_numbers(grade, a2, course, seed):
    assert grade(a2, course.package_folder, seed).failed == {}


@pytest.mark.parametrize("seed", range(3))
def test_right_answers_in_another_style_get_everything(grade, a2, package, with_answer, seed):
    for answer in ANSWERS["right"]:
        with_answer(answer)
    assert grade(a2, package, seed).failed == {}


@pytest.mark.parametrize(
    "answer", [pytest.param(each, id=f"{each['region']}: {each['name']}") for each in ANSWERS["wrong"]]
)
def test_wrong_answer_loses_in_its_own_exercise_alone(grade, a2, with_answer, answer):
    assert set(grade(a2, with_answer(answer)).lost) == {answer["region"]}


def test_every_exercise_has_a_wrong_answer():
    assert {answer["region"] for answer in ANSWERS["wrong"]} == EXERCISES


def test_no_test_passes_on_the_untouched_stubs(grade, a2, package):
    for module in a2.modules:
        file = package / f"{module}.py"
        source = file.read_text(encoding="utf-8")
        file.write_text(stub(source, module, lambda name: f"{name} is yours"), encoding="utf-8")
    graded = grade(a2, package)
    assert set(graded.failed) == set(graded.markers)


@pytest.mark.parametrize("region", sorted(EXERCISES))
def test_exercise_left_undone_costs_all_its_points_and_no_others(grade, a2, with_answer, region):
    graded = grade(a2, with_answer({"name": "undone", "region": region, "new": "raise NotImplementedError"}))
    own = [mark.args[0] for mark in graded.markers.values() if mark.kwargs["exercise"] == region]
    assert graded.lost == {region: sum(own)}
