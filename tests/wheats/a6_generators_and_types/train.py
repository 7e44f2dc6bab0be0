"""a6, with type hints, itertools and a dataclass that keeps the book of losses."""

from dataclasses import dataclass
from itertools import islice, repeat


@dataclass
class Book:
    """A weighted mean, entry by entry."""

    total: float = 0.0
    weight: int = 0

    def enter(self, value: float, weight: int) -> None:
        self.total, self.weight = self.total + value * weight, self.weight + weight

    @property
    def mean(self) -> float:
        return self.total / self.weight


def train_test_split(x, y, test_fraction: float, rng: np.random.Generator):
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    deck: Iterator[int] = iter(rng.permutation(len(x)).tolist())
    test = sorted(islice(deck, round(test_fraction * len(x))))
    train = sorted(deck)
    take = lambda array, which: array[np.array(which, dtype=int)]
    return tuple(take(array, which) for array in (x, y) for which in (train, test))


def minibatches(x, y, batch_size: int, rng: np.random.Generator) -> Iterator[Pair]:
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    deck = iter(rng.permutation(len(x)))
    while batch := list(islice(deck, batch_size)):
        yield x[batch], y[batch]


def fit(model: Module, loss, optimizer: SGD, x, y, *, epochs: int, batch_size: int, rng, penalty: float = 0.0):
    def losses(book: Book) -> float:
        for inputs, targets in minibatches(x, y, batch_size, rng):
            model.zero_grad()
            optimizer.zero_grad()
            J = objective(loss, model, inputs, targets, lam=penalty)
            J.backward()
            book.enter(J.item(), len(targets))
            optimizer.step()
        return book.mean

    return list(map(losses, (Book() for _ in repeat(None, epochs))))


def accuracy(scores, labels) -> float:
    scores = scores.data if isinstance(scores, Tensor) else np.asarray(scores)
    labels = np.asarray(labels)
    match scores.shape == labels.shape:
        case True:
            hits = [(s > 0) == (t > 0) for s, t in zip(scores.flat, labels.flat, strict=True)]
        case False:
            hits = [max(range(len(row)), key=row.__getitem__) == t for row, t in zip(scores.tolist(), labels, strict=True)]
    return sum(map(bool, hits)) / len(hits)
