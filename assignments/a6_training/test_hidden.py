"""Hidden tests of a6_training.

Expected values are computed here. Fit is given an optimizer and minibatches made here, approximation_errors is given
sums made here, so a mistake loses points in its own exercise alone. A training run is one call of the student's fit,
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


def worth(points, exercise, hint):
    return pytest.mark.points(points, exercise=exercise, hint=hint)


def same(got, want, what):
    """Fails unless got is an array of want's shape and values. A number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic | float), f"{what}: got {type(got).__name__}, want an array"
    got = np.asarray(got)
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    if not np.allclose(got, want, rtol=RTOL, atol=1e-12):
        pytest.fail(f"{what}: got {np.array2string(got)}, want {np.array2string(want)}")


def tensor(student, data, grad=None):
    made = student.tensor.Tensor(np.array(data, dtype=np.float64))
    made.grad = None if grad is None else np.array(grad, dtype=np.float64)
    return made


def numbers(student, given):
    """The array in a tensor; an array is left as it is."""
    return np.array(given.data if isinstance(given, student.tensor.Tensor) else given)


def layer(student, W, b, seen=None):
    """A linear layer of this file's own. Puts the inputs that it is given into the list seen."""
    made = student.nn.Module()
    made.W, made.b = tensor(student, W), tensor(student, b)

    def forward(h):
        if seen is not None:
            seen.append(numbers(student, h))
        return h @ made.W.T + made.b

    made.forward = forward
    return made


def right_sgd(student, params, lr, momentum=0.0):
    """An SGD of the student's whose steps are right, whatever the student's own does."""
    method = student.optim.SGD(params, lr)
    velocities = [0.0] * len(params)

    def zero_grad():
        for parameter in params:
            parameter.grad = None

    def step():
        for index, parameter in enumerate(params):
            grad = parameter.grad
            if grad is not None:
                velocities[index] = momentum * velocities[index] + grad
                parameter.data = parameter.data - lr * velocities[index]

    method.zero_grad, method.step = zero_grad, step
    return method


@contextmanager
def right_minibatches(student):
    """For the time being minibatches is right, whatever the student's own does."""

    def epoch(x, y, batch_size, rng):
        shuffled = rng.permutation(len(x))
        parts = np.split(shuffled, range(batch_size, len(x), batch_size))
        return [(x[part], y[part]) for part in parts]

    theirs = student.train.minibatches
    student.train.minibatches = epoch
    try:
        yield
    finally:
        student.train.minibatches = theirs


