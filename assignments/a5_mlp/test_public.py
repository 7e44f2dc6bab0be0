"""Public tests of a5_mlp: a third of the points. The hidden tests look at the same from more sides.

Each exercise is tested by itself: networks are put together from layers made here, the objective has a model, a loss
and a penalty made here. So a mistake in one exercise costs points of that exercise only.
"""

import warnings
from contextlib import contextmanager

import numpy as np
import pytest

RTOL = 1e-12  # float64 has 16 digits, and no test here loses more than a few of them

LN2, LN3 = np.log(2.0), np.log(3.0)


# What the tests are made of


def worth(points, exercise, hint=None, **rides):
    """What a test is worth; `after` and `forward` name the tests that come first."""
    return pytest.mark.points(points, exercise=exercise, **({"hint": hint} if hint else {}), **rides)


def same(got, want, what):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert got is not None, f"{what}: got None, the backward pass did not come by; did a step go through .data?"
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {type(got).__name__}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=RTOL, atol=1e-12):
        pytest.fail(f"{what}: got {np.array2string(got)}, want {np.array2string(want)}")


def values(student, out, what):
    """The numbers of what student code returned, which must be a tensor."""
    assert isinstance(out, student.tensor.Tensor), f"{what}: got {type(out).__name__}, want a Tensor"
    return out.data


def as_tensor(student, given):
    """A tensor as it is, an array as a tensor of a copy: what is done to it in place stays there."""
    return given if isinstance(given, student.tensor.Tensor) else student.tensor.Tensor(np.array(given))


def linear(student, W, b):
    """The student's Linear with these weights; each is an array or a tensor."""
    n_out, n_in = W.shape
    made = student.nn.Linear(n_in, n_out, student.rng(0))
    made.W, made.b = as_tensor(student, W), as_tensor(student, b)
    return made


def layer(student, W, b):
    """A layer of this file's own, to be used like a Linear; W and b are tensors."""
    made = student.nn.Module()
    made.W, made.b = W, b
    made.forward = lambda h: h @ W.T + b
    return made


def network(student, parameters, **options):
    """An MLP of such layers, from tensors or arrays W, b, W, b, ... in one list."""
    tensors = [as_tensor(student, parameter) for parameter in parameters]
    mlp = student.nn.MLP((1,), student.rng(0), **options)
    mlp.layers = [layer(student, W, b) for W, b in zip(tensors[::2], tensors[1::2], strict=True)]
    return mlp


def off_tape(student, function):
    """A function of arrays as one of tensors, for tests of values: it needs no operation of anybody's."""
    return lambda a: student.tensor.Tensor(function(a.data))


def loss_and_gradient(student, name, prediction, target):
    """The value of a loss, and its gradient by the tape with respect to the prediction; a warning is a failure."""
    tensor = student.tensor.Tensor(np.array(prediction, dtype=np.float64))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        out = getattr(student.nn, name)()(tensor, np.array(target))
        value = values(student, out, f"{name} of {prediction} and {target}")
        out.backward()
    for warning in caught:
        pytest.fail(f"{name} of {prediction} and {target}: got a warning, {warning.message}, want none")
    return value, tensor.grad


@contextmanager
def penalty_made_here(student):
    """For the time being l2_penalty is right, whatever the student's own does."""
    theirs = student.nn.l2_penalty
    student.nn.l2_penalty = lambda module: 0.5 * (module.W * module.W).sum()
    try:
        yield
    finally:
        student.nn.l2_penalty = theirs


# Linear

W = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
B = np.array([10.0, -20.0])


@worth(0.75, "nn.Linear", "each row of W belongs to one unit")
def test_linear_of_one_example(student):
    out = linear(student, W, B)(as_tensor(student, [1.0, 0.0, -1.0]))
    same(
        values(student, out, "Linear"),
        [8.0, -22.0],
        "Linear with W = [[1, 2, 3], [4, 5, 6]], b = [10, -20] of [1, 0, -1]",
    )


@worth(1, "nn.Linear", "an example is a row of the batch, and W times a column is the column's transpose times what?")
def test_linear_of_a_batch(student):
    out = linear(student, W, B)(as_tensor(student, [[1.0, 0, -1], [0, 1, 0], [0, 0, 0], [1, 1, 1]]))
    want = [[8.0, -22.0], [12.0, -15.0], [10.0, -20.0], [16.0, -5.0]]
    same(values(student, out, "Linear"), want, "Linear with W = [[1, 2, 3], [4, 5, 6]], b = [10, -20] of four examples")


