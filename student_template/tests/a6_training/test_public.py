"""Public tests of a6_training: a third of the points. The hidden tests look at the same from more sides.

Each exercise is tested by itself: fit is given an optimizer and minibatches of beside_student_code.py, and
approximation_errors sums made here. So a mistake in one exercise costs points of that exercise only.
"""

from contextlib import contextmanager

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and no test here loses more than a few of them


# What the tests are made of


def worth(points, exercise, hint=None, **conditions):
    return pytest.mark.points(points, exercise=exercise, **({"hint": hint} if hint else {}), **conditions)


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


def fit_and_replay(student, beside, rng, *, n, epochs, batch_size, penalty=0.0, seed=5):
    """Runs fit on a linear model, and then the same on paper, with the batches that the model was given.

    Returns the losses that fit returned, those on paper, W and b after fit, W and b on paper, and the batches.
    """
    x, y = rng.normal(size=(n, 2)), rng.normal(size=(n, 1))
    W, b, lr = rng.normal(size=(1, 2)), rng.normal(size=1), 0.1
    options = {"epochs": epochs, "batch_size": batch_size, "rng": student.rng(seed), "penalty": penalty}
    model = beside.layer(student, W, b)
    method = beside.sgd(student, [model.W, model.b], lr)
    losses, inputs, targets = beside.fit_linear(student, model, method, x.copy(), y.copy(), **options)
    after = model.W.data, model.b.data

    seen = sum(map(len, inputs)), sum(map(len, targets))
    want = epochs * n, epochs * n
    assert seen == want, f"fit: model and loss got {seen} examples, want {want}: {epochs} epochs of {n}"
    got, sizes = sorted(map(len, inputs)), sorted(epochs * [min(batch_size, n - at) for at in range(0, n, batch_size)])
    assert got == sizes, f"fit, batch_size {batch_size}, {n} examples: got batches of {got}, want {sizes}"
    table = np.concatenate([np.hstack(pair) for pair in zip(inputs, targets, strict=True)])
    for epoch in range(epochs):
        got, given = (rows[np.argsort(rows[:, 0])] for rows in (table[epoch * n :][:n], np.hstack([x, y])))
        same(got, given, f"fit: all examples of epoch {epoch}, inputs and targets side by side, sorted")
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


def check_kinks(student, beside, w, c, v, kinks, slopes):
    got = student.approximation.relu_kinks(beside.relu_network(student, w, c, v))
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


@worth(1.5, "optim.SGD", "downhill is against the gradient")
def test_sgd_step(student):
    w = tensor(student, [1.0, -2.0], [0.5, 4.0])
    student.optim.SGD([w], lr=0.1).step()
    same(w.data, [0.95, -2.4], "SGD with lr 0.1, w = [1, -2], gradient [0.5, 4]: w after a step")


@worth(0.75, "optim.SGD")
def test_sgd_zero_grad(student):
    first, second = tensor(student, [1.0], [2.0]), tensor(student, [3.0])
    student.optim.SGD([first, second], lr=0.1).zero_grad()
    assert first.grad is None, "SGD.zero_grad: a parameter still has a gradient, want None"
    assert second.grad is None, "SGD.zero_grad: a parameter without gradient has one now, want None"


@worth(1.75, "optim.SGD", "write down g, v and w of each of the three steps")
def test_sgd_momentum(student):
    w = tensor(student, [1.0])
    method = student.optim.SGD([w], lr=0.5, momentum=0.5)
    for grad, want in [(1.0, 0.5), (1.0, -0.25), (-4.0, 1.375)]:
        w.grad = np.array([grad])
        method.step()
        same(w.data, [want], f"SGD with lr 0.5, momentum 0.5, w = [1], gradients 1, 1, -4: w after gradient {grad}")


