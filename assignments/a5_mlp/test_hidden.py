"""Hidden tests of a5_mlp.

Expected values are computed here, by the formulas of the handout. Networks are put together from layers made here, the
objective has a model, a loss and a penalty made here. So a mistake loses points in its own exercise alone.
"""

import warnings
from contextlib import contextmanager, suppress
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

RTOL = 1e-12  # float64 has 16 digits, and no test here loses more than a few of them


# What the tests are made of


def worth(points, exercise, hint, **rides):
    """What a test is worth; `after` and `forward` name the tests that come first."""
    return pytest.mark.points(points, exercise=exercise, hint=hint, **rides)


def same(got, want, what, atol=1e-12):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert got is not None, f"{what}: got None, the backward pass did not come by; did a step go through .data?"
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {type(got).__name__}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=RTOL, atol=atol):
        pytest.fail(f"{what}: got {np.array2string(got)}, want {np.array2string(want)}")


def values(student, out, what):
    """The numbers of what student code returned, which must be a tensor."""
    assert isinstance(out, student.tensor.Tensor), f"{what}: got {type(out).__name__}, want a Tensor"
    return out.data


def as_tensor(student, given):
    """A tensor as it is, an array as a tensor of a copy: what is done to it in place stays there."""
    return given if isinstance(given, student.tensor.Tensor) else student.tensor.Tensor(np.array(given))


def fill(student, tensor, number):
    """Write into the tensor's own array, over there, as training in place does; where nobody can, nobody has to."""
    with suppress(ValueError, AttributeError):  # a read-only array; a module that imports numpy under another name
        student.tensor.np.ma.core.operator.attrgetter("data.fill")(tensor)(number)


# Linear


def linear(student, W, b):
    """The student's Linear with these weights; each is an array or a tensor."""
    n_out, n_in = W.shape
    made = student.nn.Linear(n_in, n_out, student.rng(0))
    made.W, made.b = as_tensor(student, W), as_tensor(student, b)
    return made


def check_linear(student, rng, n_in, n_out, shapes):
    """Fails unless one layer gives W x + b for each of these shapes of x."""
    W, b = rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)
    made = linear(student, W, b)
    for x in [rng.normal(size=shape) for shape in shapes]:
        out = made(as_tensor(student, x))
        same(values(student, out, "Linear"), x @ W.T + b, f"Linear({n_in}, {n_out}) of x with shape {x.shape}")


@worth(1, "nn.Linear", "one example and a batch of one example differ in shape, and so do their results")
def test_linear_of_one_example_and_of_a_batch(student, rng):
    check_linear(student, rng, 4, 3, [(4,), (1, 4), (3, 4), (4, 4), (5, 4)])


@worth(0.75, "nn.Linear", "if every side has the same length, only the formula tells W from its transpose")
def test_linear_square(student, rng):
    check_linear(student, rng, 3, 3, [(3,), (3, 3)])


@worth(0.25, "nn.Linear", "one input, one unit, no example at all: which shape should come out?")
def test_linear_sizes_zero_and_one(student, rng):
    check_linear(student, rng, 1, 3, [(1,), (5, 1)])
    check_linear(student, rng, 3, 1, [(3,), (5, 3), (0, 3)])
    check_linear(student, rng, 1, 1, [(1, 1)])


@worth(0.5, "nn.Linear", "operators take arrays as well as tensors, on either side; and x stays as it was")
def test_linear_of_arrays_and_integers(student, rng, held):
    W, b = rng.normal(size=(2, 3)), rng.normal(size=2)
    for x in (rng.normal(size=(4, 3)), rng.integers(-5, 5, size=(4, 3)), rng.normal(size=(3, 4)).T):
        given = held(x)
        out = linear(student, W, b)(given)
        same(values(student, out, "Linear of an array"), x @ W.T + b, "Linear(3, 2) of an array")
        assert np.array_equal(np.array(given), x), "Linear(3, 2) of an array: x was changed, want it unchanged"


@worth(0.25, "nn.Linear", "nothing is too small or too large to be multiplied: a clip or a rounding shows there")
def test_linear_of_tiny_and_huge_numbers(student):
    x = np.array([[1e-200, 1e200], [-3e100, 2e-100]])
    made = linear(student, np.array([[2.0, 0.0], [0.0, -3.0], [1e-50, 0.0]]), np.zeros(3))
    want = [[2e-200, -3e200, 1e-250], [-6e100, -6e-100, -3e50]]
    same(values(student, made(as_tensor(student, x)), "Linear"), want, f"Linear(2, 3) of {x.tolist()}", atol=0.0)


@worth(0.75, "nn.Linear", "training changes W.data and b.data: forward must look at them anew each time")
def test_linear_after_a_step_of_training(student, rng, held):
    made, x = student.nn.Linear(3, 2, student.rng(0)), rng.normal(size=(4, 3))
    made(np.array(x))
    for _ in range(2):
        W, b = rng.normal(size=(2, 3)), rng.normal(size=2)
        kept = held(np.array(W))
        made.W.data, made.b.data = kept, np.array(b)
        out = made(np.array(x))
        same(values(student, out, "Linear"), x @ W.T + b, "Linear(3, 2) after W.data and b.data were changed")
    kept[...] = -2.0 * W
    out = made(np.array(x))
    same(values(student, out, "Linear"), x @ (-2.0 * W).T + b, "Linear(3, 2) after W.data was changed in place")
    batch = held(np.array(x))
    for factor in (1.0, 3.0):
        batch[...] = factor * x
        out = made(batch)
        want = (factor * x) @ (-2.0 * W).T + b
        same(values(student, out, "Linear"), want, "Linear(3, 2) of one array, filled with other numbers for each call")


@worth(
    0.75, "nn.Linear", "one layer, several batches, and only then backward: what belongs to a call stays with that call"
)
def test_linear_of_several_batches_before_backward(student, rng):
    W, b = rng.normal(size=(3, 2)), rng.normal(size=3)
    made = linear(student, W, b)
    xs = [rng.normal(size=shape) for shape in [(4, 2), (2,), (3, 2)]]
    xs.append(np.array(xs[0]))  # equal numbers, but a batch of its own
    upstreams = [rng.normal(size=(*x.shape[:-1], 3)) for x in xs]
    tensors = [as_tensor(student, x) for x in xs]
    outs = [made(tensor) for tensor in tensors]
    for x, out in zip(xs, outs, strict=True):
        same(values(student, out, "Linear"), x @ W.T + b, f"Linear(2, 3) of several batches, one with shape {x.shape}")
    for out, upstream in zip(outs, upstreams, strict=True):
        out.backward(np.array(upstream))
    what = "Linear(2, 3) of several batches, then backward of each: gradient of "
    for x, tensor, upstream in zip(xs, tensors, upstreams, strict=True):
        same(tensor.grad, upstream @ W, f"{what}x with shape {x.shape}")
    of_W = sum(np.atleast_2d(u).T @ np.atleast_2d(x) for u, x in zip(upstreams, xs, strict=True))
    same(made.W.grad, of_W, f"{what}W")
    same(made.b.grad, sum(np.atleast_2d(upstream).sum(axis=0) for upstream in upstreams), f"{what}b")