@worth(
    1,
    "nn.Linear",
    "compute with tensors, not with their .data, or the tape ends here",
    forward=["test_linear_of_one_example", "test_linear_of_a_batch"],
)
def test_linear_gradient(student, gradcheck, rng):
    arrays = [rng.normal(size=shape) for shape in [(2, 3), (2,), (4, 3)]]
    gradcheck(lambda package, W, b, x: linear(package, W, b)(x), *arrays, name="Linear (inputs: W, b, x)")


# Weights that no forward uses are worth nothing, so the tests of how they begin ride on this one. It does not mind a
# transpose or a bias: these are mistakes of forward, and cost their points above.
@worth(0.5, "nn.Linear", "forward has to send x through the W that was drawn")
def test_linear_sends_its_input_through_the_weights(student, rng):
    made = student.nn.Linear(3, 3, student.rng(0))
    x, W = rng.normal(size=(3, 3)), values(student, made.W, "Linear(3, 3).W")
    of_x, of_zeros = (
        values(student, made(as_tensor(student, given)), "Linear(3, 3)") for given in (x, np.zeros((3, 3)))
    )
    assert W.shape == of_x.shape == of_zeros.shape == (3, 3), (
        f"Linear(3, 3) of x with shape (3, 3): got W {W.shape}, results {of_x.shape} and {of_zeros.shape}, want (3, 3)"
    )
    if not any(np.allclose(of_x - of_zeros, x @ each) for each in (W, W.T)):
        same(of_x - of_zeros, x @ W.T, "Linear(3, 3) of x, less Linear(3, 3) of zeros")


USES_WEIGHTS = "test_linear_sends_its_input_through_the_weights"


@worth(0.5, "nn.Linear", "W has a row for each output, b a number for each output", after=USES_WEIGHTS)
def test_linear_starts_with_these_shapes(student):
    made = student.nn.Linear(3, 2, student.rng(0))
    assert isinstance(made.W, student.tensor.Tensor), f"Linear(3, 2).W: got {type(made.W).__name__}, want a Tensor"
    assert made.W.data.shape == (2, 3), f"Linear(3, 2).W: got shape {made.W.data.shape}, want (2, 3)"
    same(values(student, made.b, "Linear(3, 2).b"), [0.0, 0.0], "Linear(3, 2).b")


@worth(
    1,
    "nn.Linear",
    "section 2.1 derives the variance; what does rng.normal take, a variance or a standard deviation?",
    after=USES_WEIGHTS,
)
def test_linear_starts_with_the_right_variance(student):
    variance = np.mean(student.nn.Linear(200, 300, student.rng(1)).W.data ** 2)
    # 60,000 numbers: their variance is off by 0.6 % (one standard deviation, the root of 2 / 60,000)
    assert abs(200 * variance - 1) < 0.041, f"Linear(200, 300).W: got variance {variance:.6f}, want about 1 / 200"


@worth(1, "nn.Linear", "every random number has to come from the rng that was passed in", after=USES_WEIGHTS)
def test_linear_same_seed_same_weights(student):
    first, second, other = (student.nn.Linear(3, 2, student.rng(seed)).W.data for seed in (5, 5, 6))
    same(second, first, "Linear(3, 2) with seed 5 once more: W")
    assert not np.array_equal(other, first), "Linear(3, 2) with seeds 5 and 6: got the same W, want different ones"


# MLP

TWO_LAYERS = [[[1.0, -1.0], [2.0, 0.0]], [0.0, -1.0], [[1.0, 1.0]], [-2.0]]


@worth(2, "nn.MLP", "write down h1, a1, h2, a2 on paper and print yours beside them")
def test_mlp_of_two_layers(student):
    mlp = network(student, TWO_LAYERS, activation=off_tape(student, np.abs))
    out = mlp(as_tensor(student, [[1.0, 2.0], [3.0, 1.0], [0.0, 0.0]]))
    same(
        values(student, out, "MLP"),
        [[0.0], [5.0], [-1.0]],
        "MLP with |a| as its activation: two layers, three examples",
    )