@worth(1.5, "optim.SGD", "the gradient of γ w² / 2 is added to that of the loss")
def test_sgd_weight_decay(student):
    w = tensor(student, [2.0, -4.0], [1.0, 0.0])
    student.optim.SGD([w], lr=0.5, weight_decay=0.25).step()
    same(w.data, [1.25, -3.5], "SGD with lr 0.5, weight decay 0.25, w = [2, -4], gradient [1, 0]: w after a step")


@worth(1.5, "optim.SGD", "the gradient is one long vector, whatever parameters it is spread over")
def test_sgd_normalized_step(student):
    first, second = tensor(student, [1.0], [3.0]), tensor(student, [[1.0]], [[-4.0]])
    student.optim.SGD([first, second], lr=0.5, normalize=True).step()
    same(first.data, [0.7], "SGD, normalised, lr 0.5, gradients [3] and [[-4]]: the first of two parameters of 1")
    same(second.data, [[1.4]], "SGD, normalised, lr 0.5, gradients [3] and [[-4]]: the second of two parameters of 1")


@worth(0.5, "optim.SGD")
def test_sgd_parameter_without_gradient(student):
    first, second = tensor(student, [1.0]), tensor(student, [1.0], [1.0])
    student.optim.SGD([first, second], lr=0.5, weight_decay=1.0).step()
    same(first.data, [1.0], "SGD with weight decay: a parameter whose grad is None")
    same(second.data, [0.0], "SGD with lr 0.5, weight decay 1: the parameter 1 beside it, of gradient 1")


# train_test_split


@worth(1, "train.train_test_split", "each example is in one of the two sets, and in one only")
def test_split_deals_out_every_example_once(student):
    x = np.arange(20.0)
    x_train, x_test, _, _ = dealt(student, x, 10 * x, 0.25)
    sizes = len(x_train), len(x_test)
    assert sizes == (15, 5), f"train_test_split of 20 examples, test_fraction 0.25: got sizes {sizes}, want (15, 5)"
    same(np.sort(np.concatenate([x_train, x_test])), x, "train_test_split: both sets together, sorted")


@worth(1, "train.train_test_split", "x and y have to be shuffled by the same order")
def test_split_keeps_pairs(student):
    x = np.arange(20.0)
    x_train, x_test, y_train, y_test = dealt(student, x, 10 * x + 3, 0.25)
    assert np.isin(x_test, x).all(), f"train_test_split of 0 ... 19: got the test inputs {x_test}"
    same(y_train, 10 * x_train + 3, "train_test_split: the training targets of y = 10 x + 3")
    same(y_test, 10 * x_test + 3, "train_test_split: the test targets of y = 10 x + 3")


@worth(1, "train.train_test_split", "every random number has to come from the rng that was passed in")
def test_split_is_random_by_the_rng(student):
    x = np.arange(30.0)
    first, again, other = (dealt(student, x, x, 0.5, seed)[1] for seed in (1, 1, 2))
    assert np.isin(first, x).all(), f"train_test_split of 0 ... 29: got the test inputs {first}"
    same(again, first, "train_test_split: the test set, with the same seed once more")
    assert set(first) != set(other), "train_test_split with seeds 1 and 2: got the same test set, want different ones"


# minibatches


@worth(1.5, "train.minibatches", "an epoch is a permutation of the examples, cut into pieces")
def test_minibatches_take_every_example_once(student):
    x = np.arange(7.0)
    inputs, targets = epoch_of(student, x, x + 7, 3)
    same(np.sort(np.concatenate(inputs)), x, "minibatches of 0 ... 6, batch_size 3: all inputs of an epoch, sorted")
    same(np.sort(np.concatenate(targets)), x + 7, "minibatches of 7 ... 13, batch_size 3: all targets, sorted")


