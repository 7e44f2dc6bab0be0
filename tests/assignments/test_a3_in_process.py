"""The tests of a3_autograd, run in this process: right answers get everything, wrong ones lose in their own place."""

import shutil
import time
import tomllib
from pathlib import Path
from textwrap import indent

import pytest

from autograder.course.regions import regions, stub

OPERATIONS = [
    *("Add", "Sub", "Neg", "Mul", "Div", "Pow", "MatMul", "Sum", "Mean", "Max", "Exp", "Log", "Sqrt", "Abs"),
    *("Norm", "Reshape", "Transpose", "GetItem", "Concat"),
]
EXERCISES = {"tensor.unbroadcast", "tensor.Tensor.backward", *(f"functional.{name}" for name in OPERATIONS)}
ANSWERS = tomllib.loads((Path(__file__).parent / "a3_answers.toml").read_text(encoding="utf-8"))


def exercise_of(region):
    """The exercise that a region belongs to: an operation's forward and backward are one."""
    return region if region in EXERCISES else region.rpartition(".")[0]


def changed(source, module, answer):
    """The module's source with one solution region changed."""
    (region,) = [each for each in regions(source, module) if each.name == answer["region"]]
    before, new = "\n".join(region.lines), answer["new"].strip("\n")
    margin = region.lines[0][: -len(region.lines[0].lstrip())]
    if "old" in answer:
        assert before.count(answer["old"]) == 1, f"{answer['name']}: want {answer['old']!r} once in the region"
        after = before.replace(answer["old"], new)
    elif "paragraph" in answer:
        paragraphs = before.split("\n\n")
        paragraphs[answer["paragraph"] - 1] = indent(new, margin)
        after = "\n\n".join(paragraphs)
    else:
        after = indent(new, margin)
    lines = source.split("\n")
    return "\n".join([*lines[: region.begin], after, *lines[region.end - 1 :]])


@pytest.fixture
def a3(course):
    return course.assignment("a3_autograd")


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


def test_reference_gets_everything_within_three_seconds(grade, a3, course):
    start = time.process_time()  # what else the machine does must not count
    graded = grade(a3, course.package_folder)
    assert graded.failed == {}
    assert time.process_time() - start < 3.0


def test_points_add_up_to_100_with_a_third_of_them_public(grade, a3, course):
    graded = grade(a3, course.package_folder)
    assert graded.points() == 100
    assert 30 <= graded.points("test_public") <= 36
    for file in ("test_public", "test_hidden"):
        assert {mark.kwargs["exercise"] for test, mark in graded.markers.items() if file in test} == EXERCISES


def test_every_test_has_points_in_quarters_and_every_hidden_one_a_hint(grade, a3, course):
    for test, mark in grade(a3, course.package_folder).markers.items():
        assert mark is not None, test
        assert mark.args[0] > 0, test
        assert mark.args[0] % 0.25 == 0, test
        assert mark.kwargs.keys() <= {"exercise", "hint", "visibility"}, test
        assert mark.kwargs.get("hint") or "test_public" in test, test


@pytest.mark.parametrize("seed", range(1, 21))
def test_reference_gets_everything_with_other_random_numbers(grade, a3, course, seed):
    assert grade(a3, course.package_folder, seed).failed == {}


def test_right_answers_in_another_style_get_everything(grade, a3, package, with_answer):
    for answer in ANSWERS["right"]:
        with_answer(answer)
    assert grade(a3, package).failed == {}


@pytest.mark.parametrize(
    "answer",
    [pytest.param(each, id=f"{exercise_of(each['region'])}: {each['name']}") for each in ANSWERS["wrong"]],
)
def test_wrong_answer_loses_in_its_own_exercise_alone(grade, a3, with_answer, answer):
    assert set(grade(a3, with_answer(answer)).lost) == {exercise_of(answer["region"])}


def test_every_exercise_has_a_wrong_answer():
    assert {exercise_of(answer["region"]) for answer in ANSWERS["wrong"]} == EXERCISES


def test_no_test_passes_on_the_untouched_stubs(grade, a3, package):
    for module in a3.modules:
        file = package / f"{module}.py"
        source = file.read_text(encoding="utf-8")
        file.write_text(stub(source, module, lambda name: f"{name} is yours"), encoding="utf-8")
    graded = grade(a3, package)
    assert set(graded.failed) == set(graded.markers)


@pytest.mark.parametrize(
    ("region", "also"),
    [
        ("functional.Mul.forward", {}),
        ("tensor.unbroadcast", {}),
        ("tensor.Tensor.backward", {}),
        # a chain of ten thousand and the test of shared memory are built of it
        ("functional.Add.forward", {"tensor.Tensor.backward": 3.5}),
    ],
)
def test_exercise_left_undone_costs_all_its_points_and_no_others(grade, a3, with_answer, region, also):
    graded = grade(a3, with_answer({"name": "undone", "region": region, "new": "raise NotImplementedError"}))
    exercise = exercise_of(region)
    own = [mark.args[0] for mark in graded.markers.values() if mark.kwargs["exercise"] == exercise]
    assert graded.lost == {exercise: sum(own), **also}
