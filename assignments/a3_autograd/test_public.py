"""Public tests of a3_autograd: a third of the points. The hidden tests look at the same from more sides.

An operation is tested by itself: its forward and backward are called with a context, without the tape. The tape
is tested with operations made here. So a mistake in one exercise costs points of that exercise only.
"""

from copy import deepcopy

import numpy as np
import pytest

TOLERANCE = 1e-12  # float64 has 16 digits, and no test here loses more than a few of them

E = np.e


# What the tests are made of


def worth(points, exercise, hint=None, **rides):
    return pytest.mark.points(points, exercise=exercise, **({"hint": hint} if hint else {}), **rides)


def same(got, want, what):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {got!r:.60}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=TOLERANCE, atol=TOLERANCE):
        pytest.fail(f"{what}: got {show(got)}, want {show(want)}")


def show(array):
    """The numbers on one line, long arrays in part."""
    return " ".join(np.array2string(array, precision=6, separator=", ", threshold=24).split())


def forward(student, name, arrays, params):
    """(the operation's context, its result as an array)"""
    ctx = student.functional.Ctx()
    inputs = [student.tensor.Tensor(array) for array in arrays]
    out = getattr(student.functional, name).forward(ctx, *inputs, **deepcopy(params))
    assert isinstance(out, student.tensor.Tensor), f"{name}.forward: got {out!r:.60}, want a Tensor"
    return ctx, out.data


def backward(student, name, ctx, grad_in, count=1):
    """The gradients of all inputs; there are so many."""
    grads = getattr(student.functional, name).backward(ctx, grad_in)
    assert isinstance(grads, list | tuple), f"{name}.backward: got {grads!r:.60}, want a list"
    assert len(grads) == count, f"{name}.backward: got {len(grads)} gradients, want {count}"
    return grads