@worth(1.5, "train.minibatches", "7 examples by threes: how many batches are there, and which of them is short?")
def test_minibatches_sizes(student):
    x = np.arange(7.0)
    inputs, _ = epoch_of(student, x, x, 3)
    sizes = [len(batch) for batch in inputs]
    assert sizes == [3, 3, 1], f"minibatches of 7 examples, batch_size 3: got sizes {sizes}, want [3, 3, 1]"
    got = np.concatenate(inputs)
    assert np.isin(got, x).all(), f"minibatches of 0 ... 6: got the inputs {got}"
    assert len(set(got)) > 1, f"minibatches of 0 ... 6: got the inputs {got}"


@worth(1, "train.minibatches", "x and y have to be shuffled by the same order")
def test_minibatches_keep_pairs(student):
    x = np.arange(8.0)
    inputs, targets = epoch_of(student, x, 10 * x + 3, 3)
    assert inputs, "minibatches of 8 examples, batch_size 3: got no batch"
    for got, target in zip(inputs, targets, strict=True):
        assert np.isin(got, x).all(), f"minibatches of 0 ... 7: got the inputs {got}"
        same(target, 10 * got + 3, "minibatches: the targets of y = 10 x + 3")


@worth(0.5, "train.minibatches", "a new epoch has a new order")
def test_minibatches_are_shuffled(student):
    x = np.arange(30.0)
    first, other = (np.concatenate(epoch_of(student, x, x, 4, seed)[0]) for seed in (1, 2))
    assert np.isin(first, x).all(), f"minibatches of 0 ... 29: got the inputs {first}"
    assert not np.array_equal(first, x), "minibatches: got the examples in the order of x, want a random order"
    assert not np.array_equal(first, other), "minibatches with seeds 1 and 2: got the same order, want different ones"


# fit


@worth(2, "train.fit", "prediction, loss, gradient, step: which weights does the returned loss belong to?")
def test_fit_one_step_by_hand(student, beside):
    model = beside.layer(student, [[1.0]], [0.0])
    method = beside.sgd(student, [model.W, model.b], lr=0.25)
    x, y = np.array([[1.0], [3.0]]), np.array([[0.0], [1.0]])
    options = {"epochs": 1, "batch_size": 2, "rng": student.rng(0)}
    losses, _, _ = beside.fit_linear(student, model, method, x, y, **options)
    same(model.W.data, [[-0.75]], "fit of w x + b, w = 1, b = 0, to (1, 0) and (3, 1), lr 0.25, one epoch: w")
    same(model.b.data, [-0.75], "fit of w x + b, w = 1, b = 0, to (1, 0) and (3, 1), lr 0.25, one epoch: b")
    assert isinstance(losses, list), f"fit: got {type(losses).__name__}, want a list"
    same(np.array(losses, dtype=np.float64), [2.5], "fit of w x + b, w = 1, b = 0, to (1, 0) and (3, 1): losses")


@worth(2.5, "train.fit", "only the gradient of this minibatch may count, and the last minibatch is smaller than others")
def test_fit_several_epochs(student, beside, rng):
    check_fit(*fit_and_replay(student, beside, rng, n=7, epochs=3, batch_size=3))


@worth(1.5, "train.fit", "J = L + λ Ω: a5 has a function for that")
def test_fit_with_a_penalty(student, beside, rng):
    check_fit(*fit_and_replay(student, beside, rng, n=4, epochs=2, batch_size=2, penalty=0.5))


@worth(1.5, "train.fit", "does the loss fall from epoch to epoch?", after="test_fit_one_step_by_hand")
def test_fit_three_tanh_units_to_a_sine(student, beside):
    error = bishop_error(student, beside, lambda x: np.sin(np.pi * x), [2.0, 4.0, 2.0], [2.0, 0.0, -2.0])
    assert error < 0.1, f"fit of three tanh units to sin πx: got an error of {error:.3f} after 200 epochs, want < 0.1"


# accuracy


