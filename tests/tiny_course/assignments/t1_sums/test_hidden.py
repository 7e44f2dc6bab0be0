"""Hidden tests of t1_sums."""

import numpy as np
import pytest


@pytest.mark.points(15, exercise="sums.total", hint="negative numbers count too")
def test_total_of_random_numbers(student, reference, rng):
    values = rng.normal(size=20) - 1.0  # together less than nothing
    assert abs(student.sums.total(values) - reference.sums.total(values)) < 1e-12


def of_size(size, **depends):
    marker = pytest.mark.points(15, exercise="sums.running_totals", hint="no numbers, no totals", **depends)
    return pytest.param(size, marks=marker)


@pytest.mark.parametrize("size", [of_size(0, after="test_running_totals"), of_size(7)])
def test_running_totals_of_random_numbers(student, reference, rng, size):
    values = rng.normal(size=size)
    got, want = student.sums.running_totals(values), reference.sums.running_totals(values)
    assert np.shape(got) == np.shape(want)
    assert np.allclose(got, want, rtol=1e-12, atol=1e-12)


@pytest.mark.points(10, exercise="sums.Average", hint="what is the mean of nothing?", after="test_average")
def test_average_of_nothing_is_a_value_error(student):
    average = student.sums.Average()
    with pytest.raises(ValueError, match="no numbers"):
        average.mean()


@pytest.mark.points(5, exercise="sums.Average", hint="two averages must not know of each other")
def test_averages_do_not_mix(student):
    first, second = student.sums.Average(), student.sums.Average()
    first.add(1.0)
    second.add(3.0)
    assert (first.mean(), second.mean()) == (1.0, 3.0)
