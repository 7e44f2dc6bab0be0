"""Regression with one hidden layer of 32 ReLU units, the counterpart of smaller_micrograd's example.

It learned Boston's house prices, which scikit-learn has withdrawn; here it is how far diabetes goes within a year. The
network learns the training set better and better, and after some epochs the validation set worse: 442 patients are few
for 385 parameters. The validation set says when to stop, so it is no test set: what the choice is worth, a third set
would have to say.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from feedforward import data, functional, nn, optim, train
from feedforward.tensor import Tensor

EPOCHS = 100


class Regressor(nn.Module):
    """A network written out layer by layer, as there; `nn.MLP((n_in, 32, 1), ...)` would be the same."""

    def __init__(self, n_in: int, rng: np.random.Generator) -> None:
        self.l1 = nn.Linear(n_in, 32, rng)
        self.l2 = nn.Linear(32, 1, rng)

    def forward(self, x: Any) -> Tensor:
        return self.l2(functional.relu(self.l1(x)))


@dataclass
class Result:
    train_errors: list[float]  # root mean squared errors after each epoch, in the units of y
    validation_errors: list[float]
    mean_error: float  # that of answering the training set's mean for every patient of the validation set

    @property
    def best_epoch(self) -> int:
        """The index of the epoch with the least error on the validation set."""
        return int(np.argmin(self.validation_errors))


@cache
def run() -> Result:
    """How training and validation went."""
    rng = np.random.default_rng(0)
    x, y = data.diabetes()
    x_train, x_val, y_train, y_val = train.train_test_split(x, y.reshape(-1, 1), 0.3, rng)
    x_train, x_val = data.standardize(x_train, x_val)
    scale = y_train.std()
    y_train, y_val = data.standardize(y_train, y_val)
    model = Regressor(x.shape[1], rng)
    loss = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.005, momentum=0.9)
    train_errors, validation_errors = [], []
    for _ in range(EPOCHS):
        train.fit(model, loss, optimizer, x_train, y_train, epochs=1, batch_size=32, rng=rng)
        train_errors.append(scale * np.sqrt(loss(model(x_train), y_train).item()))
        validation_errors.append(scale * np.sqrt(loss(model(x_val), y_val).item()))
    return Result(train_errors, validation_errors, scale * np.sqrt(np.mean(y_val**2)))


def main() -> None:
    result = run()
    for epoch in sorted({*range(0, EPOCHS, 20), result.best_epoch, EPOCHS - 1}):
        errors = result.train_errors[epoch], result.validation_errors[epoch]
        best = "   the best on the validation set" if epoch == result.best_epoch else ""
        print(f"epoch {epoch + 1:3d}   RMS error: training {errors[0]:.1f}, validation {errors[1]:.1f}{best}")
    print(f"always answering the mean: {result.mean_error:.1f}")


if __name__ == "__main__":
    main()