@worth(0.75, "train.accuracy", "a row of scores belongs to one example")
def test_accuracy_of_classes(student):
    scores = np.array([[1.0, 5.0, 2.0], [7.0, 0.0, -1.0], [0.0, 1.0, 2.0], [3.0, 2.0, 1.0]])
    for labels, want in ([1, 0, 2, 1], 0.75), ([2, 0, 1, 1], 0.25):
        got = student.train.accuracy(scores, np.array(labels))
        same(got, want, f"accuracy of four rows, labels {labels}")


@worth(0.75, "train.accuracy", "scores and labels of the same shape: two classes, told apart by the sign")
def test_accuracy_of_signs(student):
    got = student.train.accuracy(np.array([0.3, -2.0, 5.0, -0.1, -7.0]), np.array([1.0, 1.0, 1.0, -1.0, 1.0]))
    same(got, 0.6, "accuracy of scores 0.3, -2, 5, -0.1, -7, labels 1, 1, 1, -1, 1")


@worth(0.5, "train.accuracy")
def test_accuracy_of_a_tensor(student):
    for scores, labels, want in (
        ([[0.0, 1.0], [0.0, 1.0]], [1, 0], 0.5),
        ([[0.0, 1.0, 2.0], [1.0, 5.0, 3.0]], [2, 1], 1.0),
    ):
        got = student.train.accuracy(tensor(student, scores), np.array(labels))
        same(got, want, f"accuracy of a Tensor of scores, {scores}, labels {labels}")


# CybenkoSum


@worth(1, "approximation.CybenkoSum", "σ first, the sum over units afterwards")
def test_cybenko_by_hand(student):
    w, theta, alpha = np.array([[np.log(3.0)], [0.0]]), np.array([0.0, -np.log(4.0)]), np.array([4.0, 10.0])
    out = cybenko(student, w, theta, alpha)(np.array([[0.0], [1.0], [-1.0]]))
    want = [4 * 0.5 + 10 * 0.2, 4 * 0.75 + 10 * 0.2, 4 * 0.25 + 10 * 0.2]
    same(numbers(student, out), want, "CybenkoSum, w = [[ln 3], [0]], theta = [0, -ln 4], alpha = [4, 10], at 0, 1, -1")


@worth(
    1,
    "approximation.CybenkoSum",
    "compute with tensors, not with their .data, or the tape ends here",
    forward="test_cybenko_by_hand",
)
def test_cybenko_gradient(student, gradcheck, rng):
    arrays = [rng.normal(size=shape) for shape in [(4, 2), (4,), (4,), (3, 2)]]
    gradcheck(
        lambda package, w, theta, alpha, x: cybenko(package, w, theta, alpha)(x),
        *arrays,
        name="CybenkoSum (inputs: w, theta, alpha, x)",
    )


# approximation_errors


@worth(2.5, "approximation.approximation_errors", "least squares for alpha on one grid, the largest error on the finer")
def test_approximation_errors_of_a_sine(student):
    def f(x):
        return np.sin(4 * x)

    with sums_made_here(student, spread):
        got = student.approximation.approximation_errors(f, [1, 2, 4], student.rng(0))
    same(np.asarray(got), errors_on_paper(f, [1, 2, 4], spread), "approximation_errors of sin 4x with 1, 2, 4 units")


# relu_kinks


@worth(2, "approximation.relu_kinks", "where is w x + c zero, and which units are on between two such places?")
def test_kinks_by_hand(student, beside):
    check_kinks(student, beside, [2.0, 1.0], [-6.0, -1.0], [1.5, -2.0], [1.0, 3.0], [0.0, -2.0, 1.0])


@worth(1, "approximation.relu_kinks", "a unit with a negative weight is on to the left of its kink")
def test_kinks_of_units_that_look_left(student, beside):
    check_kinks(
        student, beside, [-1.0, 2.0, -4.0], [0.0, 2.0, 8.0], [1.0, 1.0, 0.5], [-1.0, 0.0, 2.0], [-3.0, -1.0, 0.0, 2.0]
    )


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
