"""Costs: counts of the course's own methods, checkpoints against the tape, gradients by depth against PyTorch."""

import re
from itertools import pairwise

import numpy as np
import pytest

from tests import needs

torch = needs.package("torch")
integrate = needs.package("scipy.integrate")


@pytest.fixture
def costs(feedforward):
    return feedforward.costs


@pytest.fixture
def rng():
    return np.random.default_rng(23)


def product(x):
    total = x[0]
    for place in range(1, len(x) if isinstance(x, list) else x.shape[0]):
        total = total * x[place]
    return total


def test_methods_of_the_course_call_f_as_often_as_the_handout_says(feedforward, costs):
    methods = {
        feedforward.numeric.forward_difference: [2, 11, 101],
        feedforward.numeric.central_difference: [2, 20, 200],
        feedforward.modes.jacobian_forward: [1, 10, 100],
        feedforward.modes.jacobian_reverse: [1, 1, 1],
    }
    for method, want in methods.items():
        assert costs.count_calls(method, product, [1, 10, 100]) == want, method.__name__


def test_formulas_of_a_products_derivatives_are_as_long_as_the_handout_says(costs):
    assert costs.symbolic_sizes(product, [1, 10, 100]) == [1, 1270, 1029700]


class Layer:
    """A step of a chain whose states are arrays."""

    def __init__(self, W):
        self.W = W

    def forward(self, state):
        return np.tanh(self.W @ state)

    def backward(self, state, grad_in):
        return self.W.T @ ((1 - np.tanh(self.W @ state) ** 2) * grad_in)


@pytest.mark.parametrize("every", [1, 3, 7, 8, 50])
def test_checkpointed_gradient_is_the_tapes(feedforward, costs, Tensor, rng, every):
    weights = [rng.normal(size=(3, 3)) for _ in range(8)]
    x = Tensor(rng.normal(size=3))
    h = x
    for W in weights:
        h = feedforward.functional.tanh(W @ h)
    grad = rng.normal(size=3)
    h.backward(grad)
    got = costs.checkpointed_gradient([Layer(W) for W in weights], x.data, grad, every)
    np.testing.assert_allclose(got, x.grad, rtol=1e-12)


def test_checkpoints_at_no_step_are_refused(costs):
    with pytest.raises(ValueError, match=re.escape("checkpointed_gradient: got every = 0, want at least 1")):
        costs.checkpointed_gradient([], 0.0, np.ones(1), 0)


def test_gradient_norms_agree_with_torch(costs, rng):
    sizes = [4, 6, 5, 3]
    weights = [rng.normal(size=(m, n)) for n, m in pairwise(sizes)]
    h, states = torch.tensor(rng.normal(size=4), requires_grad=True), []
    for W in weights:
        states.append(h)
        h = torch.tanh(torch.tensor(W) @ h)
        h.retain_grad()
    states.append(h)
    grad = rng.normal(size=3)
    h.backward(torch.tensor(grad))
    x = states[0].detach().numpy()
    got = costs.gradient_norms(weights, x, np.tanh, lambda a: 1 - np.tanh(a) ** 2, grad)
    np.testing.assert_allclose(got, [state.grad.norm().item() for state in states], rtol=1e-12)


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 3.0])
def test_gradient_factor_agrees_with_scipys_integral(costs, spread):
    def slope(a):
        return 1 - np.tanh(a) ** 2

    def integrand(z):
        return slope(spread * z) ** 2 * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)

    mean, _ = integrate.quad(integrand, -np.inf, np.inf)
    assert costs.gradient_factor(slope, 1.7, spread) == pytest.approx(1.7 * np.sqrt(mean), rel=1e-6)


def test_gradient_factor_is_what_a_wide_layer_does(costs, rng):
    """ReLU with the gain √2 keeps the length; the experiment of the handout in one layer."""
    relu, step = (lambda a: np.maximum(a, 0.0)), (lambda a: np.where(a > 0, 1.0, 0.0))
    W = rng.normal(size=(1000, 1000)) * np.sqrt(2.0 / 1000)
    before, after = costs.gradient_norms([W], rng.normal(size=1000), relu, step, rng.normal(size=1000))
    assert before / after == pytest.approx(costs.gradient_factor(step, np.sqrt(2.0), 1.0), rel=0.1)