@worth(2, "nn.MLP", "which function follows the last layer, and which all the others?")
def test_mlp_of_three_layers_with_an_output_function(student):
    layers = [*TWO_LAYERS, [[-1.0], [0.5]], [2.0, 1.0]]
    mlp = network(student, layers, activation=off_tape(student, np.abs), output=off_tape(student, np.exp))
    out = mlp(as_tensor(student, [[1.0, 2.0], [3.0, 1.0], [0.0, 0.0]]))
    want = np.exp([[2.0, 1.0], [-3.0, 3.5], [1.0, 1.5]])
    same(
        values(student, out, "MLP"),
        want,
        "MLP with |a| as its activation, exp as its output: three layers, three examples",
    )


@worth(
    2,
    "nn.MLP",
    "compute with tensors, not with their .data, or the tape ends here",
    forward=["test_mlp_of_two_layers", "test_mlp_of_three_layers_with_an_output_function"],
)
def test_mlp_gradient(student, gradcheck, rng):
    arrays = [rng.normal(size=shape) for shape in [(4, 2), (4,), (1, 4), (1,), (3, 2)]]

    def run(package, *tensors):
        return network(package, tensors[:-1], activation=lambda a: a * a)(tensors[-1])

    gradcheck(run, *arrays, mode="fast", name="MLP (inputs: W, b, W, b, x)")


# Losses


@worth(1.5, "nn.MSELoss")
def test_mse_by_hand(student):
    value, _ = loss_and_gradient(student, "MSELoss", [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 5.0]])
    same(value, 14 / 4, "MSELoss of [[1, 2], [3, 4]] and [[1, 0], [0, 5]]")


@worth(1.5, "nn.MSELoss", "how many numbers go into the mean?", forward="test_mse_by_hand")
def test_mse_gradient(student, gradcheck, rng):
    target = rng.normal(size=(3, 2))
    gradcheck(lambda package, p: package.nn.MSELoss()(p, target), rng.normal(size=(3, 2)), name="MSELoss")


@worth(1, "nn.BCEWithLogitsLoss")
def test_bce_by_hand(student):
    value, _ = loss_and_gradient(student, "BCEWithLogitsLoss", [0.0, LN3, -LN3, LN3], [1.0, 1.0, 1.0, 0.0])
    want = (LN2 + np.log(4 / 3) + 2 * np.log(4.0)) / 4
    same(value, want, "BCEWithLogitsLoss: probabilities 1/2, 3/4, 1/4, 3/4, targets 1, 1, 1, 0")


@worth(1.5, "nn.BCEWithLogitsLoss", "both terms of the formula depend on the logit", forward="test_bce_by_hand")
def test_bce_gradient(student, gradcheck, rng):
    target = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    logits = rng.normal(size=(3, 2))
    gradcheck(lambda package, a: package.nn.BCEWithLogitsLoss()(a, target), logits, name="BCEWithLogitsLoss")


@worth(2, "nn.BCEWithLogitsLoss", "bring the logarithm and the exponential together before you compute either")
def test_bce_large_logits(student):
    value, grad = loss_and_gradient(student, "BCEWithLogitsLoss", [1e4, -1e4, 1e4, -1e4], [1.0, 0.0, 0.0, 1.0])
    same(value, 5000.0, "BCEWithLogitsLoss of [1e4, -1e4, 1e4, -1e4] and [1, 0, 0, 1]")
    same(grad, [0.0, 0.0, 0.25, -0.25], "BCEWithLogitsLoss of [1e4, -1e4, 1e4, -1e4] and [1, 0, 0, 1]: gradient")


@worth(1, "nn.CrossEntropyLoss")
def test_cross_entropy_by_hand(student):
    logits = [[0.0, 0.0, 0.0], [LN2, 0.0, 0.0], [LN2, 0.0, 0.0], [LN2, 0.0, 0.0]]
    value, _ = loss_and_gradient(student, "CrossEntropyLoss", logits, [1, 0, 1, 2])
    want = (LN3 + LN2 + 2 * np.log(4.0)) / 4
    same(value, want, "CrossEntropyLoss: rows 1/3, 1/3, 1/3 and thrice 1/2, 1/4, 1/4; labels 1, 0, 1, 2")


@worth(1.5, "nn.CrossEntropyLoss", "the logits of the wrong classes count too", forward="test_cross_entropy_by_hand")
def test_cross_entropy_gradient(student, gradcheck, rng):
    labels = np.array([2, 0, 0, 1])
    gradcheck(
        lambda package, a: package.nn.CrossEntropyLoss()(a, labels), rng.normal(size=(4, 3)), name="CrossEntropyLoss"
    )


