"""Training: data in two parts, a model, a loss, a method, and the test at the end.

    x_train, x_test, y_train, y_test = train_test_split(x, y, 0.25, rng)
    model = MLP((4, 8, 3), rng)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    losses = fit(model, CrossEntropyLoss(), optimizer, x_train, y_train, epochs=30, batch_size=16, rng=rng)
    accuracy(model(x_test), y_test)

x and y are arrays whose first axis counts the examples: x[i] and y[i] belong together, and must never be parted.
Everything random is drawn from the `rng` that was passed in. The four functions are yours to write.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .nn import Module, objective
from .optim import SGD
from .tensor import Tensor

Pair = tuple[np.ndarray, np.ndarray]


def _same_length(where: str, x: np.ndarray, y: np.ndarray) -> None:
    if len(x) != len(y):
        raise ValueError(f"{where}: got {len(x)} inputs and {len(y)} targets, want a target for each input")


def train_test_split(
    x: np.ndarray, y: np.ndarray, test_fraction: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x_train, x_test, y_train, y_test: the examples dealt out at random, each to one of the two sets.

    The test set gets round(test_fraction * n) of the n examples, the training set all the others. Any so many are as
    likely as any others to be the test set, and each call draws anew.

    Shapes: x (n, ...), y (n, ...) -> (n_train, ...), (n_test, ...), (n_train, ...), (n_test, ...)
    Keeps:  pairs together, equal rows too; the dtypes of x and y; x and y as they were
    Raises: ValueError if x and y differ in length, or test_fraction is not between 0 and 1 (given below)
    """
    _same_length("train_test_split", x, y)
    if not 0 <= test_fraction <= 1:
        raise ValueError(f"train_test_split: got test_fraction {test_fraction}, want a number from 0 to 1")
    ### BEGIN SOLUTION
    order = rng.permutation(len(x))
    n_test = round(test_fraction * len(x))
    test, train = order[:n_test], order[n_test:]
    return x[train], x[test], y[train], y[test]
    ### END SOLUTION


def minibatches(x: np.ndarray, y: np.ndarray, batch_size: int, rng: np.random.Generator) -> Iterator[Pair]:
    """One epoch: the examples in a new random order, as pairs (x_batch, y_batch), one after another.

    Each example comes once, in an order that is as likely as any other, within the batches too. A batch has batch_size
    examples; the last one has those that are left, if fewer, be it one.

    Shapes: x (n, ...), y (n, ...) -> (batch_size, ...) and (batch_size, ...), the last batch may be shorter
    Keeps:  pairs together; the dtypes of x and y; x and y as they were
    Raises: ValueError if x and y differ in length, or batch_size is less than 1 (given below)
    """
    _same_length("minibatches", x, y)
    if batch_size < 1:
        raise ValueError(f"minibatches: got batch_size {batch_size}, want at least 1")
    ### BEGIN SOLUTION
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        chosen = order[start : start + batch_size]
        yield x[chosen], y[chosen]
    ### END SOLUTION


def fit(
    model: Module,
    loss: Callable[[Tensor, Any], Tensor],
    optimizer: SGD,
    x: np.ndarray,
    y: np.ndarray,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    penalty: float = 0.0,
) -> list[float]:
    """Train the model for so many epochs; the mean training loss of each epoch.

    For every minibatch of every epoch, in new random order: J = L(model(x_batch), y_batch) + penalty * Ω, its gradient
    alone (nothing left over from before), and one step of the optimizer.

    An epoch's number is the mean of J over its examples, each J taken as it was just before its step. So every example
    counts once, whatever the size of its minibatch, and the model is not run again for it.

    All epochs are run, whether the loss falls or not, and the weights afterwards are those of the last step.

    Shapes: x (n, ...), y (n, ...), n >= 1 -> epochs Python floats
    Keeps:  x and y as they were; the optimizer's lr and velocities, which only its own step may change
    """
    ### BEGIN SOLUTION
    means = []
    for _ in range(epochs):
        total = 0.0
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            J_batch = objective(loss, model, x_batch, y_batch, penalty)
            optimizer.zero_grad()
            J_batch.backward()
            optimizer.step()
            total += J_batch.item() * len(x_batch)
        means.append(total / len(x))
    return means
    ### END SOLUTION


def _check_labels(scores: np.ndarray, labels: np.ndarray) -> None:
    """An error where accuracy would count something else than right predictions, without a word."""
    if np.isnan(scores).any():
        raise ValueError("accuracy: got NaN among the scores, want numbers; has the training diverged?")
    if scores.shape == labels.shape:
        if not (np.abs(labels) == 1).all():
            raise ValueError(
                "accuracy: got a label that is neither -1 nor +1 for scores of the same shape; "
                "labels of several classes are whole numbers of shape (n,)"
            )
        return
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"accuracy: got scores of shape {scores.shape} and labels of shape {labels.shape}, "
            "want (n, classes) and (n,), or the same shape"
        )
    n_classes = scores.shape[1]
    if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < n_classes)).all():
        raise ValueError(f"accuracy: got labels {labels}, want whole numbers from 0 to {n_classes - 1}")


def accuracy(scores: Any, labels: Any) -> float:
    """The fraction of examples whose class was predicted right, from 0 to 1.

    Several classes: scores (n, classes), labels (n,) of 0 ... classes - 1; the largest score of a row is its prediction
    Two classes:     scores and labels of the same shape, labels -1 and +1; the sign of a score is its prediction

    Shapes: scores, a Tensor or an array, n >= 1 -> a float
    Exact:  scores count as they are, however close, small or large; labels may be all alike
    Keeps:  scores as they were
    Raises: ValueError if shapes do not fit, a label is no class, or a score is NaN (given below)
    """
    scores = scores.data if isinstance(scores, Tensor) else np.asarray(scores)
    labels = np.asarray(labels)
    _check_labels(scores, labels)
    ### BEGIN SOLUTION
    predicted = np.where(scores < 0, -1, 1) if scores.shape == labels.shape else scores.argmax(axis=1)
    return float(np.mean(predicted == labels))
    ### END SOLUTION
