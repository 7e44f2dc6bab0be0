"""The misconceptions of every assignment: each loses points where it belongs, and its hint leads without telling."""

import re
from collections import Counter
from pathlib import Path

import pytest

from autograder.course import Course, exercise_of, exercises
from autograder.course.misconceptions import modified_modules, read_misconceptions
from autograder.course.regions import regions
from autograder.proving.confusion import replay

pytestmark = pytest.mark.slow

COURSE = Course.load(Path(__file__).parents[2])
EXERCISES = exercises(COURSE)
KNOWN = {
    assignment.name: read_misconceptions(COURSE, assignment)
    for assignment in COURSE.assignments
    if (assignment.folder / "misconceptions.py").exists()
}
EVERY = [
    pytest.param(name, each, id=f"{name[:2]}-{each.exercise}: {each.name}") for name in KNOWN for each in KNOWN[name]
]


def squeezed(text):
    return re.sub(r"\s", "", text)


def solution_lines(exercise):
    """The lines that students write in this exercise, squeezed, as far as they are long enough to tell anything."""
    source = (COURSE.package_folder / f"{exercise.partition('.')[0]}.py").read_text(encoding="utf-8")
    own = [
        region
        for region in regions(source, exercise.partition(".")[0])
        if exercise_of(region.name, EXERCISES).name == exercise
    ]
    code = (line.partition("#")[0].strip().removeprefix("return ") for region in own for _, line in region.secrets)
    # "else:", ")" and a name by itself are no secrets.
    return {squeezed(line) for line in code if len(squeezed(line)) >= 6 and not line.isidentifier()}


# `autograder misconceptions` grades all of them; here every sixth, since each takes all the tests of its assignment.
@pytest.mark.parametrize(("name", "misconception"), EVERY[::6])
def test_misconception_loses_in_its_own_exercise_alone(grade, package, name, misconception):
    for module, source in modified_modules(COURSE, [misconception.changes], misconception.name).items():
        (package / f"{module}.py").write_text(source, encoding="utf-8")
    assert set(grade(name, package).lost) == {misconception.exercise}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name.startswith("a1") else pytest.mark.prove) for name in KNOWN]
)
def test_feedback_names_each_misconception_and_no_other(name):
    trials = [(each.name,) for each in KNOWN[name]]
    confusion = replay(COURSE, COURSE.assignment(name), trials, jobs=1)
    assert {each for (each,) in trials if not confusion.named[each, each]} == set()
    assert confusion.wrong == 0.0


PAIRS = [
    # Of one test by itself a third would do as well, or better; of all of them it would not.
    ("a4_activations", "softplus: the logarithm of 1 and something tiny", "softplus: the slope of the sigmoid"),
    ("a4_activations", "prelu: a slope that learns on the right", "prelu: the slope taken for one number"),
    ("a5_mlp", "bce: ln(1 + exp) as it stands", "bce: the sum over elements"),
]


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_two_that_explain_all_tests_are_named_and_no_third(name, first, second):
    confusion = replay(COURSE, COURSE.assignment(name), [(first, second)], jobs=1)
    assert confusion.named == {(first, first): 1, (second, second): 1}


@pytest.mark.parametrize(("name", "misconception"), EVERY)
def test_hint_is_one_or_two_sentences_and_no_line_of_the_solution(name, misconception):
    hint = misconception.hint
    assert len(re.findall(r"[.?!](?=\s|$)", hint.rstrip(".?!"))) <= 1, hint
    assert "\n" not in hint
    told = {line for line in solution_lines(misconception.exercise) if line in squeezed(hint)}
    assert not told, f"{hint}: tells {told}"


@pytest.mark.parametrize("name", KNOWN)
def test_every_exercise_has_a_misconception(name):
    assert {each.exercise for each in KNOWN[name]} == {
        exercise.name for exercise in EXERCISES.values() if exercise.assignment == name
    }


@pytest.mark.parametrize("what", ["name", "hint"])
def test_names_and_hints_are_distinct(what):
    times = Counter(getattr(each, what) for known in KNOWN.values() for each in known)
    assert [text for text, count in times.items() if count > 1] == []
