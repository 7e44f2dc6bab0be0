"""The commonest exceptions, raised by Python and numpy themselves, get advice; a value of a wrong type gets no hint."""

import math
from pathlib import Path

import numpy as np
import pytest

from autograder.checks.report.advice import advice, agreement, is_of_wrong_type
from autograder.checks.report.student_report import failure_message
from autograder.course import Course
from autograder.course.variants import import_folder

COURSE = Course.load(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def package():
    with import_folder(COURSE.package_folder, {}) as package:
        for name in ("functional", "symbolic", "dual"):
            __import__(f"{package.__name__}.{name}")
        yield package


def raised(expression, **names):
    with pytest.raises(Exception) as caught:  # noqa: PT011 (of many kinds)
        eval(expression, {"np": np, "math": math, **names})
    return failure_message(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("np.abs(tensor)", "give them the Tensor's .data"),
        ("np.exp(formula)", "as in Sin(u)"),
        ("np.sin(dual)", "or .primal and .tangent"),
        ("max(0, array)", "np.where(a > 0"),
        ("file_max(0, array)", "take numpy's: np.maximum(0, ...)"),
        ("1 - array^2", "a power is written **"),
        ("1.5^2", "a power is written **"),
        ("array if array > 0 else -array", "np.where(a > 0"),
        ("math.exp(array)", "numpy's take arrays"),
        ("float(array)", "numpy's take arrays"),
        ("matrix * matrix.T", "a matrix product is @"),
        ("len(None)", "is a return missing in what was called?"),
        ("None + 1", "is a return missing in what was called?"),
        ("None[0]", "is a return missing in what was called?"),
        ("W @ array", "is it self.W, "),
    ],
)
def test_exception_is_explained(package, line, says):
    names = {
        "tensor": package.tensor.Tensor(np.ones(3)),
        "formula": package.symbolic.Var("x"),
        "dual": package.dual.Dual(1.0, 1.0),
        "file_max": package.functional.max,
        "array": np.array([1.0, -2.0]),
        "matrix": np.ones((2, 3)),
    }
    assert says in advice(raised(line, **names), line)


def test_what_forward_has_not_saved_is_missed_in_backward():
    message = raised("[(a, b) for a, b in [()]]")
    assert advice(message, "a, b = ctx.saved") == "forward has saved nothing for backward: ctx.save_for_backward(...)"
    assert advice(message, "a, b = pair") == ""


@pytest.mark.parametrize("line", ["matrix + matrix.T", "matrix**2 + matrix.T"])
def test_shapes_that_do_not_fit_are_no_matrix_product_without_a_star(line):
    assert advice(raised(line, matrix=np.ones((2, 3))), line) == ""


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("Tanh.forward: got NoneType, want a Tensor", "is a return missing?"),
        ("Mul.backward: got None, want a list", "is a return missing?"),
        ("Mul backward: returned None, want a list of 2; is a return missing?", ""),
        ("Tanh.forward: got ndarray, want a Tensor", ""),
    ],
)
def test_value_of_a_wrong_type_is_told_as_that(message, says):
    assert advice(message) == says
    assert is_of_wrong_type(message)


@pytest.mark.parametrize("message", ["Tanh of 1: got 2.0, want 0.76", "accuracy: got 0.5, want a half", ""])
def test_wrong_value_is_of_no_wrong_type(message):
    assert not is_of_wrong_type(message)
    assert advice(message) == ""


def test_numbers_that_agree_as_float32_are_told():
    right = np.tanh(np.array([0.0, 1.0, -2.5]))
    near = right.astype(np.float32).astype(np.float64)
    told = "they agree to seven digits: is something float32?"
    assert agreement(f"Tanh of [0, 1, -2.5]: got {near}, want {right}") == told
    assert agreement(f"Tanh of [0, 1, -2.5]: got {right + 1e-4}, want {right}") == ""
    assert agreement(f"Tanh of [0, 1, -2.5]: got {near}, want {right[:2]}") == ""
    assert agreement(f"Tanh of [0, 1, -2.5]: got {right}, want {right}") == ""
