"""a6, in as few lines as possible: star-args, slices of permutations, conditional expressions."""


def train_test_split(x, y, test_fraction, rng):
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    i, k = rng.permutation(len(x)), round(len(x) * test_fraction)
    return *(x[j] for j in (i[k:], i[:k])), *(y[j] for j in (i[k:], i[:k]))


def minibatches(x, y, batch_size, rng):
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    i = rng.permutation(len(x))
    return [(x[j], y[j]) for j in np.split(i, np.r_[batch_size : len(i) : batch_size]) if len(j)]


def step(J, optimizer):
    optimizer.zero_grad() or J.backward() or optimizer.step()
    return J.item()


def fit(model, loss, optimizer, x, y, *, epochs, batch_size, rng, penalty=0.0):
    return [sum(step(objective(loss, model, *batch, penalty), optimizer) * len(batch[1]) for batch in minibatches(x, y, batch_size, rng)) / len(y) for _ in [None] * epochs]


def accuracy(scores, labels):
    s, t = np.asarray(getattr(scores, "data", scores)), np.asarray(labels)
    return float(((s > 0) * 2 - 1 == t).mean() if s.shape == t.shape else (s.argmax(1) == t).mean())
