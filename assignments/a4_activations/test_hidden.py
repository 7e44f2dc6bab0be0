"""Hidden tests of a4_activations.

Activations are called through their own forward and backward, never through the tape, and no operation of
a3_autograd takes part. So a mistake loses points in its own exercise alone.
"""

import contextlib
import warnings

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and a natural formula loses no more than a few of them
DIGITS = 1e-12  # what the handout promises to ask for where a value is tiny


# What the tests are made of


def worth(points, name, hint):
    return pytest.mark.points(points, exercise=f"functional.{name}", hint=hint)


def same(got, want, what, rtol=RTOL, atol=1e-12):
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
    """Fails at the first warning of numpy's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            yield
        except RuntimeWarning as warning:
            message = f"{what}: numpy warns: {warning}; want no number computed that does not fit"
            raise AssertionError(message).with_traceback(warning.__traceback__) from None


def fold(grad, shape):
    """grad summed to this shape if it can be: what the tape does for an input that was broadcast."""
    extra = grad.ndim - len(shape)
    if extra < 0 or any(size not in (1, full) for size, full in zip(shape, grad.shape[extra:], strict=True)):
        return grad
    axes = [axis for axis in range(grad.ndim) if axis < extra or shape[axis - extra] == 1]
    return np.reshape(grad.sum(axis=tuple(axes)), shape)


def forward(package, name, arrays, params):
    """(the activation's context, its result as an array)"""
    ctx = package.functional.Ctx()
    inputs = [package.tensor.Tensor(array) for array in arrays]
    out = getattr(package.functional, name).forward(ctx, *inputs, **params)
    assert isinstance(out, package.tensor.Tensor), f"{name}.forward: got {type(out).__name__}, want a Tensor"
    return ctx, out.data


def backward(package, name, ctx, grad_in, shapes):
    """The gradients of all inputs, as copies, each summed to its input's shape."""
    grads = getattr(package.functional, name).backward(ctx, grad_in)
    assert isinstance(grads, list | tuple), f"{name}.backward: got {type(grads).__name__}, want a list"
    assert len(grads) == len(shapes), f"{name}.backward: got {len(grads)} gradients, want {len(shapes)}"
    for grad in grads:
        assert isinstance(grad, np.ndarray | np.generic), f"{name}.backward: got {type(grad).__name__} in the list"
    return [np.array(fold(grad, shape)) for grad, shape in zip(grads, shapes, strict=True)]


def like_reference(student, reference, rng, name, arrays, params):
    """Fails unless value and gradients, under a random upstream gradient, are the reference's."""
    shapes = [array.shape for array in arrays]
    what = f"{name} of shapes {shapes} with {params}"
    with silence(what):
        ctx, got = forward(student, name, arrays, params)
    reference_ctx, want = forward(reference, name, arrays, params)
    same(got, want, f"{what}: value")
    grad_in = np.asarray(rng.normal(size=want.shape))
    with silence(what):
        got = backward(student, name, ctx, grad_in.copy(), shapes)
    want = backward(reference, name, reference_ctx, grad_in, shapes)
    for position in range(len(arrays)):
        same(got[position], want[position], f"{what}: gradient of input {position}")


def draw(rng, shape):
    """Random numbers of either sign, away from 0, where some activations have a kink."""
    return rng.uniform(0.25, 4.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


# Every activation in every form that the handout names


def form(*shapes, **params):
    return shapes, params


ONE_INPUT = [form((3, 4)), form((2, 3, 4)), form((7,))]
ALONG_AN_AXIS = [
    form((3, 4)),
    form((3, 4), axis=0),
    form((5,)),
    form((2, 3, 4), axis=1),
    form((2, 3, 4), axis=-3),
    form((3, 3), axis=-2),
]
SMALL_ONE_INPUT = [form(()), form((1,)), form((1, 1)), form((0,)), form((2, 0))]
SMALL_ALONG_AN_AXIS = [form((1,)), form((3, 1)), form((1, 3), axis=0), form((0, 3)), form((2, 0), axis=0)]
ELEMENTWISE = ["Sigmoid", "Tanh", "SoftSign", "Heaviside", "SoftPlus", "ReLU", "GELU", "SiLU"]
WITH_A_SUM = ["Softmax", "LogSoftmax"]

FORMS = {
    **dict.fromkeys(ELEMENTWISE, ONE_INPUT),
    "LeakyReLU": [*ONE_INPUT, *(form((3, 4), negative_slope=slope) for slope in (0.2, 0.0, 1.5, -0.5))],
    "PReLU": [
        form((3, 4), ()),
        form((3, 4), (4,)),
        form((2, 3, 4), (3, 1)),
        form((2, 3), (1,)),
        form((2, 3), (2, 3)),
        form((3,), (2, 1)),
    ],
    "ELU": [*ONE_INPUT, *(form((3, 4), alpha=alpha) for alpha in (0.5, 3.0))],
    **dict.fromkeys(WITH_A_SUM, ALONG_AN_AXIS),
}
SMALL = {
    **dict.fromkeys([*ELEMENTWISE, "LeakyReLU", "ELU"], SMALL_ONE_INPUT),
    "PReLU": [form((), ()), form((1,), ()), form((), (1, 1)), form((0, 3), (3,)), form((0,), ()), form((2, 1), (1,))],
    **dict.fromkeys(WITH_A_SUM, SMALL_ALONG_AN_AXIS),
}


def every_activation(points, hint, heaviside):
    """One case for each activation; the simplest is worth less."""
    return [
        pytest.param(name, id=name.lower(), marks=worth(heaviside if name == "Heaviside" else points, name, hint))
        for name in FORMS
    ]


@pytest.mark.parametrize(
    "name",
    every_activation(1, "go through the parameters and shapes that the handout's section names, one by one", 0.5),
)
def test_value(student, reference, rng, name):
    for shapes, params in FORMS[name]:
        arrays = [draw(rng, shape) for shape in shapes]
        arrays[0].flat[0] = 0.0
        _, got = forward(student, name, arrays, params)
        _, want = forward(reference, name, arrays, params)
        same(got, want, f"{name} of shapes {shapes} with {params}")


@pytest.mark.parametrize(
    "name",
    every_activation(0.5, "shapes (), (1,) and (0, 3) are shapes like any others: what comes back for each?", 0.25),
)
def test_sizes_zero_and_one(student, reference, rng, name):
    for shapes, params in SMALL[name]:
        like_reference(student, reference, rng, name, [np.asarray(draw(rng, shape)) for shape in shapes], params)


def strided(array):
    """The same numbers, two places apart in memory."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


@pytest.mark.parametrize(
    "name",
    every_activation(
        0.5, "rely on shape and index, not on where numbers lie in memory; Tensor turns integers into floats", 0.25
    ),
)
def test_layout_and_integers(student, reference, rng, name):
    shapes, params = FORMS[name][1]
    for lay_out in (strided, np.asfortranarray):
        arrays = [lay_out(draw(rng, shape)) for shape in shapes]
        like_reference(student, reference, rng, name, arrays, params)
    integers = [rng.integers(1, 5, size=shape) * rng.choice([-1, 1], size=shape) for shape in shapes]
    like_reference(student, reference, rng, name, integers, params)


@pytest.mark.parametrize(
    "name",
    every_activation(
        0.5, "write into nothing that was given or saved, and keep what backward needs in ctx, nowhere else", 0.5
    ),
)
def test_changes_nothing(student, reference, rng, held, name):
    shapes, params = FORMS[name][0]
    arrays = [np.asarray(draw(rng, shape)) for shape in shapes]
    inputs = [held(array) for array in arrays]
    ctx, got = forward(student, name, inputs, params)
    _, want = forward(reference, name, arrays, params)
    same(got, want, f"{name}: value")
    grad_in = rng.normal(size=want.shape)
    upstream = held(grad_in)
    first = backward(student, name, ctx, upstream, shapes)
    forward(student, name, [draw(rng, shape) for shape in shapes], params)  # another use of it in between
    second = backward(student, name, ctx, held(grad_in), shapes)
    assert np.array_equal(np.array(upstream), grad_in), f"{name}.backward: changes grad_in, want it unchanged"
    for position, array in enumerate(arrays):
        unchanged = np.array_equal(np.array(inputs[position]), array)
        assert unchanged, f"{name}: the data of input {position} were changed, want them unchanged"
        same(second[position], first[position], f"{name}: gradient of input {position} by a second backward")


# Gradients, compared with central differences under random upstream gradients


HINTS = {
    "Sigmoid": "the table of section 1.2 writes the derivative by the value; what does the chain rule add?",
    "Tanh": "the table of section 1.2 writes the derivative by the value; what does the chain rule add?",
    "SoftSign": "take the two signs apart, differentiate each, and find one formula for both",
    "Heaviside": "zero, for every element, whatever arrives; as an array",
    "SoftPlus": "its derivative is another function of this file",
    "ReLU": "what is the slope to the right of zero, what to the left?",
    "LeakyReLU": "on which side does negative_slope act?",
    "PReLU": "two inputs, two gradients; hold one fixed and move the other. On which side does the slope matter?",
    "ELU": "alpha is a factor of the left branch, in its derivative too",
    "GELU": "the product rule; the derivative of a distribution function is its density",
    "SiLU": "the product rule, with the derivative of the sigmoid in it",
    "Softmax": "each input moves all values along the axis: sum over them",
    "LogSoftmax": "each input moves all values along the axis: sum over them",
}
AXIS = "the sum in backward runs along the same axis as the one in forward"


def slopes(name, label, points, *shapes, hint=None, **params):
    marks = worth(points, name, hint or HINTS[name])
    return pytest.param(name, shapes, params, id=f"{name.lower()}-{label}", marks=marks)


@pytest.mark.parametrize(
    ("name", "shapes", "params"),
    [
        slopes("Sigmoid", "cube", 1, (2, 3, 2)),
        slopes("Tanh", "cube", 1, (2, 3, 2)),
        slopes("SoftSign", "cube", 1, (2, 3, 2)),
        slopes("Heaviside", "cube", 0.5, (2, 3, 2)),
        slopes("SoftPlus", "cube", 1, (2, 3, 2)),
        slopes("ReLU", "cube", 1, (2, 3, 2)),
        slopes("LeakyReLU", "default", 1, (2, 3, 2)),
        slopes("LeakyReLU", "steep", 1, (5,), negative_slope=1.5, hint="negative_slope may be any number"),
        slopes("PReLU", "one-slope", 1, (2, 3), ()),
        slopes("PReLU", "last-axis", 1, (4, 3), (3,)),
        slopes("PReLU", "channels", 1, (2, 2, 3), (2, 1), hint="a slope used many times collects from all its uses"),
        slopes("PReLU", "both-stretched", 0.5, (3,), (2, 1), hint="each of the two may be the one that is stretched"),
        slopes("ELU", "default", 1, (2, 3, 2)),
        slopes("ELU", "alpha", 0.5, (5,), alpha=0.3),
        slopes("GELU", "cube", 1, (2, 3, 2)),
        slopes("SiLU", "cube", 1, (2, 3, 2)),
        slopes("Softmax", "vector", 1, (5,)),
        slopes("Softmax", "middle-axis", 1, (2, 3, 2), axis=1, hint=AXIS),
        slopes("Softmax", "square", 1, (3, 3), axis=-2, hint=AXIS),
        slopes("LogSoftmax", "vector", 1, (5,)),
        slopes("LogSoftmax", "middle-axis", 1, (2, 3, 2), axis=1, hint=AXIS),
        slopes("LogSoftmax", "square", 1, (3, 3), axis=-2, hint=AXIS),
    ],
)
def test_gradient(student, gradcheck, rng, name, shapes, params):
    # Where one class takes nearly all, the slopes of a softmax are differences of nearly equal numbers, and as noisy.
    reach = 0.5 if name in WITH_A_SUM else 1.0
    arrays = [np.asarray(reach * draw(rng, shape)) for shape in shapes]
    gradcheck(f"functional.{name}", *arrays, params=params, mode="fast", name=name)


# Far from zero: right, and without a warning


FAR = np.outer([-1.0, 1.0], [0.5, 17.0, 36.5, 90.0, 500.0, 708.0, 711.0, 746.0, 1000.0, 3000.0, 10_000.0])
FAR_ROWS = np.array(
    [
        [-1e4, 0.0, 1e4],
        [1e4, 1e4, 1e4],
        [-1e4, -1e4, -1e4 + 1.0],
        [-720.0, -740.0, -750.0],
        [800.0, 3.0, 799.0],
        [0.0, -1000.0, 1.0],
    ]
)


def far(name, points, hint):
    return pytest.param(name, id=name.lower(), marks=worth(points, name, hint))


@pytest.mark.parametrize(
    "name",
    [
        far("Sigmoid", 1, "take exp only of numbers that are not positive, whatever the sign of a"),
        far("Tanh", 0.5, "infinity divided by infinity is no number; numpy has this function ready"),
        far("SoftPlus", 1, "for large a the value is a and a little more: how little?"),
        far("ELU", 1, "np.where computes both branches for every element: give each what it can take"),
        far("GELU", 1, "write exp only of what is not positive"),
        far("SiLU", 1, "the sigmoid in it, as in exercise Sigmoid; in backward as well"),
        far("Softmax", 1, "subtract something first: of each row its own, or a row far below the others vanishes"),
        far("LogSoftmax", 1, "do not take the logarithm of a softmax that is 0 already"),
    ],
)
def test_far_from_zero(student, reference, rng, name):
    # Copies, for where student code runs in this process: what it writes into must not be the next one's input.
    if name not in WITH_A_SUM:
        like_reference(student, reference, rng, name, [FAR.copy()], {})
    else:
        like_reference(student, reference, rng, name, [FAR_ROWS.copy()], {})
        like_reference(student, reference, rng, name, [FAR_ROWS.T.copy()], {"axis": 0})


# Tiny values and slopes, to twelve digits


def digits(name, points, a, hint):
    return pytest.param(name, np.array(a), id=name.lower(), marks=worth(points, name, hint))


LEFT = [-700.0, -300.5, -40.0, -20.25, -3.0]
NEAR = [-1e-300, -1e-10, 1e-10, 3e-5, -0.01, 0.5]


@pytest.mark.parametrize(
    ("name", "a"),
    [
        digits("Sigmoid", 1, LEFT, "near -700 the value is e^-700: keep your hands off differences of numbers near 1"),
        digits("Tanh", 0.5, NEAR, "near 0 the value is a: a difference of two numbers near 1 loses it"),
        digits("SoftPlus", 1, LEFT, "ln(1 + tiny): the sum has lost tiny before the logarithm sees it"),
        digits("ELU", 1, [-1e-300, -1e-10, -3e-5, -0.01, -0.5], "e^tiny - 1: numpy has a function for just this"),
        digits("GELU", 1, [-20.0, -10.0, -5.0, -2.0], "far on the left, 1 + erf is 0; the given erfc knows the rest"),
        digits("SiLU", 0.5, LEFT, "as exact as the sigmoid in it, in backward too"),
    ],
)
def test_digits(student, reference, name, a):
    ctx, got = forward(student, name, [a.copy()], {})
    reference_ctx, want = forward(reference, name, [a], {})
    same(got, want, f"{name} of {a.tolist()}", DIGITS, 0.0)
    (got,) = backward(student, name, ctx, np.ones(a.shape), [a.shape])
    (want,) = backward(reference, name, reference_ctx, np.ones(a.shape), [a.shape])
    same(got, want, f"{name} of {a.tolist()}: slope", DIGITS, 0.0)


@worth(0.5, "Softmax", "a part of e^-700 is small, and not 0")
def test_digits_softmax(student):
    ctx, got = forward(student, "Softmax", [np.array([[0.0, -700.0], [700.0, 660.0]])], {})
    want = np.exp([[0.0, -700.0], [0.0, -40.0]])
    same(got, want, "Softmax of [0, -700] and [700, 660]", DIGITS, 0.0)
    (got,) = backward(student, "Softmax", ctx, np.array([[0.0, 2.0], [0.0, -3.0]]), [(2, 2)])
    same(got[:, 1], [2 * want[0, 1], -3 * want[1, 1]], "Softmax of [0, -700] and [700, 660]: gradient", DIGITS, 0.0)


@worth(0.5, "LogSoftmax", "the difference of the two logits must come out whole")
def test_digits_log_softmax(student):
    a = np.array([[0.0, -50.0, -1000.0], [-2000.0, 3000.0, 0.0]])
    _, got = forward(student, "LogSoftmax", [a], {})
    same(got, [[0.0, -50.0, -1000.0], [-5000.0, 0.0, -3000.0]], "LogSoftmax of far-apart logits", DIGITS, 1e-15)


# Kinks and the step


def check_kink(student, name, arrays, params, value, low, high):
    """Fails unless the value is right and the slope of input 0 lies between low and high, elementwise."""
    what = f"{name} of {arrays[0].tolist()} with {params or [array.tolist() for array in arrays[1:]]}"
    for sign in (1.0, -1.0):
        with silence(what):
            ctx, got = forward(student, name, [array.copy() for array in arrays], params)
            upstream = np.full(np.shape(value), 2.0 * sign)
            grads = backward(student, name, ctx, upstream, [array.shape for array in arrays])
        same(got, value, what)
        slope = grads[0] / upstream
        same(slope, np.clip(slope, low, high), f"{what}: slope")
    return grads


@worth(0.5, "ReLU", "at 0 any slope between the left one and the right one will do, but it is a number")
def test_kink_relu(student):
    check_kink(student, "ReLU", [np.array([0.0, -0.0, -3.0, 2.0])], {}, [0, 0, 0, 2], [0, 0, 0, 1], [1, 1, 0, 1])


@worth(0.5, "LeakyReLU", "at 0 any slope between negative_slope and 1 will do, neither less nor more")
def test_kink_leaky_relu(student):
    a = np.array([0.0, -0.0, -3.0, 2.0])
    for slope in (0.01, 0.5, 2.0):
        ends = [min(slope, 1.0), min(slope, 1.0), slope, 1.0], [max(slope, 1.0), max(slope, 1.0), slope, 1.0]
        check_kink(student, "LeakyReLU", [a], {"negative_slope": slope}, [0, 0, -3 * slope, 2], *ends)


@worth(0.5, "PReLU", "at 0 any slope between the learned one and 1 will do; the learned one has no influence there")
def test_kink_prelu(student):
    a, slope = np.array([0.0, 0.0, -3.0, 2.0]), np.array([0.25, 2.0, 0.5, 0.5])
    grads = check_kink(student, "PReLU", [a, slope], {}, [0, 0, -1.5, 2], [0.25, 1, 0.5, 1], [1, 2, 0.5, 1])
    same(grads[1], [0.0, 0.0, 6.0, 0.0], "PReLU of [0, 0, -3, 2], grad_in -2: gradient of slope")


@worth(0.5, "ELU", "at 0 any slope between alpha and 1 will do, neither less nor more")
def test_kink_elu(student):
    for alpha in (0.5, 1.0, 2.0):
        left, value = alpha / np.e, alpha * (1 / np.e - 1)
        ends = [min(alpha, 1.0), left, 1.0], [max(alpha, 1.0), left, 1.0]
        check_kink(student, "ELU", [np.array([0.0, -1.0, 2.0])], {"alpha": alpha}, [0, value, 2], *ends)


@worth(1, "SoftSign", "there is no kink at 0: the slopes on both sides are equal, and so is the one in between")
def test_slope_softsign_at_zero(student):
    a = np.array([0.0, -0.0, 1e-9, -1e-9])
    check_kink(student, "SoftSign", [a], {}, [0, 0, 1e-9, -1e-9], np.full(4, 1 - 1e-8), np.ones(4))


@worth(0.5, "Heaviside", "which of the two values has the step itself?")
def test_step_heaviside(student):
    a = np.array([0.0, -0.0, -1e-300, 1e-300])
    check_kink(student, "Heaviside", [a], {}, [1, 1, 0, 1], np.zeros(4), np.zeros(4))
