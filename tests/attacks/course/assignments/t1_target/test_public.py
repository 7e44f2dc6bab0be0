"""Public tests of t1_target."""

import numpy as np
import pytest


@pytest.mark.points(10, exercise="answers.double")
def test_double_of_three(student):
    got = student.answers.double(np.array([3.0]))
    assert np.array_equal(got, [6.0]), f"double of [3]: got {got}, want [6]"


@pytest.mark.points(10, exercise="answers.Counter")
def test_counter_counts(student):
    counter = student.answers.Counter()
    counter.add()
    counter.add()
    assert counter.count == 2, f"after two calls of add: got {counter.count}, want 2"
