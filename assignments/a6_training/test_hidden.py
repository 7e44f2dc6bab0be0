"""Hidden tests of a6_training.

Expected values are computed here. Fit is given an optimizer and minibatches of beside_student_code.py, and
approximation_errors sums made here, so a mistake loses points in its own exercise alone. A training run is one call of
the student's fit,
with data, weights and order that are the same in every run: how well it ends is no matter of luck. The thresholds of
training are five times the reference's error over twenty other starts, or more; the handout states both.
"""

import warnings
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and no test here loses more than a few of them


# What the tests are made of


def worth(points, exercise, hint, **conditions):
    return pytest.mark.points(points, exercise=exercise, hint=hint, **conditions)


def same(got, want, what, rtol=RTOL, atol=1e-12):
    """Fails unless got is an array of want's shape and values. A number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic | float), f"{what}: got {type(got).__name__}, want an array"
    got = np.asarray(got)
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    if not np.allclose(got, want, rtol=rtol, atol=atol):
        pytest.fail(f"{what}: got {np.array2string(got)}, want {np.array2string(want)}")


def tensor(student, data, grad=None):
    made = student.tensor.Tensor(np.array(data, dtype=np.float64))
    made.grad = None if grad is None else np.array(grad, dtype=np.float64)
    return made


def numbers(student, given):
    """The array in a tensor; an array is left as it is."""
    return np.array(given.data if isinstance(given, student.tensor.Tensor) else given)


class LinearModel:
    """A linear model and its optimizer, to be trained by the student's fit and, with the same batches, on paper."""

    def __init__(self, student, beside, rng, features=2, lr=0.1, momentum=0.0, asks=False):
        self.student, self.beside, self.lr, self.momentum = student, beside, lr, momentum
        self.W, self.b = rng.normal(size=(1, features)), rng.normal(size=1)
        self.velocities = [np.zeros((1, features)), np.zeros(1)]
        self.model = beside.layer(student, self.W, self.b)
        self.method = beside.sgd(student, [self.model.W, self.model.b], lr, momentum, asks)

    def fit(self, x, y, generator, *, epochs, batch_size, penalty=0.0, keep=np.copy, steps=True):
        """Fails unless fit does and returns what it should. Returns the inputs of all batches.

        Without `steps` it is held to the examples alone, and neither to its steps nor to what it returns.
        """
        n = len(x)
        options = {"epochs": epochs, "batch_size": batch_size, "rng": generator, "penalty": penalty}
        given = keep(x), keep(y)
        losses, inputs, targets = self.beside.fit_linear(self.student, self.model, self.method, *given, **options)
        if keep is not np.copy:
            for array, want, name in zip(given, (x, y), "xy", strict=True):
                same(np.array(array), want, f"fit: {name} afterwards")
        seen = sum(map(len, inputs)), sum(map(len, targets))
        want = epochs * n, epochs * n
        assert seen == want, f"fit: model and loss got {seen} examples, want {want}: {epochs} epochs of {n}"
        check_sizes(inputs, n, epochs, batch_size)
        rows = [np.hstack(pair) for pair in zip(inputs, targets, strict=True)]
        table = np.concatenate([np.zeros((0, x.shape[1] + 1)), *rows])
        for epoch in range(epochs):
            got, given = (each[np.argsort(each[:, 0])] for each in (table[epoch * n :][:n], np.hstack([x, y])))
            same(got, given, f"fit: all examples of epoch {epoch}, inputs and targets side by side, sorted")
        if not steps:
            return inputs
        want = self.on_paper(inputs, targets, n, epochs, penalty)
        assert isinstance(losses, list), f"fit: got {type(losses).__name__}, want a list, one number for each epoch"
        assert len(losses) == epochs, f"fit: got {len(losses)} losses, want {epochs}, one for each epoch"
        kinds = {type(each).__name__ for each in losses}
        assert kinds <= {"float", "float64"}, f"fit: got losses of types {kinds}, want floats"
        same(self.model.W.data, self.W, "fit of a linear model: W after training")
        same(self.model.b.data, self.b, "fit of a linear model: b after training")
        same(np.array(losses), want, "fit of a linear model: mean training loss of each epoch")
        return inputs

    def on_paper(self, inputs, targets, n, epochs, penalty):
        losses, counted = np.zeros(epochs), 0
        for x_batch, y_batch in zip(inputs, targets, strict=True):
            error = x_batch @ self.W.T + self.b - y_batch
            J = np.mean(error**2) + penalty * 0.5 * np.sum(self.W**2)
            losses[counted // n] += J * len(x_batch) / n
            counted += len(x_batch)
            gradients = 2 * error.T @ x_batch / len(x_batch) + penalty * self.W, 2 * error.mean(axis=0)
            self.velocities = [self.momentum * v + g for v, g in zip(self.velocities, gradients, strict=True)]
            self.W, self.b = (w - self.lr * v for w, v in zip((self.W, self.b), self.velocities, strict=True))
        return losses


def check_sizes(inputs, n, epochs, batch_size):
    """Fails unless the inputs came in minibatches of this size, the rest of an epoch in a smaller one."""
    want = sorted(epochs * [min(batch_size, n - at) for at in range(0, n, batch_size)])
    got = sorted(map(len, inputs))
    assert got == want, (
        f"fit, batch_size {batch_size}, {n} examples, {epochs} epochs: got batches of {got}, want {want}"
    )


def examples(rng, n, features=2):
    return rng.normal(size=(n, features)), rng.normal(size=(n, 1))


def bishop_error(student, beside, function, steepness, places):
    """The root mean square error of three tanh units after 200 steps on 50 points."""
    x = np.linspace(-1.0, 1.0, 50).reshape(50, 1)
    rng = np.random.default_rng(0)
    jitter = rng.uniform(0.95, 1.05, size=(2, 3))
    start = [(jitter[0] * steepness)[:, np.newaxis], jitter[1] * places, rng.uniform(-0.2, 0.2, (1, 3)), [0.0]]
    options = {"lr": 0.2, "epochs": 200, "batch_size": 50, "seed": 3}
    loss = student.nn.MSELoss()
    mlp, losses = beside.fit_network(student, (1, 3, 1), start, loss, x, function(x), **options)
    assert len(losses) == 200, f"fit: got {len(losses)} losses, want 200"
    return float(np.sqrt(np.mean((mlp(x).data - function(x)) ** 2)))


def dealt(student, x, y, fraction, seed=0):
    """The four arrays of train_test_split."""
    parts = student.train.train_test_split(x.copy(), y.copy(), fraction, student.rng(seed))
    assert isinstance(parts, tuple | list), f"train_test_split: got {type(parts).__name__}, want four arrays"
    assert len(parts) == 4, f"train_test_split: got {len(parts)} things, want four arrays"
    return [np.asarray(part) for part in parts]


def epoch_of(student, x, y, batch_size, seed=0):
    """All the minibatches of one epoch, as two lists: inputs and targets."""
    batches = [tuple(batch) for batch in student.train.minibatches(x.copy(), y.copy(), batch_size, student.rng(seed))]
    assert all(len(batch) == 2 for batch in batches), "minibatches: want pairs (x_batch, y_batch)"
    return [np.asarray(batch[0]) for batch in batches], [np.asarray(batch[1]) for batch in batches]


def check_kinks(student, beside, w, c, v, kinks, slopes, b=0.0, mlp=None):
    """Fails unless those are the kinks and slopes of a network with these weights: `mlp`, or one that is made here."""
    got = student.approximation.relu_kinks(beside.relu_network(student, w, c, v, b) if mlp is None else mlp)
    assert isinstance(got, tuple | list), f"relu_kinks: got {type(got).__name__}, want kinks and slopes"
    assert len(got) == 2, f"relu_kinks: got {len(got)} things, want kinks and slopes"
    same(got[0], kinks, f"relu_kinks for w = {w}, c = {c}, v = {v}: kinks", atol=0.0)
    same(got[1], slopes, f"relu_kinks for w = {w}, c = {c}, v = {v}: slopes")


def cybenko(student, w, theta, alpha):
    """A CybenkoSum with these parameters, tensors or arrays."""
    made = student.approximation.CybenkoSum(
        np.shape(w)[1] if isinstance(w, np.ndarray) else w.shape[1], 1, student.rng(0)
    )
    tensors = [p if isinstance(p, student.tensor.Tensor) else tensor(student, p) for p in (w, theta, alpha)]
    made.w, made.theta, made.alpha = tensors
    return made


@contextmanager
def sums_made_here(student, draw):
    """For the time being CybenkoSum(1, N, rng) makes a right one, with w and theta from draw(N, rng)."""

    def make(n_in, n_units, rng):
        assert n_in == 1, f"approximation_errors: got CybenkoSum({n_in}, ...), want one of one input"
        made = student.nn.Module()
        w, theta = draw(n_units, rng)
        made.w, made.theta = tensor(student, w[:, np.newaxis]), tensor(student, theta)
        made.alpha = tensor(student, np.ones(n_units))

        def forward(x):
            H = 1.0 / (1.0 + np.exp(-(numbers(student, x) @ w[np.newaxis] + theta)))
            return tensor(student, H @ numbers(student, made.alpha))

        made.forward = forward
        return made

    theirs = student.approximation.CybenkoSum
    student.approximation.CybenkoSum = make
    try:
        yield
    finally:
        student.approximation.CybenkoSum = theirs


def errors_on_paper(f, drawn):
    """What approximation_errors should give with those w and theta: by formula."""
    coarse, finer = (np.linspace(0.0, 1.0, points) for points in (200, 1000))
    errors = []
    for w, theta in drawn:
        H, H_finer = (1.0 / (1.0 + np.exp(-(np.outer(points, w) + theta))) for points in (coarse, finer))
        Q, R = np.linalg.qr(H)
        errors.append(np.abs(H_finer @ np.linalg.solve(R, Q.T @ f(coarse)) - f(finer)).max())
    return np.asarray(errors)


def spread(count, _=None):
    """Units of different steepness with their middles spread over [0, 1]."""
    w = 8.0 + 3.0 * np.arange(count)
    return w, -w * (np.arange(count) + 0.5) / count


# SGD


def sgd_on_paper(weights, all_grads, lr, momentum=0.0, weight_decay=0.0, normalize=False):
    """The weights after one step for each list of gradients; a gradient may be None."""
    weights = [np.array(w, dtype=np.float64) for w in weights]
    velocities = [np.zeros(w.shape) for w in weights]
    for grads in all_grads:
        g = {i: grad + weight_decay * weights[i] for i, grad in enumerate(grads) if grad is not None}
        if normalize:
            length = np.linalg.norm(np.concatenate([np.zeros(0), *(each.ravel() for each in g.values())]))
            g = {i: each / (length or 1.0) for i, each in g.items()}
        for i, each in g.items():
            velocities[i] = momentum * velocities[i] + each
            weights[i] = weights[i] - lr * velocities[i]
    return weights


def check_sgd(student, weights, all_grads, lr, **options):
    """Fails unless the student's SGD goes the way of sgd_on_paper. A warning is a failure."""
    params = [tensor(student, w) for w in weights]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        method = student.optim.SGD(params, lr, **options)
        for grads in all_grads:
            for parameter, grad in zip(params, grads, strict=True):
                parameter.grad = None if grad is None else grad.copy()
            method.step()
    want = sgd_on_paper(weights, all_grads, lr, **options)
    for index, parameter in enumerate(params):
        got = parameter.data
        same(got, want[index], f"SGD(lr={lr}, {options}): parameter {index} after {len(all_grads)} steps")
        assert got.dtype == np.float64, f"SGD(lr={lr}, {options}): parameter {index} is of {got.dtype}, want float64"
    for warning in caught:
        pytest.fail(f"SGD({options}): got a warning, {warning.message}, want none")


SHAPES = ((3, 2), (2,), (3, 2), (), (2,), (1, 2), ())  # some of them twice: a velocity belongs to a tensor, not a shape


def random_steps(rng, steps, shapes=SHAPES):
    weights = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    return weights, [[np.asarray(rng.normal(size=shape)) for shape in shapes] for _ in range(steps)]


@worth(1.5, "optim.SGD", "every parameter makes its own step, whatever its shape, and no step is shorter than another")
def test_sgd_plain_steps_of_several_shapes(student, rng):
    check_sgd(student, *random_steps(rng, 3, ((3, 2), (2,), (), (0, 3), (1, 1))), 0.3)
    weights, all_grads = random_steps(rng, 12, ((2,),))
    for size in (1e4, 1e100):
        check_sgd(student, weights, [[size * grad for grad in grads] for grads in all_grads], 0.3)
    method = student.optim.SGD([w := tensor(student, *weights, *all_grads[0])], 0.01)
    step = method.step
    for _ in range(200):
        step()
    same(w.data, weights[0] - 2.0 * all_grads[0][0], "SGD(lr=0.01): a parameter after 200 steps of one gradient")


@worth(2.5, "optim.SGD", "v <- μ v + g comes first, then w <- w - η v; and each parameter has its own v")
def test_sgd_momentum_of_several_parameters(student, rng):
    check_sgd(student, *random_steps(rng, 5), 0.2, momentum=0.7)


@worth(1.25, "optim.SGD", "weight decay looks at the weights as they are at this step")
def test_sgd_weight_decay_of_several_steps(student, rng):
    check_sgd(student, *random_steps(rng, 3), 0.2, weight_decay=0.3)


@worth(
    1.25, "optim.SGD", "one length for all parameters together, and a step as long for tiny gradients as for huge ones"
)
def test_sgd_normalized_steps(student, rng):
    weights, all_grads = random_steps(rng, 3)
    for size in (1.0, 0.01, 1e-100, 1e100):
        resized = [[size * grad for grad in grads] for grads in all_grads]
        check_sgd(student, weights, resized, 0.2, normalize=True)


@worth(2.5, "optim.SGD", "which of decay, length and momentum comes first, which last?")
def test_sgd_everything_together(student, rng):
    check_sgd(student, *random_steps(rng, 4), 0.2, momentum=0.6, weight_decay=0.3, normalize=True)


@worth(1.25, "optim.SGD", "zero divided by zero is no direction, and zero is a gradient: velocity and decay go on")
def test_sgd_normalized_step_of_zero_gradients(student, rng):
    weights, all_grads = random_steps(rng, 4, ((2,), (1,), ()))
    all_grads[1] = [np.zeros(grad.shape) for grad in all_grads[1]]
    check_sgd(student, weights, all_grads, 0.5, normalize=True)
    check_sgd(student, weights, all_grads, 0.5, momentum=0.5, weight_decay=0.25)


@worth(1.25, "optim.SGD", "whoever has no gradient neither moves nor counts")
def test_sgd_parameters_without_gradient(student, rng):
    weights, all_grads = random_steps(rng, 4)
    all_grads[0][1] = all_grads[1][0] = all_grads[1][1] = all_grads[3][3] = None
    all_grads[2] = [None] * len(weights)
    check_sgd(student, weights, all_grads, 0.2, momentum=0.6, weight_decay=0.3, normalize=True)


@worth(1.25, "optim.SGD", "is an array that you change the gradient itself?")
def test_sgd_leaves_gradients_as_they_are(student, rng):
    weights, (grads,) = random_steps(rng, 1, ((2,), (), (1,)))
    for options in {}, {"momentum": 0.5}, {"momentum": 0.5, "weight_decay": 0.5, "normalize": True}:
        params = [tensor(student, w, grad) for w, grad in zip(weights, grads, strict=True)]
        method = student.optim.SGD(params, 0.5, **options)
        method.step()
        method.step()
        want = sgd_on_paper(weights, [grads, grads], 0.5, **options)
        for index, parameter in enumerate(params):
            same(parameter.grad, grads[index], f"SGD({options}): gradient {index} after two steps", rtol=0.0, atol=0.0)
            same(parameter.data, want[index], f"SGD({options}): parameter {index} after two steps of one gradient")


@worth(1, "optim.SGD", "a learning rate may be made smaller during training")
def test_sgd_reads_the_learning_rate_at_every_step(student, rng):
    start, grad, rates = rng.normal(), 1 + rng.uniform(), rng.uniform(0.1, 1, size=3)
    w = tensor(student, [start], [grad])
    method = student.optim.SGD([w], 0.0, momentum=0.5)
    for rate in rates:
        method.lr = float(rate)
        method.step()
    want = start - grad * (rates @ [1.0, 1.5, 1.75])
    same(w.data, [want], f"SGD with momentum 0.5, one gradient three times, lr {rates}: w after three steps")
    same(method.lr, rates[-1], "SGD: lr after a step, want it as it was set")


@worth(1.25, "optim.SGD", "what belongs to one optimizer: its tensors, not their arrays, and velocities of its own")
def test_sgd_two_optimizers_at_once(student, rng):
    shapes = ((2,), (2, 1))
    (weights, grads), (other_weights, other_grads) = random_steps(rng, 3, shapes), random_steps(rng, 3, shapes)
    params, others = ([tensor(student, w) for w in each] for each in (weights, other_weights))
    method, other = student.optim.SGD(params, 0.2, momentum=0.7), student.optim.SGD(others, 0.3, 0.4, 0.1)
    for step in range(3):
        for each, tensors, of_step in ((method, params, grads[step]), (other, others, other_grads[step])):
            each.zero_grad()
            for parameter, grad in zip(tensors, of_step, strict=True):
                parameter.grad = grad.copy()
            each.step()
    want = sgd_on_paper(weights, grads, 0.2, 0.7) + sgd_on_paper(other_weights, other_grads, 0.3, 0.4, 0.1)
    for index, (parameter, data) in enumerate(zip(params + others, want, strict=True)):
        same(parameter.data, data, f"two SGD side by side, three steps each in turn: parameter {index} of all four")
    # New weights from outside: once more the same optimizer, then a new one, whose velocities are 0.
    velocities = [0.7 * (0.7 * a + b) + c for a, b, c in zip(*grads, strict=True)]
    new = student.optim.SGD(params, 0.2, momentum=0.7)
    for name, each, v in ("the same SGD", method, velocities), ("a new SGD", new, [0.0, 0.0]):
        for parameter, data, grad in zip(params, other_weights, grads[0], strict=True):
            parameter.data, parameter.grad = data.copy(), grad.copy()
        each.step()
        for index, (data, grad) in enumerate(zip(other_weights, grads[0], strict=True)):
            want = data - 0.2 * (0.7 * v[index] + grad)
            same(params[index].data, want, f"{name}, momentum 0.7, weights set anew: parameter {index} after a step")


@worth(0.5, "optim.SGD", "all parameters, not one; and it is `.grad` that is forgotten, nothing else")
def test_sgd_zero_grad_of_several_parameters(student, held, rng):
    weights, all_grads = random_steps(rng, 2, ((3,), (3,), ()))
    params, grads = [tensor(student, w) for w in weights], [held(grad) for grad in all_grads[0]]
    method = student.optim.SGD(params, 0.1, momentum=0.9)
    for parameter, grad in zip(params, grads, strict=True):
        parameter.grad = grad
    method.zero_grad()
    left = [index for index, parameter in enumerate(params) if parameter.grad is not None]
    assert not left, f"SGD.zero_grad: parameters {left} of 3 still have a gradient, want None"
    for grad, want, parameter, w in zip(grads, all_grads[0], params, weights, strict=True):
        same(np.array(grad), want, "SGD.zero_grad: an array that was a gradient before")
        same(parameter.data, w, "SGD.zero_grad: a parameter's data")


# train_test_split


def table(rng, n):
    """n inputs with three columns and n whole numbers that can be told from them."""
    x = rng.normal(size=(n, 3))
    return x, np.floor(1000 * x[:, 0]).astype(np.int64)


def check_pairs(x_parts, y_parts, x, y, what):
    """Fails unless each part of x has the rows that the numbers in the part of y beside it say, and their kinds."""
    for got, numbers_beside in zip(x_parts, y_parts, strict=True):
        ids = numbers_beside.reshape(len(numbers_beside), -1)[:, 0]
        assert got.shape == (len(ids), *x.shape[1:]), f"{what}: got shape {got.shape} beside {numbers_beside.shape}"
        assert np.isin(ids, y).all(), f"{what}: got the targets {ids}, want some of those that were given"
        same(got, x[ids.astype(int)], f"{what}: inputs beside their targets")
        kinds = got.dtype.kind, numbers_beside.dtype.kind
        want = x.dtype.kind, y.dtype.kind
        assert kinds == want, f"{what}: got arrays of {got.dtype} and {numbers_beside.dtype}, want {x.dtype}, {y.dtype}"
    assert sum(map(len, y_parts)) > len(y) / 2, f"{what}: got {y_parts}, want most of the {len(y)} examples"


def tables_with_equal_rows(rng):
    """Inputs of which many are equal, and targets: the number of each example. Integers, several axes."""
    yield rng.normal(size=(17, 3)), np.arange(17)
    yield rng.integers(3, size=(14, 2, 2)), np.arange(14)
    yield np.repeat(rng.normal(size=2), 9), np.arange(36.0).reshape(18, 2) // 2


def check_scattered(places, n, what):
    """Fails if the chosen of n places lie in blocks or at even distances.

    In windows of b places the numbers of chosen ones vary by b p (1 - p); with k windows their mean square is that
    times chi² / k. The bounds are seven standard deviations away by Wilson and Hilferty: right ones miss them once in
    10^11 times.
    """
    chosen = np.zeros(n)
    chosen[places] = 1.0
    p = chosen.mean()
    for b in (2, 3, 5, 10, 20):
        k = n // b
        in_windows = chosen[: k * b].reshape(k, b).sum(axis=1)
        ratio = np.mean((in_windows - b * p) ** 2) / (b * p * (1 - p))
        center, deviation = 1 - 2 / (9 * k), np.sqrt(2 / (9 * k))
        low, high = (center - 7 * deviation) ** 3, (center + 7 * deviation) ** 3
        where = "at even distances" if ratio < low else "in blocks"
        assert low < ratio < high, f"{what}: those chosen of {n} lie {where}, want them at random places"


def check_shuffled(order, what):
    """Fails if a permutation is a simple one: sorted, turned, in steps, backwards. Random: once in 10^11."""
    n, steps = len(order), np.diff(order)
    upwards, deviation = np.mean(steps > 0), 1 / np.sqrt(12 * n)
    assert abs(upwards - 0.5) < 8 * deviation, f"{what}: {upwards:.0%} of {n} come after a smaller one, want about half"
    near = np.sum(np.abs(steps) <= 3)  # six of a thousand or so
    assert near < 50, f"{what}: {near} of {n} come right beside their neighbour, want a random order"
    most = np.bincount(steps % n).max()
    assert most < 30, f"{what}: {most} of {n} steps from one to the next are equal, want a random order"
    likeness = np.corrcoef(order, np.arange(n))[0, 1]
    assert abs(likeness) < 8 / np.sqrt(n), f"{what}: got a correlation of {likeness:.2f} with the order of x, want none"


@worth(1, "train.train_test_split", "rows of x, and the labels that belong to them")
def test_split_of_a_table_keeps_pairs(student, rng):
    for x, y in tables_with_equal_rows(rng):
        x_train, x_test, y_train, y_test = dealt(student, x, y, 0.3)
        check_pairs([x_train, x_test], [y_train, y_test], x, y, f"train_test_split of shapes {x.shape}, {y.shape}")
        want = round(0.3 * len(x))
        got = len(x_test)
        assert abs(got - want) <= 1, f"train_test_split of {len(x)}, test_fraction 0.3: got {got} to test, want {want}"


@worth(
    1.25,
    "train.train_test_split",
    "the test set has round(fraction * n) examples; none and all are numbers too",
    after="test_split_deals_out_every_example_once",
)
def test_split_sizes(student, rng):
    for n, fraction, want in [
        (10, 0.0, 0),
        (10, 1.0, 10),
        (10, 0.29, 3),
        (7, 0.5001, 4),
        (150, 1 / 3, 50),
        (1, 0.3, 0),
        (1, 0.7, 1),
        (103, 0.7, 72),
    ]:
        x, y = table(rng, n)
        sizes = [len(part) for part in dealt(student, x, y, fraction)]
        assert sizes == [n - want, want, n - want, want], (
            f"train_test_split of {n} examples, fraction {fraction:.4g}: got sizes {sizes}, want {want} in the test set"
        )


@worth(1.25, "train.train_test_split", "an example of the test set must never be seen in training")
def test_split_sets_have_nothing_in_common(student, rng):
    x, y = table(rng, 40)
    for seed in range(3):
        x_train, x_test, _, _ = dealt(student, x, y, 0.4, seed)
        both = set(x_train[:, 0]) & set(x_test[:, 0])
        assert not both, f"train_test_split: {len(both)} examples are in both sets, want none"
        same(np.sort(np.concatenate([x_train, x_test])[:, 0]), np.sort(x[:, 0]), "train_test_split: all first columns")


@worth(1, "train.train_test_split", "random is: any example may come into the test set, wherever it stands")
def test_split_any_example_can_be_tested(student):
    x, generator = np.arange(4.0), student.rng(1)
    splits = [student.train.train_test_split(x.copy(), x.copy(), 0.5, generator) for _ in range(36)]
    tested = {float(each) for split in splits for each in np.asarray(split[1])}  # one is missed by chance: 6e-11
    assert tested == {0.0, 1.0, 2.0, 3.0}, f"train_test_split 36 times: only {sorted(tested)} were ever tested"


@worth(1, "train.train_test_split", "neither a block nor every third one, and a new draw for every split")
def test_split_is_no_pattern(student):
    x, generator = np.arange(1001.0), student.rng(2)
    tests = []
    for fraction in (0.3, 0.5, 0.5):
        _, x_test, _, _ = student.train.train_test_split(x.copy(), x.copy(), fraction, generator)
        tests.append(np.asarray(x_test).astype(int))
        check_scattered(tests[-1], 1001, f"train_test_split, test_fraction {fraction}")
    common = len(set(tests[1]) & set(tests[2]))
    assert 126 < common < 374, (  # 250, with a deviation of 8, and more than 10 of those
        f"train_test_split twice with one rng: the test sets of 500 have {common} in common, want about 250"
    )
    check_split_counts(student, generator)


def check_split_counts(student, generator):
    """Fails if how many of a group are tested is fixed or not left to chance, or where they stand counts."""
    x = np.arange(100.0)
    kinds = (x % 2).astype(np.int64)
    splits = [student.train.train_test_split(x.copy(), kinds.copy(), 0.5, generator) for _ in range(30)]
    tests = np.array([np.asarray(split[1]) for split in splits])
    for group, name in (tests < 50, "the first 50 examples"), (tests % 2 == 1, "the 50 examples of label 1"):
        counts = group.sum(axis=1)  # each 25, with a deviation of 2.5
        ratio = np.mean((counts - 25) ** 2) / (25 * 25 / 99)
        assert 0.06 < ratio < 4, (  # chi² of 30 over 30: seven standard deviations
            f"train_test_split of 100 by halves, 30 times: {name} have {counts} in the test set, want random numbers"
        )
    x = np.arange(20000.0)
    tested = np.asarray(student.train.train_test_split(x.copy(), x.copy(), 0.5, generator)[1])
    counts = np.bincount(tested.astype(int) // 2000, minlength=10)
    chi2 = 2 * np.sum((counts - 1000) ** 2) / 1000  # of 9: more than 70 once in 10^10 times
    assert chi2 < 70, f"train_test_split of 20000 by halves: got {counts} of each 2000 in the test set, want about 1000"


@worth(0.5, "train.train_test_split", "rng.shuffle changes what it is given")
def test_split_leaves_its_inputs_as_they_were(student, held, rng):
    for x, y in (table(rng, 12), table(rng, 1)):
        held_x, held_y = held(x), held(y)
        parts = student.train.train_test_split(held_x, held_y, 0.7, student.rng(0))
        assert len(parts) == 4, f"train_test_split: got {len(parts)} things, want four arrays"
        inputs = parts[:2]
        assert np.isin(np.concatenate(inputs), x).all(), f"train_test_split: got the inputs {inputs} of {x}"
        same(np.array(held_x), x, "train_test_split: x afterwards")
        same(np.array(held_y), y, "train_test_split: y afterwards")


# minibatches


@worth(1.5, "train.minibatches", "rows of x, and the labels that belong to them")
def test_minibatches_of_a_table_keep_pairs(student, rng):
    for x, y in tables_with_equal_rows(rng):
        inputs, targets = epoch_of(student, x, y, 5)
        check_pairs(inputs, targets, x, y, f"minibatches of shapes {x.shape}, {y.shape}")


@worth(1.5, "train.minibatches", "nobody is left over, and no batch is empty")
def test_minibatches_sizes_of_many_kinds(student, rng):
    for n, size, want in [
        (10, 3, [3, 3, 3, 1]),
        (9, 3, [3, 3, 3]),
        (2, 5, [2]),
        (5, 5, [5]),
        (3, 1, [1] * 3),
        (1, 1, [1]),
        (11, 6, [6, 5]),
        (9, 8, [8, 1]),
        (101, 50, [50, 50, 1]),
        (50, 200, [50]),
    ]:
        x, y = table(rng, n)
        inputs, targets = epoch_of(student, x, y, size)
        assert np.isin(np.concatenate(inputs), x).all(), f"minibatches of {n} examples: got others than those of x"
        sizes = [len(batch) for batch in inputs], [len(batch) for batch in targets]
        assert sizes == (want, want), f"minibatches of {n} examples, batch_size {size}: got sizes {sizes}, want {want}"


@worth(1.5, "train.minibatches", "each example once: a permutation, not a draw with replacement")
def test_minibatches_cover_the_epoch(student, rng):
    x, y = table(rng, 23)
    inputs, targets = epoch_of(student, x, y, 4)
    same(np.sort(np.concatenate(inputs)[:, 1]), np.sort(x[:, 1]), "minibatches: second columns of one epoch, sorted")
    same(np.sort(np.concatenate(targets)), np.sort(y), "minibatches: labels of one epoch, sorted")


def order_of(batches):
    return np.concatenate([np.asarray(batch[0]) for batch in batches])


@worth(1.5, "train.minibatches", "the rng goes on from epoch to epoch; do not start it, or another one, anew")
def test_minibatches_of_the_next_epoch_come_in_another_order(student):
    x, generator = np.arange(24.0), student.rng(7)
    first, second = (order_of(student.train.minibatches(x.copy(), x.copy(), 4, generator)) for _ in "12")
    assert np.isin([*first, *second], x).all(), "minibatches, two epochs: got other examples than those of x"
    assert not np.array_equal(first, second), "minibatches: two epochs with one rng came in the same order"
    again = np.concatenate(epoch_of(student, x, x, 4, seed=7)[0])
    same(again, first, "minibatches: the first epoch, with the same seed once more")


@worth(1, "train.minibatches", "any example may come first, and none is bound to another")
def test_minibatches_come_in_any_order(student):
    x, generator = np.arange(3.0), student.rng(1)
    orders = [order_of(student.train.minibatches(x.copy(), x.copy(), 3, generator)) for _ in range(60)]
    for place, name in (0, "first"), (-1, "last"):  # one is missed by chance: 8e-11
        found = {float(order[place]) for order in orders}
        assert found == {0.0, 1.0, 2.0}, f"minibatches of 0, 1, 2 sixty times: only {sorted(found)} came {name}"
    x = np.arange(1000.0)
    first, second = (list(student.train.minibatches(x.copy(), x.copy(), 250, generator)) for _ in "12")
    for batch in first:
        check_scattered(np.asarray(batch[0]).astype(int), 1000, "minibatches: one batch of 250")
    order, after = order_of(first).astype(int), order_of(second).astype(int)
    check_shuffled(order, "minibatches of 1000")
    place_before = np.argsort(order)[after]
    check_shuffled(place_before, "minibatches of 1000, an epoch against the one before")
    check_scattered(place_before[:250], 1000, "minibatches of 1000, the first batch among those of the epoch before")
    x = np.arange(20000.0)
    order = order_of(student.train.minibatches(x.copy(), x.copy(), 20000, generator)).astype(int)
    counts = np.bincount(order // 2000 * 10 + np.arange(20000) // 2000, minlength=100)
    chi2 = np.sum((counts - 200) ** 2) / 200  # of 81: more than 205 once in 10^11 times
    assert chi2 < 205, (
        "minibatches of 20000: where in the order an example comes depends on where it stood; "
        f"from tenth to tenth of them got between {counts.min()} and {counts.max()}, want about 200"
    )


@worth(0.75, "train.minibatches", "does one epoch know of the other, by something outside of the function?")
def test_minibatches_of_two_epochs_at_once(student):
    x, y = np.arange(9.0), np.arange(20.0, 26.0)
    one = iter(student.train.minibatches(x.copy(), x.copy(), 3, student.rng(1)))
    two = iter(student.train.minibatches(y.copy(), y.copy(), 2, student.rng(2)))
    turns = [(next(one), next(two)) for _ in "123"]
    same(np.sort(order_of(turn[0] for turn in turns)), x, "minibatches, two epochs in turn: all inputs of the one")
    same(np.sort(order_of(turn[1] for turn in turns)), y, "minibatches, two epochs in turn: all inputs of the other")


@worth(0.75, "train.minibatches", "rng.shuffle changes what it is given")
def test_minibatches_leave_their_inputs_as_they_were(student, held, rng):
    for x, y in (table(rng, 12), table(rng, 5)):
        held_x, held_y = held(x), held(y)
        inputs = [batch[0] for batch in student.train.minibatches(held_x, held_y, 5, student.rng(0))]
        assert np.isin(np.concatenate(inputs), x).all(), f"minibatches: got the inputs {inputs} of {x}"
        same(np.array(held_x), x, "minibatches: x afterwards")
        same(np.array(held_y), y, "minibatches: y afterwards")


# fit: what it does, step by step


BY_HAND = "test_fit_one_step_by_hand"


@worth(3, "train.fit", "which gradients are left over from the minibatch before?")
def test_fit_makes_the_right_steps(student, beside, rng):
    linear = LinearModel(student, beside, rng)
    linear.fit(*examples(rng, 9), student.rng(5), epochs=4, batch_size=2)
    # Many epochs, and small errors: the targets are nearly those of the model.
    linear = LinearModel(student, beside, rng, asks=True)
    x, noise = examples(rng, 4)
    linear.fit(x, x @ linear.W.T + linear.b + 1e-4 * noise, student.rng(5), epochs=30, batch_size=3)


@worth(1.5, "train.fit", "a mean over examples: how much does a short minibatch count?")
def test_fit_returns_the_mean_over_examples(student, beside, rng):
    linear = LinearModel(student, beside, rng)
    linear.fit(*examples(rng, 5), student.rng(5), epochs=2, batch_size=4)


@worth(1.5, "train.fit", "the penalty has a part in the gradient of each step, and in J")
def test_fit_with_a_penalty_and_short_batches(student, beside, rng):
    LinearModel(student, beside, rng).fit(*examples(rng, 5), student.rng(5), epochs=3, batch_size=2, penalty=0.3)
    LinearModel(student, beside, rng, features=1).fit(
        *examples(rng, 1, 1), student.rng(5), epochs=2, batch_size=3, penalty=0.3
    )


@worth(2, "train.fit", "step after step by the optimizer as it is, and nothing else, even where the loss grows")
def test_fit_goes_on_where_the_loss_grows(student, beside, rng):
    x, y = rng.uniform(1, 2, size=(6, 2)) * rng.choice([-1, 1], size=(6, 2)), rng.normal(size=(6, 1))
    linear = LinearModel(student, beside, rng, lr=1.5, momentum=0.5, asks=True)
    linear.fit(x, y, student.rng(5), epochs=7, batch_size=3)
    same(linear.method.lr, 1.5, "fit with an optimizer of learning rate 1.5: its lr afterwards")


@worth(1.5, "train.fit", "what is left of the run before: gradients, a list, weights, a model that was seen first?")
def test_fit_again_goes_on_from_where_the_model_is(student, beside, held, rng):
    one, other = LinearModel(student, beside, rng, momentum=0.5), LinearModel(student, beside, rng, features=3, lr=0.2)
    velocities = [np.full((1, 2), 7.0), np.full(1, 8.0)]
    one.method.velocities = velocities  # it has those of this file, and these are to stay
    generator = student.rng(5)
    one.fit(*examples(rng, 5), generator, epochs=2, batch_size=2)
    other.fit(*examples(rng, 4, 3), generator, epochs=1, batch_size=4, keep=held)
    one.model.W.grad, one.model.b.grad = np.full((1, 2), 10.0), np.full(1, -10.0)
    one.fit(*examples(rng, 5), generator, epochs=2, batch_size=2)
    one.fit(*examples(rng, 7), generator, epochs=1, batch_size=3)
    for got, want in zip(one.method.velocities, velocities, strict=True):
        same(got, want, "fit four times: the velocities that the optimizer had, which its step does not touch here")


@worth(
    1,
    "train.fit",
    "the same rng through all the epochs, and a new order in each of them",
    after=BY_HAND,
)
def test_fit_shuffles_every_epoch_anew(student, beside, rng):
    x, y = examples(rng, 14)

    def orders(generator, epochs):
        inputs = LinearModel(student, beside, rng).fit(x, y, generator, epochs=epochs, batch_size=14, steps=False)
        return [batch.tobytes() for batch in inputs]

    generator = student.rng(5)
    found = orders(generator, 3) + orders(generator, 1)
    assert len(set(found)) == 4, f"fit: 3 epochs and 1 with one rng came in {len(set(found))} different orders, want 4"
    again, other = orders(student.rng(5), 1), orders(student.rng(6), 1)
    assert again == found[:1], "fit: the first epoch came in another order with the same seed once more"
    assert other != found[:1], "fit: the first epoch came in the same order with another seed"


@worth(
    1,
    "train.fit",
    "as many epochs as were asked for, none too, and if nothing is left to learn; losses are numbers, not tensors",
    after=BY_HAND,
)
def test_fit_any_number_of_epochs(student, beside, rng):
    linear = LinearModel(student, beside, rng)
    x, y = examples(rng, 3)
    linear.fit(x, y, student.rng(5), epochs=0, batch_size=2)
    linear.fit(x, x @ linear.W.T + linear.b, student.rng(5), epochs=12, batch_size=3)


# fit: what comes of it

TRAINED = {"hint": "do the smaller tests of fit pass? then print the losses: do they fall?", "after": BY_HAND}


def draw_start(sizes, gain=1.0):
    """Weights with variance gain² / n_in and no biases, as a5 has it."""
    rng = np.random.default_rng(0)
    return [part for n, m in pairwise(sizes) for part in (rng.normal(0, gain / np.sqrt(n), size=(m, n)), np.zeros(m))]


@pytest.mark.parametrize(
    ("name", "steepness", "places", "limit"),
    [
        pytest.param("square", [1.5, 3, -1.5], [1.5, 0, 1.5], 0.05, marks=worth(0.5, "train.fit", **TRAINED)),
        pytest.param("heaviside", [5, 20, 50], [0, 0, 0], 0.05, marks=worth(0.5, "train.fit", **TRAINED)),
    ],
)
def test_fit_three_tanh_units_to_bishops(student, beside, reference, name, steepness, places, limit):
    function = reference.data.FUNCTIONS[name]
    error = bishop_error(student, beside, function, np.array(steepness), np.array(places))
    assert error < limit, f"fit of three tanh units to {name}: got an error of {error:.4f}, want < {limit}"


@worth(1.5, "train.fit", **TRAINED)
def test_fit_iris(student, beside, reference):
    x, labels, _ = reference.data.iris()
    is_test = np.arange(150) % 3 == 0
    x_train, x_test = reference.data.standardize(x[~is_test], x[is_test])
    start = draw_start((4, 8, 3))
    mlp, _ = beside.fit_network(
        student,
        (4, 8, 3),
        start,
        student.nn.CrossEntropyLoss(),
        x_train,
        labels[~is_test],
        lr=0.05,
        epochs=15,
        batch_size=20,
        seed=4,
    )
    n_wrong = int(np.sum(np.argmax(mlp(x_test).data, axis=1) != labels[is_test]))
    assert n_wrong <= 5, f"fit on iris: got {n_wrong} of 50 test flowers wrong, want at most 5"


@worth(1.5, "train.fit", **TRAINED)
def test_fit_diabetes(student, beside, reference):
    x, y = reference.data.diabetes()
    is_test = np.arange(442) % 3 == 2
    x_train, x_test = reference.data.standardize(x[~is_test], x[is_test])
    mean, deviation = y[~is_test].mean(), y[~is_test].std()
    mlp, _ = beside.fit_network(
        student,
        (10, 6, 1),
        draw_start((10, 6, 1)),
        student.nn.MSELoss(),
        x_train,
        ((y[~is_test] - mean) / deviation)[:, np.newaxis],
        lr=0.05,
        epochs=20,
        batch_size=64,
        seed=4,
        penalty=0.01,
    )
    error = float(np.sqrt(np.mean((mean + deviation * mlp(x_test).data[:, 0] - y[is_test]) ** 2)))
    assert error < 64, f"fit on diabetes: got a test error of {error:.1f} (root mean square), want < 64"


@worth(1.5, "train.fit", **TRAINED)
def test_fit_moons(student, beside, reference):
    rng = np.random.default_rng(0)
    x, labels = reference.data.moons(200, 0.1, rng)
    x_test, labels_test = reference.data.moons(500, 0.1, rng)
    mlp, _ = beside.fit_network(
        student,
        (2, 16, 1),
        draw_start((2, 16, 1), gain=2.0),
        student.nn.HingeLoss(),
        x,
        labels[:, np.newaxis],
        lr=0.1,
        epochs=30,
        batch_size=20,
        seed=4,
        penalty=0.001,
    )
    wrong = float(np.mean(np.sign(mlp(x_test).data[:, 0]) != labels_test))
    assert wrong < 0.08, f"fit on two moons: got {wrong:.1%} of the test points wrong, want < 8 %"


# accuracy


@worth(1, "train.accuracy", "with as many classes as examples, only the formula tells rows from columns")
def test_accuracy_of_random_classes(student, rng):
    for n, classes in [(30, 4), (5, 5), (7, 2), (7, 2), (1, 3), (60, 7)]:
        scores, labels = rng.normal(size=(n, classes)), rng.integers(classes, size=n)
        want = np.mean([scores[i, labels[i]] == max(scores[i]) for i in range(n)])
        same(student.train.accuracy(scores, labels), want, f"accuracy of {n} examples, {classes} classes")
    scores = rng.integers(-9, 9, size=(6, 1)) + np.array([3, 0, 1])  # whole numbers
    same(student.train.accuracy(scores, np.array([0, 0, 2, 1, 0, 1])), 0.5, "accuracy of scores that are whole numbers")


@worth(0.5, "train.accuracy", "scores of shape (n, 1) have labels of shape (n, 1)")
def test_accuracy_of_signs_in_a_column(student, rng):
    scores, labels = rng.normal(size=(40, 1)), rng.choice([-1.0, 1.0], size=(40, 1))
    want = np.mean((scores > 0) == (labels > 0))
    same(student.train.accuracy(scores, labels), want, "accuracy of shape (40, 1), labels -1 and +1")
    same(student.train.accuracy(tensor(student, scores), labels), want, "accuracy of a Tensor of shape (40, 1)")


@worth(0.5, "train.accuracy", "two columns are two classes, 0 and 1, and their signs mean nothing")
def test_accuracy_of_two_classes_by_columns(student):
    scores = np.array([[-5.0, -1.0], [3.0, 2.0], [-2.0, -3.0]])
    for labels, want in ([1, 0, 1], 2 / 3), ([1, 1, 1], 1 / 3), ([0, 0, 0], 2 / 3):
        same(student.train.accuracy(tensor(student, scores), np.array(labels)), want, f"two columns, labels {labels}")


@worth(0.5, "train.accuracy", "a fraction of the examples, from 0 to 1, and the scores are still needed afterwards")
def test_accuracy_of_none_and_all(student):
    scores = tensor(student, [[2.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    same(student.train.accuracy(scores, [0, 1]), 1.0, "accuracy with both right")
    same(student.train.accuracy(scores, [2, 2]), 0.0, "accuracy with both wrong")
    same(scores.data, [[2.0, 1.0, 0.0], [0.0, 1.0, 0.0]], "accuracy: the scores afterwards")


@worth(0.5, "train.accuracy", "which case it is, shapes say: labels may be all alike")
def test_accuracy_of_signs_with_equal_labels(student):
    scores = np.array([0.5, -2.0, 3.0, 0.25, -1.0])
    for label, want in (1, 0.6), (-1, 0.4):
        for labels in np.full(5, label), np.full(5, float(label)):
            same(student.train.accuracy(scores, labels), want, f"accuracy of five scores, all labels {label}")
    for score, label, want in (-0.5, 1, 0.0), (0.5, 1, 1.0), (-0.5, -1, 1.0):
        got = student.train.accuracy(np.array([score]), np.array([label]))
        same(got, want, f"accuracy of one score {score}, label {label}")


@worth(0.5, "train.accuracy", "compare the scores themselves, not what a function has made of them")
def test_accuracy_of_tiny_huge_and_close_scores(student):
    rows = np.array([[1.0, np.nextafter(1.0, 2.0)], [-2e-300, -1e-300], [1e300, 1.5e300], [-1e300, 1e-300]])
    signs = np.array([1e-300, -1e-300, -1e-20, 1e-8, -1e300, 1e300])
    same(
        student.train.accuracy(rows, np.array([1, 1, 1, 1])), 1.0, "accuracy of close, tiny and huge scores, all right"
    )
    same(
        student.train.accuracy(rows, np.array([0, 0, 0, 0])), 0.0, "accuracy of close, tiny and huge scores, all wrong"
    )
    for labels, want in ([1, -1, -1, 1, -1, 1], 1.0), ([-1, 1, 1, -1, 1, 1], 1 / 6):
        same(
            student.train.accuracy(signs, np.array(labels)), want, f"accuracy of the signs of {signs}, labels {labels}"
        )


# CybenkoSum


def cybenko_on_paper(w, theta, alpha, x):
    return np.exp(-np.logaddexp(0.0, -(x @ w.T + theta))) @ alpha


@worth(2, "approximation.CybenkoSum", "w has a row for each unit, x a row for each input; the weights as they are now")
def test_cybenko_of_a_batch(student, rng):
    for n_units, n_in, n, size in [(5, 3, 4, 1), (3, 3, 3, 1), (1, 2, 1, 1), (40, 2, 3, 1), (4, 1, 6, 500)]:
        w, theta, alpha = rng.normal(size=(n_units, n_in)), rng.normal(size=n_units), rng.normal(size=n_units)
        x = size * rng.normal(size=(n, n_in))
        G = cybenko(student, w, theta, alpha)
        what = f"CybenkoSum of {n_in} inputs, {n_units} units, batch of {n}"
        same(numbers(student, G(x)), cybenko_on_paper(w, theta, alpha, x), what)
    w, theta, alpha = w + 1.0, theta - 1.0, 2.0 * alpha
    G.w.data, G.theta.data, G.alpha = w, theta, tensor(student, alpha)
    same(numbers(student, G(x)), cybenko_on_paper(w, theta, alpha, x), f"{what}, with new weights")


@worth(0.75, "approximation.CybenkoSum", "one input gives one number")
def test_cybenko_of_one_input(student, rng):
    w, theta, alpha, x = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=5), rng.normal(size=3)
    out = cybenko(student, w, theta, alpha)(tensor(student, x))
    same(numbers(student, out), cybenko_on_paper(w, theta, alpha, x), "CybenkoSum of one input of shape (3,)")
    x = np.array([1, 0, -2])
    out = cybenko(student, w, theta, alpha)(x)
    same(numbers(student, out), cybenko_on_paper(w, theta, alpha, x), "CybenkoSum of one input of whole numbers")


@worth(2.25, "approximation.CybenkoSum", "every parameter has a part in G, and x too, be it one input or a batch")
def test_cybenko_gradient_of_other_shapes(student, gradcheck, rng):
    for shapes in [((3, 3), (3,), (3,), (3, 3)), ((4, 2), (4,), (4,), (2,))]:
        gradcheck(
            lambda package, w, theta, alpha, x: cybenko(package, w, theta, alpha)(x),
            *(rng.normal(size=shape) for shape in shapes),
            mode="fast",
            name="CybenkoSum (inputs: w, theta, alpha, x)",
        )
    gradcheck(
        lambda package, w, theta, alpha, x: cybenko(package, w, theta, alpha)(x),
        *(rng.normal(size=shape) for shape in ((3, 2), (3,))),
        np.array([0.0, 1.0, 0.0]),
        rng.normal(size=(4, 2)),
        mode="fast",
        name="CybenkoSum with two units of alpha 0 (inputs: w, theta, alpha, x)",
    )


# approximation_errors


def check_errors(student, f, units, name, draw=spread, rtol=RTOL):
    def of_vectors(x):
        assert np.ndim(x) == 1, f"approximation_errors: f got an array of shape {np.shape(x)}, want (n,)"
        return f(x)

    with sums_made_here(student, draw):
        got = student.approximation.approximation_errors(of_vectors, units, student.rng(0))
    want = errors_on_paper(f, [draw(count) for count in units])
    same(np.asarray(got), want, f"approximation_errors of {name} with {units} units", rtol=rtol, atol=0.0)


@worth(1.5, "approximation.approximation_errors", "an error is a distance; the largest may lie below f")
def test_approximation_errors_of_several_functions(student):
    check_errors(student, lambda x: np.abs(x - 0.4), [3, 1, 2], "|x - 0.4|")
    check_errors(student, lambda x: 3 - np.exp(2 * x), [3, 1, 2], "3 - exp 2x")
    check_errors(student, lambda x: (x > 0.3).astype(int), [2, 5], "a step from 0 to 1, in whole numbers")
    check_errors(student, lambda x: 1e-9 * np.sin(3 * x), [4], "a billionth of sin 3x")


@worth(1.25, "approximation.approximation_errors", "measure where alpha was not fitted, too")
def test_approximation_errors_between_the_points(student):
    check_errors(student, lambda x: np.abs(x - 0.4987) ** 0.5, [4], "a function with a tip between the points")


@worth(1.25, "approximation.approximation_errors", "a new sum for each number, drawn from the rng that was passed in")
def test_approximation_errors_of_sums_drawn_anew(student):
    drawn = []

    def draw(count, generator):
        w, theta = spread(count)
        drawn.append((w + generator.uniform(size=count), theta))
        return drawn[-1]

    def f(x):
        return np.sin(2 * np.pi * x)

    runs = []
    for seed in (1, 1, 2):
        drawn.clear()
        with sums_made_here(student, draw):
            got = np.asarray(student.approximation.approximation_errors(f, [5, 2, 5], student.rng(seed)))
        counts = [len(w) for w, _ in drawn]
        assert counts == [5, 2, 5], f"approximation_errors with 5, 2, 5 units: got sums of {counts} units, want those"
        same(got, errors_on_paper(f, drawn), "approximation_errors of sin 2πx with 5, 2, 5 units")
        runs.append(got)
    assert runs[0][0] != runs[0][2], "approximation_errors with 5, 2, 5 units: got the same sum twice, want a new one"
    same(runs[1], runs[0], "approximation_errors with the same seed once more")
    assert (runs[2] != runs[0]).all(), "approximation_errors with seeds 1 and 2: got the same sums, want different ones"


@worth(
    1.5, "approximation.approximation_errors", "the least squares themselves, with nothing added and nothing cut off"
)
def test_approximation_errors_of_units_nearly_alike(student):
    def alike(count, _=None):
        w = np.full(count, 3.0)
        return w, -w * (np.arange(count) + 0.5) / count

    # The condition number is 3e10: right ways differ by 1e-6 here, and others by much.
    check_errors(student, lambda x: np.abs(x - 0.4), [11], "|x - 0.4|", alike, rtol=1e-3)


# relu_kinks


def random_network(rng):
    """w, c, v of seven units, and by formula kinks and slopes."""
    places = rng.permutation(np.arange(-3.0, 4.0)) + rng.uniform(-0.2, 0.2, size=7)
    w, v = rng.uniform(0.5, 2, size=7) * rng.choice([-1, 1], size=7), rng.normal(size=7) + 3
    return w.tolist(), (-w * places).tolist(), v.tolist(), *on_paper(places, w, v)


def on_paper(places, w, v):
    kinks = np.sort(places)
    middles = np.concatenate([kinks[:1] - 1, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1])
    return kinks, np.array([np.sum((v * w)[w * (x - places) > 0]) for x in middles])


@worth(3, "approximation.relu_kinks", "sort the kinks before you ask for the slopes between them")
def test_kinks_of_a_random_network(student, beside, rng):
    check_kinks(student, beside, *random_network(rng), b=2.5)
    check_kinks(student, beside, *random_network(rng), b=-1.5)
    check_kinks(student, beside, [-2.0], [5.0], [3.0], [2.5], [-6.0, 0.0], b=1.0)


@worth(1, "approximation.relu_kinks", "a kink may lie anywhere, and weights may be small or large")
def test_kinks_far_out_and_close_to_zero(student, beside, rng):
    order = rng.permutation(6)
    places = (np.array([-3e7, -250.0, -1e-4, 2e-7, 40.0, 5e6]) * rng.uniform(1, 1.5, size=6))[order]
    w = np.array([1e4, 30.0, 1e-3, 1e-6, 1.0, 1e6])[order] * rng.choice([-1, 1], size=6)
    v = rng.uniform(1, 3, size=6) / w * rng.choice([-1, 1], size=6)
    check_kinks(student, beside, w.tolist(), (-w * places).tolist(), v.tolist(), *on_paper(places, w, v))
    check_kinks(student, beside, [1e-7, -2e-7], [-1.0, -1.0], [1e-7, 3e-7], [-5e6, 1e7], [-6e-14, 0.0, 1e-14])


@worth(0.75, "approximation.relu_kinks", "two units may bend at one place")
def test_kinks_at_one_place(student, beside):
    check_kinks(
        student,
        beside,
        [1.0, -2.0, 4.0, 1.0],
        [-1.0, 2.0, -4.0, 0.0],
        [1.0, 3.0, 2.0, 5.0],
        [0.0, 1.0],
        [-6.0, -1.0, 14.0],
    )
    check_kinks(student, beside, [1.0, 2.0, 1.0], [-1.0, -2.0, 3.0], [2.0, -1.0, 4.0], [-3.0, 1.0], [0.0, 4.0, 4.0])


@worth(1.25, "approximation.relu_kinks", "a unit without a weight, on either side, bends nothing")
def test_kinks_of_units_that_do_not_count(student, beside):
    check_kinks(student, beside, [0.0, 1.0, 2.0, 0.0], [3.0, -2.0, 1.0, -1.0], [7.0, 4.0, 0.0, 1.0], [2.0], [0.0, 4.0])


@worth(0.5, "approximation.relu_kinks", "no kink, one slope", after="test_kinks_by_hand")
def test_kinks_none(student, beside, rng):
    w, v = rng.normal(size=4) + 3, rng.normal(size=4) + 3
    w[rng.permutation(4)[:2]] = 0.0
    v[w != 0] = 0.0
    c = rng.uniform(1, 2, size=4) * np.where(v == 0.0, [1, -1, 1, -1], 1)
    check_kinks(student, beside, w.tolist(), c.tolist(), v.tolist(), np.zeros(0), [0.0])


@worth(0.5, "approximation.relu_kinks", "whose arrays are w, c and v? And what are the weights now?")
def test_kinks_leave_the_network_as_it_was(student, beside, rng):
    w, c, v, kinks, slopes = random_network(rng)
    mlp = beside.relu_network(student, w, c, v)
    first, last = mlp.layers
    check_kinks(student, beside, w, c, v, kinks, slopes, mlp=mlp)
    for got, want, name in (first.W, w, "w"), (first.b, c, "c"), (last.W, v, "v"):
        same(got.data.ravel(), want, f"relu_kinks: {name} afterwards")
    w, c, v, kinks, slopes = random_network(rng)
    first.W.data, first.b.data, last.W.data = np.array(w)[:, np.newaxis], np.array(c), np.array([v])
    check_kinks(student, beside, w, c, v, kinks, slopes, mlp=mlp)
