"""Hidden tests of a4_activations.

Activations are called through their own forward and backward, never through the tape, and no operation of
a3_autograd takes part. So a mistake loses points in its own exercise alone.
"""

import contextlib
import warnings

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and a natural formula loses no more than a few of them
DIGITS = 1e-12  # what the handout asks for: of the number where it is tiny, elsewhere of what section 3 says


# What the tests are made of


def worth(points, name, hint, **conditions):
    return pytest.mark.points(points, exercise=f"functional.{name}", hint=hint, **conditions)


def alike(got, want, what):
    """Fails unless got is a float64 array of want's shape. A numpy number counts as a 0-d array."""
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {type(got).__name__}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"


def same(got, want, what, rtol=RTOL, atol=1e-12):
    """Fails unless got is a float64 array of want's shape and values."""
    want = np.asarray(want, dtype=np.float64)
    alike(got, want, what)
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


class Activation:
    """An activation of a package. What is needed of the package is looked up once: each look-up is a message."""

    def __init__(self, package, name):
        functional = package.functional
        operation = getattr(functional, name)
        self.name, self.ctx, self.tensor = name, functional.Ctx, package.tensor.Tensor
        self.run_forward, self.run_backward = operation.forward, operation.backward

    def on(self, tensors, params):
        """(the context, the resulting Tensor)"""
        ctx = self.ctx()
        out = self.run_forward(ctx, *tensors, **params)
        assert isinstance(out, self.tensor), f"{self.name}.forward: got {type(out).__name__}, want a Tensor"
        return ctx, out

    def forward(self, arrays, params):
        """(the context, the result as an array)"""
        ctx, out = self.on(map(self.tensor, arrays), params)
        return ctx, out.data

    def backward(self, ctx, grad_in, shapes):
        """The gradients of all inputs, as copies, each summed to its input's shape."""
        grads = self.run_backward(ctx, grad_in)
        assert isinstance(grads, list | tuple), f"{self.name}.backward: got {type(grads).__name__}, want a list"
        assert len(grads) == len(shapes), f"{self.name}.backward: got {len(grads)} gradients, want {len(shapes)}"
        for grad in grads:
            assert isinstance(grad, np.ndarray | np.generic), (
                f"{self.name}.backward: got {type(grad).__name__} in the list"
            )
        return [np.array(fold(grad, shape)) for grad, shape in zip(grads, shapes, strict=True)]

    def both(self, arrays, params, grad_in, what):
        """(the result, the gradients), computed without a warning from copies of these arrays."""
        shapes = [array.shape for array in arrays]
        with silence(what):
            ctx, got = self.forward([array.copy(order="K") for array in arrays], params)
            return got, self.backward(ctx, grad_in.copy(order="K"), shapes)


def like_reference(student, reference, arrays, params, grad_in, what=None, rtol=RTOL):
    """Fails unless value and gradients are the reference's."""
    what = what or f"{student.name} of shapes {[array.shape for array in arrays]} with {params}"
    value, grads = student.both(arrays, params, grad_in, what)
    want, want_grads = reference.both(arrays, params, grad_in, what)
    same(value, want, f"{what}: value", rtol)
    for position in range(len(arrays)):
        same(grads[position], want_grads[position], f"{what}: gradient of input {position}", rtol)


def draw(rng, shape):
    """Random numbers of either sign, away from 0, where some activations have a kink."""
    return np.asarray(rng.uniform(0.25, 4.0, size=shape) * rng.choice([-1.0, 1.0], size=shape))


def upstream(rng, shapes):
    """A random gradient in the shape of the result."""
    return np.asarray(rng.normal(size=np.broadcast_shapes(*shapes)))


# Every activation in every form that the handout names


def form(*shapes, **params):
    return shapes, params