VALUES_OF_LINEAR = ["test_linear_of_a_batch", "test_linear_of_one_example_and_of_a_batch"]


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(
            [(3, 3), (3,), (3, 3)],
            id="batch",
            marks=worth(
                0.5,
                "nn.Linear",
                "each example in the batch uses the same W and b: their parts add up",
                forward=VALUES_OF_LINEAR,
            ),
        ),
        pytest.param(
            [(2, 3), (2,), (3,)],
            id="one-example",
            marks=worth(
                0.5,
                "nn.Linear",
                "W, b and x all have a part in a, and all must stay on the tape",
                forward=VALUES_OF_LINEAR,
            ),
        ),
    ],
)
def test_linear_gradient(student, gradcheck, rng, shapes):
    arrays = [rng.normal(size=shape) for shape in shapes]
    gradcheck(lambda package, W, b, x: linear(package, W, b)(x), *arrays, name="Linear (inputs: W, b, x)")


# How the weights begin. Weights that no forward uses are worth nothing, so these ride on a test of forward that minds
# neither a transpose nor a bias. Chance fails none of them once in a thousand million runs.
USES_WEIGHTS = "test_linear_sends_its_input_through_the_weights"


def draw_weights(student, rng, n_in, n_out, gain=1.0):
    """The W of a new layer, times the root of n_in and over gain: standard normal numbers, if all is right.

    A transpose costs its points elsewhere.
    """
    made = student.nn.Linear(n_in, n_out, student.rng(int(rng.integers(2**32))), gain)
    W = values(student, made.W, f"Linear({n_in}, {n_out}).W")
    assert W.shape in [(n_out, n_in), (n_in, n_out)], (
        f"Linear({n_in}, {n_out}).W: got shape {W.shape}, want {(n_out, n_in)}"
    )
    return W * np.sqrt(n_in) / gain


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(
            [(600, 200, 1.0)],
            id="many-inputs",
            marks=worth(
                0.5,
                "nn.Linear",
                "how many terms has the sum that gives one a? One over that is the variance",
                after=USES_WEIGHTS,
            ),
        ),
        pytest.param(
            [(200, 600, 1.0)],
            id="many-units",
            marks=worth(
                0.5,
                "nn.Linear",
                "the number of units does not matter: each has its own sum",
                after=USES_WEIGHTS,
            ),
        ),
        pytest.param(
            [(300, 400, 2.0**0.5), (100, 60, 0.1), (50, 120, 3.0)],
            id="gain",
            marks=worth(
                0.5,
                "nn.Linear",
                "gain multiplies each weight: by what does it multiply the variance?",
                after=USES_WEIGHTS,
            ),
        ),
        pytest.param(
            [(1, 2_000, 1.0), (2_000, 1, 1.0), (2, 1_000, 1.0)],
            id="one-input-or-one-unit",
            marks=worth(
                0.5,
                "nn.Linear",
                "one input, one unit: the formula of the variance is the same",
                after=USES_WEIGHTS,
            ),
        ),
    ],
)
def test_linear_initial_variance(student, rng, layers):
    for n_in, n_out, gain in layers:
        z = draw_weights(student, rng, n_in, n_out, gain)
        ratio, what = np.mean(z**2), f"Linear({n_in}, {n_out}, gain={gain:.3f}).W"
        # The mean of N squares of standard normal numbers has standard deviation sqrt(2 / N). Seven of them are
        # exceeded once in 10,000 million runs, and come to 2.9 % of 120,000 numbers; the nearest wrong idea, Glorot's
        # 2 / (n_in + n_out), is off by 14 % or more there. Of fewer numbers the tail is heavier: eight.
        bound = (7 if n_in * n_out >= 100_000 else 8) * np.sqrt(2 / (n_in * n_out))
        assert abs(ratio - 1) < bound, (
            f"{what}: got {ratio:.3f} times the variance of section 2.1, want 1 within {bound:.1%}"
        )
        strays = abs(z.mean()) * np.sqrt(z.size)
        assert strays < 7, f"{what}: got a mean {strays:.0f} standard deviations off, want about 0"


@worth(
    0.75, "nn.Linear", "which of numpy's distributions is N of section 2.1? Draw a histogram of W", after=USES_WEIGHTS
)
def test_linear_initial_weights_are_normal(student, rng):
    z = draw_weights(student, rng, 800, 500)
    size = z.size
    assert abs(z.mean()) < 7 / np.sqrt(size), f"Linear(800, 500).W: got mean {z.mean() / 800**0.5:.2g}, want about 0"
    for edge in np.arange(-14, 15) / 4:
        share, want = np.mean(z <= edge), NormalDist().cdf(edge)
        # Bernstein's bound on how far a binomial number strays once in 10^12 runs.
        strays = (28 / 3 + np.sqrt((28 / 3) ** 2 + 56 * size * want * (1 - want))) / size
        assert abs(share - want) <= strays, (
            f"Linear(800, 500).W: got {share:.2%} of the weights up to {edge} standard deviations, want {want:.2%} "
            f"within {strays:.2%}, as of normal numbers"
        )
    # Of so many normal numbers 25 are expected beyond 4, and none is found once in 10^11 runs. Their fourth moment, put
    # like this, is 0 and has standard deviation sqrt(24 / N); of a sum of twelve uniform numbers it is -0.1.
    farthest, fourth = np.abs(z).max(), np.mean(z**4 - 6 * z**2 + 3) / np.sqrt(24 / size)
    assert farthest > 4, f"Linear(800, 500).W: got none beyond {farthest:.2f} standard deviations, want some beyond 4"
    assert abs(fourth) < 8, (
        f"Linear(800, 500).W: got tails {fourth:.0f} standard deviations from those of normal numbers, want about 0"
    )


@worth(
    0.75,
    "nn.Linear",
    "each weight is a draw of its own, and nothing is made of the draws but a multiple: not sorted, not repeated",
    after=USES_WEIGHTS,
)
def test_linear_initial_weights_are_independent(student, rng):
    z = draw_weights(student, rng, 400, 300)
    what, size = "Linear(400, 300).W", z.size
    n_different = len(np.unique(np.abs(z)))
    assert n_different >= size - 1, f"{what}: got {n_different} different sizes of weights, want {size}"
    exact = min(abs(z.mean()) * np.sqrt(size), abs(np.mean(z**2) - 1) * np.sqrt(size / 2))
    assert exact > 1e-11, f"{what}: got mean or variance exactly as in the formula, want them left to chance"
    for lines, of in ((z, "rows"), (z.T, "columns")):
        count, length = lines.shape
        beside = np.mean(lines[:, 1:] * lines[:, :-1]) * np.sqrt(count * (length - 1))
        assert abs(beside) < 8, (
            f"{what}: got a correlation of {beside:.0f} standard deviations between neighbours in its {of}, want none"
        )
        # Each of these is 1 on average, and strays by less than a tenth.
        products = lines @ lines.T / np.sqrt(length)
        apart = np.mean(products[~np.eye(count, dtype=bool)] ** 2)
        sizes = np.mean((np.diag(products) - np.sqrt(length)) ** 2) / 2
        means = np.mean(lines.sum(axis=1) ** 2) / length
        for value, low, high, which in [
            (apart, 0.8, 1.25, "products of two"),
            (sizes, 0.25, 2.5, "lengths"),
            (means, 0.25, 2.5, "means"),
        ]:
            assert low < value < high, (
                f"{what}: {of}: the {which} stray {value:.2g} times as far as those of independent weights"
            )


