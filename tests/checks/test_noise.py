"""Gradients by a formula are smooth from one input to the next; those by differences are not."""

import numpy as np
import pytest

from autograder.checks.gradients import gradcheck
from autograder.checks.gradients.noise import NOISY, noise_of


class Tensor:
    def __init__(self, data):
        self.data, self.grad = np.array(data, dtype=np.float64), None


class Ctx:
    pass


class Tanh:
    def forward(self, ctx, x):
        ctx.x = x.data
        return Tensor(np.tanh(x.data))

    def backward(self, ctx, grad_in):
        return [grad_in * self.slope(ctx.x)]


class Formula(Tanh):
    def slope(self, x):
        return 1 - np.tanh(x) ** 2


class Central(Tanh):
    def __init__(self, h):
        self.h = h

    def slope(self, x):
        return (np.tanh(x + self.h) - np.tanh(x - self.h)) / (2 * self.h)


class Extrapolated(Central):
    def slope(self, x):
        fine, coarse = Central(self.h / 2), Central(self.h)
        return (4 * fine.slope(x) - coarse.slope(x)) / 3


def noise(operation, seed):
    rng = np.random.default_rng(seed)
    return gradcheck(operation, rng.normal(size=7), tensor=Tensor, context=Ctx, rng=rng, measure_noise=True).noise


def test_formula_is_not_noisy():
    assert max(noise(Formula(), seed) for seed in range(50)) < NOISY / 100


class Scaled:
    def forward(self, ctx, x, b):
        ctx.saved = x.data, b.data
        return Tensor(x.data * b.data)

    def backward(self, ctx, grad_in):
        x, b = ctx.saved
        return [grad_in * b, np.sum(grad_in * x, keepdims=True)]


def test_gradient_that_happens_to_cancel_is_not_noisy():
    """Two of four thousand seeds: under this upstream 40 terms add up to a ten thousandth of each of them."""
    arrays = np.random.default_rng(2232).normal(size=40), np.array([1.5])
    rng = np.random.default_rng(2232)
    options = {"tensor": Tensor, "context": Ctx, "rng": rng, "mode": "fast"}
    assert gradcheck(Scaled(), *arrays, measure_noise=True, **options).noise < NOISY / 100


@pytest.mark.parametrize("kind", [Central, Extrapolated])
@pytest.mark.parametrize("h", [1e-5, 1e-6], ids=str)
def test_differences_are_noisy(kind, h):
    assert min(noise(kind(h), seed) for seed in range(50)) > NOISY


def test_noise_is_not_measured_unless_asked_for():
    report = gradcheck(Central(1e-6), np.array([0.3, 0.7]), tensor=Tensor, context=Ctx)
    assert report.noise == 0


def test_gradients_that_are_zero_or_empty_have_no_noise():
    rng = np.random.default_rng(0)
    assert noise_of(lambda inputs: [0 * inputs[0], inputs[1]], [np.ones(3), np.ones((0, 2))], rng) == 0


def test_step_at_the_input_itself_is_not_noise():
    """A kink lies under the input, not beside it, for every input that is not within 6e-10 of one."""
    rng = np.random.default_rng(0)
    x = np.array([1.0, -2.0, 0.5])
    assert noise_of(lambda inputs: [np.where(inputs[0] > x, 2.0, -3.0)], [x], rng) == 0


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4])
def test_right_gradient_that_doubts_the_last_bit_of_its_input_is_not_noisy(distance):
    """The exponent's gradient of a power near 1. Neighbours that were rounded would be 1e-16 / distance noisy."""
    rng = np.random.default_rng(0)
    powers = [
        noise_of(lambda inputs: [np.array(0.0), np.log(inputs[0])], [1 + np.array(distance), np.array(2.0)], rng)
        for distance in distance * rng.uniform(0.5, 2, 50)
    ]
    assert max(powers) < NOISY / 100


def test_neighbours_leave_0_where_it_is():
    """A root has no smooth gradient beside 0."""
    seen = []
    noise_of(lambda inputs: [seen.append(inputs[0]) or inputs[0]], [np.array([0.0, -3.0])], np.random.default_rng(0))
    assert all(x[0] == 0 for x in seen)
    assert np.ptp(np.diff([x[1] for x in seen])) == 0
    assert len({x[1] for x in seen}) == 5


def test_neighbours_across_a_power_of_two_are_equally_far_apart():
    """Above it a float64 has one bit less: an element is taken without its last ones."""
    seen = []
    below = 1 - 2.5 * 2.0**-34 - np.arange(1, 100) * 2.0**-53
    noise_of(lambda inputs: [seen.append(inputs[0]) or inputs[0]], [below], np.random.default_rng(0))
    distances = np.diff(seen, axis=0)
    assert (np.array(seen) > 1).any()
    assert np.array_equal(distances, np.broadcast_to(distances[0], distances.shape))
