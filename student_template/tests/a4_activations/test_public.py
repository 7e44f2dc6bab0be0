"""Public tests of a4_activations: a third of the points. The hidden tests look at the same from more sides.

An activation is tested by itself: its forward and backward are called with a context. Neither the operations of
a3_autograd nor its tape take part, so a mistake there costs nothing here.
"""

import contextlib
import warnings

import numpy as np
import pytest

E = np.e


# What the tests are made of


def worth(points, name, hint=None, **conditions):
    hints = {"hint": hint} if hint else {}
    return pytest.mark.points(points, exercise=f"functional.{name}", **hints, **conditions)


def same(got, want, what, rtol=1e-9, atol=1e-12):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {type(got).__name__}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=rtol, atol=atol):
        digits = 8 if rtol > 1e-10 else 15
        got, want = (np.array2string(each, precision=digits, max_line_width=1000) for each in (got, want))
        pytest.fail(f"{what}: got {got}, want {want}")


@contextlib.contextmanager
def silence(what):
    """Fails at the first warning of numpy's, at the line of the student's file where it arose."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            yield
        except RuntimeWarning as warning:
            message = f"{what}: numpy warns: {warning}; want no number computed that does not fit"
            raise AssertionError(message).with_traceback(warning.__traceback__) from None


def forward(student, name, arrays, params):
    """(the activation's context, its result as an array)"""
    ctx = student.functional.Ctx()
    inputs = [student.tensor.Tensor(array) for array in arrays]
    out = getattr(student.functional, name).forward(ctx, *inputs, **params)
    assert isinstance(out, student.tensor.Tensor), f"{name}.forward: got {type(out).__name__}, want a Tensor"
    return ctx, out.data


def backward(student, name, ctx, grad_in):
    """The gradient of the activation's only input."""
    grads = getattr(student.functional, name).backward(ctx, grad_in)
    assert isinstance(grads, list | tuple), f"{name}.backward: got {type(grads).__name__}, want a list"
    assert len(grads) == 1, f"{name}.backward: got {len(grads)} gradients, want 1"
    return grads[0]


# Values


def by_hand(name, points, arrays, want, **params):
    return pytest.param(name, arrays, params, want, id=name.lower(), marks=worth(points, name))


@pytest.mark.parametrize(
    ("name", "arrays", "params", "want"),
    [
        by_hand("Sigmoid", 0.5, [[0, 1, -1]], [0.5, E / (E + 1), 1 / (E + 1)]),
        by_hand("Tanh", 0.5, [[0, 1, -1]], [0, (E**2 - 1) / (E**2 + 1), (1 - E**2) / (E**2 + 1)]),
        by_hand("SoftSign", 0.5, [[[0, 1], [-1, -3]]], [[0, 0.5], [-0.5, -0.75]]),
        by_hand("Heaviside", 0.25, [[-2, -1e-9, 0.5, 3]], [0, 0, 1, 1]),
        by_hand("SoftPlus", 0.5, [[0, 1, -1]], [np.log(2), np.log(1 + E), np.log(1 + 1 / E)]),
        by_hand("ReLU", 0.5, [[[-2, 0], [0.5, 3]]], [[0, 0], [0.5, 3]]),
        by_hand("LeakyReLU", 0.5, [[-2, 0, 3]], [-0.4, 0, 3], negative_slope=0.2),
        by_hand("PReLU", 0.5, [[[-2, 4], [3, -8]], [0.5, 0.25]], [[-1, 4], [3, -2]]),
        by_hand("ELU", 1, [[-1, 0, 3]], [2 / E - 2, 0, 3], alpha=2.0),
        # Phi(1) = 0.8413447460685429, the share of a normal sample within one deviation above the mean, or below it
        by_hand("GELU", 0.5, [[0, 1, -1]], [0, 0.8413447460685429, 0.8413447460685429 - 1]),
        by_hand("SiLU", 0.5, [[0, 1, -1]], [0, E / (E + 1), -1 / (E + 1)]),
        by_hand("Softmax", 0.5, [[[0, 0, np.log(2)], [5, 5, 5]]], [[0.25, 0.25, 0.5], [1 / 3, 1 / 3, 1 / 3]]),
        by_hand("LogSoftmax", 0.5, [[0, np.log(3)]], [-np.log(4), np.log(3) - np.log(4)]),
    ],
)
def test_value(student, name, arrays, params, want):
    _, got = forward(student, name, [np.array(array, float) for array in arrays], params)
    same(got, want, f"{name} of {', '.join(map(str, arrays))}")


@worth(0.25, "Heaviside", "to which of the two sides does 0 itself belong?", after="test_value")
def test_value_heaviside_step(student):
    _, got = forward(student, "Heaviside", [np.array([-1.0, 0.0, 1.0])], {})
    same(got, [0, 1, 1], "Heaviside of [-1, 0, 1]")


@worth(0.5, "Softmax", "which numbers are to sum to 1?")
def test_value_softmax_axis(student):
    _, got = forward(student, "Softmax", [np.log([[1.0, 2.0, 5.0], [3.0, 2.0, 15.0]])], {"axis": 0})
    same(got, [[0.25, 0.5, 0.25], [0.75, 0.5, 0.75]], "Softmax of ln [[1, 2, 5], [3, 2, 15]] over axis 0")


# Gradients, compared with central differences under a random upstream gradient


def slopes(name, label, points, *shapes, values=(), **params):
    # At home slopes are those of your own forward: its values come first. Zeros are right for Heaviside alone.
    first = {"after" if name == "Heaviside" else "forward": ["test_value", *values]}
    return pytest.param(name, shapes, params, id=f"{name.lower()}-{label}", marks=worth(points, name, **first))


@pytest.mark.parametrize(
    ("name", "shapes", "params"),
    [
        slopes("Sigmoid", "matrix", 1, (2, 3)),
        slopes("Tanh", "matrix", 1, (2, 3)),
        slopes("SoftSign", "matrix", 1, (2, 3)),
        slopes("Heaviside", "matrix", 0.5, (2, 3)),
        slopes("SoftPlus", "matrix", 1, (2, 3)),
        slopes("ReLU", "matrix", 1, (2, 3)),
        slopes("LeakyReLU", "matrix", 1, (2, 3), negative_slope=0.2),
        slopes("PReLU", "one-slope", 1, (2, 3), ()),
        slopes("PReLU", "one-for-each-channel", 1, (2, 3, 2), (3, 1)),
        slopes("ELU", "matrix", 0.5, (2, 3), alpha=2.0),
        slopes("GELU", "matrix", 1, (2, 3)),
        slopes("SiLU", "matrix", 1, (2, 3)),
        slopes("Softmax", "last-axis", 1, (2, 3)),
        slopes("Softmax", "first-axis", 1, (2, 3), axis=0, values=["test_value_softmax_axis"]),
        slopes("LogSoftmax", "last-axis", 1, (2, 3)),
        slopes("LogSoftmax", "first-axis", 1, (2, 3), axis=0),
    ],
)
def test_gradient(student, gradcheck, rng, name, shapes, params):
    # Away from 0, where some have a kink.
    arrays = [rng.uniform(0.25, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape) for shape in shapes]
    gradcheck(f"functional.{name}", *arrays, params=params, name=name)


@worth(0.5, "ReLU", "at 0 any slope between the left one and the right one will do, but it is a number")
def test_gradient_relu_kink(student):
    ctx, got = forward(student, "ReLU", [np.array([-1.0, 0.0, 2.0])], {})
    grad = backward(student, "ReLU", ctx, np.array([10.0, -10.0, 10.0]))
    same(got, [0.0, 0.0, 2.0], "ReLU of [-1, 0, 2]")
    what = "ReLU of [-1, 0, 2], grad_in [10, -10, 10]: gradient"
    same(grad[[0, 2]], [0.0, 10.0], f"{what} at -1 and 2")
    assert -10.0 <= grad[1] <= 0.0, f"{what} at 0: got {grad[1]:.6g}, want a number from -10 to 0"


# Far from zero, where the formula as it stands overflows, and at -1 or in a second row for comparison


FAR = [-1e4, -1e3, -1.0, 1e3, 1e4]
ROWS = [[-1e4, -1e3, 1e3, 1e4], [1e4, 1e4, -1e4, 1e4]]
# By the tables of the normal distribution: the share of a sample below -1, and its density there
BELOW, DENSITY = 0.15865525393145707, 0.24197072451914337
THIRD, LN_3 = 1 / 3, np.log(3)


def limits(name, points, a, want, grad_in, want_grad, hint):
    return pytest.param(name, a, want, grad_in, want_grad, id=name.lower(), marks=worth(points, name, hint))


def elementwise(name, points, want, slopes, hint):
    grad_in = [1.0, 2.0, 4.0, -1.0, -3.0]
    return limits(name, points, FAR, want, grad_in, np.multiply(grad_in, slopes), hint)


def along_rows(name, points, want, want_grad, hint):
    return limits(name, points, ROWS, want, [[1.0, 2.0, -1.0, -3.0]] * 2, want_grad, hint)


@pytest.mark.parametrize(
    ("name", "a", "want", "grad_in", "want_grad"),
    [
        elementwise(
            "Sigmoid",
            1,
            [0, 0, 1 / (1 + E), 1, 1],
            [0, 0, E / (1 + E) ** 2, 0, 0],
            "of which number may you take exp without a second thought?",
        ),
        elementwise(
            "Tanh",
            0.5,
            [-1, -1, (1 - E**2) / (1 + E**2), 1, 1],
            [0, 0, 4 * E**2 / (1 + E**2) ** 2, 0, 0],
            "numpy has this function",
        ),
        elementwise(
            "SoftPlus",
            1,
            [0, 0, np.log(1 + 1 / E), 1e3, 1e4],
            [0, 0, 1 / (1 + E), 1, 1],
            "take out of the logarithm what is too large for it",
        ),
        elementwise(
            "ELU",
            0.5,
            [-1, -1, 1 / E - 1, 1e3, 1e4],
            [0, 0, 1 / E, 1, 1],
            "np.where computes both branches, for every element",
        ),
        elementwise(
            "GELU",
            0.5,
            [0, 0, -BELOW, 1e3, 1e4],
            [0, 0, BELOW - DENSITY, 1, 1],
            "write exp only of what is not positive",
        ),
        elementwise(
            "SiLU",
            0.5,
            [0, 0, -1 / (1 + E), 1e3, 1e4],
            [0, 0, 1 / (1 + E) ** 2, 1, 1],
            "as for Sigmoid; in backward too",
        ),
        along_rows(
            "Softmax",
            1,
            [[0, 0, 0, 1], [THIRD, THIRD, 0, THIRD]],
            [[0, 0, 0, 0], [THIRD, 2 * THIRD, 0, -1]],
            "what may be added to all of them without any effect?",
        ),
        along_rows(
            "LogSoftmax",
            1,
            [[-2e4, -11e3, -9e3, 0], [-LN_3, -LN_3, -2e4 - LN_3, -LN_3]],
            [[1, 2, -1, -2], [1 + THIRD, 2 + THIRD, -1, -3 + THIRD]],
            "no exp of large numbers, no log of 0",
        ),
    ],
)
def test_far_from_zero(student, name, a, want, grad_in, want_grad):
    what = f"{name} of {a}"
    with silence(what):
        ctx, got = forward(student, name, [np.array(a)], {})
        grad = backward(student, name, ctx, np.array(grad_in))
    same(got, want, what)
    same(grad, want_grad, f"{what}, grad_in {grad_in}: gradient")


# Where the value is tiny: twelve digits are asked for, so a wrong 0 does not pass for e^-40


def tiny(name, points, a, want, hint):
    return pytest.param(name, a, want, id=name.lower(), marks=worth(points, name, hint))


@pytest.mark.parametrize(
    ("name", "a", "want"),
    [
        tiny(
            "Sigmoid",
            0.5,
            [-40.0, 1.0],
            [np.exp(-40.0), E / (1 + E)],
            "does your formula add something tiny to 1 and take the 1 away?",
        ),
        tiny(
            "SoftPlus",
            0.5,
            [-40.0, 1.0],
            [np.exp(-40.0), np.log(1 + E)],
            "ln(1 + tiny) is about tiny: which function of numpy's knows?",
        ),
        tiny(
            "ELU",
            0.5,
            [-1e-10, 1.0],
            [-0.99999999995e-10, 1.0],
            "e^tiny - 1 is about tiny: which function of numpy's knows?",
        ),
        # by mpmath, with 50 digits
        tiny(
            "GELU",
            0.5,
            [-10.0, 1.0],
            [-7.619853024160526e-23, 1 - BELOW],
            "a sum of 1 and something close to -1 has lost its digits",
        ),
    ],
)
def test_digits(student, name, a, want):
    for number, value in zip(a, want, strict=True):  # by themselves: beside 1 the tiny one would not be noticed
        _, got = forward(student, name, [np.array([number])], {})
        same(got, [value], f"{name} of {number}", rtol=1e-12, atol=0.0)


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