@worth(
    0.75,
    "nn.Linear",
    "a tensor that was computed from others is no parameter, and one that forward keeps would be: keep W and b only",
    after=USES_WEIGHTS,
)
def test_linear_parameters_are_W_and_b(student):
    made = student.nn.Linear(4, 3, student.rng(0))
    for when in ("", " after a call"):
        shapes = sorted(parameter.data.shape for parameter in made.parameters())
        assert shapes == [(3,), (3, 4)], f"Linear(4, 3).parameters(){when}: got shapes {shapes}, want those of b and W"
        made(np.ones((2, 4)))
    same(values(student, made.b, "Linear(4, 3).b"), np.zeros(3), "Linear(4, 3).b")
    same(values(student, made.W, "Linear(4, 3).W") * 0.0, np.zeros((3, 4)), "Linear(4, 3).W times 0")


@worth(0.5, "nn.Linear", "draw from the rng that was passed in, and leave it where you stopped", after=USES_WEIGHTS)
def test_linear_draws_from_rng(student):
    rng, again = student.rng(3), student.rng(3)
    drawn = [student.nn.Linear(3, 2, rng).W.data for _ in range(2)]
    repeated = [student.nn.Linear(3, 2, again).W.data for _ in range(2)]
    for first, second in zip(drawn, repeated, strict=True):
        same(second, first, "Linear(3, 2) twice from one rng, then again from the same seed: W")
    assert not np.array_equal(*drawn), "Linear(3, 2) twice from one rng: got the same W, want different ones"
    untouched = student.rng(3).random()
    assert rng.random() != untouched, "Linear(3, 2) twice from one rng: got an rng from which nothing was drawn"


@worth(0.25, "nn.Linear", "two layers of one shape share no tensor and no array", after=USES_WEIGHTS)
def test_linear_layers_share_nothing(student):
    rng = student.rng(0)
    changed, other = student.nn.Linear(3, 2, rng), student.nn.Linear(3, 2, rng)
    W = other.W.data
    for tensor in (changed.W, changed.b):
        fill(student, tensor, 7.0)
        tensor.data = np.full(tensor.data.shape, 8.0)
    what = "Linear(3, 2) twice, the first one changed"
    same(other.W.data, W, f"{what}: W of the second")
    same(other.b.data, np.zeros(2), f"{what}: b of the second")
    same(student.nn.Linear(3, 2, rng).b.data, np.zeros(2), f"{what}: b of a third")


# MLP


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


def draw_parameters(rng, sizes):
    """Random W, b, W, b, ... for a network of these sizes."""
    shapes = [shape for n_in, n_out in pairwise(sizes) for shape in ((n_out, n_in), (n_out,))]
    return [rng.normal(size=shape) for shape in shapes]


def propagate(parameters, x, activation, output=lambda a: a):
    """The lecture's forward propagation in numpy."""
    h, n_layers = x, len(parameters) // 2
    for k in range(n_layers):
        a = h @ parameters[2 * k].T + parameters[2 * k + 1]
        h = activation(a) if k < n_layers - 1 else output(a)
    return h


def off_tape(student, function):
    """A function of arrays as one of tensors, for tests of values: it needs no operation of anybody's."""
    return lambda a: student.tensor.Tensor(function(a.data))


@worth(2, "nn.MLP", "the first layer may be the last one, too")
def test_mlp_of_one_layer(student, rng):
    parameters, x = draw_parameters(rng, (3, 2)), rng.normal(size=(4, 3))
    for output, of_numpy in [(None, lambda a: a), (off_tape(student, np.exp), np.exp)]:
        mlp = network(student, parameters, activation=off_tape(student, np.cos), output=output)
        what = "MLP of one layer, cos as its activation" + ("" if output is None else ", exp as its output")
        same(values(student, mlp(as_tensor(student, x)), "MLP"), propagate(parameters, x, np.cos, of_numpy), what)


@worth(2, "nn.MLP", "what happens in layer k, and what is different in the last one?")
def test_mlp_of_any_depth(student, rng):
    for sizes in [(3, 3, 3, 2), (1, 2, 2, 3, 2, 2), (3, 100, 2)]:
        parameters, x = draw_parameters(rng, sizes), rng.normal(size=(4, sizes[0]))
        mlp = network(student, parameters, activation=off_tape(student, np.cos))
        want = propagate(parameters, x, np.cos)
        same(values(student, mlp(as_tensor(student, x)), "MLP"), want, f"MLP of sizes {sizes}, cos as its activation")


@worth(1.5, "nn.MLP", "the output function stands in place of the last activation; it neither comes on top nor before")
def test_mlp_output_function(student, rng):
    parameters, x = draw_parameters(rng, (3, 4, 2)), rng.normal(size=(5, 3))
    functions = (lambda a: a * a + 0.5), (lambda a: 3.0 - a)
    activation, output = (off_tape(student, function) for function in functions)
    mlp = network(student, parameters, activation=activation, output=output)
    want = propagate(parameters, x, *functions)
    same(values(student, mlp(as_tensor(student, x)), "MLP"), want, "MLP with a² + 0.5 as activation, 3 - a as output")
    mlp.output = mlp.activation
    want = propagate(parameters, x, functions[0], functions[0])
    same(values(student, mlp(as_tensor(student, x)), "MLP"), want, "MLP with a² + 0.5 as activation and as output")


@worth(1, "nn.MLP", "use the function that the network was given, whichever it is")
def test_mlp_default_activation(student, rng):
    parameters, x = draw_parameters(rng, (3, 4, 2)), rng.normal(size=(5, 3))
    out = network(student, parameters)(as_tensor(student, x))
    same(values(student, out, "MLP"), propagate(parameters, x, np.tanh), "MLP of two layers without further options")


@worth(1, "nn.MLP", "an example alone must get what it gets within a batch")
def test_mlp_of_one_example(student, rng):
    for sizes, shapes in [((3, 4, 2), [(3,), (1, 3), (0, 3)]), ((3, 2, 1), [(3,), (1, 3)])]:
        parameters = draw_parameters(rng, sizes)
        mlp = network(student, parameters, activation=off_tape(student, np.cos))
        for shape in shapes:
            x = rng.normal(size=shape)
            out, want = mlp(as_tensor(student, x)), propagate(parameters, x, np.cos)
            same(values(student, out, "MLP"), want, f"MLP of sizes {sizes}, x of shape {shape}")