def draw(rng, name, position, shape):
    """A random array that the operation takes at this position: in its domain and away from kinks."""
    if name in ("Log", "Sqrt") or (name == "Pow" and position == 0):
        return rng.uniform(0.5, 2.0, size=shape)
    if name == "Abs" or (name == "Div" and position == 1):
        return rng.uniform(0.5, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    if name == "Max":
        return rng.permutation(int(np.prod(shape))).reshape(shape) / 4.0 - 1.0
    return np.asarray(rng.normal(size=shape))


def combine(student, inputs, weights):
    """The sum of weight * input, all of one shape, as a tensor whose node has an operation of this file's own."""

    def weigh(ctx, grad_in):
        assert isinstance(grad_in, np.ndarray | np.generic), f"tape: got {grad_in!r:.60}, want arrays"
        return [weight * grad_in for weight in weights]

    operation = student.functional.Function()
    operation.backward = weigh
    terms = [weight * tensor.data for weight, tensor in zip(weights, inputs, strict=True)]
    result = student.tensor.Tensor(np.sum(terms, axis=0))
    result.node = student.tensor.Node(operation, None, tuple(inputs))
    return result


# The operations: values


def by_hand(name, points, arrays, want, **params):
    marks = worth(points, f"functional.{name}")
    return pytest.param(name, [np.array(a, float) for a in arrays], params, want, id=name.lower(), marks=marks)


TABLE = [[1, 2], [3, 4]]
WIDE = [[1, 7, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("name", "arrays", "params", "want"),
    [
        by_hand("Add", 0.25, [TABLE, [10, 20]], [[11, 22], [13, 24]]),
        by_hand("Sub", 0.25, [TABLE, [[10], [20]]], [[-9, -8], [-17, -16]]),
        by_hand("Neg", 0.25, [[1, -2, 0]], [-1, 2, 0]),
        by_hand("Mul", 0.25, [TABLE, [10, -1]], [[10, -2], [30, -4]]),
        by_hand("Div", 0.25, [TABLE, [2, -4]], [[0.5, -0.5], [1.5, -1]]),
        by_hand("Pow", 0.25, [TABLE, [[2], [0.5]]], [[1, 4], [3**0.5, 2]]),
        by_hand("MatMul", 0.5, [[[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 1], [2, -1]]], [[7, -1], [16, -1]]),
        by_hand("Sum", 0.25, [WIDE], [[5, 12, 9]], axis=0, keepdims=True),
        by_hand("Mean", 0.25, [WIDE], [11 / 3, 5], axis=1),
        by_hand("Max", 0.25, [WIDE], [[7], [6]], axis=1, keepdims=True),
        by_hand("Exp", 0.25, [[0, 1, -1]], [1, E, 1 / E]),
        by_hand("Log", 0.25, [[1, E, 1 / E]], [0, 1, -1]),
        by_hand("Sqrt", 0.25, [[0, 4, 2.25]], [0, 2, 1.5]),
        by_hand("Abs", 0.25, [[-3, 0, 2]], [3, 0, 2]),
        by_hand("Norm", 0.25, [[[3, 4], [0, -2]]], [5, 2], axis=1),
        by_hand("Reshape", 0.25, [WIDE], [[1, 7], [3, 4], [5, 6]], shape=(3, 2)),
        by_hand("Transpose", 0.25, [[WIDE]], [[[1], [7], [3]], [[4], [5], [6]]], axes=(1, 2, 0)),
        by_hand("GetItem", 0.5, [[10, 20, 30]], [30, 10, 30], index=[2, 0, 2]),
        by_hand("Concat", 0.5, [[[1, 2]], TABLE], [[1, 2], [1, 2], [3, 4]], axis=0),
    ],
)
def test_value(student, name, arrays, params, want):
    _, got = forward(student, name, [array.copy() for array in arrays], params)
    same(got, want, f"{name} of {', '.join(str(array.tolist()) for array in arrays)}")


# The operations: gradients by hand. Between forward and backward the operation has another use, of another shape


ONE, COLUMN = np.array([[1.0]]), np.array([[2.0], [3.0]])
OTHER_USE = {
    **dict.fromkeys(["Add", "Sub", "Mul", "Div", "Pow"], ([ONE, COLUMN], {})),
    **dict.fromkeys(["Neg", "Exp", "Log", "Sqrt", "Abs"], ([ONE], {})),
    **dict.fromkeys(["Sum", "Mean", "Max", "Norm"], ([COLUMN], {"axis": 0, "keepdims": True})),
    "MatMul": ([ONE[0], ONE], {}),
    "Reshape": ([COLUMN], {"shape": 2}),
    "Transpose": ([COLUMN], {"axes": (0, 1)}),
    "GetItem": ([COLUMN], {"index": 1}),
    "Concat": ([COLUMN, COLUMN], {"axis": 1}),
}


# The gradient of a sum is what arrives from above: by itself that proves nothing.
RIDES = {"Add": {"after": "test_value"}}


def back(name, points, arrays, upstream, want, **params):
    hint = "backward needs ctx and grad_in; what does yours need besides?"
    marks = worth(points, f"functional.{name}", hint, **RIDES.get(name, {}))
    arrays = [np.array(a, float) for a in arrays]
    return pytest.param(name, arrays, params, np.array(upstream, float), want, id=name.lower(), marks=marks)


@pytest.mark.parametrize(
    ("name", "arrays", "params", "upstream", "want"),
    [
        back("Add", 0.25, [[1, 2], [3, 4]], [5, -6], [[5, -6], [5, -6]]),
        back("Sub", 0.25, [[1, 2], [3, 4]], [5, -6], [[5, -6], [-5, 6]]),
        back("Neg", 0.25, [[1, -2, 0]], [2, -3, 5], [[-2, 3, -5]]),
        back("Mul", 0.25, [[2, 3, 0], [5, -4, 7]], [1, 2, -3], [[5, -8, -21], [2, 6, 0]]),
        back("Div", 0.25, [[6, -6, 0], [-2, -3, 4]], [2, 6, 8], [[-1, -2, 2], [-3, 4, 0]]),
        back("Pow", 0.25, [[2, 3, E], [3, 2, 0]], [1, -2, 5], [[12, -12, 0], [8 * np.log(2), -18 * np.log(3), 5]]),
        back(
            *("MatMul", 0.5, [[[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 1], [2, -1]]], [[1, -1], [2, 0]]),
            [[[1, -1, 3], [2, 0, 4]], [[9, -1], [12, -2], [15, -3]]],
        ),
        back("Sum", 0.25, [WIDE], [2, -5], [[[2, 2, 2], [-5, -5, -5]]], axis=1),
        back("Mean", 0.25, [WIDE], [3, -6], [[[1, 1, 1], [-2, -2, -2]]], axis=1),
        back("Max", 0.25, [WIDE], [2, -5], [[[0, 2, 0], [0, 0, -5]]], axis=1),
        back("Exp", 0.25, [[0, 1, -1]], [2, -1, 3], [[2, -E, 3 / E]]),
        back("Log", 0.25, [[1, 2, 0.5]], [3, -4, 1], [[3, -2, 2]]),
        back("Sqrt", 0.25, [[4, 2.25, 0.25]], [8, -3, 2], [[2, -1, 2]]),
        back("Abs", 0.25, [[-3, 2, -0.5]], [2, 5, -1], [[-2, 5, 1]]),
        back("Norm", 0.25, [[[3, 4], [0, -2]]], [5, 3], [[[3, 4], [0, -3]]], axis=1),
        back("Reshape", 0.25, [WIDE], [[1, 2], [3, 4], [5, 6]], [[[1, 2, 3], [4, 5, 6]]], shape=(3, 2)),
        back(
            "Transpose", 0.25, [[WIDE]], [[[1], [2], [3]], [[4], [5], [6]]], [[[[1, 2, 3], [4, 5, 6]]]], axes=(1, 2, 0)
        ),
        back("GetItem", 0.25, [[10, 20, 30, 40]], [5, -6], [[0, 5, -6, 0]], index=slice(1, 3)),
        back("Concat", 0.25, [[[1, 2]], TABLE], [[1, 2], [3, 4], [5, 6]], [[[1, 2]], [[3, 4], [5, 6]]], axis=0),
    ],
)
def test_gradient_by_hand(student, name, arrays, params, upstream, want):
    ctx, _ = forward(student, name, [array.copy() for array in arrays], params)
    others, other_params = OTHER_USE[name]
    forward(student, name, [array.copy() for array in others], other_params)
    got = backward(student, name, ctx, upstream.copy(), len(arrays))
    inputs = ", ".join(str(array.tolist()) for array in arrays)
    for position in range(len(arrays)):
        what = f"{name} of {inputs}, grad_in {upstream.tolist()}: gradient of input {position}"
        grad = np.asarray(got[position])
        extra = tuple(range(max(grad.ndim - arrays[position].ndim, 0)))  # axes in front: the tape sums over them
        same(grad.sum(axis=extra) if extra else got[position], want[position], what)


# The operations: gradients, compared with central differences under a random upstream gradient


def slopes(name, label, points, *shapes, hint=None, **params):
    marks = worth(points, f"functional.{name}", hint, **RIDES.get(name, {"forward": "test_value"}))
    return pytest.param(name, shapes, params, id=f"{name.lower()}-{label}", marks=marks)


@pytest.mark.parametrize(
    ("name", "shapes", "params"),
    [
        slopes("Add", "row", 0.25, (2, 3), (3,)),
        slopes("Sub", "column", 0.25, (2, 3), (2, 1)),
        slopes("Mul", "matrices", 0.25, (2, 3), (2, 3)),
        slopes("Mul", "column-and-row", 0.5, (2, 1), (3,)),
        slopes("Div", "matrices", 0.25, (2, 3), (2, 3)),
        slopes("Div", "column-and-row", 0.5, (2, 1), (3,)),
        slopes("Pow", "matrices", 0.25, (2, 3), (2, 3)),
        slopes("Pow", "column-and-row", 0.5, (2, 1), (3,)),
        slopes("MatMul", "matrices", 0.5, (2, 3), (3, 4)),
        slopes("MatMul", "vectors", 0.5, (3,), (3,), hint="each factor is scaled by one number, grad_in"),
        slopes("MatMul", "batch", 0.5, (2, 2, 3), (2, 3, 2), hint="only the last two axes are the matrix"),
        slopes("Sum", "axis", 0.25, (2, 3, 2), axis=1),
        slopes("Sum", "keepdims", 0.5, (2, 3), axis=-1, keepdims=True),
        slopes("Mean", "axis", 0.25, (2, 3, 2), axis=1),
        slopes("Mean", "keepdims", 0.5, (2, 3), axis=-1, keepdims=True),
        slopes("Max", "axis", 0.25, (2, 3, 2), axis=1),
        slopes("Max", "keepdims", 0.5, (2, 3), axis=-1, keepdims=True),
        slopes("Exp", "matrix", 0.25, (2, 3)),
        slopes("Log", "matrix", 0.25, (2, 3)),
        slopes("Sqrt", "matrix", 0.25, (2, 3)),
        slopes("Abs", "matrix", 0.25, (2, 3)),
        slopes("Norm", "axis", 0.25, (2, 3, 2), axis=1),
        slopes("Norm", "keepdims", 0.5, (2, 3), axis=-1, keepdims=True),
        slopes("Reshape", "matrix", 0.25, (2, 3), shape=(3, 2)),
        slopes("Transpose", "cycle", 0.25, (2, 3, 4), axes=(1, 2, 0), hint="try the lengths 2, 3, 4 on paper"),
        slopes("Transpose", "reversed", 0.25, (2, 3, 4), axes=None),
        slopes("GetItem", "slice", 0.25, (5, 3), index=(slice(1, 4), 0)),
        slopes("Concat", "rows", 0.25, (2, 2), (1, 2), (3, 2), axis=0),
        slopes("Concat", "last-axis", 0.5, (2, 1, 3), (2, 1, 2), axis=-1),
    ],
)
def test_gradient(student, gradcheck, rng, name, shapes, params):
    arrays = [draw(rng, name, position, shape) for position, shape in enumerate(shapes)]
    gradcheck(f"functional.{name}", *arrays, params=deepcopy(params), name=name)


@worth(0.5, "functional.Max", "how much do all the elements of a row get together?")
def test_gradient_max_ties(student):
    a, upstream = np.array([[1.0, 5.0, 5.0], [2.0, 2.0, 2.0]]), np.array([6.0, -3.0])
    ctx, _ = forward(student, "Max", [a], {"axis": 1})
    (grad,) = backward(student, "Max", ctx, upstream.copy())
    assert grad.shape == a.shape, f"Max over axis 1: got a gradient of shape {grad.shape}, want {a.shape}"
    same(grad[0, 0], 0.0, "Max over axis 1 of [[1, 5, 5], [2, 2, 2]]: gradient of the 1")
    same(grad.sum(axis=1), upstream, "Max over axis 1: gradients in one row, all together")


@worth(1, "functional.GetItem", "an element taken twice is used twice")
def test_gradient_getitem_repeated(student):
    a, upstream = np.array([10.0, 20.0, 30.0, 40.0]), np.array([1.0, 2.0, 4.0, 8.0])
    ctx, _ = forward(student, "GetItem", [a], {"index": [2, 0, 2, 2]})
    (grad,) = backward(student, "GetItem", ctx, upstream)
    same(grad, [2.0, 0.0, 13.0, 0.0], "GetItem a[[2, 0, 2, 2]], grad_in [1, 2, 4, 8]: gradient")


# The tape


SUMS = ["test_unbroadcast[new-axis]", "test_unbroadcast[stretched-axis]"]


@pytest.mark.parametrize(
    ("grad", "shape", "want"),
    [
        pytest.param(TABLE, (2,), [4, 6], id="new-axis", marks=worth(1, "tensor.unbroadcast")),
        pytest.param(TABLE, (2, 1), [[3], [7]], id="stretched-axis", marks=worth(1, "tensor.unbroadcast")),
        pytest.param([WIDE, WIDE], (2, 1), [[22], [30]], id="both", marks=worth(0.5, "tensor.unbroadcast")),
        pytest.param(TABLE, (2, 2), TABLE, id="nothing-to-do", marks=worth(0.5, "tensor.unbroadcast", after=SUMS)),
    ],
)
def test_unbroadcast(student, grad, shape, want):
    got = student.tensor.unbroadcast(np.array(grad, float), shape)
    same(got, want, f"unbroadcast of {grad} to {shape}")


@worth(0.5, "tensor.Tensor.backward")
def test_backward_leaf(student):
    leaf = student.tensor.Tensor([1.0, 2.0])
    leaf.backward(np.array([3.0, -4.0]))
    same(leaf.grad, [3.0, -4.0], "leaf.backward([3, -4]): leaf.grad")


@worth(0.5, "tensor.Tensor.backward")
def test_backward_result_of_one_element(student):
    leaf = student.tensor.Tensor([[5.0]])
    combine(student, [leaf], [3.0]).backward()
    same(leaf.grad, [[3.0]], "y = 3 x, y.backward(): x.grad")


@worth(1, "tensor.Tensor.backward", "results have a gradient too, not only what they were computed from")
def test_backward_every_tensor_gets_its_gradient(student):
    x, y = student.tensor.Tensor([1.0, 2.0]), student.tensor.Tensor([3.0, 4.0])
    middle = combine(student, [x, y], [2.0, 5.0])
    result = combine(student, [middle], [-3.0])
    result.backward(np.array([1.0, 10.0]))
    for tensor, name, want in [
        (result, "result", [1.0, 10.0]),
        (middle, "middle", [-3.0, -30.0]),
        (x, "x", [-6.0, -60.0]),
        (y, "y", [-15.0, -150.0]),
    ]:
        same(tensor.grad, want, f"middle = 2 x + 5 y, result = -3 middle, grad [1, 10]: {name}.grad")


@worth(1.5, "tensor.Tensor.backward", "the chain rule of section 1.2 has a sum in it")
def test_backward_tensor_used_twice(student):
    x = student.tensor.Tensor([1.0, 2.0])
    combine(student, [x, x], [2.0, 5.0]).backward(np.array([1.0, -1.0]))
    same(x.grad, [7.0, -7.0], "y = 2 x + 5 x, grad [1, -1]: x.grad")


@worth(2, "tensor.Tensor.backward", "section 2.6 goes through this graph: in which order are its tensors ready?")
def test_backward_diamond(student):
    x = student.tensor.Tensor(1.0)
    u = combine(student, [x], [2.0])
    v = combine(student, [u], [1.0])
    y = combine(student, [u, v, u], [4.0, 2.0, 1.0])
    y.backward()
    for tensor, name, want in [(v, "v", 2.0), (u, "u", 7.0), (x, "x", 14.0)]:
        same(tensor.grad, want, f"u = 2 x, v = u, y = 4 u + 2 v + u: {name}.grad")


@worth(1.5, "tensor.Tensor.backward", "which numbers may a second pass see of the first one?")
def test_backward_second_call_doubles(student):
    x = student.tensor.Tensor(1.0)
    middle = combine(student, [x], [3.0])
    result = combine(student, [middle, x], [2.0, 1.0])
    result.backward()
    result.backward()
    for tensor, name, want in [(result, "result", 2.0), (middle, "middle", 4.0), (x, "x", 14.0)]:
        same(tensor.grad, want, f"middle = 3 x, result = 2 middle + x, two calls: {name}.grad")


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
