"""Losses on the training set and on the validation set, epoch by epoch.

To see: on iris both fall and stay together. On diabetes, with more weights than patients, the training error falls for
ever, while the validation error turns after some epochs (the ring): from there on the network learns the patients, not
the disease. On the right what a penalty makes of the same network: the training error rises with λ, the validation
error falls and then rises. The validation set is no test set for either choice: the least of many errors is too good.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from feedforward import data, nn, optim, train
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, DASHES, GREY, ORANGE

SIZE = (12, 3.9)
PENALTIES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


@dataclass
class Run:
    train: list[float]  # after each epoch
    validation: list[float]
    network: nn.MLP
    x_validation: np.ndarray
    y_validation: np.ndarray

    @property
    def best_epoch(self) -> int:
        """The index of the epoch with the least error on the validation set."""
        return int(np.argmin(self.validation))


def trained(sizes, loss, x, y, is_validation, seed, *, lr, epochs, batch_size, penalty=0.0) -> Run:
    """A network's losses after each epoch on both sets."""
    rng = np.random.default_rng(seed)
    network = nn.MLP(sizes, rng)
    method = optim.SGD(network.parameters(), lr=lr, momentum=0.9)
    sets = (x[~is_validation], y[~is_validation]), (x[is_validation], y[is_validation])
    run = Run([], [], network, *sets[1])
    while len(run.train) < epochs:
        train.fit(network, loss, method, *sets[0], epochs=1, batch_size=batch_size, rng=rng, penalty=penalty)
        for losses, (inputs, targets) in zip((run.train, run.validation), sets, strict=True):
            losses.append(loss(network(inputs), targets).item())
    return run


@cache
def iris() -> Run:
    """Cross-entropies of the network of a6, section 5, on its flowers."""
    x, labels, _ = data.iris()
    is_validation = np.arange(len(x)) % 3 == 0
    x, loss = apart(x, is_validation), nn.CrossEntropyLoss()
    return trained((4, 8, 3), loss, x, labels, is_validation, 0, lr=0.05, epochs=15, batch_size=20)


@cache
def diabetes(penalty: float = 0.0) -> Run:
    """Mean squared errors of 32 units, in units of the target's variance on the training set."""
    x, y = data.diabetes()
    is_validation = np.arange(len(x)) % 3 == 2
    x, y = apart(x, is_validation), apart(y[:, np.newaxis], is_validation)
    settings = {"lr": 0.01, "epochs": 100, "batch_size": 20, "penalty": penalty}
    return trained((10, 32, 1), nn.MSELoss(), x, y, is_validation, 0, **settings)


def apart(values: np.ndarray, is_validation: np.ndarray) -> np.ndarray:
    """The values standardized by those that are not of the validation set."""
    return data.standardize(values[~is_validation], values)[1]


def pair(axes: Axes, run: Run) -> None:
    """Both curves."""
    epochs = np.arange(1, len(run.train) + 1)
    axes.plot(epochs, run.train, color=BLUE, label="training set")
    axes.plot(epochs, run.validation, color=ORANGE, linestyle=DASHES, label="validation set")
    axes.set(xlabel="epoch", xlim=(0, len(run.train)))


def draw(figure: Figure) -> None:
    left, right, last = figure.subplots(1, 3)
    flowers = iris()
    pair(left, flowers)
    accuracy = train.accuracy(flowers.network(flowers.x_validation), flowers.y_validation)
    title = f"iris, 4-8-3 tanh: validation accuracy {accuracy:.0%}"
    left.set(title=title, ylabel="mean cross-entropy, nats", ylim=(0, None))
    left.legend()

    patients = diabetes()
    pair(right, patients)
    best = patients.best_epoch
    least = patients.validation[best]
    right.plot(best + 1, least, "o", markersize=9, markerfacecolor="none", color=ORANGE)
    always = float(np.mean(patients.y_validation**2))
    right.axhline(always, color=GREY, linewidth=1, linestyle=":")
    right.text(len(patients.train), always, "always the mean", color=GREY, ha="right", va="bottom")
    right.annotate(
        f"least after epoch {best + 1}",
        (best + 1, least),
        (6, -90),
        textcoords="offset points",
        color=ORANGE,
        arrowprops={"arrowstyle": "-", "color": ORANGE, "linewidth": 0.8, "shrinkB": 6},
    )
    right.set(title="diabetes, 10-32-1 tanh", ylabel="mean squared error (target of variance 1)", ylim=(0, None))

    runs = [diabetes(penalty) for penalty in PENALTIES]
    places = range(len(PENALTIES))
    last.plot(places, [np.mean(run.train[-10:]) for run in runs], "o-", color=BLUE, markersize=4)
    last.plot(
        places, [np.mean(run.validation[-10:]) for run in runs], "s", color=ORANGE, markersize=4, linestyle=DASHES
    )
    last.set_xticks(places, [f"{penalty:g}" for penalty in PENALTIES], fontsize=8)
    last.set(title="the same after 100 epochs", xlabel=r"penalty $\lambda$", ylim=(0, None))
