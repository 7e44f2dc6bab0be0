"""Hidden tests of a3_autograd.

Operations are called through their own forward and backward, never through the tape. The tape runs operations made
here, whose slopes are known; two tests alone, a long chain and one of shared memory, take the student's add. So a
mistake loses points in its own exercise only.
"""

import contextlib
import warnings
from copy import deepcopy

import numpy as np
import pytest

TOLERANCE = 1e-12  # float64 has 16 digits, and no test here loses more than a few of them


# What the tests are made of


def worth(points, exercise, hint, **rides):
    return pytest.mark.points(points, exercise=exercise, hint=hint, **rides)


def same(got, want, what, least=TOLERANCE):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array.

    least: an error that is right even where the number wanted is tiny
    """
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {got!r:.60}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=TOLERANCE, atol=least):
        pytest.fail(f"{what}: got {show(got)}, want {show(want)}")


def show(array):
    """The numbers on one line, long arrays in part."""
    return " ".join(np.array2string(array, precision=6, separator=", ", threshold=24).split())


def fold(grad, shape):
    """grad summed to this shape if it can be: what the tape does for an input that was broadcast."""
    extra = grad.ndim - len(shape)
    if extra < 0 or any(size not in (1, full) for size, full in zip(shape, grad.shape[extra:], strict=True)):
        return grad
    axes = [axis for axis in range(grad.ndim) if axis < extra or shape[axis - extra] == 1]
    return np.reshape(grad.sum(axis=tuple(axes)), shape)


def apply(package, name, inputs, params):
    """(the operation's context, its result); inputs: tensors"""
    ctx = package.functional.Ctx()
    out = getattr(package.functional, name).forward(ctx, *inputs, **deepcopy(params))
    assert isinstance(out, package.tensor.Tensor), f"{name}.forward: got {out!r:.60}, want a Tensor"
    return ctx, out


def forward(package, name, arrays, params):
    """(the operation's context, its result as an array)"""
    ctx, out = apply(package, name, [package.tensor.Tensor(array) for array in arrays], params)
    return ctx, out.data


def answers(package, name, ctx, grad_in, shapes):
    """The gradients of all inputs, the arrays that backward returns."""
    grads = getattr(package.functional, name).backward(ctx, grad_in)
    assert isinstance(grads, list | tuple), f"{name}.backward: got {grads!r:.60}, want a list"
    assert len(grads) == len(shapes), f"{name}.backward: got {len(grads)} gradients, want {len(shapes)}"
    for grad in grads:
        assert isinstance(grad, np.ndarray | np.generic), f"{name}.backward: got {grad!r:.60} in the list"
    return grads


def backward(package, name, ctx, grad_in, shapes):
    """The gradients of all inputs, as copies, each summed to its input's shape."""
    grads = answers(package, name, ctx, grad_in, shapes)
    return [np.array(fold(grad, shape)) for grad, shape in zip(grads, shapes, strict=True)]


@contextlib.contextmanager
def no_warning(what):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        pytest.fail(f"{what}: got the warning {str(warning.message)!r}, want none")


def by_reference(reference, rng, name, arrays, params, signs=(-1.0, 1.0)):
    """(the reference's value, a random upstream gradient, the reference's gradients under it)"""
    ctx, value = forward(reference, name, [array.copy() for array in arrays], params)
    grad_in = np.asarray(rng.choice(signs, size=value.shape) * rng.uniform(0.5, 1.5, size=value.shape))
    return value, grad_in, backward(reference, name, ctx, grad_in.copy(), [array.shape for array in arrays])


def like_reference(student, reference, rng, name, arrays, params, least=TOLERANCE, lay_out=np.array, signs=(-1.0, 1.0)):
    """Fails unless value and gradients, under a random upstream gradient of these signs, are the reference's."""
    shapes = [array.shape for array in arrays]
    value, grad_in, want = by_reference(reference, rng, name, arrays, params, signs)
    what = f"{name} of shapes {shapes} with {params}"
    ctx, got = forward(student, name, [lay_out(array) for array in arrays], params)
    same(got, value, f"{what}: value", least)
    got = backward(student, name, ctx, lay_out(grad_in), shapes)
    for position in range(len(arrays)):
        same(got[position], want[position], f"{what}: gradient of input {position}", least)


def draw(rng, name, position, shape):
    """A random array that the operation takes at this position: in its domain and away from kinks."""
    if name == "Log":
        return rng.uniform(0.5, 2.0, size=shape) * 10.0 ** rng.integers(-8, 3)
    if name == "Sqrt" or (name == "Pow" and position == 0):
        return rng.uniform(0.5, 2.0, size=shape)
    if name == "Abs" or (name == "Div" and position == 1):
        return rng.uniform(0.5, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    if name == "Max":
        return rng.permutation(int(np.prod(shape))).reshape(shape) / 4.0 - 1.0
    return np.asarray(rng.normal(size=shape))


def draw_all(rng, name, shapes):
    return [np.asarray(draw(rng, name, position, shape)) for position, shape in enumerate(shapes)]


# The operations: every one of them in every form that the handout names


def form(*shapes, **params):
    return shapes, params


ELEMENTWISE = [
    form((3, 4), (3, 4)),
    form((3, 4), (4,)),
    form((3, 1), (1, 4)),
    form((), (2, 3)),
    form((2, 1, 3), (4, 1)),
    form((1,), (1, 1, 2)),
]
ONE_INPUT = [form((3, 4)), form((2, 3, 4)), form((5,))]
REDUCTIONS = [
    *[
        form((2, 3, 4), axis=axis, keepdims=keepdims)
        for axis in (1, None, 0, -1, (0, 2), (-1, 0), (0, 1, 2))
        for keepdims in (False, True)
    ],
    form((2, 3)),
    form((2, 2, 1, 3), axis=(2, -4, 1)),
]
LARGE = {  # a few hundred numbers
    **dict.fromkeys(["Add", "Sub", "Mul", "Div", "Pow"], form((20, 15), (15,))),
    **dict.fromkeys(["Neg", "Exp", "Log", "Sqrt", "Abs"], form((20, 15))),
    **dict.fromkeys(["Sum", "Mean", "Max", "Norm"], form((20, 15), axis=0)),
    "MatMul": form((20, 15), (15, 16)),
    "Reshape": form((20, 15), shape=(25, 12)),
    "Transpose": form((20, 15), axes=(1, 0)),
    "GetItem": form((20, 25), index=(slice(None), slice(None, 15))),
    "Concat": form((20, 15), (2, 15), axis=0),
}
SMALL_ELEMENTWISE = [
    form((), ()),
    form((1,), (1,)),
    form((1, 1), (1,)),
    form((0,), ()),
    form((0, 3), (1, 3)),
    form((0, 1), (3,)),
]
SMALL_ONE_INPUT = [form(()), form((1,)), form((1, 1)), form((0,)), form((2, 0))]
SMALL_REDUCTIONS = [
    form((), axis=None),
    form((1,), axis=0),
    form((1, 1), axis=(0, 1), keepdims=True),
    form((0, 3), axis=1),
    form((3, 1, 2), axis=1),
]
OF_NOTHING = [form((0,), axis=None), form((0, 3), axis=0), form((2, 0), axis=-1, keepdims=True)]

FORMS = {
    **dict.fromkeys(["Add", "Sub", "Mul", "Div", "Pow"], ELEMENTWISE),
    **dict.fromkeys(["Neg", "Exp", "Log", "Sqrt", "Abs"], ONE_INPUT),
    **dict.fromkeys(["Sum", "Mean", "Max", "Norm"], REDUCTIONS),
    "MatMul": [
        form((2, 3), (3, 4)),
        form((3,), (3,)),
        form((2, 3), (3,)),
        form((3,), (3, 4)),
        form((5, 2, 3), (5, 3, 4)),
        form((5, 2, 3), (3, 4)),
        form((5, 1, 2, 3), (4, 3, 2)),
        form((3,), (5, 3, 4)),
        form((4, 5, 2, 3), (3,)),
    ],
    "Reshape": [
        form((3, 4), shape=(2, 6)),
        form((2, 6), shape=(3, -1)),
        form((2, 3, 4), shape=-1),
        form((6,), shape=(1, 2, 3)),
    ],
    "Transpose": [
        form((2, 3, 4), axes=(1, 2, 0)),
        form((2, 3, 4), axes=None),
        form((2, 3, 4), axes=(-1, 0, 1)),
        form((2, 3, 4, 5), axes=(3, 1, 0, 2)),
        form((2, 3), axes=(0, 1)),
        form((2, 3, 4)),
    ],
    "GetItem": [
        form((3, 4), index=(slice(None), 2)),
        form((3, 4), index=-1),
        form((3, 4), index=(1, 2)),
        form((3, 4), index=(slice(None, None, -1), slice(1, 3))),
        form((2, 3, 4), index=(..., 0)),
        form((3, 4), index=(None, slice(1, None), None)),
        form((3, 4), index=(np.array([2, 0]), np.array([1, 1]))),
        form((3, 4), index=(slice(None), [3, 0, 0])),
        form((3, 4), index=[-1, 2, 0, -3]),
        form((2, 3, 4), index=([1, 0], slice(None), [-1, 2])),
        form((4,), index=np.array([True, False, False, True])),
    ],
    "Concat": [
        form((3, 4), (2, 4), axis=0),
        form((2, 3), (2, 1), (2, 4), axis=1),
        form((2, 3, 1), (2, 3, 2), axis=-1),
        form((2, 1, 3), (2, 2, 3), axis=-2),
        form((2, 3), axis=0),
        form((1, 3), (2, 3)),
    ],
}
SMALL = {
    **dict.fromkeys(["Add", "Sub", "Mul", "Div", "Pow"], SMALL_ELEMENTWISE),
    **dict.fromkeys(["Neg", "Exp", "Log", "Sqrt", "Abs"], SMALL_ONE_INPUT),
    **dict.fromkeys(["Sum", "Norm"], SMALL_REDUCTIONS + OF_NOTHING),
    **dict.fromkeys(["Mean", "Max"], SMALL_REDUCTIONS),
    "MatMul": [
        form((1,), (1,)),
        form((1, 1), (1, 1)),
        form((3, 1), (1, 2)),
        form((1, 3), (3,)),
        form((0,), (0,)),
        form((2, 0), (0, 3)),
        form((0, 2), (2, 3)),
        form((0, 2, 3), (3, 2)),
    ],
    "Reshape": [
        form((), shape=(1, 1)),
        form((1,), shape=()),
        form((0, 3), shape=(3, 0)),
        form((2, 0), shape=(0,)),
    ],
    "Transpose": [form((), axes=None), form((1,), axes=(0,)), form((2, 0, 3), axes=(1, 2, 0))],
    "GetItem": [form((), index=()), form((1,), index=0), form((0, 3), index=(slice(None), 1)), form((1,), index=[0])],
    "Concat": [form((1,), axis=0), form((0,), (2,), axis=0), form((2, 0), (2, 1), axis=1), form((2, 3), axis=1)],
}
ONE_ELEMENT = {
    **dict.fromkeys(["Add", "Sub", "Mul", "Div", "Pow"], form((), ())),
    **dict.fromkeys(["Neg", "Exp", "Log", "Sqrt", "Abs"], form(())),
    **dict.fromkeys(["Sum", "Mean", "Max", "Norm"], form((), axis=None)),
    "MatMul": form((1,), (1,)),
    "Reshape": form((1,), shape=()),
    "Transpose": form((1, 1), axes=(1, 0)),
    "GetItem": form((1,), index=0),
    "Concat": form((1,), (1,), axis=0),
}
USE = {  # the first form, or one that has a neighbour with a result of the same shape
    **{key: forms[0] for key, forms in FORMS.items()},
    **dict.fromkeys(["Sum", "Mean", "Max", "Norm"], form((2, 3, 3), axis=1)),
}
OTHER_USE = {  # in between: one of another shape, one that differs in its parameters alone where there are any
    **{key: [form((2,), (2,)), form((3, 4), (3, 4))] for key in ["Add", "Sub", "Mul", "Div", "Pow"]},
    **{key: [form((2,)), form((3, 4))] for key in ["Neg", "Exp", "Log", "Sqrt", "Abs"]},
    **{key: [form((3,), axis=0, keepdims=True), form((2, 3, 3), axis=2)] for key in ["Sum", "Mean", "Max", "Norm"]},
    "MatMul": [form((2,), (2, 3)), form((2, 3), (3, 4))],
    "Reshape": [form((2, 1), shape=2), form((4, 3), shape=(2, 6))],
    "Transpose": [form((2, 3), axes=(1, 0)), form((2, 3, 4), axes=(0, 2, 1))],
    "GetItem": [form((5,), index=-1), form((3, 4), index=(slice(None), 0))],
    "Concat": [form((2,), axis=0), form((1, 4), (4, 4), axis=0)],
}
# Elementwise operations have results with memory of their own, also where they equal an input: (inputs, result).
TEMPTING = {
    **{key: [] for key in ["Neg", "Exp", "Log", "Sqrt"]},
    "Add": [([2.0, -3.0], [0.0, 0.0], [2.0, -3.0]), (0.0, 5.0, 5.0), ([2.0, -3.0], 0.0, [2.0, -3.0])],
    "Sub": [([2.0, -3.0], [0.0, 0.0], [2.0, -3.0]), ([2.0, -3.0], 0.0, [2.0, -3.0])],
    "Mul": [([2.0, -3.0], [1.0, 1.0], [2.0, -3.0]), (1.0, 5.0, 5.0), ([2.0, -3.0], 1.0, [2.0, -3.0])],
    "Div": [([2.0, -3.0], [1.0, 1.0], [2.0, -3.0]), ([2.0, -3.0], 1.0, [2.0, -3.0])],
    "Pow": [([2.0, 3.0], [1.0, 1.0], [2.0, 3.0]), ([2.0, 3.0], 1.0, [2.0, 3.0])],
    "Abs": [([2.0, 3.0], [2.0, 3.0]), (5.0, 5.0)],
}


def every_operation(points, hint, names=FORMS, other=None, **rides):
    """One case for each operation; `other` gives the points of those that are worth something else."""
    return [
        pytest.param(
            name, id=name.lower(), marks=worth((other or {}).get(name, points), f"functional.{name}", hint, **rides)
        )
        for name in names
    ]


@pytest.mark.parametrize(
    "name",
    every_operation(
        0.25,
        "go through the forms of input that the handout's section names, one by one",
        other=dict.fromkeys(["MatMul", "Sum", "Mean", "Max", "Norm", "GetItem"], 0.5),
    ),
)
def test_forms(student, reference, rng, name):
    for shapes, params in FORMS[name]:
        arrays = draw_all(rng, name, shapes)
        _, want = forward(reference, name, [array.copy() for array in arrays], params)
        _, got = forward(student, name, arrays, params)
        same(got, want, f"{name} of shapes {shapes} with {params}")


@pytest.mark.parametrize(
    "name",
    every_operation(
        0.25,
        "shapes (), (1,) and (0, 3) are shapes like any others: what comes back for each?",
        after="test_value",  # an array of no elements is right by itself, and a mean of one number is its sum
    ),
)
def test_sizes_zero_and_one(student, reference, rng, name):
    for shapes, params in SMALL[name]:
        like_reference(student, reference, rng, name, draw_all(rng, name, shapes), params)


def strided(array):
    """The same numbers, two places apart in memory."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def by_columns(array):
    """The same numbers, the first axis innermost in memory."""
    return np.array(array, order="F")


@pytest.mark.parametrize(
    "name",
    every_operation(
        0.25, "rely on shape and index, not on where numbers lie in memory; Tensor turns integers into floats"
    ),
)
def test_layout_and_integers(student, reference, rng, name):
    for lay_out, forms in [(strided, [LARGE[name]]), (by_columns, FORMS[name][::3])]:
        for shapes, params in forms:
            like_reference(student, reference, rng, name, draw_all(rng, name, shapes), params, lay_out=lay_out)
    shapes, params = FORMS[name][0]
    integers = [rng.permutation(int(np.prod(shape))).reshape(shape) + 1 for shape in shapes]
    like_reference(student, reference, rng, name, integers, params)


def unchanged(held, tensors, arrays, what):
    """Fails unless the arrays kept on the other side, and the tensors made of them, hold these numbers."""
    for position, array in enumerate(arrays):
        for got in (np.array(held[position]), np.array(tensors[position].data)):
            is_same = got.shape == array.shape and np.array_equal(got, array)
            assert is_same, f"{what}: the data of input {position} were changed, want them unchanged"


def has_own_memory(out, inputs, value, what, numbers=100.0):
    """Fails unless the result stays the same when the inputs are overwritten by `numbers`: one, or a list of arrays."""
    for position, array in enumerate(inputs):
        array[...] = numbers[position] if isinstance(numbers, list) else numbers
    same(out.data, value, f"{what}: value, after the input's array was overwritten")


@pytest.mark.parametrize(
    "name",
    every_operation(0.25, "write into nothing that was given or saved; keep what backward needs in ctx, nowhere else"),
)
def test_changes_nothing(student, reference, rng, held, name):
    for (shapes, params), others in [(USE[name], OTHER_USE[name]), (ONE_ELEMENT[name], [ONE_ELEMENT[name]])]:
        what = f"{name} of shapes {shapes} with {params}"
        arrays = draw_all(rng, name, shapes)
        value, grad_in, want = by_reference(reference, rng, name, arrays, params)
        inputs = [held(array.copy()) for array in arrays]
        tensors = [student.tensor.Tensor(array) for array in inputs]
        ctx, out = apply(student, name, tensors, params)
        for other_shapes, other_params in others:  # other uses of the same operation in between
            numbers = draw_all(rng, name, other_shapes)
            known_ctx, known = forward(reference, name, [array.copy() for array in numbers], other_params)
            other_grad_in = grad_in if known.shape == value.shape else np.ones(known.shape)
            other_want = backward(reference, name, known_ctx, other_grad_in.copy(), other_shapes)
            other_ctx, _ = forward(student, name, numbers, other_params)
            other_got = backward(student, name, other_ctx, other_grad_in, other_shapes)
            for position in range(len(other_shapes)):
                where = f"{name} of shapes {other_shapes} with {other_params}, after {what}"
                same(other_got[position], other_want[position], f"{where}: gradient of input {position}")
        same(out.data, value, f"{what}: value, after other uses")
        upstream = held(grad_in.copy())
        first = answers(student, name, ctx, upstream, shapes)
        second = answers(student, name, ctx, held(grad_in.copy()), shapes)
        answers(student, name, ctx, held(np.asarray(7.0 * grad_in)), shapes)
        for order, got in (("first", first), ("second", second)):
            for position, shape in enumerate(shapes):
                same(fold(got[position], shape), want[position], f"{what}: gradient of input {position}, {order} call")
        same(np.array(upstream), grad_in, f"{what}: grad_in after backward")
        unchanged(inputs, tensors, arrays, what)
        if name in TEMPTING:
            fresh = draw_all(rng, name, shapes)
            has_own_memory(out, inputs, value, what, fresh)
            _, fresh_value = forward(reference, name, fresh, params)
            _, out = apply(student, name, tensors, params)
            same(
                out.data, fresh_value, f"{what}: value of the same tensors, after other numbers were written into them"
            )
    for *numbers, value in TEMPTING.get(name, []):
        inputs = [held(np.array(each)) for each in numbers]
        _, out = apply(student, name, [student.tensor.Tensor(array) for array in inputs], {})
        has_own_memory(out, inputs, value, f"{name} of {numbers}")


# The operations: tiny and huge numbers, exact zeros, near ties

EXPONENTS = np.array([-300, -200, -100, -30, -8, -1, 0, 1, 8, 30, 100, 200, 300])
MODEST = np.array([-100, -30, -8, -1, 0, 1, 8, 30, 100])  # where the formula squares, or multiplies numbers of one size
ZERO_AND_MORE = [0.0, 0.0, 1.0, -3.0]


def sized(rng, exponents, signs=(-1.0, 1.0)):
    """Numbers of these sizes."""
    return rng.choice(signs, size=exponents.shape) * rng.uniform(1.0, 9.0, size=exponents.shape) * 10.0**exponents


def of_all_sizes(rng, name):
    """(arrays, params): the numbers that the handout names for this operation."""
    column = MODEST[::2, None]
    if name in ("Add", "Sub"):
        a, b, c = (sized(rng, EXPONENTS) for _ in range(3))
        close = a * (1.0 + 1e-10) * (1.0 if name == "Sub" else -1.0)
        return [np.concatenate([a, a, a, ZERO_AND_MORE]), np.concatenate([b, c[::-1], close, ZERO_AND_MORE[::-1]])], {}
    if name == "Mul":
        a, b = sized(rng, EXPONENTS), sized(rng, EXPONENTS[::-1])
        return [np.concatenate([a, ZERO_AND_MORE, [0.0]]), np.concatenate([b, ZERO_AND_MORE[::-1], [0.0]])], {}
    if name == "Div":
        a, b = sized(rng, MODEST), sized(rng, MODEST)
        return [
            np.concatenate([a, b, ZERO_AND_MORE]),
            np.concatenate([b, 0.5 * a[::-1], [1e-100, -2.0, 1e100, 1e-100]]),
        ], {}
    if name == "Pow":
        return [sized(rng, np.tile(MODEST, 5), (1.0,)), np.repeat([2.0, 0.5, -1.0, 1.0, 0.0], len(MODEST))], {}
    if name == "Exp":
        return [np.concatenate([sized(rng, EXPONENTS[:6]), [0.0, 1.5, 30.0, -30.0, 700.0, -700.0]])], {}
    if name in ("Log", "Sqrt"):
        return [np.concatenate([sized(rng, EXPONENTS, (1.0,)), 1.0 + sized(rng, np.arange(-12, -2))])], {}
    if name in ("Neg", "Abs"):
        return [sized(rng, np.tile(EXPONENTS, 2))], {}
    if name == "MatMul":
        return [sized(rng, column + np.zeros(3), (1.0,)), sized(rng, np.zeros((3, 2)), (1.0,))], {}
    if name == "Norm":
        rows = sized(rng, column + np.zeros(3))
        return [np.concatenate([rows, [[3e100, -4e-100, 0.0], [0.0, -2e-100, 0.0]]])], {"axis": 1}
    if name == "Max":
        largest = np.concatenate([sized(rng, EXPONENTS, (1.0,)), sized(rng, EXPONENTS, (-1.0,))])[:, None]
        return [largest - abs(largest) * rng.permuted(np.tile([0.0, 2.0**-52, 1e-12, 1e-9], (26, 1)), axis=1)], {
            "axis": 1
        }
    return [sized(rng, EXPONENTS[:, None] + np.zeros(3), (1.0,))], {"axis": 1}


@pytest.mark.parametrize(
    "name",
    every_operation(
        0.25,
        "the formula holds from 1e-300 to 1e300, and for zeros: add nothing to it, cut nothing off, round nothing",
        [name for name in FORMS if name not in ("Reshape", "Transpose", "GetItem", "Concat")],
        other={"Div": 0.5},
    ),
)
def test_magnitudes(student, reference, rng, name):
    arrays, params = of_all_sizes(rng, name)
    with no_warning(f"{name} of tiny and huge numbers"):
        like_reference(student, reference, rng, name, arrays, params, least=0.0, signs=(1.0,))


# The operations: gradients, compared with central differences under random upstream gradients


def slopes(name, label, points, *shapes, hint=None, **params):
    # The gradient of a sum is what arrives from above: by itself that proves nothing.
    rides = {"after": "test_value"} if name == "Add" else {"forward": "test_value"}
    marks = worth(points, f"functional.{name}", hint or HINTS[name], **rides)
    return pytest.param(name, shapes, params, id=f"{name.lower()}-{label}", marks=marks)


HINTS = {
    "Add": "a small change of a moves the sum by as much; what arrives from above goes where?",
    "Sub": "which way does the difference move when b grows?",
    "Neg": "which way does the result move when a grows?",
    "Mul": "hold one factor fixed: by how much does the product move for a small change of the other?",
    "Div": "write y b = a and differentiate both sides",
    "Pow": "for the exponent write the power as e to something",
    "MatMul": "write out shapes: with which of a and b, on which side, must grad_in be multiplied to get a's shape?",
    "Sum": "into which sum did this element go? Think of where that sum stands in grad_in",
    "Mean": "how many elements share one mean? Not always as many as the array has",
    "Max": "only the element that won moves the result; find it again in backward",
    "Exp": "the slope of this function is a number that forward has in its hands already",
    "Log": "differentiate e to the y = a on both sides",
    "Sqrt": "differentiate y squared = a on both sides",
    "Abs": "what is the slope to the right of zero, what to the left?",
    "Norm": "differentiate y squared = sum of squares on both sides",
    "Reshape": "no number changes, each only needs its way back to its old shape",
    "Transpose": "which order of axes undoes the first one? It is not always the same order again",
    "GetItem": "zeros everywhere but where an element came from",
    "Concat": "where in grad_in lies the piece that belongs to each input?",
}
BROADCAST = "each use of an element counts; stay in the output's shape, or sum over all that was stretched"
BATCH = "the last two axes are the matrix, the rest the batch; a matrix used for many pairs collects from all"
ROW_OR_COLUMN = "put the axis that numpy took away back in, use the matrix rule, take it out again"


def stretched(name):
    """The ways of broadcasting that each elementwise operation of two inputs is tried on."""
    return [
        slopes(name, "left-stretched", 0.25, (2, 1, 2), (3, 1), hint=BROADCAST),
        slopes(name, "scalar", 0.25, (), (2, 3), hint=BROADCAST),
    ]


def reduced(name):
    """The forms of axis and keepdims that each reduction is tried on."""
    return [
        slopes(name, "all", 0.25, (2, 3), axis=None),
        slopes(name, "from-the-end", 0.25, (2, 3, 2), axis=-2, hint="a number below 0 counts axes from the end"),
        slopes(name, "several-axes", 0.25, (2, 3, 2), axis=(-1, 0), hint="axis may be a tuple, in any order"),
        slopes(name, "keepdims", 0.25, (2, 3), axis=0, keepdims=True, hint="which shape has grad_in here?"),
        slopes(name, "square", 0.25, (3, 3), axis=1, hint="put the lost axis back at its own place, not in front"),
    ]


@pytest.mark.parametrize(
    ("name", "shapes", "params"),
    [
        *stretched("Add"),
        *stretched("Sub"),
        *stretched("Mul"),
        *stretched("Div"),
        slopes("Div", "right-stretched", 0.25, (2, 3), (3,), hint=BROADCAST),
        *stretched("Pow"),
        slopes("MatMul", "square", 0.5, (3, 3), (3, 3)),
        slopes("MatMul", "matrix-vector", 0.5, (2, 3), (3,), hint=ROW_OR_COLUMN),
        slopes("MatMul", "vector-matrix", 0.5, (3,), (3, 4), hint=ROW_OR_COLUMN),
        slopes("MatMul", "batch-matrix", 0.5, (3, 1, 2), (2, 2), hint=BATCH),
        slopes("MatMul", "matrix-batch", 0.5, (2, 3), (2, 3, 2), hint=BATCH),
        slopes("MatMul", "batch-stretched", 0.5, (2, 1, 1, 2), (2, 2, 2), hint=BATCH),
        slopes("MatMul", "batch-vector", 0.5, (3, 2, 2), (2,), hint=ROW_OR_COLUMN),
        slopes("MatMul", "vector-batch", 0.5, (2,), (3, 2, 3), hint=ROW_OR_COLUMN),
        *reduced("Sum"),
        *reduced("Mean"),
        *reduced("Max"),
        *reduced("Norm"),
        slopes("Reshape", "unknown-length", 0.25, (2, 3, 2), shape=(4, -1)),
        slopes("Transpose", "cycle", 0.5, (2, 3, 4), axes=(2, 0, 1)),
        slopes("Transpose", "from-the-end", 0.5, (2, 3, 4), axes=(-1, 0, -2), hint="-1 is the last axis, not axis 1"),
        slopes("Transpose", "four-axes", 0.5, (2, 3, 1, 4), axes=(1, 3, 0, 2)),
        slopes("GetItem", "integers", 0.5, (3, 4), index=(2, slice(None))),
        slopes("GetItem", "backwards", 0.25, (5,), index=slice(None, None, -2)),
        slopes("GetItem", "ellipsis", 0.25, (2, 3, 2), index=(..., None, 1)),
        slopes("GetItem", "mask", 0.5, (2, 3), index=np.array([[True, False, True], [False, False, True]])),
        slopes("Concat", "unequal", 0.5, (3, 2), (1, 2), axis=0, hint="the pieces need not be of one size"),
        slopes("Concat", "from-the-end", 0.5, (2, 1, 2), (2, 3, 2), axis=-2, hint="cut where it was joined"),
        slopes("Concat", "many", 0.5, *[(2, size) for size in (1, 3, 2, 1, 2)], axis=1),
        slopes("Concat", "empty-piece", 0.25, (2, 1), (2, 0), (2, 2), axis=1, hint="nothing has a gradient too"),
    ],
)
def test_gradient(student, gradcheck, rng, name, shapes, params):
    arrays = draw_all(rng, name, shapes)
    gradcheck(f"functional.{name}", *arrays, params=deepcopy(params), mode="fast", name=name)


# The operations: borders and kinks, where a warning counts as a mistake


def power(label, base, exponent, value, grad_base, grad_exponent, hint):
    marks = worth(0.5, "functional.Pow", hint)
    return pytest.param(base, exponent, value, grad_base, grad_exponent, id=f"pow-{label}", marks=marks)


@pytest.mark.parametrize(
    ("base", "exponent", "value", "grad_base", "grad_exponent"),
    [
        power(
            "of-less-than-zero",
            *([-2.0, -1.5, -1.0, -3.0], [3.0, 2.0, -1.0, 1.0]),
            *([-8.0, 2.25, -1.0, -3.0], [12.0, -3.0, -1.0, 1.0], [0.0, 0.0, 0.0, 0.0]),
            hint="a whole power of a negative number has a slope; its logarithm must not be taken at all",
        ),
        power(
            "of-zero",
            *([0.0, 0.0, 0.0], [1.0, 2.0, 3.5]),
            *([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            hint="a formula with ln a must not be computed where a = 0, not even to be thrown away",
        ),
        power(
            "to-the-zero",
            *([0.0, 2.0, -3.0], [0.0, 0.0, 0.0]),
            *([1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, np.log(2.0), 0.0]),
            hint="what does the result do when the exponent is 0 and a moves? Mind 0 times infinity",
        ),
        power(
            "below-one",
            *([4.0, 0.25, 9.0], [0.5, -0.5, -1.0]),
            *([2.0, 2.0, 1 / 9], [0.25, -4.0, -1 / 81], [2 * np.log(4), 2 * np.log(0.25), np.log(9) / 9]),
            hint="exponents are numbers like any others, between 0 and 1 and below 0 too",
        ),
    ],
)
def test_gradient_border(student, base, exponent, value, grad_base, grad_exponent):
    upstream = np.array([2.0, -1.0, 3.0, -5.0])[: len(value)]
    what = f"Pow of {base} and {exponent}"
    with no_warning(what):
        for number in set(exponent):  # the same by one exponent for all, of shape ()
            chosen = np.equal(exponent, number)
            ctx, got = forward(student, "Pow", [np.array(base)[chosen], np.array(number)], {})
            grads = backward(student, "Pow", ctx, upstream[chosen], [(chosen.sum(),), ()])
            same(got, np.array(value)[chosen], f"{what}: by {number} alone")
            same(grads[1], (upstream * grad_exponent)[chosen].sum(), f"{what}: gradient of {number} alone")
        ctx, got = forward(student, "Pow", [np.array(base), np.array(exponent)], {})
        grads = backward(student, "Pow", ctx, upstream.copy(), [upstream.shape] * 2)
    same(got, value, what)
    same(grads[0], upstream * grad_base, f"{what}: gradient of the base")
    same(grads[1], upstream * grad_exponent, f"{what}: gradient of the exponent")


@worth(0.5, "functional.Max", "however many elements tie, together they get what arrives, no more")
def test_gradient_max_ties_over_several_axes(student):
    a = np.array([[[7.0, 1.0], [7.0, 7.0]], [[2.0, 2.0], [2.0, 2.0]], [[0.0, 3.0], [1.0, 2.0]]])
    upstream = np.array([3.0, -4.0, 5.0])
    ctx, _ = forward(student, "Max", [a], {"axis": (1, 2)})
    (grad,) = backward(student, "Max", ctx, upstream.copy(), [a.shape])
    assert grad.shape == a.shape, f"Max over axes 1, 2: got a gradient of shape {grad.shape}, want {a.shape}"
    smaller = a < a.max(axis=(1, 2), keepdims=True)
    same(grad[smaller], np.zeros(smaller.sum()), "Max over axes 1, 2: gradients of those that are not largest")
    same(grad.sum(axis=(1, 2)), upstream, "Max over axes 1, 2: gradients of one maximum, all together")
    assert (grad * upstream[:, None, None] >= 0).all(), "Max over axes 1, 2: got shares of both signs, want one"
    (again,) = backward(student, "Max", ctx, upstream.copy(), [a.shape])
    same(again, grad, "Max over axes 1, 2: gradient by a second call")


@worth(
    0.5,
    "functional.Abs",
    "at zero any slope between the left one and the right one will do, but it is a number",
    after="test_value",
)
def test_gradient_abs_kink(student):
    upstream = np.array([2.0, -3.0, 5.0])
    with no_warning("Abs of [0, 0, -4]"):
        ctx, got = forward(student, "Abs", [np.array([0.0, 0.0, -4.0])], {})
        (grad,) = backward(student, "Abs", ctx, upstream, [(3,)])
    same(got, [0.0, 0.0, 4.0], "Abs of [0, 0, -4]")
    assert grad.shape == (3,), f"Abs of [0, 0, -4]: got a gradient of shape {grad.shape}, want (3,)"
    same(grad[2], -5.0, "Abs of [0, 0, -4]: gradient at -4")
    between = (np.abs(grad[:2]) <= [2.0, 3.0]).all()
    assert between, f"Abs of [0, 0, -4]: gradients at 0: got {show(grad[:2])}, want no more than 2 and 3 in size"


@worth(0.5, "functional.Norm", "a row of zeros has norm 0: divide by something else there, and only there")
def test_gradient_norm_of_zeros(student):
    a, upstream = np.array([[3.0, -4.0], [0.0, 0.0]]), np.array([10.0, 7.0])
    with no_warning("Norm of the rows [3, -4] and [0, 0]"):
        ctx, got = forward(student, "Norm", [a], {"axis": 1})
        (grad,) = backward(student, "Norm", ctx, upstream, [a.shape])
    same(got, [5.0, 0.0], "Norm of the rows [3, -4] and [0, 0]", least=0.0)
    same(grad, [[6.0, -8.0], [0.0, 0.0]], "Norm of the rows [3, -4] and [0, 0]: gradient")


@worth(1, "functional.GetItem", "the same place may be named many times, and in several ways: add, do not assign")
def test_gradient_getitem_repeated(student):
    rows, columns = np.array([[0, 2, 0], [-1, 0, 2]]), np.array([[1, 0, 1], [0, -2, 1]])
    upstream = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])
    ctx, _ = forward(student, "GetItem", [np.zeros((3, 3))], {"index": (rows, columns)})
    (grad,) = backward(student, "GetItem", ctx, upstream, [(3, 3)])
    same(grad, [[0, 21, 0], [0, 0, 0], [10, 32, 0]], "GetItem by arrays that name places twice: gradient")
    ctx, _ = forward(student, "GetItem", [np.zeros((3, 2))], {"index": ([2, 1, -1], [0, -1, -2])})
    (grad,) = backward(student, "GetItem", ctx, np.array([1.0, 2.0, 4.0]), [(3, 2)])
    same(grad, [[0, 0], [0, 2], [5, 0]], "GetItem a[[2, 1, -1], [0, -1, -2]]: gradient")
    ctx, _ = forward(student, "GetItem", [np.arange(4.0)], {"index": [-1, 3, 0, -4]})
    (grad,) = backward(student, "GetItem", ctx, np.array([1.0, 2.0, 4.0, 8.0]), [(4,)])
    same(grad, [12, 0, 0, 3], "GetItem a[[-1, 3, 0, -4]]: gradient")
    ctx, _ = forward(student, "GetItem", [np.ones((3, 2))], {"index": [-1, 0, 2, -3, -1]})
    (grad,) = backward(
        student, "GetItem", ctx, np.array([[1.0, 2.0, 4.0, 8.0, 16.0], [1.0, -1.0, 1.0, -1.0, 1.0]]).T, [(3, 2)]
    )
    same(grad, [[10, -2], [0, 0], [21, 3]], "GetItem a[[-1, 0, 2, -3, -1]]: gradient")


@worth(
    0.25,
    "functional.GetItem",
    "if nothing was taken, nothing has an influence",
    after=["test_value", "test_gradient_by_hand"],
)
def test_gradient_getitem_of_nothing(student):
    for index, shape in [(slice(2, 2), (0, 2)), (np.zeros((3, 2), dtype=bool), (0,))]:
        ctx, got = forward(student, "GetItem", [np.ones((3, 2))], {"index": index})
        (grad,) = backward(student, "GetItem", ctx, np.zeros(shape), [(3, 2)])
        same(got, np.zeros(shape), "GetItem of no element")
        same(grad, np.zeros((3, 2)), "GetItem of no element: gradient")


# unbroadcast


def summed(label, points, grad, shape, hint, **rides):
    marks = worth(points, "tensor.unbroadcast", hint, **rides)
    return pytest.param(grad, shape, id=label, marks=marks)


SUMS = ["test_unbroadcast[new-axis]", "test_unbroadcast[stretched-axis]"]  # zeros are right for an empty array


@pytest.mark.parametrize(
    ("grad", "shape"),
    [
        summed("scalar", 0.5, (2, 3), (), "a number was repeated everywhere"),
        summed("several-stretched", 0.5, (2, 3, 4), (1, 3, 1), "more than one axis may have been stretched"),
        summed("new-and-stretched", 0.5, (5, 2, 3, 4), (3, 1), "numpy lines shapes up at their right ends"),
        summed("leading-one", 0.5, (4, 3), (1, 3), "(3,) and (1, 3) are different shapes"),
        summed("square", 0.5, (3, 3), (3, 1), "which axis was stretched? Equal lengths do not tell, shape does"),
        summed("empty", 0.5, (0, 3), (1, 3), "a sum over nothing is a number too", after=SUMS),
        summed("one-element", 0.5, (1, 1), (1,), "a new axis of length 1 is a new axis"),
    ],
)
def test_unbroadcast(student, rng, grad, shape):
    array = rng.normal(size=grad)
    got = student.tensor.unbroadcast(array.copy(), shape)
    same(got, fold(array, shape), f"unbroadcast from {grad} to {shape}")


@worth(0.5, "tensor.unbroadcast", "work on a copy, and do not rely on where numbers lie in memory")
def test_unbroadcast_of_a_view_changes_nothing(student, rng, held):
    array = rng.normal(size=(3, 8))
    got = student.tensor.unbroadcast(array[:, ::2], (3, 1))
    same(got, array[:, ::2].sum(axis=1, keepdims=True), "unbroadcast of every other column")
    for shape in [(8,), (3, 1), (1, 1), (), (3, 8)]:
        mine = held(array.copy())
        same(student.tensor.unbroadcast(mine, shape), fold(array, shape), f"unbroadcast from (3, 8) to {shape}")
        assert np.array_equal(np.array(mine), array), "unbroadcast: changes grad, want it unchanged"


@worth(
    2, "tensor.unbroadcast", "draw two shapes and line them up at their right ends: each place is one of three kinds"
)
def test_unbroadcast_of_random_shapes(student, rng):
    for _ in range(20):
        full = tuple(int(size) for size in rng.integers(1, 4, size=rng.integers(0, 5)))
        kept = full[int(rng.integers(0, len(full) + 1)) :]
        shape = tuple(1 if rng.random() < 0.4 else size for size in kept)
        for _ in range(2):  # what was found for one array holds for no other of its shape
            array = np.asarray(rng.normal(size=full))
            same(student.tensor.unbroadcast(array.copy(), shape), fold(array, shape), f"unbroadcast {full} to {shape}")


@worth(1, "tensor.unbroadcast", "the tape calls it for each input of an operation whose shape was stretched")
def test_unbroadcast_by_the_tape(student):
    operation = student.functional.Function()
    operation.backward = lambda ctx, grad_in: [factor * grad_in for factor in (2.0, 3.0, 5.0, 7.0)]
    inputs = tuple(student.tensor.Tensor(np.zeros(shape)) for shape in [(3,), (2, 1), (), (3,)])
    grads = student.tensor.Node(operation, None, inputs).input_gradients(np.array([[1.0, 2, 3], [4, 5, 6]]))
    same(grads[0], [10.0, 14.0, 18.0], "node: gradient of an input of shape (3,)")
    same(grads[1], [[18.0], [45.0]], "node: gradient of an input of shape (2, 1)")
    same(grads[2], 105.0, "node: gradient of an input of shape ()")
    same(grads[3], [35.0, 49.0, 63.0], "node: gradient of another input of shape (3,)")


# The tape


def record(student, value, inputs, weights, asked=None):
    """A tensor of this value, whose node passes weight * gradient back to each of inputs; it counts in asked."""

    def weigh(ctx, grad_in):
        if asked is not None:
            asked.append(grad_in)
        assert isinstance(grad_in, np.ndarray | np.generic), f"tape: got {grad_in!r:.60}, want arrays"
        return [weight * grad_in for weight in weights]

    operation = student.functional.Function()
    operation.backward = weigh
    result = student.tensor.Tensor(value)
    result.node = student.tensor.Node(operation, None, tuple(inputs))
    return result


def check_grads(tensors, wants, what):
    for position, (tensor, want) in enumerate(zip(tensors, wants, strict=True)):
        if want is None:
            assert tensor.grad is None, f"{what}: tensor {position} has no part in it, want grad None"
        else:
            same(tensor.grad, want, f"{what}: grad of tensor {position}")


def tape(points, hint):
    return worth(points, "tensor.Tensor.backward", hint)


@tape(1, "every use of a tensor counts, in the same operation and in others")
def test_backward_tensor_used_by_several_operations(student):
    x = student.tensor.Tensor([1.0, 2.0])
    twice = record(student, [0.0, 0.0], [x, x], [2.0, 3.0])
    once = record(student, [0.0, 0.0], [x], [7.0])
    result = record(student, [0.0, 0.0], [once, twice, x], [10.0, 100.0, 1000.0])
    result.backward(np.array([1.0, -2.0]))
    want = np.array([1.0, -2.0])
    check_grads([x, twice, once], [1570 * want, 100 * want, 10 * want], "five uses of a leaf")


@pytest.mark.parametrize(
    "short_side_first",
    [
        pytest.param(True, id="short-side-first", marks=tape(1, "when are all the uses of a tensor done?")),
        pytest.param(False, id="long-side-first", marks=tape(1, "does the order of an operation's inputs matter?")),
    ],
)
def test_backward_sides_of_different_length(student, short_side_first):
    x, leaf = student.tensor.Tensor(1.0), student.tensor.Tensor(1.0)
    top = record(student, 1.0, [x], [3.0])
    side = [top]
    for _ in range(4):
        side.append(record(student, 1.0, [side[-1]], [2.0]))
    middle = record(student, 1.0, [side[2], top], [1.0, 1.0])
    ends = [(leaf, 7.0), (top, 5.0), (side[-1], 1.0), (middle, 10.0)]
    if not short_side_first:
        ends.reverse()
    result = record(student, 1.0, [tensor for tensor, _ in ends], [weight for _, weight in ends])
    result.backward()
    check_grads([side[2], top, x, leaf], [14.0, 71.0, 213.0, 7.0], "sides of lengths 0, 3 and 4, and a leaf")


def expected(links, grad):
    """The gradient of the last tensor for each one, None for those it does not depend on; links: (sources, weights)."""
    wants = [None] * len(links)
    wants[-1] = grad
    for position in reversed(range(len(links))):
        if wants[position] is not None:
            for source, weight in zip(*links[position], strict=True):
                wants[source] = (wants[source] or 0.0) + weight * wants[position]
    return wants


@tape(2, "a tensor may pass its gradient on once it is complete: find an order in which this is always so")
def test_backward_random_graphs(student, rng):
    for _ in range(4):
        tensors, links = [student.tensor.Tensor(0.0) for _ in range(3)], [((), ())] * 3
        for _ in range(15):
            sources = [int(source) for source in rng.integers(0, len(tensors), size=rng.integers(1, 4))]
            weights = [float(weight) for weight in rng.choice([-2.0, -1.0, 0.0, 0.3, 3.0], size=len(sources))]
            tensors.append(record(student, 0.0, [tensors[source] for source in sources], weights))
            links.append((sources, weights))
        tensors[-1].backward(np.array(2.0))
        check_grads(tensors, expected(links, 2.0), f"graph {links}")


@tape(1, "every tensor is to be handled once, however many paths lead to it")
def test_backward_many_paths(student):
    x = y = student.tensor.Tensor(0.0)
    asked = []
    for _ in range(50):
        y = record(student, 0.0, [y, y], [1.0, 1.0], asked)
    y.backward()
    same(x.grad, 2.0**50, "y = x + x, fifty times over: x.grad")
    assert len(asked) == 50, f"y = x + x, fifty times over: {len(asked)} calls of the nodes' backward, want 50"


@tape(0.5, "a tensor is one box of the graph: neither its numbers nor the array that holds them tell which one it is")
def test_backward_tensors_of_one_array(student, held):
    data = held(np.array([1.0, 2.0]))
    x, y = student.tensor.Tensor(data), student.tensor.Tensor(data)
    middle = record(student, data, [x], [3.0])
    result = record(student, data, [middle, y, x], [2.0, 5.0, -1.0])
    grad = np.array([1.0, -2.0])
    result.backward(grad)
    check_grads([result, middle, x, y], [grad, 2.0 * grad, 5.0 * grad, 5.0 * grad], "tensors that share one array")


@tape(1.5, "Python allows about a thousand calls within calls; a list of your own has no such limit")
def test_backward_chain_of_ten_thousand(student, beside):
    one, x = student.tensor.Tensor(1.0), student.tensor.Tensor(0.0)
    beside.repeated(student.functional.add, 10_000, x, one).backward()
    same(x.grad, 1.0, "y = x + 1, ten thousand times over: x.grad")


@tape(1, "is a tensor known already? Asking a list that question takes longer the longer it is")
def test_backward_ten_thousand_leaves(student, beside):
    asked = [0, 1, 2, 17, 4999, 9998, 9999]
    grads = beside.backward_of_many_leaves(student, 10_000, asked)
    for number, grad in zip(asked, grads, strict=True):
        same(grad, -2.0 * (number % 7), f"an operation of ten thousand leaves: grad of leaf {number}")


@tape(1, "a pass must start from nothing, whatever is in .grad already, and add to it at the end")
def test_backward_calls_accumulate(student):
    x = student.tensor.Tensor([1.0, 2.0])
    middle = record(student, [0.0, 0.0], [x], [3.0])
    result = record(student, [0.0, 0.0], [middle, x, middle], [2.0, 1.0, 5.0])
    tensors, slopes_of_result = [result, middle, x], [1.0, 7.0, 22.0]
    total = np.zeros(2)
    for grad in (np.array([1.0, -1.0]), np.array([1.0, -1.0]), np.array([0.5, 4.0])):
        result.backward(grad)
        total += grad
        check_grads(tensors, [slope * total for slope in slopes_of_result], "several calls")


@tape(1, "a call from the middle of a graph concerns what lies below it, with this call's gradient alone")
def test_backward_call_from_the_middle(student):
    x = student.tensor.Tensor(1.0)
    middle = record(student, 1.0, [x], [3.0])
    result = record(student, 1.0, [middle], [2.0])
    result.backward()
    middle.backward(np.array(10.0))
    check_grads([result, middle, x], [1.0, 12.0, 36.0], "result.backward(), then middle.backward(10)")
    other = record(student, 1.0, [x, middle], [100.0, 5.0])
    other.backward()
    check_grads([result, middle, x, other], [1.0, 17.0, 151.0, 1.0], "then another result of middle and x")


@tape(0.5, "nothing of one call may be remembered by the next, neither tensors seen nor gradients")
def test_backward_two_graphs_over_one_leaf(student):
    x = student.tensor.Tensor(1.0)
    first, second = record(student, 1.0, [x], [3.0]), record(student, 1.0, [x], [5.0])
    first.backward()
    check_grads([x, first, second], [3.0, 1.0, None], "first of two graphs")
    x.zero_grad()
    second.backward(np.array(2.0))
    check_grads([x, first, second], [10.0, 1.0, 2.0], "second of two graphs, after x.zero_grad()")


@tape(1.5, "an operation may return one array for two inputs: what happens to the other when you add to the one?")
def test_backward_neighbours_share_no_memory(student, held):
    zeros, grad = np.zeros((2, 2)), np.array([[1.0, -2.0], [3.0, 4.0]])
    for array_first in (True, False):
        x, y, z = (student.tensor.Tensor(zeros.copy()) for _ in range(3))
        kept = held(by_columns(2.0 * grad))  # laid out like this it is over there what a formula makes: no view
        both, other = record(student, zeros, [x, y], []), record(student, zeros, [x, z], [3.0, 5.0])
        both.node.function.backward = lambda ctx, grad_in, kept=kept: [kept, kept]
        ends = [both, other] if array_first else [other, both]
        record(student, zeros, ends, [1.0, 1.0]).backward(grad.copy())
        check_grads([x, y, z], [5.0 * grad, 2.0 * grad, 5.0 * grad], "an operation that returns one array twice")
        same(np.array(kept), 2.0 * grad, "the array that an operation returned twice")
    a, b = student.tensor.Tensor([1.0, 2.0]), student.tensor.Tensor([3.0, 4.0])
    middle = student.functional.add(a, b)
    result = student.functional.add(middle, a)
    grad = np.array([1.0, -2.0])
    to_middle, to_a = (np.array(part) for part in student.functional.Add.backward(result.node.ctx, grad.copy()))
    again, to_b = (np.array(part) for part in student.functional.Add.backward(middle.node.ctx, to_middle.copy()))
    wants = [grad, to_middle, to_a + again, to_b]
    tensors = [result, middle, a, b]
    result.backward(grad.copy())
    check_grads(tensors, wants, "middle = a + b, result = middle + a")
    for position in (2, 3):
        tensors[position].backward(np.array([5.0, 7.0]))
        wants[position] = wants[position] + [5.0, 7.0]
        check_grads(tensors, wants, "result = (a + b) + a, then a call for one leaf alone")
    for position, tensor in enumerate(tensors):
        if tensor.grad.flags.writeable:
            tensor.grad[...] = 100.0
        others = slice(position + 1, None)
        check_grads(tensors[others], wants[others], "result = (a + b) + a, then .grad of another tensor overwritten")


@tape(1, "whose array is it? It came from outside, and outside may change it tomorrow")
def test_backward_grad_passed_in_stays_apart(student, held):
    for passed in (np.array([3.0, -4.0]), np.array(3.0), np.array([[3.0]])):
        x = student.tensor.Tensor(np.zeros(passed.shape))
        result = record(student, np.zeros(passed.shape), [x, x], [1.0, 1.0])
        for tensor, want in [(result, passed), (x, 3.0 * passed)]:
            grad = held(passed.copy())
            tensor.backward(grad)
            assert np.array_equal(np.array(grad), passed), "backward: changes the grad passed in"
            grad[...] = 100.0
            same(tensor.grad, want, "grad of the tensor after the array passed in was overwritten")


@tape(0.5, "adding to .grad must not write into an array that somebody else holds")
def test_backward_data_stay_apart(student, held):
    for numbers in (np.array([1.0, 2.0]), np.array(3.0)):
        data = held(numbers.copy())
        x = student.tensor.Tensor(data)
        x.backward(data)
        x.backward(data)
        same(x.grad, 2.0 * numbers, "x.backward(x.data), two calls: x.grad")
        assert np.array_equal(np.array(data), numbers), "x.backward(x.data), two calls: x.data changed"


@tape(0.5, "(), (1, 1) and (0, 3) are shapes too")
def test_backward_shapes(student):
    for shape, grad in [((), None), ((1, 1), None), ((0, 3), np.zeros((0, 3))), ((2, 2), np.eye(4)[::2, ::3])]:
        x = student.tensor.Tensor(np.zeros(shape))
        result = record(student, np.zeros(shape), [x], [3.0])
        result.backward(grad)
        want = np.ones(shape) if grad is None else grad
        check_grads([result, x], [want, 3.0 * want], f"tensors of shape {shape}")