@worth(0.5, "nn.MLP", "a layer may have one unit, and the input may be an array")
def test_mlp_of_an_array_through_one_unit(student, rng):
    parameters, x = draw_parameters(rng, (2, 1, 3)), rng.normal(size=(5, 2))
    out = network(student, parameters, activation=off_tape(student, np.cos))(np.array(x))
    same(values(student, out, "MLP"), propagate(parameters, x, np.cos), "MLP of sizes (2, 1, 3) of an array")


@worth(
    2,
    "nn.MLP",
    "from x to the output there must be an unbroken chain of operations on tensors",
    forward=["test_mlp_of_two_layers", "test_mlp_of_any_depth"],
)
def test_mlp_gradient(student, gradcheck, rng):
    arrays = [*draw_parameters(rng, (2, 3, 1)), rng.normal(size=(4, 2))]

    def run(package, *tensors):
        mlp = network(package, tensors[:-1], activation=lambda a: a * a, output=lambda a: a * a + a)
        return mlp(tensors[-1])

    scaled = [0.5 * array for array in arrays]  # squares of squares grow fast
    gradcheck(run, *scaled, mode="fast", name="MLP (inputs: W, b, W, b, x)")


@worth(1, "nn.MLP", "each call is computed anew, from its own x and from the weights as they are by then; keep nothing")
def test_mlp_called_again(student, rng):
    sizes = (2, 3, 1)
    both, x = [draw_parameters(rng, sizes) for _ in range(2)], rng.normal(size=(4, 2))
    first, other = (network(student, parameters, activation=lambda a: a * a) for parameters in both)
    xs = [as_tensor(student, x) for _ in range(3)]
    outs = [mlp(tensor) for mlp, tensor in zip((first, other, first), xs, strict=True)]
    for out, (W, b, V, c) in zip(outs, (both[0], both[1], both[0]), strict=True):
        want = (x @ W.T + b) ** 2 @ V.T + c
        same(values(student, out, "MLP"), want, "two MLPs of sizes (2, 3, 1) of one x in turns, a² as activation")
    W, b, V, c = both[0]
    upstreams = rng.normal(size=(2, 4, 1))
    for tensor, out, upstream in zip(xs[::2], outs[::2], upstreams, strict=True):
        out.backward(np.array(upstream))
        want = (2 * (x @ W.T + b) * (upstream @ V)) @ W
        same(tensor.grad, want, "MLP of sizes (2, 3, 1) of two equal x, backward of both: gradient of each x")
    want = sum(upstreams).T @ (x @ W.T + b) ** 2
    same(
        first.layers[1].W.grad, want, "MLP of sizes (2, 3, 1) of two equal x, backward of both: gradient of the last W"
    )
    shapes = sorted(parameter.data.shape for parameter in first.parameters())
    assert shapes == [(1,), (1, 3), (3,), (3, 2)], (
        f"MLP of sizes (2, 3, 1) after some calls: parameters(): got shapes {shapes}, want those of its layers"
    )
    first.layers[1].W.data = -2.0 * V
    out = first(as_tensor(student, x))
    want = (x @ W.T + b) ** 2 @ (-2.0 * V).T + c
    same(values(student, out, "MLP"), want, "MLP of sizes (2, 3, 1) of the same x after a change of W.data")


@worth(1, "nn.MLP", "go through self.layers as they are at the call, each as often as it stands there")
def test_mlp_with_other_layers(student, rng):
    shared, last, x = draw_parameters(rng, (2, 2)), draw_parameters(rng, (2, 3)), rng.normal(size=(4, 2))
    mlp = network(student, [*shared, *last], activation=off_tape(student, np.cos))
    want = propagate([*shared, *last], x, np.cos)
    same(values(student, mlp(as_tensor(student, x)), "MLP"), want, "MLP of sizes (2, 2, 3), cos as its activation")
    one, two = list(mlp.layers)
    mlp.layers = [one, one, one, two]
    mlp.activation, mlp.output = off_tape(student, np.square), off_tape(student, np.negative)
    want = propagate([*shared * 3, *last], x, np.square, np.negative)
    what = "MLP of the same layers, the first one thrice, now with a² as activation and -a as output"
    same(values(student, mlp(as_tensor(student, x)), "MLP"), want, what)


# Losses


def loss_and_gradient(student, name, prediction, target):
    """The value of a loss, and its gradient by the tape with respect to the prediction; a warning is a failure."""
    tensor = student.tensor.Tensor(np.array(prediction, dtype=np.float64))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        out = getattr(student.nn, name)()(tensor, np.array(target))
        value = values(student, out, name)
        out.backward()
    for warning in caught:
        pytest.fail(f"{name}: got a warning, {warning.message}, want none")
    return value, tensor.grad


def check_values(student, name, formula, cases):
    """Fails unless the loss is the mean of formula(prediction, target) in each of the cases."""
    for prediction, target in cases:
        want = np.mean(formula(prediction, target))
        value, _ = loss_and_gradient(student, name, prediction, target)
        same(value, want, f"{name} of shape {np.shape(prediction)}")


def check_one_object(student, held, name, formula, slopes, cases):
    """Fails unless one loss object keeps its batches apart: all forward passes first, then all backward ones.

    slopes(prediction, target) is the gradient of the sum of formula(prediction, target). The targets stay as they were.
    At the end one of them is filled with other numbers.
    """
    loss, what = getattr(student.nn, name)(), f"one {name} for several batches"
    tensors = [as_tensor(student, prediction) for prediction, _ in cases]
    targets = [held(np.array(target)) for _, target in cases]
    outs = [loss(tensor, target) for tensor, target in zip(tensors, targets, strict=True)]
    for out, (prediction, target) in zip(outs, cases, strict=True):
        same(values(student, out, name), np.mean(formula(prediction, target)), f"{what}: shape {prediction.shape}")
    for out in outs:
        out.backward()
    for tensor, given, (prediction, target) in zip(tensors, targets, cases, strict=True):
        want = slopes(prediction, target) / np.size(formula(prediction, target))
        same(tensor.grad, want, f"{what}, then backward of each: gradient for shape {prediction.shape}")
        same(tensor.data, prediction, f"{what}: prediction after the calls")
        assert np.array_equal(np.array(given), target), f"{what}: a target was changed, want it unchanged"
    prediction, other = cases[0][0], np.flip(cases[0][1])
    targets[0][...] = other
    out = loss(tensors[0], targets[0])
    want = np.mean(formula(prediction, other))
    same(values(student, out, name), want, f"{what}: the first again, its target filled with other numbers")


def check_gradient(gradcheck, name, prediction, target):
    gradcheck(
        lambda package, p: getattr(package.nn, name)()(p, target),
        prediction,
        name=f"{name} of shape {prediction.shape}",
    )


def squared(prediction, target):
    return (prediction - target) ** 2


@worth(1.5, "nn.MSELoss", "the mean is taken over all elements, of all examples and all outputs")
def test_mse_of_several_shapes(student, rng):
    cases = [
        (rng.normal(size=shape), rng.normal(size=shape)) for shape in [(5,), (4, 1), (3, 4), (2, 3, 2), (), (1, 1)]
    ]
    check_values(student, "MSELoss", squared, cases)