@worth(2, "nn.CrossEntropyLoss", "a softmax of 0 has no logarithm: do not take them one after the other")
def test_cross_entropy_large_logits(student):
    logits = [[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]]
    value, grad = loss_and_gradient(student, "CrossEntropyLoss", logits, [0, 1])
    same(value, 1e4, "CrossEntropyLoss of two rows [1e4, -1e4, 0], labels 0 and 1")
    same(grad, [[0, 0, 0], [0.5, -0.5, 0]], "CrossEntropyLoss of two rows [1e4, -1e4, 0], labels 0 and 1: gradient")


@worth(1.5, "nn.HingeLoss")
def test_hinge_by_hand(student):
    value, _ = loss_and_gradient(student, "HingeLoss", [2.0, 0.5, -1.0, 0.25], [1, 1, 1, -1])
    same(value, (0.0 + 0.5 + 2.0 + 1.25) / 4, "HingeLoss of [2, 0.5, -1, 0.25] and [1, 1, 1, -1]")


@worth(
    1.5,
    "nn.HingeLoss",
    "where t s > 1 the loss does not move, elsewhere it moves with slope 1 over the number of elements",
    forward="test_hinge_by_hand",
)
def test_hinge_gradient(student, gradcheck):
    labels = np.array([1, 1, 1, -1, -1])
    scores = np.array([2.0, 0.5, -1.0, 0.5, -1.5])
    gradcheck(lambda package, s: package.nn.HingeLoss()(s, labels), scores, name="HingeLoss")


# The objective


def two_layers(student):
    """A module that holds two others, each with a weight and a bias."""
    model = student.nn.Module()
    model.layers = [
        layer(student, student.tensor.Tensor([[1.0, -2.0], [3.0, 0.0]]), student.tensor.Tensor([5.0, 5.0])),
        layer(student, student.tensor.Tensor([[-1.0, 4.0]]), student.tensor.Tensor([7.0])),
    ]
    return model


@worth(1, "nn.l2_penalty", "half of the sum of squares, and which parameters are to be left alone?")
def test_l2_penalty_by_hand(student):
    out = student.nn.l2_penalty(two_layers(student))
    same(values(student, out, "l2_penalty"), 15.5, "l2_penalty for weights [[1, -2], [3, 0]] and [[-1, 4]]")


@worth(1, "nn.l2_penalty", "the gradient of w * w / 2 is w")
def test_l2_penalty_gradient(student):
    model = two_layers(student)
    student.nn.l2_penalty(model).backward()
    same(model.layers[0].W.grad, [[1.0, -2.0], [3.0, 0.0]], "l2_penalty: gradient of W = [[1, -2], [3, 0]]")
    same(model.layers[1].W.grad, [[-1.0, 4.0]], "l2_penalty: gradient of W = [[-1, 4]]")


@worth(1, "nn.objective", "J has two terms; in which order does a loss take its inputs?")
def test_objective_by_hand(student):
    model = layer(student, student.tensor.Tensor([[1.0, -2.0]]), student.tensor.Tensor([3.0]))
    x, y = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 1.0]]), np.array([[1.0], [1.0], [1.0]])

    def loss(prediction, target):
        return (prediction * 2.0 - target).sum()

    with penalty_made_here(student):
        out = student.nn.objective(loss, model, x, y, 0.1)
    value = values(student, out, "objective")
    out.backward()
    same(value, 13.25, "objective: model x1 - 2 x2 + 3 of [1, 1], [2, 0], [0, 1], L = sum of 2 p - 1, lam = 0.1")
    same(model.W.grad, [[6.1, 3.8]], "objective: gradient of W = [[1, -2]] there")
    same(model.b.grad, [6.0], "objective: gradient of b there")


# XOR


@worth(3, "nn.xor_network", "section 5 finds a function's weights by hand; how do x1 + x2 and XOR go together?")
def test_xor_at_the_four_corners(student):
    hidden, last = student.nn.xor_network().layers
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    h = np.maximum(0.0, x @ hidden.W.data.T + hidden.b.data)
    same(h @ last.W.data.T + last.b.data, [[0.0], [1.0], [1.0], [0.0]], "xor_network at (0, 0), (0, 1), (1, 0), (1, 1)")


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