def fit_and_replay(student, rng, *, n, epochs, batch_size, penalty=0.0, seed=5):
    """Runs fit on a linear model, and then the same on paper, with the batches that the model was given.

    Returns the losses that fit returned, those on paper, W and b after fit, W and b on paper, and the batches.
    """
    x, y = rng.normal(size=(n, 2)), rng.normal(size=(n, 1))
    W, b, lr = rng.normal(size=(1, 2)), rng.normal(size=1), 0.1
    inputs, targets = [], []
    model = layer(student, W, b, inputs)

    def loss(prediction, target):
        targets.append(numbers(student, target))
        error = prediction - target
        return (error * error).mean()

    options = {"epochs": epochs, "batch_size": batch_size, "rng": student.rng(seed), "penalty": penalty}
    method = right_sgd(student, [model.W, model.b], lr)
    with right_minibatches(student):
        losses = student.train.fit(model, loss, method, x, y, **options)
    after = model.W.data, model.b.data

    seen = sum(map(len, inputs)), sum(map(len, targets))
    want = epochs * n, epochs * n
    assert seen == want, f"fit: model and loss got {seen} examples, want {want}: {epochs} epochs of {n}"
    on_paper = np.zeros(epochs)
    counted = 0
    for x_batch, y_batch in zip(inputs, targets, strict=True):
        error = x_batch @ W.T + b - y_batch
        J = np.mean(error**2) + penalty * 0.5 * np.sum(W**2)
        on_paper[counted // n] += J * len(x_batch) / n
        counted += len(x_batch)
        W = W - lr * (2 * error.T @ x_batch / len(x_batch) + penalty * W)
        b = b - lr * 2 * error.mean(axis=0)
    return losses, on_paper, after, (W, b), inputs


def check_fit(losses, on_paper, after, want, _):
    assert isinstance(losses, list), f"fit: got {type(losses).__name__}, want a list, one number for each epoch"
    assert len(losses) == len(on_paper), f"fit: got {len(losses)} losses, want {len(on_paper)}, one for each epoch"
    same(after[0], want[0], "fit of a linear model: W after training")
    same(after[1], want[1], "fit of a linear model: b after training")
    same(np.array(losses, dtype=np.float64), on_paper, "fit of a linear model: mean training loss of each epoch")


def train_network(student, sizes, start, loss, x, y, *, lr, epochs, batch_size, seed, penalty=0.0):
    """An MLP that starts from these W, b, W, b, ..., after the student's fit with momentum 0.9, and the losses."""
    mlp = student.nn.MLP(sizes, student.rng(0))
    for made, W, b in zip(mlp.layers, start[::2], start[1::2], strict=True):
        made.W.data, made.b.data = np.array(W, dtype=np.float64), np.array(b, dtype=np.float64)
    method = right_sgd(student, mlp.parameters(), lr, momentum=0.9)
    options = {"epochs": epochs, "batch_size": batch_size, "rng": student.rng(seed), "penalty": penalty}
    with right_minibatches(student):
        losses = student.train.fit(mlp, loss, method, x, y, **options)
    return mlp, losses


def bishop_error(student, function, steepness, places):
    """The root mean square error of three tanh units after 200 steps on 50 points."""
    x = np.linspace(-1.0, 1.0, 50).reshape(50, 1)
    rng = np.random.default_rng(0)
    jitter = rng.uniform(0.95, 1.05, size=(2, 3))
    start = [(jitter[0] * steepness)[:, np.newaxis], jitter[1] * places, rng.uniform(-0.2, 0.2, (1, 3)), [0.0]]
    options = {"lr": 0.2, "epochs": 200, "batch_size": 50, "seed": 3}
    mlp, losses = train_network(student, (1, 3, 1), start, student.nn.MSELoss(), x, function(x), **options)
    assert len(losses) == 200, f"fit: got {len(losses)} losses, want 200"
    return float(np.sqrt(np.mean((mlp(x).data - function(x)) ** 2)))


def dealt(student, x, y, fraction, seed=0):
    """The four arrays of train_test_split."""
    parts = student.train.train_test_split(x, y, fraction, student.rng(seed))
    assert isinstance(parts, tuple | list), f"train_test_split: got {type(parts).__name__}, want four arrays"
    assert len(parts) == 4, f"train_test_split: got {len(parts)} things, want four arrays"
    return [np.asarray(part) for part in parts]


def epoch_of(student, x, y, batch_size, seed=0):
    """All the minibatches of one epoch, as two lists: inputs and targets."""
    batches = [tuple(batch) for batch in student.train.minibatches(x, y, batch_size, student.rng(seed))]
    assert all(len(batch) == 2 for batch in batches), "minibatches: want pairs (x_batch, y_batch)"
    return [np.asarray(batch[0]) for batch in batches], [np.asarray(batch[1]) for batch in batches]


def relu_network(student, w, c, v, b=0.0):
    mlp = student.nn.MLP((1,), student.rng(0), activation=student.functional.relu)
    mlp.layers = [layer(student, np.array(w, float)[:, np.newaxis], c), layer(student, [v], [b])]
    return mlp


def check_kinks(student, w, c, v, kinks, slopes):
    got = student.approximation.relu_kinks(relu_network(student, w, c, v))
    assert isinstance(got, tuple | list), f"relu_kinks: got {type(got).__name__}, want kinks and slopes"
    assert len(got) == 2, f"relu_kinks: got {len(got)} things, want kinks and slopes"
    same(got[0], kinks, f"relu_kinks for w = {w}, c = {c}, v = {v}: kinks")
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
    """For the time being CybenkoSum(1, N, rng) makes a right one, with w and theta from draw(N)."""

    def make(n_in, n_units, rng):
        assert n_in == 1, f"approximation_errors: got CybenkoSum({n_in}, ...), want one of one input"
        made = student.nn.Module()
        w, theta = draw(n_units)
        made.w, made.theta = tensor(student, w[:, np.newaxis]), tensor(student, theta)
        made.alpha = tensor(student, np.ones(n_units))
        made.forward = lambda x: student.functional.sigmoid(x @ made.w.T + made.theta) @ made.alpha
        return made

    theirs = student.approximation.CybenkoSum
    student.approximation.CybenkoSum = make
    try:
        yield
    finally:
        student.approximation.CybenkoSum = theirs


def errors_on_paper(f, units, draw):
    """What approximation_errors should give with those units: by formula."""
    coarse, finer = (np.linspace(0.0, 1.0, points) for points in (200, 1000))
    errors = []
    for count in units:
        w, theta = draw(count)
        H, H_finer = (1.0 / (1.0 + np.exp(-(np.outer(points, w) + theta))) for points in (coarse, finer))
        errors.append(np.abs(H_finer @ (np.linalg.pinv(H) @ f(coarse)) - f(finer)).max())
    return np.asarray(errors)


def spread(count):
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
            length = np.linalg.norm(np.concatenate([each.ravel() for each in g.values()]))
            g = {i: each / length for i, each in g.items()}
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
    for warning in caught:
        pytest.fail(f"SGD({options}): got a warning, {warning.message}, want none")
    want = sgd_on_paper(weights, all_grads, lr, **options)
    for index, parameter in enumerate(params):
        same(parameter.data, want[index], f"SGD(lr={lr}, {options}): parameter {index} after {len(all_grads)} steps")


def random_steps(rng, steps, shapes=((3, 2), (2,), (1, 2), ())):
    weights = [np.asarray(rng.normal(size=shape)) for shape in shapes]
    return weights, [[np.asarray(rng.normal(size=shape)) for shape in shapes] for _ in range(steps)]


@worth(2, "optim.SGD", "every parameter makes its own step, whatever its shape")
def test_sgd_plain_steps_of_several_shapes(student, rng):
    check_sgd(student, *random_steps(rng, 3, ((3, 2), (2,), (), (0, 3), (1, 1))), 0.3)


@worth(3, "optim.SGD", "v <- μ v + g comes first, then w <- w - η v; and each parameter has its own v")
def test_sgd_momentum_of_several_parameters(student, rng):
    check_sgd(student, *random_steps(rng, 5), 0.2, momentum=0.7)


@worth(2, "optim.SGD", "weight decay looks at the weights as they are at this step")
def test_sgd_weight_decay_of_several_steps(student, rng):
    check_sgd(student, *random_steps(rng, 3), 0.2, weight_decay=0.3)


@worth(2, "optim.SGD", "one length for all parameters together")
def test_sgd_normalized_steps(student, rng):
    weights, all_grads = random_steps(rng, 3)
    small = [[0.01 * grad for grad in grads] for grads in all_grads]
    check_sgd(student, weights, all_grads, 0.2, normalize=True)
    check_sgd(student, weights, small, 0.2, normalize=True)


@worth(3, "optim.SGD", "which of decay, length and momentum comes first, which last?")
def test_sgd_everything_together(student, rng):
    check_sgd(student, *random_steps(rng, 4), 0.2, momentum=0.6, weight_decay=0.3, normalize=True)


@worth(1.5, "optim.SGD", "zero divided by zero is no direction")
def test_sgd_normalized_step_of_zero_gradients(student):
    w = tensor(student, [1.0, 2.0], [0.0, 0.0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        student.optim.SGD([w], 0.5, normalize=True).step()
    same(w.data, [1.0, 2.0], "SGD, normalised, all gradients zero: w = [1, 2] after a step")
    assert not caught, f"SGD, normalised, all gradients zero: got a warning, {caught[0].message}, want none"


@worth(1.5, "optim.SGD", "whoever has no gradient neither moves nor counts")
def test_sgd_parameters_without_gradient(student, rng):
    weights, all_grads = random_steps(rng, 3)
    all_grads[0][1] = all_grads[1][0] = all_grads[1][1] = all_grads[2][3] = None
    check_sgd(student, weights, all_grads, 0.2, momentum=0.6, weight_decay=0.3, normalize=True)


@worth(1.5, "optim.SGD", "is an array that you change the gradient itself?")
def test_sgd_leaves_gradients_as_they_are(student):
    w = tensor(student, [1.0, 2.0], [3.0, -1.0])
    method = student.optim.SGD([w], 0.5, momentum=0.5, weight_decay=0.5, normalize=True)
    method.step()
    method.step()
    assert not np.array_equal(w.data, [1.0, 2.0]), "SGD: w = [1, 2] is the same after two steps, want it changed"
    same(w.grad, [3.0, -1.0], "SGD: the gradient [3, -1] after two steps")


@worth(1, "optim.SGD", "a learning rate may be made smaller during training")
def test_sgd_reads_the_learning_rate_at_every_step(student):
    w = tensor(student, [1.0], [1.0])
    method = student.optim.SGD([w], 0.5, momentum=0.5)
    method.step()
    method.lr = 0.1
    method.step()
    same(w.data, [0.35], "SGD with momentum 0.5, gradient 1 twice, lr 0.5 and then 0.1: w = [1] after two steps")


@worth(0.5, "optim.SGD", "all parameters, not one")
def test_sgd_zero_grad_of_several_parameters(student, rng):
    params = [tensor(student, rng.normal(size=3), rng.normal(size=3)) for _ in range(3)]
    student.optim.SGD(params, 0.1, momentum=0.9).zero_grad()
    left = [index for index, parameter in enumerate(params) if parameter.grad is not None]
    assert not left, f"SGD.zero_grad: parameters {left} of 3 still have a gradient, want None"


# train_test_split


def table(rng, n):
    """n inputs with three columns and n whole numbers that can be told from them."""
    x = rng.normal(size=(n, 3))
    return x, np.floor(1000 * x[:, 0]).astype(np.int64)


@worth(2, "train.train_test_split", "rows of x, and the labels that belong to them")
def test_split_of_a_table_keeps_pairs(student, rng):
    x, y = table(rng, 17)
    x_train, x_test, y_train, y_test = dealt(student, x, y, 0.3)
    for got, labels in ((x_train, y_train), (x_test, y_test)):
        assert got.shape == (len(labels), 3), f"train_test_split: got shapes {got.shape}, {labels.shape}"
        same(labels, np.floor(1000 * got[:, 0]), "train_test_split: labels beside the rows they belong to")


@worth(1.5, "train.train_test_split", "the test set has round(fraction * n) examples; none and all are numbers too")
def test_split_sizes(student, rng):
    for n, fraction, want in [
        (10, 0.0, 0),
        (10, 1.0, 10),
        (10, 0.29, 3),
        (7, 0.5001, 4),
        (150, 1 / 3, 50),
        (1, 0.3, 0),
    ]:
        x, y = table(rng, n)
        sizes = [len(part) for part in dealt(student, x, y, fraction)]
        assert sizes == [n - want, want, n - want, want], (
            f"train_test_split of {n} examples, fraction {fraction:.4g}: got sizes {sizes}, want {want} in the test set"
        )


@worth(1.5, "train.train_test_split", "an example of the test set must never be seen in training")
def test_split_sets_have_nothing_in_common(student, rng):
    x, y = table(rng, 40)
    for seed in range(3):
        x_train, x_test, _, _ = dealt(student, x, y, 0.4, seed)
        both = set(x_train[:, 0]) & set(x_test[:, 0])
        assert not both, f"train_test_split: {len(both)} examples are in both sets, want none"
        same(np.sort(np.concatenate([x_train, x_test])[:, 0]), np.sort(x[:, 0]), "train_test_split: all first columns")


@worth(1, "train.train_test_split", "random is: any example may come into the test set, wherever it stands")
def test_split_any_example_can_be_tested(student):
    x = np.arange(4.0)
    tested = np.concatenate([dealt(student, x, x, 0.5, seed)[1] for seed in range(40)])  # missed by chance: 4e-12
    assert set(tested) == {0.0, 1.0, 2.0, 3.0}, (
        f"train_test_split 40 times: only {sorted(set(tested))} were ever tested"
    )


@worth(0.5, "train.train_test_split", "rng.shuffle changes what it is given")
def test_split_leaves_its_inputs_as_they_were(student, held, rng):
    x, y = table(rng, 12)
    held_x, held_y = held(x), held(y)
    student.train.train_test_split(held_x, held_y, 0.5, student.rng(0))
    same(np.array(held_x), x, "train_test_split: x afterwards")
    same(np.array(held_y), y, "train_test_split: y afterwards")


# minibatches


@worth(2, "train.minibatches", "rows of x, and the labels that belong to them")
def test_minibatches_of_a_table_keep_pairs(student, rng):
    x, y = table(rng, 17)
    inputs, targets = epoch_of(student, x, y, 5)
    for got, labels in zip(inputs, targets, strict=True):
        assert got.shape == (len(labels), 3), f"minibatches: got shapes {got.shape}, {labels.shape} in one batch"
        same(labels, np.floor(1000 * got[:, 0]), "minibatches: labels beside the rows they belong to")


@worth(2.5, "train.minibatches", "nobody is left over, and no batch is empty")
def test_minibatches_sizes_of_many_kinds(student, rng):
    for n, size, want in [
        (10, 3, [3, 3, 3, 1]),
        (9, 3, [3, 3, 3]),
        (2, 5, [2]),
        (5, 5, [5]),
        (3, 1, [1] * 3),
        (1, 1, [1]),
    ]:
        x, y = table(rng, n)
        inputs, targets = epoch_of(student, x, y, size)
        sizes = [len(batch) for batch in inputs], [len(batch) for batch in targets]
        assert sizes == (want, want), f"minibatches of {n} examples, batch_size {size}: got sizes {sizes}, want {want}"


@worth(1.5, "train.minibatches", "each example once: a permutation, not a draw with replacement")
def test_minibatches_cover_the_epoch(student, rng):
    x, y = table(rng, 23)
    inputs, targets = epoch_of(student, x, y, 4)
    same(np.sort(np.concatenate(inputs)[:, 1]), np.sort(x[:, 1]), "minibatches: second columns of one epoch, sorted")
    same(np.sort(np.concatenate(targets)), np.sort(y), "minibatches: labels of one epoch, sorted")


@worth(1.5, "train.minibatches", "the rng goes on from epoch to epoch; do not start it, or another one, anew")
def test_minibatches_of_the_next_epoch_come_in_another_order(student):
    x, generator = np.arange(25.0), student.rng(7)
    first, second = (
        np.concatenate([np.asarray(batch[0]) for batch in student.train.minibatches(x, x, 4, generator)]) for _ in "12"
    )
    assert not np.array_equal(first, second), "minibatches: two epochs with one rng came in the same order"
    again = np.concatenate(epoch_of(student, x, x, 4, seed=7)[0])
    same(again, first, "minibatches: the first epoch, with the same seed once more")


@worth(1, "train.minibatches", "any example may come first")
def test_minibatches_start_anywhere(student):
    x = np.arange(4.0)
    first = {float(epoch_of(student, x, x, 1, seed)[0][0][0]) for seed in range(60)}  # missed by chance: 1e-7
    assert first == {0.0, 1.0, 2.0, 3.0}, f"minibatches of 0, 1, 2, 3 sixty times: only {sorted(first)} came first"
    steps = {float(np.diff(np.concatenate(epoch_of(student, x, x, 1, seed)[0]))[0]) for seed in range(60)}
    assert len(steps) > 2, f"minibatches of 0, 1, 2, 3: the second always follows the first by one of {sorted(steps)}"


@worth(1, "train.minibatches", "rng.shuffle changes what it is given")
def test_minibatches_leave_their_inputs_as_they_were(student, held, rng):
    x, y = table(rng, 12)
    held_x, held_y = held(x), held(y)
    list(student.train.minibatches(held_x, held_y, 5, student.rng(0)))
    same(np.array(held_x), x, "minibatches: x afterwards")
    same(np.array(held_y), y, "minibatches: y afterwards")


# fit: what it does, step by step


@worth(3, "train.fit", "which gradients are left over from the minibatch before?")
def test_fit_makes_the_right_steps(student, rng):
    check_fit(*fit_and_replay(student, rng, n=9, epochs=4, batch_size=2))


@worth(1.5, "train.fit", "a mean over examples: how much does a short minibatch count?")
def test_fit_returns_the_mean_over_examples(student, rng):
    losses, on_paper, *_ = fit_and_replay(student, rng, n=5, epochs=2, batch_size=4)
    same(np.array(losses, dtype=np.float64), on_paper, "fit, minibatches of 4 and 1: mean training loss of each epoch")


@worth(1.5, "train.fit", "the penalty has a part in the gradient of each step, and in J")
def test_fit_with_a_penalty_and_short_batches(student, rng):
    check_fit(*fit_and_replay(student, rng, n=5, epochs=3, batch_size=2, penalty=0.3))


@worth(1, "train.fit", "the same rng through all the epochs, and a new order in each of them")
def test_fit_shuffles_every_epoch_anew(student, rng):
    *_, inputs = fit_and_replay(student, rng, n=12, epochs=3, batch_size=12)
    orders = {batch.tobytes() for batch in inputs}
    assert len(orders) == 3, f"fit: 3 epochs came in {len(orders)} different orders, want 3"


@worth(1, "train.fit", "no epoch, no step, no loss; and losses are numbers, not tensors")
def test_fit_no_epochs_and_plain_numbers(student, rng):
    losses, _, after, want, _ = fit_and_replay(student, rng, n=3, epochs=0, batch_size=2)
    assert losses == [], f"fit of no epochs: got {losses!r:.60}, want an empty list"
    same(after[0], want[0], "fit of no epochs: W")
    losses, *_ = fit_and_replay(student, rng, n=3, epochs=2, batch_size=2)
    kinds = {type(loss).__name__ for loss in losses}
    assert kinds <= {"float", "float64"}, f"fit: got losses of types {kinds}, want floats"


# fit: what comes of it

HINT_TRAINING = "do the smaller tests of fit pass? then print the losses: do they fall?"


def draw_start(sizes, gain=1.0):
    """Weights with variance gain² / n_in and no biases, as a5 has it."""
    rng = np.random.default_rng(0)
    return [part for n, m in pairwise(sizes) for part in (rng.normal(0, gain / np.sqrt(n), size=(m, n)), np.zeros(m))]


@pytest.mark.parametrize(
    ("name", "steepness", "places", "limit"),
    [
        pytest.param("square", [1.5, 3, -1.5], [1.5, 0, 1.5], 0.05, marks=worth(0.5, "train.fit", HINT_TRAINING)),
        pytest.param("absolute", [2.5, 5, -2.5], [1.5, 0, 1.5], 0.18, marks=worth(0.5, "train.fit", HINT_TRAINING)),
        pytest.param("heaviside", [5, 20, 50], [0, 0, 0], 0.05, marks=worth(0.5, "train.fit", HINT_TRAINING)),
    ],
)
def test_fit_three_tanh_units_to_bishops(student, reference, name, steepness, places, limit):
    function = reference.data.FUNCTIONS[name]
    error = bishop_error(student, function, np.array(steepness), np.array(places))
    assert error < limit, f"fit of three tanh units to {name}: got an error of {error:.4f}, want < {limit}"


@worth(2.5, "train.fit", HINT_TRAINING)
def test_fit_iris(student, reference):
    x, labels, _ = reference.data.iris()
    is_test = np.arange(150) % 3 == 0
    x_train, x_test = reference.data.standardize(x[~is_test], x[is_test])
    start = draw_start((4, 8, 3))
    mlp, _ = train_network(
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


@worth(2.5, "train.fit", HINT_TRAINING)
def test_fit_diabetes(student, reference):
    x, y = reference.data.diabetes()
    is_test = np.arange(442) % 3 == 2
    x_train, x_test = reference.data.standardize(x[~is_test], x[is_test])
    mean, deviation = y[~is_test].mean(), y[~is_test].std()
    mlp, _ = train_network(
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


@worth(2.5, "train.fit", HINT_TRAINING)
def test_fit_moons(student, reference):
    rng = np.random.default_rng(0)
    x, labels = reference.data.moons(200, 0.1, rng)
    x_test, labels_test = reference.data.moons(500, 0.1, rng)
    mlp, _ = train_network(
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


@worth(1.5, "train.accuracy", "with as many classes as examples, only the formula tells rows from columns")
def test_accuracy_of_random_classes(student, rng):
    for n, classes in [(30, 4), (5, 5), (7, 2), (1, 3), (2, 6)]:
        scores, labels = rng.normal(size=(n, classes)), rng.integers(classes, size=n)
        want = np.mean([scores[i, labels[i]] == max(scores[i]) for i in range(n)])
        same(student.train.accuracy(scores, labels), want, f"accuracy of {n} examples, {classes} classes")


@worth(1, "train.accuracy", "scores of shape (n, 1) have labels of shape (n, 1)")
def test_accuracy_of_signs_in_a_column(student, rng):
    scores, labels = rng.normal(size=(40, 1)), rng.choice([-1.0, 1.0], size=(40, 1))
    want = np.mean((scores > 0) == (labels > 0))
    same(student.train.accuracy(scores, labels), want, "accuracy of shape (40, 1), labels -1 and +1")
    same(student.train.accuracy(tensor(student, scores), labels), want, "accuracy of a Tensor of shape (40, 1)")


@worth(0.75, "train.accuracy", "two columns are two classes, 0 and 1, and their signs mean nothing")
def test_accuracy_of_two_classes_by_columns(student):
    scores = np.array([[-5.0, -1.0], [3.0, 2.0], [-2.0, -3.0]])
    same(student.train.accuracy(tensor(student, scores), np.array([1, 0, 1])), 2 / 3, "accuracy of two columns")


@worth(0.75, "train.accuracy", "a fraction, from 0 to 1")
def test_accuracy_of_none_and_all(student):
    scores = np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    same(student.train.accuracy(scores, [0, 1]), 1.0, "accuracy with both right")
    same(student.train.accuracy(scores, [2, 2]), 0.0, "accuracy with both wrong")


# CybenkoSum


def cybenko_on_paper(w, theta, alpha, x):
    return (1.0 / (1.0 + np.exp(-(x @ w.T + theta)))) @ alpha


@worth(2, "approximation.CybenkoSum", "w has a row for each unit, x a row for each input")
def test_cybenko_of_a_batch(student, rng):
    for n_units, n_in, n in [(5, 3, 4), (3, 3, 3), (1, 2, 1), (4, 1, 6)]:
        w, theta, alpha = rng.normal(size=(n_units, n_in)), rng.normal(size=n_units), rng.normal(size=n_units)
        x = rng.normal(size=(n, n_in))
        out = cybenko(student, w, theta, alpha)(x)
        want = cybenko_on_paper(w, theta, alpha, x)
        same(numbers(student, out), want, f"CybenkoSum of {n_in} inputs, {n_units} units, batch of {n}")


@worth(1, "approximation.CybenkoSum", "one input gives one number")
def test_cybenko_of_one_input(student, rng):
    w, theta, alpha, x = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=5), rng.normal(size=3)
    out = cybenko(student, w, theta, alpha)(tensor(student, x))
    same(numbers(student, out), cybenko_on_paper(w, theta, alpha, x), "CybenkoSum of one input of shape (3,)")


@worth(1, "approximation.CybenkoSum", "every parameter has a part in G, and x too")
def test_cybenko_gradient_of_square_shapes(student, gradcheck, rng):
    arrays = [rng.normal(size=shape) for shape in [(3, 3), (3,), (3,), (3, 3)]]
    gradcheck(
        lambda package, w, theta, alpha, x: cybenko(package, w, theta, alpha)(x),
        *arrays,
        mode="fast",
        name="CybenkoSum (inputs: w, theta, alpha, x)",
    )


# approximation_errors


def check_errors(student, f, units, name):
    with sums_made_here(student, spread):
        got = student.approximation.approximation_errors(f, units, student.rng(0))
    same(np.asarray(got), errors_on_paper(f, units, spread), f"approximation_errors of {name} with {units} units")


@worth(1.5, "approximation.approximation_errors", "an error is a distance; the largest may lie below f")
def test_approximation_errors_of_several_functions(student):
    check_errors(student, lambda x: np.abs(x - 0.4), [3, 1, 2], "|x - 0.4|")
    check_errors(student, lambda x: 3 - np.exp(2 * x), [2, 3], "3 - exp 2x")


@worth(1, "approximation.approximation_errors", "measure where alpha was not fitted, too")
def test_approximation_errors_between_the_points(student):
    check_errors(student, lambda x: np.abs(x - 0.4987) ** 0.5, [4], "a function with a tip between the points")


@worth(1, "approximation.approximation_errors", "does the error fall with more units? a new sum for each number")
def test_approximation_errors_fall(student, rng):
    def draw(count):
        w = rng.normal(0, 10, size=count)
        return w, -w * rng.uniform(size=count)

    with sums_made_here(student, draw):
        got = np.asarray(
            student.approximation.approximation_errors(lambda x: np.sin(2 * np.pi * x), [1, 25], student.rng(1))
        )
    assert got[0] > 0.3, f"approximation_errors of sin 2πx: got {got[0]:.3g} with 1 unit, want > 0.3"
    assert got[1] < 0.05, f"approximation_errors of sin 2πx: got {got[1]:.3g} with 25 units, want < 0.05"


# relu_kinks


@worth(2.5, "approximation.relu_kinks", "sort the kinks before you ask for the slopes between them")
def test_kinks_of_a_random_network(student, rng):
    places = rng.permutation(np.arange(-3.0, 4.0)) + rng.uniform(-0.2, 0.2, size=7)
    w, v = rng.uniform(0.5, 2, size=7) * rng.choice([-1, 1], size=7), rng.normal(size=7) + 3
    kinks = np.sort(places)
    middles = np.concatenate([kinks[:1] - 1, (kinks[1:] + kinks[:-1]) / 2, kinks[-1:] + 1])
    slopes = [np.sum((v * w)[w * (x - places) > 0]) for x in middles]
    check_kinks(student, w.tolist(), (-w * places).tolist(), v.tolist(), kinks, slopes)


@worth(1, "approximation.relu_kinks", "two units may bend at one place")
def test_kinks_at_one_place(student):
    check_kinks(
        student, [1.0, -2.0, 4.0, 1.0], [-1.0, 2.0, -4.0, 0.0], [1.0, 3.0, 2.0, 5.0], [0.0, 1.0], [-6.0, -1.0, 14.0]
    )


@worth(1, "approximation.relu_kinks", "a unit without a weight, on either side, bends nothing")
def test_kinks_of_units_that_do_not_count(student):
    check_kinks(student, [0.0, 1.0, 2.0, 0.0], [3.0, -2.0, 1.0, -1.0], [7.0, 4.0, 0.0, 1.0], [2.0], [0.0, 4.0])


@worth(1, "approximation.relu_kinks", "no kink, one slope")
def test_kinks_none(student):
    check_kinks(student, [0.0, 2.0, 3.0], [1.0, -1.0, 1.0], [5.0, 0.0, 0.0], np.zeros(0), [0.0])
