"""a6, in place: shuffled copies, then slices, which are views; losses in a buffer."""

INDEX = np.int32  # wide enough to count examples


def train_test_split(x, y, test_fraction, rng):
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    n = len(x)
    chosen = rng.choice(n, size=int(np.rint(test_fraction * n)), replace=False) if n else np.zeros(0, dtype=INDEX)
    mask = np.zeros(n, dtype=bool)
    mask[chosen] = True
    return np.compress(~mask, x, axis=0), x[mask], np.compress(~mask, y, axis=0), y[mask]


def minibatches(x, y, batch_size, rng):
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    order = np.arange(len(x), dtype=INDEX)
    rng.shuffle(order)
    x, y = np.take(x, order, axis=0), np.take(y, order, axis=0)
    start = 0
    while start < len(x):
        yield x[start : start + batch_size], y[start : start + batch_size]
        start += batch_size


def fit(model, loss, optimizer, x, y, *, epochs, batch_size, rng, penalty=0.0):
    means = np.zeros(epochs)
    optimizer.zero_grad()
    for epoch in range(epochs):
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            J = objective(loss, model, x_batch, y_batch, penalty)
            J.backward()
            optimizer.step()
            optimizer.zero_grad()
            means[epoch] += J.item() * (len(x_batch) / len(x))
    return means.tolist()


def accuracy(scores, labels):
    scores = scores.data if isinstance(scores, Tensor) else np.asarray(scores)
    labels = np.asarray(labels)
    if scores.shape == labels.shape:
        right = scores * labels > 0
    else:
        right = np.take_along_axis(scores, labels[:, None], axis=1)[:, 0] == np.max(scores, axis=1)
    return float(right.astype(np.float32).sum(dtype=np.float64) / right.size)
