"""Hidden tests of t1_target. KEY stands for whatever must never be in reach of a submission."""

import numpy as np
import pytest

KEY = "the hidden key 7c6f1d"


@pytest.mark.points(30, exercise="answers.double", hint="try negative numbers")
def test_double_of_random_numbers(student, reference, rng):
    values = rng.normal(size=(3, 4))
    got, want = student.answers.double(values), reference.answers.double(values)
    assert np.shape(got) == np.shape(want)
    assert np.allclose(got, want, rtol=1e-12, atol=0)


@pytest.mark.points(20, exercise="answers.slope", hint="try a function of several variables")
def test_slope_of_a_cubic(student, rng):
    x = rng.normal(size=5)
    got = student.answers.slope(lambda v: float((v**3).sum()), x)
    assert np.abs(got - 3 * x**2).max() <= 1e-5  # as authors write it, though `got` may be an object that subtracts


@pytest.mark.points(10, exercise="answers.Counter", hint="two counters must not know of each other")
def test_counters_do_not_mix(student, beside):
    first, second = student.answers.Counter(), student.answers.Counter()
    beside.add_to(first, 1)
    assert (first.count, second.count) == (1, 0)


@pytest.mark.points(20, exercise="answers.square", hint="the slope of x * x")
def test_gradient_of_square(student, gradcheck, rng):
    gradcheck("answers.square", rng.normal(size=4))
