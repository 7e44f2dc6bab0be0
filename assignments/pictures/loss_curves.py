"""Losses on the training set and on the validation set, epoch by epoch.

To see: on iris both fall and stay together. On the regression set the training error falls for ever, while the
validation error turns after some epochs (the ring): from there on the network learns the patients, not the disease.
It is no test set for that: the least of many errors is too good.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import iris, regression
from .style import BLUE, GREY, ORANGE

SIZE = (10, 4.2)


def pair(axes: Axes, train: list[float], validation: list[float]) -> None:
    """Both curves."""
    epochs = np.arange(1, len(train) + 1)
    axes.plot(epochs, train, color=BLUE, label="training set")
    axes.plot(epochs, validation, color=ORANGE, linestyle=(0, (5, 1.5)), label="validation set")
    axes.set(xlabel="epoch", xlim=(0, len(train)))


def draw(figure: Figure) -> None:
    left, right = figure.subplots(1, 2)

    flowers = iris.run()
    pair(left, flowers.train_losses, flowers.validation_losses)
    left.set(
        title=f"iris, 4-32-3: validation accuracy {flowers.validation_accuracy:.0%}",
        ylabel="mean cross-entropy, nats",
        ylim=(0, None),
    )
    left.legend()

    patients = regression.run()
    pair(right, patients.train_errors, patients.validation_errors)
    best = patients.best_epoch
    right.plot(best + 1, patients.validation_errors[best], "o", markersize=9, markerfacecolor="none", color=ORANGE)
    right.axhline(patients.mean_error, color=GREY, linewidth=1, linestyle=":")
    right.text(
        len(patients.validation_errors), patients.mean_error, "always the mean", color=GREY, ha="right", va="bottom"
    )
    right.annotate(
        f"least at epoch {best + 1}: {patients.validation_errors[best]:.1f}",
        (best + 1, patients.validation_errors[best]),
        (0, 40),
        textcoords="offset points",
        color=ORANGE,
        arrowprops={"arrowstyle": "-", "color": ORANGE, "linewidth": 0.8, "shrinkB": 6},
    )
    right.set(title="diabetes, 10-32-1", ylabel="root mean squared error", ylim=(35, 80))
    right.legend(loc="lower left")
