"""The lecture's own Add and Mul, pasted in as they stand on its slide, work on the tape."""

import numpy as np
import pytest

SLIDE = """
class Add(Function):
    @staticmethod
    def forward(ctx: Ctx,
                a: tensor.Tensor,
                b: tensor.Tensor) -> tensor.Tensor:
        return tensor.Tensor(a.data + b.data)

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in, grad_in]


class Mul(Function):
    @staticmethod
    def forward(ctx: Ctx,
                a: tensor.Tensor,
                b: tensor.Tensor) -> tensor.Tensor:
        ctx.save_for_backward(a, b)
        return tensor.Tensor(a.data * b.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in):
        a, b = ctx.saved
        return [grad_in * b.data, grad_in * a.data]
"""


@pytest.fixture
def lecture(functional):
    """The names of functional.py with the slide executed below them, as if pasted at its end."""
    names = dict(vars(functional))
    exec(SLIDE, names)
    return names


def test_values_and_gradients_broadcast(lecture, Tensor):
    a, b = Tensor([[1.0], [2.0]]), Tensor([3.0, 4.0, 5.0])
    add, mul = lecture["Add"](), lecture["Mul"]()
    result = add(mul(a, b), b)
    assert np.array_equal(result.data, [[6.0, 8.0, 10.0], [9.0, 12.0, 15.0]])
    result.backward([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]])
    assert np.array_equal(a.grad, [[10.0], [-3.5]])
    assert np.array_equal(b.grad, [3.5, -4.0, 3.0])


def test_tensor_used_twice(lecture, Tensor):
    a = Tensor(3.0)
    lecture["Add"]()(lecture["Mul"]()(a, a), a).backward()
    assert a.grad == 7.0


def test_gradients_never_share_memory(lecture, Tensor):
    a, b = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    grad = np.array([1.0, 1.0])
    lecture["Add"]()(a, b).backward(grad)
    assert not np.shares_memory(a.grad, b.grad)
    assert not np.shares_memory(a.grad, grad)
