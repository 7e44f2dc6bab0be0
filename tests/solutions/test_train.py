"""The training loop against the same loop in PyTorch, minibatches and splits by their promises, and the data sets."""

import numpy as np
import pytest

from tests import needs

torch = needs.package("torch")

TOLERANCE = 1e-10  # both sides compute in float64; thirty steps differ by far less


@pytest.fixture
def train(feedforward):
    return feedforward.train


@pytest.fixture
def data(feedforward):
    return feedforward.data


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def numbered(rng):
    """23 inputs of shape (2, 2), with the number of each for its target."""
    y = np.arange(23)
    return np.stack([np.full((2, 2), number) for number in y]), y


# Split and minibatches


def paired(x, y):
    return x.shape == (len(y), 2, 2) and np.array_equal(x[:, 0, 1], y)


@pytest.mark.parametrize(("fraction", "n_test"), [(0.0, 0), (0.3, 7), (1.0, 23)])
def test_split_deals_out_pairs(train, rng, numbered, fraction, n_test):
    x_train, x_test, y_train, y_test = train.train_test_split(*numbered, fraction, rng)
    assert len(y_test) == n_test
    assert paired(x_train, y_train)
    assert paired(x_test, y_test)
    assert sorted([*y_train, *y_test]) == list(range(23))


@pytest.mark.parametrize("batch_size", [1, 5, 23, 100])
def test_minibatches_cover_an_epoch_with_a_short_last_one(train, rng, numbered, batch_size):
    batches = list(train.minibatches(*numbered, batch_size, rng))
    assert all(paired(*batch) for batch in batches)
    sizes = [len(y) for _, y in batches]
    assert sizes[:-1] == [min(batch_size, 23)] * (len(sizes) - 1)
    assert sizes[-1] == 23 - sum(sizes[:-1]) > 0
    assert sorted(np.concatenate([y for _, y in batches])) == list(range(23))


def test_every_order_of_an_epoch_is_equally_likely(train, rng):
    x = np.arange(3)
    orders = [tuple(np.concatenate([b for b, _ in train.minibatches(x, x, 2, rng)])) for _ in range(3000)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    assert max(abs(count - 500) for count in counts) < 6 * np.sqrt(3000 * 5 / 36)  # six standard deviations


def test_wrong_arguments_are_named(train, rng, numbered):
    x, y = numbered
    with pytest.raises(ValueError, match=r"train_test_split: got 23 inputs and 22 targets"):
        train.train_test_split(x, y[:-1], 0.5, rng)
    with pytest.raises(ValueError, match=r"train_test_split: got test_fraction 1.5, want a number from 0 to 1"):
        train.train_test_split(x, y, 1.5, rng)
    with pytest.raises(ValueError, match=r"minibatches: got 23 inputs and 22 targets"):
        next(train.minibatches(x, y[:-1], 5, rng))
    with pytest.raises(ValueError, match=r"minibatches: got batch_size 0, want at least 1"):
        next(train.minibatches(x, y, 0, rng))


# fit


@pytest.mark.slow
def test_fit_agrees_with_the_same_loop_in_torch(feedforward, train, rng):
    nn = feedforward.nn
    x, labels = rng.normal(size=(17, 4)), rng.integers(3, size=17)
    ours = nn.MLP((4, 5, 3), rng)
    first, last = (torch.nn.Linear(*sizes, dtype=torch.float64) for sizes in ((4, 5), (5, 3)))
    theirs = torch.nn.Sequential(first, torch.nn.Tanh(), last)
    with torch.no_grad():
        for layer, peer in zip(ours.layers, (first, last), strict=True):
            peer.weight.copy_(torch.from_numpy(layer.W.data))
            peer.bias.copy_(torch.from_numpy(layer.b.data))
    optimizer = feedforward.optim.SGD(ours.parameters(), 0.1, momentum=0.9)
    options = {"epochs": 6, "batch_size": 4, "penalty": 0.01, "rng": np.random.default_rng(3)}
    losses = train.fit(ours, nn.CrossEntropyLoss(), optimizer, x, labels, **options)

    peer_optimizer, same_rng = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9), np.random.default_rng(3)
    for epoch in range(6):
        total = 0.0
        for x_batch, y_batch in train.minibatches(x, labels, 4, same_rng):
            logits = theirs(torch.from_numpy(x_batch))
            penalty = 0.5 * (first.weight.square().sum() + last.weight.square().sum())
            J = torch.nn.functional.cross_entropy(logits, torch.from_numpy(y_batch)) + 0.01 * penalty
            peer_optimizer.zero_grad()
            J.backward()
            peer_optimizer.step()
            total += J.item() * len(y_batch)
        assert losses[epoch] == pytest.approx(total / 17, rel=TOLERANCE)
    for layer, peer in zip(ours.layers, (first, last), strict=True):
        np.testing.assert_allclose(layer.W.data, peer.weight.detach().numpy(), rtol=TOLERANCE, atol=TOLERANCE)
        np.testing.assert_allclose(layer.b.data, peer.bias.detach().numpy(), rtol=TOLERANCE, atol=TOLERANCE)


# accuracy