@worth(
    1,
    "nn.MSELoss",
    "by how much does the mean move when one prediction does?",
    forward=["test_mse_by_hand", "test_mse_of_several_shapes"],
)
def test_mse_gradient(student, gradcheck, rng):
    for shape in [(4,), (5, 1)]:
        check_gradient(gradcheck, "MSELoss", rng.normal(size=shape), rng.normal(size=shape))


@worth(
    0.5, "nn.MSELoss", "a prediction below the target is as wrong as one above, and no prediction is wrong by nothing"
)
def test_mse_signs_and_large_errors(student):
    value, grad = loss_and_gradient(student, "MSELoss", [1e4, -1e4, 3.0, 3.0], np.array([-1e4, 1e4, 3.0, 5.0]))
    same(value, (4e8 + 4e8 + 4) / 4, "MSELoss of [1e4, -1e4, 3, 3] and [-1e4, 1e4, 3, 5]")
    same(grad, [1e4, -1e4, 0.0, -1.0], "MSELoss of [1e4, -1e4, 3, 3] and [-1e4, 1e4, 3, 5]: gradient")


@worth(0.5, "nn.MSELoss", "a square is a square, be the error as small or as large as it may: no clip, no threshold")
def test_mse_of_tiny_and_huge_errors(student):
    for size in (1e-100, 1e-8, 1e100):
        prediction, what = size * np.array([3.0, -4.0, 1e-3, 0.0]), f"MSELoss of {size:g} times [3, -4, 0.001, 0] and 0"
        value, grad = loss_and_gradient(student, "MSELoss", prediction, np.zeros(4))
        same(value, size**2 * (25.0 + 1e-6) / 4, what, atol=0.0)
        same(grad, prediction / 2, f"{what}: gradient", atol=0.0)
    errors = 2.0 ** -np.array([10, 20, 27, 34]) * np.array([1, -1, 1, -1])
    value, grad = loss_and_gradient(student, "MSELoss", 1.0 + errors, np.ones(4))
    same(value, np.mean(errors**2), "MSELoss of 1 + 2^-10, 1 - 2^-20, 1 + 2^-27, 1 - 2^-34 and ones")
    same(grad, errors / 2, "MSELoss of 1 + 2^-10, 1 - 2^-20, 1 + 2^-27, 1 - 2^-34 and ones: gradient")


@worth(0.5, "nn.MSELoss", "look at the inputs, and change neither; whole numbers are numbers too")
def test_mse_leaves_its_inputs_alone(student, held):
    prediction, target = held(np.array([1.0, 2.0])), held(np.array([3, 5]))
    tensor = student.tensor.Tensor(prediction)
    value = values(student, student.nn.MSELoss()(tensor, target), "MSELoss")
    same(value, 6.5, "MSELoss of [1, 2] and whole numbers [3, 5]")
    same(tensor.data, [1.0, 2.0], "MSELoss: prediction after the call")
    assert np.array_equal(np.array(target), [3, 5]), "MSELoss: the target was changed, want it unchanged"
    value = values(student, student.nn.MSELoss()(as_tensor(student, [1.0, 2.5]), [3, 5]), "MSELoss")
    same(value, 5.125, "MSELoss of [1, 2.5] and a list [3, 5]")


@worth(1, "nn.MSELoss", "keep nothing between calls: each loss goes back to its own prediction and target")
def test_mse_one_object_for_several_batches(student, held, rng):
    cases = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in [(3, 2), (4,), (3, 2)]]
    check_one_object(student, held, "MSELoss", squared, lambda p, t: 2 * (p - t), cases)


def binary_cross_entropy(logits, target):
    return target * np.logaddexp(0.0, -logits) + (1 - target) * np.logaddexp(0.0, logits)


@worth(2, "nn.BCEWithLogitsLoss", "a target need not be 0 or 1: compute both terms, each with its own weight")
def test_bce_targets_between_zero_and_one(student, rng):
    cases = [(3 * rng.normal(size=6), rng.uniform(size=6)) for _ in range(3)]
    near = 2.0 ** -np.array([20, 30])  # beside 0 and 1, but neither
    cases.append((np.array([5.0, 5.0, -5.0, -5.0]), np.concatenate([near, 1 - near])))
    check_values(student, "BCEWithLogitsLoss", binary_cross_entropy, cases)


@worth(1.25, "nn.BCEWithLogitsLoss", "the mean is taken over all elements, of all examples and all outputs")
def test_bce_of_several_shapes(student, rng):
    cases = [(rng.normal(size=shape), rng.integers(0, 2, size=shape)) for shape in [(5,), (4, 1), (3, 4), (), (1, 1)]]
    check_values(student, "BCEWithLogitsLoss", binary_cross_entropy, cases)


@worth(
    1,
    "nn.BCEWithLogitsLoss",
    "this probability is so near to 1 that float64 cannot tell them apart; is the loss small? And if it is right?",
)
def test_bce_confident_and_wrong_or_right(student):
    value, grad = loss_and_gradient(student, "BCEWithLogitsLoss", [40.0, -40.0], np.array([0.0, 1.0]))
    same(value, 40.0, "BCEWithLogitsLoss of [40, -40] and [0, 1]")
    same(grad, [0.5, -0.5], "BCEWithLogitsLoss of [40, -40] and [0, 1]: gradient")
    for logit in (21.0, 1e4):
        right, probability = np.log1p(np.exp(-logit)), 1.0 / (1.0 + np.exp(min(logit, 700.0)))
        for target, want, slope in [([1, 0], right, -probability), ([0, 1], logit + right, 1.0 - probability)]:
            value, grad = loss_and_gradient(student, "BCEWithLogitsLoss", [logit, -logit], target)
            what = f"BCEWithLogitsLoss of [{logit:g}, {-logit:g}] and {target}"
            same(value, want, what)
            same(grad, [slope / 2, -slope / 2], f"{what}: gradient")


LARGE = np.array([[1e4, -1e4, 1e4, -1e4], [800.0, -800.0, 800.0, -800.0]])
LARGE_TARGET = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.25, 0.25]])


@worth(1.75, "nn.BCEWithLogitsLoss", "e to the 800 is more than float64 can hold: let the exponent be negative")
def test_bce_large_logits(student):
    value, _ = loss_and_gradient(student, "BCEWithLogitsLoss", LARGE, LARGE_TARGET)
    same(value, (20_000 + 1600 + 600 + 200) / 8, "BCEWithLogitsLoss of logits up to 1e4")


@worth(
    1.75, "nn.BCEWithLogitsLoss", "for large logits the gradient is near a simple number; infinity times zero is none"
)
def test_bce_gradient_at_large_logits(student):
    _, grad = loss_and_gradient(student, "BCEWithLogitsLoss", LARGE, LARGE_TARGET)
    want = np.array([[1.0, -1.0, 0.0, 0.0], [1.0, -1.0, 0.75, -0.25]]) / 8
    same(grad, want, "BCEWithLogitsLoss of logits up to 1e4: gradient")


