"""a6, everything a matrix: a permutation is a permutation matrix's indices, a batch a row of a table of places."""

from .nn import l2_penalty


def _table(n, batch_size, rng):
    """Places in random order, a row for each batch; -1 where the last one is short."""
    n_batches = -(-n // batch_size)
    table = np.full(n_batches * batch_size, -1)
    table[:n] = rng.permuted(np.arange(n))
    return table.reshape(n_batches, batch_size)


def train_test_split(x, y, test_fraction, rng):
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    n = len(x)
    is_test = np.zeros(n, dtype=bool)
    is_test[: round(test_fraction * n)] = True
    rng.shuffle(is_test)
    train, test = np.setdiff1d(np.arange(n), np.flatnonzero(is_test)), np.flatnonzero(is_test)
    return [x[train], x[test], y[train], y[test]]


def minibatches(x, y, batch_size, rng):
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    for row in _table(len(x), batch_size, rng):
        row = row[row >= 0]
        yield x[row], y[row]


def fit(model, loss, optimizer, x, y, *, epochs, batch_size, rng, penalty=0.0):
    J = [[] for _ in range(epochs)]
    sizes = [[] for _ in range(epochs)]
    for epoch in range(epochs):
        for batch in minibatches(x, y, batch_size, rng):
            objective_now = loss(model(batch[0]), batch[1]) + penalty * l2_penalty(model)
            for parameter in optimizer.params:
                parameter.grad = None
            objective_now.backward()
            optimizer.step()
            J[epoch].append(float(objective_now.data))
            sizes[epoch].append(len(batch[0]))
    return [float(np.dot(values, n) / np.sum(n)) for values, n in zip(J, sizes)]


def accuracy(scores, labels):
    scores = scores.data if isinstance(scores, Tensor) else np.asarray(scores)
    labels = np.asarray(labels)
    if scores.shape == labels.shape:
        wrong = np.abs(np.where(scores > 0, 1, -1) - labels) / 2
        return float(1 - np.mean(wrong))
    confusion = np.zeros((scores.shape[1], scores.shape[1]))
    np.add.at(confusion, (labels, np.argmax(scores, axis=1)), 1)
    return float(np.trace(confusion) / np.sum(confusion))
