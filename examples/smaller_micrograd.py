"""smaller_micrograd's notation on top of our package, and its two examples: regression and iris.

What it names and we do not is here, a line each. Its losses are sums over the batch, divided by its length; its
cross-entropy takes probabilities and one-hot targets, which overflow where ours, of logits and labels, does not.
Boston's house prices, which the regression learned, are withdrawn: here it is how far diabetes goes within a year.
"""

from typing import Any

import numpy as np
from feedforward import data, optim, tensor
from feedforward.nn import Module
from feedforward.tensor import Tensor

RNG = np.random.default_rng(0)


def zeros(shape: tensor.Shape) -> Tensor:
    return Tensor(np.zeros(shape))


def ones(shape: tensor.Shape) -> Tensor:
    return Tensor(np.ones(shape))


def zeros_like(given: Tensor) -> Tensor:
    return zeros(given.shape)


def ones_like(given: Tensor) -> Tensor:
    return ones(given.shape)


def uniform(low: float, high: float, shape: tensor.Shape) -> Tensor:
    return Tensor(RNG.uniform(low, high, shape))


def randn(shape: tensor.Shape) -> Tensor:
    return Tensor(RNG.normal(size=shape))


def one_hot(labels: np.ndarray) -> Tensor:
    return Tensor(np.eye(labels.max() + 1)[labels])


class Linear(Module):
    """Its weights have a column for each unit, and its bias is a row."""

    def __init__(self, in_features: int, out_features: int) -> None:
        scale = 1 / np.sqrt(in_features)
        self.w = uniform(-scale, scale, (in_features, out_features))
        self.b = zeros((1, out_features))

    def forward(self, x: Any) -> Tensor:
        return x @ self.w + self.b


def MSELoss(prediction: Tensor, target: Tensor) -> Tensor:
    return ((prediction - target) ** 2).sum() / target.shape[0]


def CrossEntropyLoss(prediction: Tensor, target: Tensor) -> Tensor:
    return -(target * prediction.log()).sum() / target.shape[0]


class Regressor(Module):
    def __init__(self, in_features: int) -> None:
        self.l1 = Linear(in_features, 32)
        self.l2 = Linear(32, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.l2(self.l1(x).relu())


class Classifier(Module):
    def __init__(self, in_features: int, out_features: int) -> None:
        self.l1 = Linear(in_features, 32)
        self.l2 = Linear(32, out_features)

    def forward(self, x: Tensor) -> Tensor:
        return self.l2(self.l1(x).relu()).softmax(axis=1)


def train(net: Module, loss_of: Any, x: Tensor, y: Tensor, lr: float, iters: int) -> list[float]:
    """The loss before each step."""
    optimizer = optim.SGD(net.parameters(), lr=lr)
    errors = []
    for _ in range(iters):
        net.zero_grad()
        loss = loss_of(net(x), y)
        errors.append(loss.item())
        loss.backward()
        optimizer.step()
    return errors


def regression(iters: int) -> list[float]:
    x, y = data.diabetes()
    (x,), (y,) = data.standardize(x), data.standardize(y)
    x, y = Tensor(x), Tensor(y).reshape(-1, 1)
    return train(Regressor(x.shape[1]), MSELoss, x, y, lr=0.05, iters=iters)


def classification(iters: int) -> tuple[list[float], float]:
    """The losses, and the accuracy on the flowers that it learned from."""
    x, labels, _ = data.iris()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x, y = Tensor(x), one_hot(labels)
    net = Classifier(in_features=x.shape[1], out_features=3)
    errors = train(net, CrossEntropyLoss, x, y, lr=0.1, iters=iters)
    return errors, float(np.mean(net(x).data.argmax(axis=1) == labels))


def main() -> None:
    errors = regression(1000)
    print(f"regression: mean squared error {errors[0]:.3f} -> {errors[-1]:.3f}")
    errors, accuracy = classification(500)
    print(f"iris: cross-entropy {errors[0]:.3f} -> {errors[-1]:.3f}, accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main()