@worth(
    0.75,
    "nn.BCEWithLogitsLoss",
    "this loss has no kink: put together from pieces that have, it may get a wrong slope there",
)
def test_bce_gradient_at_zero(student):
    for logit in (0.0, 1e-300, -1e-12):
        value, grad = loss_and_gradient(student, "BCEWithLogitsLoss", np.full(3, logit), np.array([0.0, 1.0, 0.25]))
        what = f"BCEWithLogitsLoss of logits {logit:g} and targets [0, 1, 0.25]"
        same(value, np.log(2.0), what)
        same(grad, np.array([0.5, -0.5, 0.25]) / 3, f"{what}: gradient")


@worth(
    1,
    "nn.BCEWithLogitsLoss",
    "compare with probability minus target, over the number of elements",
    forward=["test_bce_by_hand", "test_bce_of_several_shapes"],
)
def test_bce_gradient(student, gradcheck, rng):
    check_gradient(gradcheck, "BCEWithLogitsLoss", rng.normal(size=(4, 1)), rng.uniform(size=(4, 1)))


@worth(1, "nn.BCEWithLogitsLoss", "keep nothing between calls: each loss goes back to its own logits and target")
def test_bce_one_object_for_several_batches(student, held, rng):
    cases = [(2 * rng.normal(size=shape), rng.uniform(size=shape)) for shape in [(3, 2), (4,), (3, 2)]]

    def slopes(logits, target):
        return 1.0 / (1.0 + np.exp(-logits)) - target

    check_one_object(student, held, "BCEWithLogitsLoss", binary_cross_entropy, slopes, cases)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_entropy(logits, labels):
    return -np.log(softmax(logits)[np.arange(len(labels)), labels])


@worth(2, "nn.CrossEntropyLoss", "each example has one term: that of its own class")
def test_cross_entropy_of_several_shapes(student, rng):
    cases = [
        (2 * rng.normal(size=(batch, classes)), rng.integers(0, classes, size=batch))
        for batch, classes in [(5, 3), (2, 6), (8, 2)]
    ]
    cases.append(tuple(each[[0, 1, 1, 2, 1]] for each in cases[0]))  # equal examples count as often as they are there
    check_values(student, "CrossEntropyLoss", cross_entropy, cases)


@worth(1, "nn.CrossEntropyLoss", "as many examples as classes: along which axis do probabilities sum to 1?")
def test_cross_entropy_of_a_square(student, rng):
    cases = [(2 * rng.normal(size=(4, 4)), np.array(labels)) for labels in ([3, 1, 1, 0], [2, 2, 2, 2], [0, 0, 0, 0])]
    check_values(student, "CrossEntropyLoss", cross_entropy, cases)


@worth(0.75, "nn.CrossEntropyLoss", "one example is a batch of one; of one class one is certain")
def test_cross_entropy_sizes_one(student, rng):
    cases = [(rng.normal(size=(1, 3)), np.array([2])), (rng.normal(size=(3, 1)), np.array([0, 0, 0]))]
    check_values(student, "CrossEntropyLoss", cross_entropy, cases)


@worth(1, "nn.CrossEntropyLoss", "add the same to all logits of a row: what happens to the probabilities?")
def test_cross_entropy_of_shifted_rows(student, rng):
    logits, labels = rng.normal(size=(4, 3)), np.array([0, 2, 1, 0])
    shift = np.array([[1000.0], [-1000.0], [0.0], [300.0]])
    value, grad = loss_and_gradient(student, "CrossEntropyLoss", logits + shift, labels)
    want = (softmax(logits) - np.eye(3)[labels]) / 4
    # Adding 1000 has cost the logits three of their sixteen digits.
    ours = np.mean(cross_entropy(logits + shift, labels))
    same(value, ours, "CrossEntropyLoss of rows shifted by up to 1000")
    assert np.allclose(grad, want, atol=1e-11), f"CrossEntropyLoss of rows shifted by up to 1000: gradient {grad}"


LARGE_ROWS = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [-1e4, -1e4, -1e4], [800.0, 0.0, -800.0]])
LARGE_LABELS = np.array([1, 2, 0, 0])


@worth(1.75, "nn.CrossEntropyLoss", "a softmax of 0 has no logarithm: do not take them one after the other")
def test_cross_entropy_large_logits(student):
    value, _ = loss_and_gradient(student, "CrossEntropyLoss", LARGE_ROWS, LARGE_LABELS)
    same(value, (20_000 + np.log(2.0) + np.log(3.0)) / 4, "CrossEntropyLoss of logits up to 1e4")
    for logit in (21.0, 1e4):
        value, _ = loss_and_gradient(student, "CrossEntropyLoss", [[0.0, logit], [logit, 0.0]], np.array([1, 0]))
        same(value, np.log1p(np.exp(-logit)), f"CrossEntropyLoss of [0, {logit:g}], [{logit:g}, 0], labels 1 and 0")


@worth(
    1.75, "nn.CrossEntropyLoss", "for large logits the gradient is near a simple number; infinity times zero is none"
)
def test_cross_entropy_gradient_at_large_logits(student):
    _, grad = loss_and_gradient(student, "CrossEntropyLoss", LARGE_ROWS, LARGE_LABELS)
    want = np.array([[1.0, -1.0, 0.0], [0.0, 0.5, -0.5], [-2 / 3, 1 / 3, 1 / 3], [0.0, 0.0, 0.0]]) / 4
    same(grad, want, "CrossEntropyLoss of logits up to 1e4: gradient")


@worth(
    1.25,
    "nn.CrossEntropyLoss",
    "compare with softmax minus one-hot, over the size of the batch",
    forward=["test_cross_entropy_by_hand", "test_cross_entropy_of_several_shapes"],
)
def test_cross_entropy_gradient(student, gradcheck, rng):
    logits = rng.normal(size=(3, 3))
    check_gradient(gradcheck, "CrossEntropyLoss", logits, np.array([2, 0, 0]))


@worth(1, "nn.CrossEntropyLoss", "keep nothing between calls: each loss goes back to its own logits and labels")
def test_cross_entropy_one_object_for_several_batches(student, held, rng):
    labels = [np.array(each) for each in ([2, 0, 1, 2], [3, 1], [0, 0, 2, 1])]
    cases = [(2 * rng.normal(size=(len(each), max(each) + 1)), each) for each in labels]

    def slopes(logits, labels):
        return softmax(logits) - np.eye(logits.shape[1])[labels]

    check_one_object(student, held, "CrossEntropyLoss", cross_entropy, slopes, cases)


def hinge(scores, labels):
    return np.maximum(0.0, 1.0 - labels * scores)


@worth(1.25, "nn.HingeLoss", "the mean is taken over all elements, also over those whose loss is zero")
def test_hinge_of_several_shapes(student, rng):
    cases = [
        (2 * rng.normal(size=shape), rng.choice([-1, 1], size=shape)) for shape in [(7,), (6, 1), (3, 4), (), (1, 1)]
    ]
    check_values(student, "HingeLoss", hinge, cases)