def test_accuracy_of_classes_and_of_signs(train, Tensor):
    assert train.accuracy(Tensor([[1.0, 2.0], [4.0, 3.0], [0.0, 1.0]]), np.array([1, 1, 1])) == pytest.approx(2 / 3)
    assert train.accuracy(np.array([0.5, -0.5, 2.0, -3.0]), np.array([1, 1, 1, -1])) == 0.75
    assert train.accuracy(np.array([[0.5], [-0.5]]), np.array([[-1], [-1]])) == 0.5


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        (np.ones((4, 1)), [1, -1, 1, 1], r"got labels \[ 1 -1  1  1\], want whole numbers from 0 to 0"),
        (np.ones((4, 1)), [1, 0, 1, 1], "want whole numbers from 0 to 0"),
        (np.eye(3), np.eye(3), "neither -1 nor \\+1 for scores of the same shape; labels of several classes"),
        (np.eye(3), [0, 1, 3], "want whole numbers from 0 to 2"),
        (np.eye(3), [0.0, 1.0, 2.0], "want whole numbers from 0 to 2"),
        (np.eye(3), [0, 1], r"scores of shape \(3, 3\) and labels of shape \(2,\), want \(n, classes\) and \(n,\)"),
        (np.ones(3), [[1], [1], [1]], r"scores of shape \(3,\) and labels of shape \(3, 1\)"),
        (np.ones(3), [0, 1, 1], "neither -1 nor"),
        ([[0.0, np.nan], [1.0, 0.0]], [0, 0], "got NaN among the scores"),
        ([np.nan, 1.0], [1, 1], "got NaN among the scores"),
    ],
)
def test_accuracy_of_what_does_not_fit_is_refused(train, scores, labels, message):
    with pytest.raises(ValueError, match=f"accuracy: .*{message}"):
        train.accuracy(scores, labels)


def test_accuracy_refuses_labels_in_a_tensor_as_the_losses_do(train, Tensor):
    with pytest.raises(ValueError, match=r"accuracy: got scores of shape \(2, 2\) and labels of shape \(\)"):
        train.accuracy(Tensor(np.eye(2)), Tensor([0.0, 1.0]))


# The data sets


def test_iris_has_fishers_means(data):
    x, labels, names = data.iris()
    assert x.shape == (150, 4)
    assert names == ("setosa", "versicolor", "virginica")
    assert np.bincount(labels).tolist() == [50, 50, 50]
    means = [x[labels == species].mean(axis=0) for species in range(3)]  # Fisher 1936, table 2
    want = [[5.006, 3.428, 1.462, 0.246], [5.936, 2.770, 4.260, 1.326], [6.588, 2.974, 5.552, 2.026]]
    np.testing.assert_allclose(means, want, rtol=0, atol=1e-12)


def test_diabetes_has_its_known_least_squares_fit(data):
    x, y = data.diabetes()
    assert x.shape == (442, 10)
    assert (y.min(), y.max()) == (25.0, 346.0)
    (standard,) = data.standardize(x)
    with_one = np.column_stack([np.ones(442), standard])
    residual = y - with_one @ np.linalg.lstsq(with_one, y, rcond=None)[0]
    assert 1 - np.mean(residual**2) / y.var() == pytest.approx(0.5177, abs=5e-5)  # R², as in the literature


def test_moons_lie_on_two_half_circles(data, rng):
    x, labels = data.moons(100, 0.0, rng)
    upper, lower = x[labels == -1], x[labels == 1]
    assert len(upper) == len(lower) == 50
    np.testing.assert_allclose(np.hypot(*upper.T), 1.0)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5), 1.0)
    assert upper[:, 1].min() >= 0.0
    assert lower[:, 1].max() <= 0.5


def test_bishops_functions_at_the_ends_and_an_unknown_one(data):
    for name, ends in [("square", [1, 1]), ("sine", [0, 0]), ("absolute", [1, 1]), ("heaviside", [0, 1])]:
        x, y = data.bishop(name)
        assert x.shape == y.shape == (50, 1)
        np.testing.assert_allclose(y[[0, -1], 0], ends, atol=1e-12)
    with pytest.raises(ValueError, match="bishop: got 'cosine', want one of square, sine, absolute, heaviside"):
        data.bishop("cosine")


def test_standardize_uses_the_training_set_alone(data, rng):
    train, test = rng.normal(3.0, 2.0, size=(40, 3)), rng.normal(size=(10, 3))
    standard, other = data.standardize(train, test)
    np.testing.assert_allclose(standard.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(standard.std(axis=0), 1.0)
    np.testing.assert_allclose(other, (test - train.mean(axis=0)) / train.std(axis=0))


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9])
def test_standardize_shifts_a_constant_column_and_does_not_scale_it(data, constant):
    """So it is when two flowers are learned by heart; the computed deviation of three times 0.1 is not 0 but 1e-17."""
    train = np.array([[1.0, constant], [2.0, constant], [3.0, constant]])
    standard, other = data.standardize(train, np.array([[2.0, constant + 0.5]]))
    np.testing.assert_allclose(standard, [[-np.sqrt(1.5), 0], [0, 0], [np.sqrt(1.5), 0]], atol=1e-15)
    np.testing.assert_allclose(other, [[0.0, 0.5]])
    np.testing.assert_allclose(data.standardize(train[:, 1])[0], 0.0, atol=1e-15)
