"""What is special about a4: warnings count, and a3's operations, which share its module, do not."""

import pytest

from autograder.course import Course, exercises
from autograder.course.regions import stub

pytestmark = pytest.mark.slow


def test_formulas_as_they_stand_lose_by_their_warnings(grade, with_answer):
    naive = {"exercise": "Sigmoid", "forward": "ctx.f = 1 / (1 + np.exp(-a.data))\nreturn Tensor(ctx.f)"}
    naive["backward"] = "return [grad_in * ctx.f * (1 - ctx.f)]"
    failed = grade("a4_activations", with_answer(naive)).failed
    assert any("numpy warns: overflow encountered in exp" in message for message in failed.values())


def test_operations_of_a3_left_undone_cost_nothing(grade, package, course: Course):
    own = {name for name, exercise in exercises(course).items() if exercise.assignment == "a4_activations"}
    for module in ("tensor", "functional"):
        file = package / f"{module}.py"
        source = file.read_text(encoding="utf-8")
        undone = stub(source, module, lambda region: None if region.rpartition(".")[0] in own else "undone")
        file.write_text(undone, encoding="utf-8")
    assert grade("a4_activations", package).failed == {}