@worth(
    0.75,
    "nn.HingeLoss",
    "the label turns the axis round: what is far on the right side costs nothing, on the wrong side much",
)
def test_hinge_large_scores(student):
    value, grad = loss_and_gradient(student, "HingeLoss", [1e4, -1e4, 1e4, -1e4], np.array([1.0, -1.0, -1.0, 1.0]))
    same(value, 10_001 / 2, "HingeLoss of [1e4, -1e4, 1e4, -1e4] and [1, -1, -1, 1]")
    same(grad, [0.0, 0.0, 0.25, -0.25], "HingeLoss of [1e4, -1e4, 1e4, -1e4] and [1, -1, -1, 1]: gradient")


@worth(
    0.75,
    "nn.HingeLoss",
    "inside of the margin, on the right side already: does the loss still move?",
    forward=["test_hinge_by_hand", "test_hinge_of_several_shapes"],
)
def test_hinge_gradient(student, gradcheck, rng):
    scores = rng.choice([-1.7, -0.6, 0.4, 1.3], size=(4, 2)) + rng.uniform(-0.2, 0.2, size=(4, 2))
    check_gradient(gradcheck, "HingeLoss", scores, rng.choice([-1, 1], size=(4, 2)))


@worth(
    1.25,
    "nn.HingeLoss",
    "at the kink every slope between left and right will do, but it has to be a number; beside it there is no choice",
    forward=["test_hinge_by_hand", "test_hinge_of_several_shapes"],
)
def test_hinge_gradient_at_the_kink(student, gradcheck):
    check_gradient(gradcheck, "HingeLoss", np.array([1.0, -1.0, 1.0, 0.0]), np.array([1, -1, -1, 1]))
    for power in (-30, -40):
        near, what = 2.0**power, f"HingeLoss of scores 2^{power} beside the kinks"
        scores, labels = np.array([1 - near, 1 + near, near - 1, -1 - near]), np.array([1, 1, -1, -1])
        value, grad = loss_and_gradient(student, "HingeLoss", scores, labels)
        same(value, near / 2, f"{what}, labels {labels}", atol=1e-15)
        same(grad, [-0.25, 0.0, 0.25, 0.0], f"{what}, labels {labels}: gradient")


@worth(1, "nn.HingeLoss", "keep nothing between calls: each loss goes back to its own scores and labels")
def test_hinge_one_object_for_several_batches(student, held, rng):
    cases = [(2 * rng.normal(size=shape), rng.choice([-1, 1], size=shape)) for shape in [(3, 2), (7,), (3, 2)]]
    check_one_object(student, held, "HingeLoss", hinge, lambda s, t: np.where(t * s < 1, -t, 0), cases)


# The objective


def module(student, **parts):
    made = student.nn.Module()
    for name, part in parts.items():
        setattr(made, name, part)
    return made


def weight_and_bias(student, rng, n_in, n_out):
    """A module with random W and b, and these as arrays."""
    W, b = rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)
    return module(student, W=as_tensor(student, W), b=as_tensor(student, b)), W, b


@worth(1, "nn.l2_penalty", "any module may come, not only a network: ask it for its parameters, each of them once")
def test_l2_penalty_of_nested_modules(student, rng):
    parts = [weight_and_bias(student, rng, n_in, n_out) for n_in, n_out in [(2, 3), (3, 3), (3, 1), (1, 2), (1, 1)]]
    modules = [part for part, _, _ in parts]
    halves = [0.5 * np.sum(W**2) for _, W, _ in parts]
    twin = module(student, W=as_tensor(student, parts[1][1]))  # equal numbers, but a matrix of its own
    modules.append(twin)
    halves.append(halves[1])
    nested = module(
        student,
        first=modules[0],
        twin=twin,
        rest=(module(student, inner=modules[1]), [modules[2], modules[3]], modules[4]),
        again=modules[1],
        tied=modules[2].W,
        computed=modules[0].W.T,
    )
    same(values(student, student.nn.l2_penalty(nested), "l2_penalty"), sum(halves), "l2_penalty of modules in modules")
    for at, shape in [(2, (1, 3)), (4, (1, 1))]:
        out = student.nn.l2_penalty(modules[at])
        same(values(student, out, "l2_penalty"), halves[at], f"l2_penalty of a single layer with W of shape {shape}")


@worth(0.75, "nn.l2_penalty", "what does the penalty say of a bias? And how does it know one from a weight?")
def test_l2_penalty_leaves_biases_alone(student, rng):
    made, W, _ = weight_and_bias(student, rng, 2, 3)
    want = 0.5 * np.sum(W**2)
    before = values(student, student.nn.l2_penalty(made), "l2_penalty")
    made.b.data = np.array([100.0, -200.0, 300.0])
    after = values(student, student.nn.l2_penalty(made), "l2_penalty")
    same(before, want, "l2_penalty of W and b")
    same(after, want, "l2_penalty of the same W and a larger b")
    other = module(student, **{name: as_tensor(student, a) for name, a in [("b", W), ("W", W[0]), ("slope", W[0, 0])]})
    same(
        values(student, student.nn.l2_penalty(other), "l2_penalty"),
        want,
        "l2_penalty of parameters of shapes (3, 2), (2,) and (), whatever they are called",
    )


@worth(1, "nn.l2_penalty", "differentiate half of w squared; through .data nothing gets back to W")
def test_l2_penalty_gradient(student, rng):
    parts = [weight_and_bias(student, rng, n_in, n_out) for n_in, n_out in [(2, 3), (3, 1), (1, 1)]]
    modules = [part for part, _, _ in parts]
    out = student.nn.l2_penalty(module(student, layers=[*modules, modules[0]]))
    values(student, out, "l2_penalty")
    out.backward()
    for made, W, b in parts:
        same(made.W.grad, W, "l2_penalty: gradient of W")
        bias = made.b.grad
        assert bias is None or not bias.any(), f"l2_penalty: gradient of b: got {bias}, want none, b = {b}"


@worth(0.75, "nn.l2_penalty", "weights move from step to step: look at them anew at each call, and change none of them")
def test_l2_penalty_of_weights_that_change(student, rng, held):
    W = rng.normal(size=(3, 2))
    kept = held(np.array(W))
    made = module(student, W=student.tensor.Tensor(kept), b=as_tensor(student, rng.normal(size=3)))
    grad = np.zeros(W.shape)
    for factor in (1.0, -2.0, 4.0):
        kept[...] = factor * W
        out = student.nn.l2_penalty(made)
        same(values(student, out, "l2_penalty"), factor**2 * 0.5 * np.sum(W**2), "l2_penalty after W.data changed")
        out.backward()
        grad += factor * W
        same(made.W.grad, grad, "l2_penalty after W.data changed, backward of each: gradient of W, the sum of them")
        same(np.array(kept), factor * W, "l2_penalty: W after the call")
    made.W = as_tensor(student, W[:1])
    out = student.nn.l2_penalty(made)
    same(values(student, out, "l2_penalty"), 0.5 * np.sum(W[:1] ** 2), "l2_penalty after W was replaced")


