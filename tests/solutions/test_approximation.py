"""Cybenko's sum against PyTorch, its error against N, and the kinks of ReLU networks against their values."""

import numpy as np
import pytest

from tests import needs

torch = needs.package("torch")


@pytest.fixture
def approximation(feedforward):
    return feedforward.approximation


@pytest.fixture
def rng():
    return np.random.default_rng(8)


# CybenkoSum


@pytest.mark.parametrize("shape", [(3,), (1, 3), (5, 3)], ids=str)
def test_cybenko_sum_agrees_with_torch(approximation, Tensor, rng, shape):
    G, x = approximation.CybenkoSum(3, 4, rng), Tensor(rng.uniform(size=shape))
    out = G(x)
    w, theta, alpha, peer_x = (
        torch.tensor(each.data.copy(), requires_grad=True) for each in (G.w, G.theta, G.alpha, x)
    )
    want = torch.sigmoid(peer_x @ w.T + theta) @ alpha
    np.testing.assert_allclose(out.data, want.detach().numpy(), rtol=1e-10)
    upstream = rng.normal(size=out.shape)
    out.backward(upstream)
    want.backward(torch.tensor(upstream))
    for ours, theirs in [(G.w, w), (G.theta, theta), (G.alpha, alpha), (x, peer_x)]:
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_cybenko_sum_starts_with_its_middles_in_the_cube(approximation, rng):
    G = approximation.CybenkoSum(1, 1000, rng)
    assert [p.shape for p in G.parameters()] == [(1000, 1), (1000,), (1000,)]
    middles = -G.theta.data / G.w.data[:, 0]
    assert middles.min() > -1e-9
    assert middles.max() < 1 + 1e-9


# Error against N


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_error_falls_with_more_units(approximation, seed):
    units = [1, 30, 100]
    for f in (lambda x: np.sin(2 * np.pi * x), lambda x: np.abs(x - 0.4)):
        errors = approximation.approximation_errors(f, units, np.random.default_rng(seed))
        assert errors.shape == (3,)
        assert errors[1] < 0.1 * errors[0]
        assert errors[2] < errors[1]


def test_errors_of_a_sum_that_is_in_reach_are_zero(approximation):
    def f(x):
        return approximation.CybenkoSum(1, 5, np.random.default_rng(3))(x[:, np.newaxis]).data

    assert approximation.approximation_errors(f, [5], np.random.default_rng(3)) < 1e-9


# Kinks


def relu_network(feedforward, w, c, v, b):
    nn, Tensor = feedforward.nn, feedforward.tensor.Tensor
    mlp = nn.MLP((1, len(w), 1), np.random.default_rng(0), activation=feedforward.functional.relu)
    hidden, last = mlp.layers
    hidden.W, hidden.b = Tensor(np.reshape(w, (-1, 1))), Tensor(c)
    last.W, last.b = Tensor(np.reshape(v, (1, -1))), Tensor([b])
    return mlp


@pytest.mark.parametrize("n", [1, 2, 10, 50])
def test_network_is_the_line_that_its_kinks_and_slopes_describe(feedforward, approximation, rng, n):
    mlp = relu_network(feedforward, rng.normal(size=n), rng.normal(size=n), rng.normal(size=n), 0.7)
    kinks, slopes = approximation.relu_kinks(mlp)
    assert len(kinks) == n
    assert np.all(np.diff(kinks) > 0)
    x = np.concatenate([[kinks[0] - 2.0], kinks, [kinks[-1] + 2.0]])
    values = mlp(x[:, np.newaxis]).data[:, 0]
    np.testing.assert_allclose(np.diff(values), slopes * np.diff(x), rtol=1e-9, atol=1e-9)
    inside = rng.uniform(x[0], x[-1], size=200)
    np.testing.assert_allclose(mlp(inside[:, np.newaxis]).data[:, 0], np.interp(inside, x, values), atol=1e-9)


def test_ramp_of_a5_has_two_kinks(feedforward, approximation):
    kinks, slopes = approximation.relu_kinks(relu_network(feedforward, [1, 1], [0, -1], [1, -1], 0))
    np.testing.assert_array_equal(kinks, [0.0, 1.0])
    np.testing.assert_array_equal(slopes, [0.0, 1.0, 0.0])


def test_units_that_bend_nothing_and_units_that_bend_together(feedforward, approximation):
    kinks, slopes = approximation.relu_kinks(relu_network(feedforward, [0, 1, -2, 3], [1, -1, 2, 0], [1, 1, 1, 0], 0))
    np.testing.assert_array_equal(kinks, [1.0])
    np.testing.assert_array_equal(slopes, [-2.0, 1.0])
    kinks, slopes = approximation.relu_kinks(relu_network(feedforward, [0.0], [1.0], [5.0], 0))
    assert kinks.shape == (0,)
    np.testing.assert_array_equal(slopes, [0.0])


def test_slope_does_not_depend_on_how_far_out_a_kink_lies(feedforward, approximation):
    """One beside 1e17 is 1e17 in float64, so no point next to a kink says which units are on there."""
    kinks, slopes = approximation.relu_kinks(relu_network(feedforward, [1, -2, 1], [-1e17, 2e17, 0], [1, 1, 5], 0))
    np.testing.assert_array_equal(kinks, [0.0, 1e17])
    np.testing.assert_array_equal(slopes, [-2.0, 3.0, 6.0])


def test_units_that_bend_and_leave_a_straight_line_are_kinks_all_the_same(feedforward, approximation):
    kinks, slopes = approximation.relu_kinks(relu_network(feedforward, [1, -1], [0, 0], [1, -1], 0))
    np.testing.assert_array_equal(kinks, [0.0])
    np.testing.assert_array_equal(slopes, [1.0, 1.0])


def test_other_networks_are_refused(feedforward, approximation):
    mlp = feedforward.nn.MLP((2, 3, 1), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"relu_kinks: got layers of shapes \[\(3, 2\), \(1, 3\)\], want"):
        approximation.relu_kinks(mlp)
