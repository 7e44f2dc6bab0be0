"""a6, by sorting: each example gets a random number, and the order of the numbers is the order of the examples."""


def _order(n, rng):
    return np.argsort(rng.random(n))


def train_test_split(x, y, test_fraction, rng):
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    rank = np.argsort(_order(len(x), rng))
    is_test = rank < round(test_fraction * len(x))
    return x[~is_test], x[is_test], y[~is_test], y[is_test]


def minibatches(x, y, batch_size, rng):
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    number = np.arange(len(x)) // batch_size  # of the batch that each place belongs to
    order = _order(len(x), rng)
    return ((x[order[number == k]], y[order[number == k]]) for k in np.unique(number))


def fit(model, loss, optimizer, x, y, *, epochs, batch_size, rng, penalty=0.0):
    def one_step(x_batch, y_batch):
        J = objective(loss, model, x_batch, y_batch, penalty)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.data, len(x_batch)

    def one_epoch():
        values, sizes = np.array([one_step(*batch) for batch in minibatches(x, y, batch_size, rng)], float).T
        return float(np.average(values, weights=sizes))

    return [one_epoch() for _ in range(epochs)]


def accuracy(scores, labels):
    scores = scores.data if isinstance(scores, Tensor) else np.asarray(scores)
    labels = np.asarray(labels)
    if np.ndim(labels) == np.ndim(scores):
        return np.count_nonzero(np.sign(scores) == labels) / labels.size
    one_hot = np.eye(scores.shape[1], dtype=int)
    return float(np.einsum("nc,nc->", one_hot[np.argmax(scores, axis=-1)], one_hot[labels]) / len(labels))
