"""Public tests of t1_sums."""

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("values", "want"),
    [
        pytest.param([1, 2, 3], 6.0, id="three", marks=pytest.mark.points(5, exercise="sums.total")),
        pytest.param(
            [], 0.0, id="empty", marks=pytest.mark.points(5, exercise="sums.total", after="test_total[three]")
        ),
    ],
)
def test_total(student, values, want):
    got = student.sums.total(values)
    assert got == want, f"total of {values}: got {got}, want {want}"


@pytest.mark.points(10, exercise="sums.running_totals", hint="as many totals as numbers")
def test_running_totals(student):
    got = student.sums.running_totals([1.0, 2.0, 4.0])
    assert np.shape(got) == (3,), f"running totals of 3 numbers: got shape {np.shape(got)}, want (3,)"
    assert list(got) == [1.0, 3.0, 7.0], f"running totals: got {list(got)}, want [1.0, 3.0, 7.0]"


@pytest.mark.points(10, exercise="sums.running_totals", after="test_running_totals")
def test_running_totals_leaves_its_argument_alone(student, rng, held):
    values = rng.normal(size=5)
    mine = held(values)
    student.sums.running_totals(mine)
    assert np.array_equal(np.array(mine), values), "running totals: the argument was changed; work on a copy"


@pytest.mark.points(10, exercise="sums.Average")
def test_average(student):
    average = student.sums.Average()
    average.add(1.0)
    average.add(4.0)
    assert average.mean() == 2.5, f"average of 1 and 4: got {average.mean()}, want 2.5"


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
