"""What is special about a1: exercises build on each other, and a wrong one must not spread."""

import pytest

pytestmark = pytest.mark.slow


def test_wrong_answers_to_what_others_build_on_cost_their_own_points_alone(grade, with_answer):
    for region, new in [
        ("linear.logistic", "raise NotImplementedError"),
        ("linear.least_squares", "raise NotImplementedError"),
        ("linear.ThresholdUnit.fires", "raise NotImplementedError"),
        ("linear.two_layers", "return output(x)"),
    ]:
        package = with_answer({"region": region, "new": new})
    lost = grade("a1_linear_models", package).lost
    assert set(lost) == {"linear.logistic", "linear.least_squares", "linear.ThresholdUnit", "linear.two_layers"}