ONE_INPUT = [form((3, 4)), form((2, 3, 4)), form((7,))]
ALONG_AN_AXIS = [
    form((3, 4)),
    form((3, 4), axis=0),
    form((5,)),
    form((2, 3, 4), axis=1),
    form((2, 3, 4), axis=2),
    form((2, 3, 4), axis=-2),
    form((2, 3, 4), axis=-3),
    form((3, 3), axis=-2),
]
SMALL_ONE_INPUT = [form(()), form((1,)), form((1, 1)), form((0,)), form((2, 0))]
SMALL_ALONG_AN_AXIS = [form((1,)), form((3, 1)), form((1, 3)), form((1, 3), axis=0), form((0, 3)), form((2, 0), axis=0)]
ELEMENTWISE = ["Sigmoid", "Tanh", "SoftSign", "Heaviside", "SoftPlus", "ReLU", "GELU", "SiLU"]
WITH_A_SUM = ["Softmax", "LogSoftmax"]

FORMS = {
    **dict.fromkeys(ELEMENTWISE, ONE_INPUT),
    "LeakyReLU": [*ONE_INPUT, *(form((3, 4), negative_slope=slope) for slope in (0.2, 0, 1, 1.5, -0.5))],
    "PReLU": [
        form((3, 4), ()),
        form((3, 4), (4,)),
        form((2, 3, 4), (3, 1)),
        form((2, 3), (1,)),
        form((2, 3), (2, 3)),
        form((2, 3, 3), (3,)),
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


# Zeros are the right gradients of one of them, and there are but two values: what these tests see, others say too.
HEAVISIDE_RIDES = {"after": "test_value"}


def every_activation(points, hint, heaviside, **conditions):
    """One case for each activation; the simplest is worth less, and under these conditions."""
    return [
        pytest.param(
            name,
            id=name.lower(),
            marks=worth(heaviside, name, hint, **conditions) if name == "Heaviside" else worth(points, name, hint),
        )
        for name in FORMS
    ]


@pytest.mark.parametrize(
    "name",
    every_activation(1, "go through the parameters and shapes that the handout's section names, one by one", 0.5),
)
def test_forms(student, reference, rng, name):
    ours, right = Activation(student, name), Activation(reference, name)
    for shapes, params in FORMS[name]:
        arrays = [draw(rng, shape) for shape in shapes]
        arrays[0].flat[0] = 0.0
        _, want = right.forward(arrays, params)
        _, got = ours.forward([array.copy() for array in arrays], params)
        same(got, want, f"{name} of shapes {shapes} with {params}")


@pytest.mark.parametrize(
    "name",
    every_activation(
        0.25,
        "shapes (), (1,) and (0, 3) are shapes like any others: what comes back for each?",
        0.25,
        **HEAVISIDE_RIDES,
    ),
)
def test_sizes_zero_and_one(student, reference, rng, name):
    ours, right = Activation(student, name), Activation(reference, name)
    sign = -1.0
    for shapes, params in SMALL[name]:
        arrays = [draw(rng, shape) for shape in shapes]
        arrays[0], sign = np.asarray(sign * np.abs(arrays[0])), -sign  # either side of 0, in turns
        like_reference(ours, right, arrays, params, upstream(rng, shapes))


def strided(array):
    """The same numbers, two places apart in memory."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


@pytest.mark.parametrize(
    "name",
    every_activation(
        0.25, "rely on shape and index, not on where numbers lie in memory; Tensor turns integers into floats", 0.25
    ),
)
def test_layout_and_integers(student, reference, rng, name):
    ours, right = Activation(student, name), Activation(reference, name)
    shapes, params = FORMS[name][1]
    for lay_out in (strided, np.asfortranarray):
        arrays = [lay_out(draw(rng, shape)) for shape in shapes]
        like_reference(ours, right, arrays, params, lay_out(upstream(rng, shapes)))
    integers = [rng.integers(1, 5, size=shape) * rng.choice([-1, 1], size=shape) for shape in shapes]
    like_reference(ours, right, integers, params, upstream(rng, shapes))


# Forms whose contexts are in use at the same time: two of one shape, with other parameters, and of a single element

TOGETHER = {
    **{name: [form((3, 4)), form((3, 4)), form(())] for name in ELEMENTWISE},
    "LeakyReLU": [form((3, 4), negative_slope=0.2), form((3, 4)), form((), negative_slope=1.5)],
    "PReLU": [form((3, 4), (4,)), form((3, 4), (3, 1)), form((), ())],
    "ELU": [form((3, 4), alpha=0.5), form((3, 4), alpha=3.0), form(())],
    **{name: [form((3, 3)), form((3, 3), axis=0), form((1,))] for name in WITH_A_SUM},
}
# Where a result may equal its input, or be written into it unnoticed; some parameters tempt to do so.
TEMPTING = [np.array([1.0, 2.0, 3.0]), np.array([-2.0]), np.array(-2.0)]
IDENTITY = {"LeakyReLU": {"negative_slope": 1.0}}


@pytest.mark.parametrize(
    "name",
    every_activation(
        0.5, "write into nothing that was given or saved, and keep what backward needs in ctx, nowhere else", 0.5
    ),
)
def test_changes_nothing(student, reference, rng, held, name):
    ours, right = Activation(student, name), Activation(reference, name)
    uses, before = [], None
    for turn, (shapes, params) in enumerate([*TOGETHER[name], TOGETHER[name][0]]):
        what = f"{name} of shapes {shapes} with {params}"
        arrays = [draw(rng, shape) for shape in shapes]
        inputs = [held(array) for array in arrays]
        tensors = [ours.tensor(array) for array in inputs]
        if turn == 1:  # one and the same tensor, in two uses at once
            arrays[0], inputs[0], tensors[0] = (each[0] for each in before)
        before = arrays, inputs, tensors
        right_ctx, value = right.forward(arrays, params)
        ctx, out = ours.on(tensors, params)
        same(out.data, value, f"{what}: value")
        grad_in = upstream(rng, shapes)
        grads = right.backward(right_ctx, grad_in, shapes)
        uses.append((what, shapes, arrays, inputs, ctx, out, value, grad_in, held(grad_in), grads))
    for what, shapes, _, _, ctx, _, _, _, upper, want in [*uses, *uses[::-1]]:  # two backwards each
        for position, grad in enumerate(ours.backward(ctx, upper, shapes)):
            same(grad, want[position], f"{what}: gradient of input {position}, after forward was run elsewhere")
    for what, _, arrays, inputs, _, out, value, grad_in, upper, _ in uses:
        same(out.data, value, f"{what}: value, after forward was run elsewhere")
        assert np.array_equal(np.array(upper), grad_in), f"{what}: backward changes grad_in, want it unchanged"
        for position, array in enumerate(arrays):
            unchanged = np.array_equal(np.array(inputs[position]), array)
            assert unchanged, f"{what}: the data of input {position} were changed, want them unchanged"
    if name not in WITH_A_SUM:
        for array in TEMPTING:
            arrays, params = [array, np.array(1.0)] if name == "PReLU" else [array], {}
            if array.ndim == 0:
                params = IDENTITY.get(name, {})
            has_own_memory(ours, right, held, arrays, params)


def has_own_memory(ours, right, held, arrays, params):
    """Fails unless a result stays as it is when forward takes other numbers, and when its inputs are overwritten."""
    what = f"{ours.name} of {[array.tolist() for array in arrays]} with {params}"
    _, value = right.forward(arrays, params)
    inputs = [held(array.copy()) for array in arrays]
    _, out = ours.on(map(ours.tensor, inputs), params)
    for position, array in enumerate(arrays):
        unchanged = np.array_equal(np.array(inputs[position]), array)
        assert unchanged, f"{what}: the data of input {position} were changed, want them unchanged"
    ours.forward([2.0 * array for array in arrays], params)
    for array in inputs:
        array[...] = 100.0
    same(out.data, value, f"{what}: value, after other uses, and after the input's array was overwritten")


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


def with_both_signs(rng, a):
    """The numbers with one sign and the other in turn: three that all happen to be positive meet one branch alone."""
    signs = np.where(np.arange(a.size) % 2 == rng.integers(2), 1.0, -1.0)
    return np.abs(a) * signs.reshape(a.shape)


def slopes(name, label, points, *shapes, hint=None, **params):
    conditions = HEAVISIDE_RIDES if name == "Heaviside" else {}
    marks = worth(points, name, hint or HINTS[name], **conditions)
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
    a, *others = [reach * draw(rng, shape) for shape in shapes]
    gradcheck(f"functional.{name}", with_both_signs(rng, a), *others, params=params, mode="fast", name=name)


# From the smallest numbers to ordinary ones, under upstream gradients of all sizes


def all_sizes(rng, largest, fine=40.0):
    """Numbers of either sign in a random order: 25 in each factor of ten from 1e-8 to fine, five in each unit from -40
    to 40, and a few from 1e-300 on and up to the largest. Branches that do not quite meet are met so.
    """
    powers = np.concatenate([np.arange(-8.0, np.log10(fine) - 0.04, 0.04), np.arange(-300.0, np.log10(largest), 6.0)])
    sizes = 10.0 ** (powers + rng.uniform(0.0, 0.04, size=powers.shape))
    line = np.arange(-40.0, 40.0, 0.2)
    return rng.permutation(np.concatenate([sizes, -sizes, line + rng.uniform(0.0, 0.2, size=line.shape)]))


def within(got, want, a, tolerance, what):
    """Fails unless got is a float64 array of want's shape whose elements are as near to want's as tolerance says."""
    alike(got, want, what)
    wrong = ~(np.abs(got - want) <= tolerance)
    if wrong.any():
        worst = np.argmax(np.where(wrong, np.abs(got - want) / np.maximum(tolerance, 1e-320), 0.0))
        there = f"at a = {float(a[worst])!r}: got {float(got[worst])!r}, want {float(want[worst])!r}"
        pytest.fail(f"{what} {there}; {wrong.sum()} of {wrong.size} elements are wrong")


KINKED = {"ReLU", "LeakyReLU", "PReLU"}
# Where a section asks for twelve digits of the value, and of the slope; elsewhere see section 3.
VALUE_DIGITS = {
    **dict.fromkeys(["Sigmoid", "SoftPlus", "GELU", "SiLU"], lambda a: (a < 0) & (a >= -15)),
    "Tanh": lambda a: np.abs(a) < np.inf,
    **dict.fromkeys(KINKED, lambda a: np.abs(a) < np.inf),
    "ELU": lambda a: (a < 0) & (a > -1),
}
SLOPE_DIGITS = {
    **dict.fromkeys(["Sigmoid", "SoftPlus"], lambda a: a < 0),
    "SiLU": lambda a: a < -3,
    "GELU": lambda a: (a < -2) & (a >= -15),
    **dict.fromkeys(KINKED, lambda a: np.abs(a) < np.inf),
}


PARAMETERS = {
    "LeakyReLU": [{}, {"negative_slope": 0}, {"negative_slope": -0.75}, {"negative_slope": 1.1}],
    "ELU": [{}, {"alpha": 0.3}, {"alpha": 7.0}],
}


def magnitudes(name, points, hint):
    return pytest.param(name, id=name.lower(), marks=worth(points, name, hint))


SMOOTH_EVERYWHERE = "one formula for numbers of all sizes, or branches that meet to the last digits; at 0 as well"


@pytest.mark.parametrize(
    "name",
    [
        *(
            magnitudes(name, 0.5, SMOOTH_EVERYWHERE)
            for name in ("Sigmoid", "Tanh", "SoftSign", "SoftPlus", "ELU", "GELU", "SiLU")
        ),
        *(
            magnitudes(name, 0.5, "the sign of a decides, however small or large a is, and nothing else does")
            for name in ("ReLU", "LeakyReLU", "PReLU")
        ),
    ],
)
def test_every_magnitude(student, reference, rng, name):
    ours, right = Activation(student, name), Activation(reference, name)
    for params in PARAMETERS.get(name, [{}]):
        a = all_sizes(rng, 1e300) if name in KINKED else all_sizes(rng, 1.0, fine=1e4 if name == "SoftSign" else 40.0)
        if name not in KINKED and not params:  # smooth at 0
            a = np.append(a, [0.0, -0.0])
        if name == "SoftSign":  # up to the very end
            a = np.append(a, [9600.0, -9600.0, 9999.0, -9999.0])
        arrays = [a, rng.choice([-1.5, -0.1, 0.0, 0.3, 1.0, 2.5], size=a.shape)] if name == "PReLU" else [a]
        grad_in = rng.choice([-1.0, 1.0], size=a.shape) * 10.0 ** rng.uniform(-6.0, 6.0, size=a.shape)
        what = f"{name} with {params}" if params else name
        value, grads = ours.both(arrays, params, grad_in, what)
        want, want_grads = right.both(arrays, params, grad_in, what)
        exact = VALUE_DIGITS.get(name, np.isnan)(a)
        within(value, want, a, DIGITS * np.where(exact, np.abs(want), np.maximum(1.0, np.abs(want))), f"{what}: value")
        exact = SLOPE_DIGITS.get(name, np.isnan)(a)
        tolerance = DIGITS * np.where(exact, np.abs(want_grads[0]), np.abs(grad_in))
        within(grads[0], want_grads[0], a, tolerance, f"{what}: gradient")
        for grad, want in zip(grads[1:], want_grads[1:], strict=True):
            within(grad, want, a, DIGITS * np.abs(want), f"{what}: gradient of the slope")


ROWS = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [1.0, 1.0, -2.0, 1.0],
        [3.0, 3.0 + 1e-9, 3.0 - 1e-12, 2.0],
        [1e-300, -1e-300, 1e-10, -1e-10],
        [-30.0, 0.0, -15.0, -25.0],
    ]
)


@pytest.mark.parametrize(
    "name",
    [
        magnitudes("Softmax", 0.5, "several largest ones, equal ones, a single one that counts: one formula for all"),
        magnitudes(
            "LogSoftmax", 0.5, "several largest ones, equal ones, a single one that counts: one formula for all"
        ),
    ],
)
def test_rows(student, reference, rng, name):
    ours, right = Activation(student, name), Activation(reference, name)
    grad_in = rng.normal(size=ROWS.shape)
    grad_in[:, 3] = [0.0, 1e-6, 1e6, -1e3, 1e-3]
    many = rng.normal(size=(2, 60))
    for a, g, axis in ((ROWS, grad_in, -1), (ROWS.T, grad_in.T, 0), (many, rng.normal(size=many.shape), 1)):
        what = f"{name} of {a.tolist()} over axis {axis}" if a.size < 60 else f"{name} of 60 numbers over axis {axis}"
        value, grads = ours.both([a], {"axis": axis}, g, what)
        want, want_grads = right.both([a], {"axis": axis}, g, what)
        same(value, want, what, DIGITS, DIGITS)
        alike(grads[0], g, f"{what}: gradient")
        total = np.abs(g).sum(axis=axis, keepdims=True)
        same(grads[0] / total, want_grads[0] / total, f"{what}: gradient, by the sum of |grad_in|", DIGITS, DIGITS)


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
    ours, right = Activation(student, name), Activation(reference, name)
    if name not in WITH_A_SUM:
        grad_in = rng.normal(size=FAR.shape)
        like_reference(ours, right, [FAR], {}, grad_in, f"{name} of {FAR.tolist()}", DIGITS)
    else:
        for a, params in ((FAR_ROWS, {}), (FAR_ROWS.T, {"axis": 0})):
            like_reference(ours, right, [a], params, rng.normal(size=a.shape), f"{name} of {a.tolist()} with {params}")


# Tiny values and slopes, to twelve digits


def digits(name, points, a, ends, hint):
    return pytest.param(name, np.array(a), ends, id=name.lower(), marks=worth(points, name, hint))


LEFT = [-700.0, -300.5, -40.0, -26.5, -25.5, -20.25, -3.0]
NEAR = [-1e-300, -1e-10, 1e-10, 3e-5, -0.01, 0.5]
NEAR_LEFT = [-1e-300, -4e-12, -9e-12, -1e-10, -3e-5, -0.01, -0.5]


@pytest.mark.parametrize(
    ("name", "a", "ends"),
    [
        digits(
            "Sigmoid",
            1,
            LEFT,
            (-44, -37),
            "near -700 the value is e^-700: keep your hands off differences of numbers near 1",
        ),
        digits("Tanh", 0.5, NEAR, (1e-10, 2e-10), "near 0 the value is a: a difference of two numbers near 1 loses it"),
        digits("SoftPlus", 1, LEFT, (-44, -37), "ln(1 + tiny): the sum has lost tiny before the logarithm sees it"),
        digits("ELU", 1, NEAR_LEFT, (-2e-10, -1e-10), "e^tiny - 1: numpy has a function for just this"),
        digits(
            "GELU",
            1,
            [-20.0, -10.0, -5.0, -2.0],
            (-12, -9),
            "far on the left, 1 + erf is 0; the given erfc knows the rest",
        ),
        digits("SiLU", 0.5, LEFT, (-44, -37), "as exact as the sigmoid in it, in backward too"),
    ],
)
def test_digits(student, reference, rng, name, a, ends):
    ours, right = Activation(student, name), Activation(reference, name)
    if a[0] == LEFT[0]:
        a = np.append(a, rng.uniform(-700.0, -3.0, size=20))
    # Some of one size come first: beside larger ones, what is wrong with them would not be noticed in the values alone.
    for numbers in (rng.uniform(*ends, size=3), a):
        ones = np.ones(numbers.shape)
        value, grads = ours.both([numbers], {}, ones, name)
        want, want_grads = right.both([numbers], {}, ones, name)
        within(value, want, numbers, DIGITS * np.abs(want), f"{name}: value")
        within(grads[0], want_grads[0], numbers, DIGITS * np.abs(want_grads[0]), f"{name}: slope")


@worth(0.5, "Softmax", "a part of e^-700 is small, and not 0")
def test_digits_softmax(student):
    softmax = Activation(student, "Softmax")
    grad_in = np.array([[0.0, 2.0], [0.0, -3.0]])
    for a, small in (
        ([[0.0, -700.0], [700.0, 660.0]], [-700.0, -40.0]),
        ([[0.0, -50.0], [-60.0, -750.0]], [-50.0, -690.0]),  # the largest of all would leave nothing of the last
    ):
        what = f"Softmax of {a[0]} and {a[1]}"
        got, grads = softmax.both([np.array(a)], {}, grad_in, what)
        want = np.exp([[0.0, small[0]], [0.0, small[1]]])
        same(got, want, what, DIGITS, 0.0)
        same(grads[0][:, 1], [2 * want[0, 1], -3 * want[1, 1]], f"{what}: gradient", DIGITS, 0.0)


@worth(0.5, "LogSoftmax", "the difference of the two logits must come out whole")
def test_digits_log_softmax(student):
    a = np.array([[0.0, -50.0, -1000.0], [-2000.0, 3000.0, 0.0]])
    _, got = Activation(student, "LogSoftmax").forward([a], {})
    same(got, [[0.0, -50.0, -1000.0], [-5000.0, 0.0, -3000.0]], "LogSoftmax of far-apart logits", DIGITS, 1e-15)


# Kinks and the step


def check_kink(student, name, arrays, params, value, low, high):
    """Fails unless the value is right and the slope of input 0 lies between low and high, elementwise.

    Each element is there twice, under upstream gradients of either sign. The gradients, for more to be said of them.
    """
    arrays, (value, low, high) = (
        [np.tile(each, 2) for each in arrays],
        (np.tile(each, 2) for each in (value, low, high)),
    )
    what = f"{name} of {arrays[0].tolist()} with {params or [array.tolist() for array in arrays[1:]]}"
    grad_in = np.repeat([2.0, -2.0], len(value) // 2)
    got, grads = Activation(student, name).both(arrays, params, grad_in, what)
    same(got, value, what)
    alike(grads[0], grad_in, f"{what}: gradient")
    slope = grads[0] / grad_in
    right = (slope >= np.subtract(low, 1e-12)) & (slope <= np.add(high, 1e-12))
    want = [f"{a:.6g}" if a == b else f"{a:.6g} to {b:.6g}" for a, b in zip(low, high, strict=True)]
    assert right.all(), f"{what}: slope: got {slope.tolist()}, want {', '.join(want)}"
    return grads


@worth(0.5, "ReLU", "at 0 any slope between the left one and the right one will do, but it is a number")
def test_kink_relu(student):
    check_kink(student, "ReLU", [[0.0, -0.0, -3.0, 2.0]], {}, [0, 0, 0, 2], [0, 0, 0, 1], [1, 1, 0, 1])


@worth(0.5, "LeakyReLU", "at 0 any slope between negative_slope and 1 will do, neither less nor more")
def test_kink_leaky_relu(student):
    a = [0.0, -0.0, -3.0, 2.0]
    for slope in (0.01, 0.5, 2):
        ends = [min(slope, 1.0), min(slope, 1.0), slope, 1.0], [max(slope, 1.0), max(slope, 1.0), slope, 1.0]
        check_kink(student, "LeakyReLU", [a], {"negative_slope": slope}, [0, 0, -3 * slope, 2], *ends)


@worth(0.5, "PReLU", "at 0 any slope between the learned one and 1 will do; the learned one has no influence there")
def test_kink_prelu(student):
    a, slope = [0.0, 0.0, -3.0, 2.0, -2.0, -4.0], [0.25, 2.0, 0.5, 0.5, 0.0, 1.0]
    ends = [0.25, 1, 0.5, 1, 0, 1], [1, 2, 0.5, 1, 0, 1]
    grads = check_kink(student, "PReLU", [a, slope], {}, [0, 0, -1.5, 2, 0, -4], *ends)
    want = 2.0 * np.array([0, 0, -3, 0, -2, -4, 0, 0, 3, 0, 2, 4])
    same(grads[1], want, "PReLU of [0, 0, -3, 2, -2, -4], grad_in 2 and -2: gradient of slope")


@worth(0.5, "ELU", "at 0 any slope between alpha and 1 will do, neither less nor more")
def test_kink_elu(student):
    for alpha in (0.5, 1, 2.0):
        left, value = alpha / np.e, alpha * (1 / np.e - 1)
        ends = [min(alpha, 1.0), left, 1.0], [max(alpha, 1.0), left, 1.0]
        check_kink(student, "ELU", [[0.0, -1.0, 2.0]], {"alpha": alpha}, [0, value, 2], *ends)


@worth(1, "SoftSign", "there is no kink at 0: the slopes on both sides are equal, and so is the one in between")
def test_slope_softsign_at_zero(student):
    slopes = [1, 1, 1, 1, 0.25]
    a, value = [0.0, -0.0, 1e-9, -1e-9, -1.0], [0, 0, 1e-9, -1e-9, -0.5]
    check_kink(student, "SoftSign", [a], {}, value, np.subtract(slopes, 1e-8), slopes)


@worth(0.5, "Heaviside", "which of the two values has the step itself?")
def test_step_heaviside(student):
    a = [0.0, -0.0, -1e-300, 1e-300, -1e-12, -1e300, 1e300]
    check_kink(student, "Heaviside", [a], {}, [1, 1, 0, 1, 0, 0, 1], np.zeros(7), np.zeros(7))
