"""Iris classification with one hidden layer of 32 ReLU units, the counterpart of smaller_micrograd's example.

Its network and its cross-entropy; here with minibatches and momentum, so that fifty epochs will do where ten thousand
steps stood, and with a validation set that the training does not see.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from feedforward import data, functional, nn, optim, train

EPOCHS = 50


@dataclass
class Result:
    train_losses: list[float]  # cross-entropy in nats, after each epoch
    validation_losses: list[float]
    train_accuracy: float
    validation_accuracy: float


@cache
def run() -> Result:
    """How training and validation went."""
    rng = np.random.default_rng(0)
    x, labels, names = data.iris()
    x_train, x_val, train_labels, val_labels = train.train_test_split(x, labels, 0.3, rng)
    x_train, x_val = data.standardize(x_train, x_val)
    model = nn.MLP((4, 32, len(names)), rng, activation=functional.relu, gain=np.sqrt(2.0))
    loss = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    train_losses, validation_losses = [], []
    for _ in range(EPOCHS):
        train.fit(model, loss, optimizer, x_train, train_labels, epochs=1, batch_size=16, rng=rng)
        train_losses.append(loss(model(x_train), train_labels).item())
        validation_losses.append(loss(model(x_val), val_labels).item())
    accuracies = train.accuracy(model(x_train), train_labels), train.accuracy(model(x_val), val_labels)
    return Result(train_losses, validation_losses, *accuracies)


def main() -> None:
    result = run()
    for epoch in [*range(0, EPOCHS, 10), EPOCHS - 1]:
        losses = result.train_losses[epoch], result.validation_losses[epoch]
        print(f"epoch {epoch + 1:2d}   cross-entropy: training {losses[0]:.3f}, validation {losses[1]:.3f} nats")
    print(f"accuracy: training {result.train_accuracy:.1%}, validation {result.validation_accuracy:.1%}")


if __name__ == "__main__":
    main()
