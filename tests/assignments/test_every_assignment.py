"""The tests of every assignment, run in this process: right answers get everything, wrong ones lose in their own place.

`aN_answers.toml` holds answers, right and wrong, each as a change of the reference: `region` names the function whose
solution is changed (`old` becomes `new`; without `old` all of it does, or its paragraph of that number), or `exercise`
a class of functional.py whose `forward` and `backward` are given anew. Its table `also` says which exercises, and how
many of their points, are lost with one that is left undone because they are built of it. Wrong answers that earn a
hint stand in `assignments/aN_name/misconceptions.py` instead.
"""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from autograder.course import Course, exercise_of, exercises
from autograder.course.misconceptions import read_misconceptions
from autograder.course.regions import regions, stub

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
COURSE = Course.load(HERE.parents[1])
EXERCISES = exercises(COURSE)
ANSWERS = {
    assignment.name: tomllib.loads((HERE / f"{assignment.name[:2]}_answers.toml").read_text(encoding="utf-8"))
    for assignment in COURSE.assignments
}
ASSIGNMENTS = list(ANSWERS)


def answered(answer):
    """The exercise that an answer answers."""
    name = answer["region"] if "region" in answer else f"functional.{answer['exercise']}"
    return exercise_of(name, EXERCISES).name


def every(kind):
    return [
        pytest.param(name, answer, id=f"{name[:2]}-{answered(answer)}: {answer['name']}")
        for name, answers in ANSWERS.items()
        for answer in answers[kind]
    ]


def set_by(name):
    return {exercise.name for exercise in EXERCISES.values() if exercise.assignment == name}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_reference_gets_everything(grade, name):
    assert grade(name).failed == {}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_points_add_up_to_100_with_a_third_of_them_public(grade, name):
    graded = grade(name)
    assert graded.points() == 100
    assert 30 <= graded.points("test_public") <= 36
    for file in ("test_public", "test_hidden"):
        assert {mark.kwargs["exercise"] for test, mark in graded.markers.items() if file in test} == set_by(name)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_test_has_points_in_quarters_and_every_hidden_one_a_hint(grade, name):
    for test, mark in grade(name).markers.items():
        assert mark is not None, test
        assert mark.args[0] > 0, test
        assert mark.args[0] % 0.25 == 0, test
        assert mark.kwargs.keys() <= {"exercise", "hint", "visibility", "after", "forward"}, test
        assert mark.kwargs.get("hint") or "test_public" in test, test


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_right_answers_in_another_style_get_everything(grade, with_answer, name, seed):
    for answer in ANSWERS[name]["right"]:
        package = with_answer(answer)
    assert grade(name, package, seed).failed == {}


@pytest.mark.parametrize(("name", "answer"), every("wrong"))
def test_wrong_answer_loses_in_its_own_exercise_alone(grade, with_answer, name, answer):
    assert set(grade(name, with_answer(answer)).lost) == {answered(answer)}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_exercise_has_a_wrong_answer(name):
    wrong = {answered(answer) for answer in ANSWERS[name]["wrong"]}
    misconceived = {each.exercise for each in read_misconceptions(COURSE, COURSE.assignment(name))}
    assert wrong | misconceived == set_by(name)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_test_passes_on_the_untouched_stubs(grade, package, name):
    for file in package.glob("*.py"):
        source = file.read_text(encoding="utf-8")
        file.write_text(stub(source, file.stem, lambda region: f"{region} is yours"), encoding="utf-8")
    graded = grade(name, package)
    assert set(graded.failed) == set(graded.markers)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_exercise_left_undone_costs_all_its_points_and_no_others(grade, package, exercise):
    file = package / f"{exercise.partition('.')[0]}.py"
    source = file.read_text(encoding="utf-8")
    undone = {each.name for each in regions(source, file.stem) if exercise_of(each.name, EXERCISES).name == exercise}
    file.write_text(stub(source, file.stem, lambda region: "undone" if region in undone else None), encoding="utf-8")
    name = EXERCISES[exercise].assignment
    graded = grade(name, package)
    worth = Counter()
    for mark in graded.markers.values():
        worth[mark.kwargs["exercise"]] += mark.args[0]
    assert graded.lost == {exercise: worth[exercise], **ANSWERS[name].get("also", {}).get(exercise, {})}
