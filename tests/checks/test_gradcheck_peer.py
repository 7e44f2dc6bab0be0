"""The numeric derivatives that gradcheck compares with, beside PyTorch's autograd and SciPy's differences."""

import numpy as np
import pytest

from autograder.checks.gradients.differences import Comparison, Forward, scale
from tests import needs

optimize = needs.package("scipy.optimize")
torch = needs.package("torch")

FUNCTIONS = {
    "exp": (np.exp, torch.exp, lambda r: [5 * r.normal(size=6)]),
    "log near zero": (np.log, torch.log, lambda r: [10.0 ** r.uniform(-2, 1, 6)]),
    "reciprocal": (lambda a: 1 / a, lambda a: 1 / a, lambda r: [r.normal(size=6) + np.sign(r.normal(size=6))]),
    "sqrt": (np.sqrt, torch.sqrt, lambda r: [r.uniform(0.5, 100, 6)]),
    "tanh": (np.tanh, torch.tanh, lambda r: [r.normal(size=(2, 3))]),
    "mul broadcast": (np.multiply, torch.mul, lambda r: [r.normal(size=(3, 1)), r.normal(size=(2, 1, 4))]),
    "matmul batched": (np.matmul, torch.matmul, lambda r: [r.normal(size=(2, 3, 4)), r.normal(size=(4, 2))]),
    "softmax": (
        lambda a: np.exp(a) / np.exp(a).sum(axis=-1, keepdims=True),
        lambda a: torch.softmax(a, -1),
        lambda r: [r.normal(size=(2, 4))],
    ),
    "norm": (np.linalg.norm, torch.linalg.norm, lambda r: [r.normal(size=(2, 4))]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numeric_gradient_is_that_of_pytorch(name):
    f, peer, draw = FUNCTIONS[name]
    for seed in range(10):
        rng = np.random.default_rng(seed)
        inputs = draw(rng)
        tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
        out = peer(*tensors)
        upstream = rng.normal(size=out.shape)
        out.backward(torch.tensor(upstream))
        center = np.asarray(f(*inputs))
        assert np.allclose(center, out.detach().numpy(), rtol=1e-12)
        forward = Forward(lambda arrays: np.asarray(f(*arrays)), inputs, center)
        for i, x in enumerate(inputs):
            want = tensors[i].grad.numpy()
            comparison = Comparison(forward, i, upstream.reshape(1, -1), want[None])
            for j in np.ndindex(x.shape):
                unit = scale(x)[j]
                direction = np.zeros(x.shape)
                direction[j] = unit
                verdict, slopes = comparison.plain(direction)
                assert verdict.sure
                assert verdict.ratio < 0.1
                # The worst cancellation of these sums stays far under this.
                assert abs(slopes[0] / unit - want[j]) < 1e-8 * np.abs(want).max()


def test_numeric_gradient_is_100_times_nearer_than_scipys_forward_difference():
    x = np.array([0.3, 1.2, -2.0])
    right = np.cos(x)
    peer = optimize.approx_fprime(x, lambda a: np.sin(a).sum())
    assert np.allclose(peer, right, atol=1e-7)
    forward = Forward(lambda arrays: np.sin(arrays[0]), [x], np.sin(x))
    comparison = Comparison(forward, 0, np.ones((1, 3)), right[None])
    ours = [comparison.plain(np.eye(3)[j])[1][0] for j in range(3)]
    assert np.abs(ours - right).max() < 0.01 * np.abs(peer - right).max()