@worth(
    0.5, "nn.l2_penalty", "a sum over nothing is zero, and still a Tensor; large weights weigh much, small ones little"
)
def test_l2_penalty_without_weights_and_with_large_ones(student):
    bias = as_tensor(student, [1.0, 2.0])
    same(
        values(student, student.nn.l2_penalty(module(student, b=bias)), "l2_penalty"), 0.0, "l2_penalty of a bias alone"
    )
    for size in (1e4, 1e100, 1e-100):
        made = module(student, W=as_tensor(student, [[size, -size, 0.0]]))
        out = student.nn.l2_penalty(made)
        what = f"l2_penalty of {size:g}, {-size:g} and 0"
        same(values(student, out, "l2_penalty"), size**2, what, atol=0.0)
        out.backward()
        same(made.W.grad, [[size, -size, 0.0]], f"{what}: gradient", atol=0.0)


@contextmanager
def penalty_made_here(student):
    """For the time being l2_penalty is right, whatever the student's own does."""
    theirs = student.nn.l2_penalty
    student.nn.l2_penalty = lambda module: 0.5 * (module.W * module.W).sum()
    try:
        yield
    finally:
        student.nn.l2_penalty = theirs


def affine(student, W, b):
    return layer(student, as_tensor(student, W), as_tensor(student, b))


def uneven(prediction, target):
    """A loss in which prediction and target cannot be exchanged."""
    return (prediction * prediction + prediction * (3.0 * target)).sum()


@pytest.mark.parametrize(
    "lams",
    [
        pytest.param(
            [0.0, None],
            id="without-penalty",
            marks=worth(0.5, "nn.objective", "first what the loss is given, then λ Ω"),
        ),
        pytest.param(
            [3, 1e-9, 400.0],
            id="with-penalty",
            marks=worth(0.5, "nn.objective", "λ multiplies Ω, and nothing else"),
        ),
    ],
)
def test_objective(student, rng, lams):
    for lam in lams:
        W, b, x, y = (rng.normal(size=shape) for shape in [(2, 3), (2,), (4, 3), (4, 2)])
        if lam == 1e-9:  # large weights and a small x, or nobody would see the penalty
            W, x = 1e5 * W, 1e-5 * x
        p, lam_or_zero = x @ W.T + b, lam or 0.0
        want = np.sum(p**2 + 3 * y * p) + lam_or_zero * 0.5 * np.sum(W**2)
        model, rest = affine(student, W, b), () if lam is None else (lam,)
        with penalty_made_here(student):
            out = student.nn.objective(uneven, model, np.array(x), np.array(y), *rest)
        same(values(student, out, "objective"), want, f"objective with lam = {lam_or_zero}")


@worth(0.5, "nn.objective", "J has to reach each parameter: the loss all of them, the penalty the weights")
def test_objective_gradient(student, rng):
    W, b, x, y = (rng.normal(size=shape) for shape in [(2, 3), (2,), (4, 3), (4, 2)])
    model = affine(student, W, b)
    with penalty_made_here(student):
        out = student.nn.objective(uneven, model, np.array(x), np.array(y), 0.5)
    out.backward()
    of_p = 2 * (x @ W.T + b) + 3 * y
    same(model.W.grad, of_p.T @ x + 0.5 * W, "objective with lam = 0.5: gradient of W")
    same(model.b.grad, of_p.sum(axis=0), "objective with lam = 0.5: gradient of b")


@worth(0.5, "nn.objective", "each call computes J anew, from the weights as they are by then, and changes nothing")
def test_objective_called_again(student, rng, held):
    W, b, x, y = (rng.normal(size=shape) for shape in [(2, 3), (2,), (4, 3), (4, 2)])
    model, grad = affine(student, W, b), np.zeros(W.shape)
    batch, kept = (np.array(x), np.array(y)), held(np.array(W))
    for factor, in_place in [(1.0, False), (-2.0, False), (1.0, True), (3.0, True)]:
        if in_place:
            kept[...] = factor * W
        model.W.data = kept if in_place else factor * W
        with penalty_made_here(student):
            out = student.nn.objective(uneven, model, *batch, 0.5)
        p = x @ (factor * W).T + b
        want = np.sum(p**2 + 3 * y * p) + 0.25 * np.sum((factor * W) ** 2)
        same(values(student, out, "objective"), want, "objective with lam = 0.5 after a change of W.data")
        out.backward()
        grad += (2 * p + 3 * y).T @ x + 0.5 * factor * W
        same(model.W.grad, grad, "objective with lam = 0.5, backward of each: gradient of W, the sum of them")


# XOR


def follow(layers, x):
    """The formula of section 5, with these layers' weights."""
    hidden, last = layers
    h = np.maximum(0.0, hidden.W.data @ x + hidden.b.data)
    return last.W.data @ h + last.b.data


@worth(3, "nn.xor_network", "follow both units at each corner: before the maximum and after it")
def test_xor_of_one_example(student):
    student.nn.xor_network()
    layers = student.nn.xor_network().layers
    for x, want in [([1.0, 0.0], 1.0), ([1.0, 1.0], 0.0), ([0.0, 1.0], 1.0), ([0.0, 0.0], 0.0)]:
        same(follow(layers, np.array(x)), [want], f"xor_network, made for the second time, at {x}")


CORNERS = ["test_xor_at_the_four_corners", "test_xor_of_one_example"]


@worth(
    2.5,
    "nn.xor_network",
    "weights are tensors of the layers' own shapes, in the places where parameters() finds them",
    after=CORNERS,
)
def test_xor_has_the_parameters_of_a_network(student):
    network = student.nn.xor_network()
    shapes = sorted(parameter.data.shape for parameter in network.parameters())
    want = [(1,), (1, 2), (2,), (2, 2)]
    assert shapes == want, f"xor_network().parameters(): got shapes {shapes}, want {want}, in any order"
    hidden, last = network.layers
    for tensor, name, shape in [
        (hidden.W, "W", (2, 2)),
        (hidden.b, "c", (2,)),
        (last.W, "w", (1, 2)),
        (last.b, "b", (1,)),
    ]:
        got = values(student, tensor, f"xor_network: {name}").shape
        assert got == shape, f"xor_network: {name}: got shape {got}, want {shape}"


@worth(
    2.5,
    "nn.xor_network",
    "each call builds a network of its own, of tensors and arrays of its own, with nothing drawn at random",
    after=CORNERS,
)
def test_xor_is_new_and_the_same_at_each_call(student):
    first, second = student.nn.xor_network(), student.nn.xor_network()
    ours, theirs = first.parameters(), second.parameters()
    before = [np.array(parameter.data) for parameter in theirs]
    for parameter, again in zip(ours, before, strict=True):
        same(parameter.data, again, "xor_network twice: a parameter")
    for parameter in ours:
        fill(student, parameter, 7.0)
        parameter.data = np.full(parameter.data.shape, 8.0)
    third = student.nn.xor_network().parameters()
    for parameter, again in zip([*theirs, *third], before * 2, strict=True):
        same(parameter.data, again, "xor_network again, the first one changed: a parameter of another one")
