"""The border between two moons while a network of sixteen tanh units is trained: hinge loss and an L2 penalty.

To see: after one epoch little more than a line; then the border (solid) bends in between the moons, and the lines where
the score is -1 and +1 (dashed) come to lie along their edges: the hinge asks for nothing beyond them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from feedforward import data, nn, optim, train
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, INK, ORANGE, TWO_SIDES

SIZE = (10.5, 2.7)
EPOCHS = (1, 4, 10, 30)
FIRST, SECOND = np.meshgrid(np.linspace(-1.5, 2.5, 201), np.linspace(-1.1, 1.6, 141))


@dataclass
class Snapshot:
    epoch: int
    field: np.ndarray  # the scores on the grid
    accuracy: float  # on the training set
    test_accuracy: float


def points() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """200 points to learn with their labels, and 500 to test."""
    rng = np.random.default_rng(0)
    return *data.moons(200, 0.1, rng), *data.moons(500, 0.1, rng)


@cache
def snapshots() -> list[Snapshot]:
    """The network after each of EPOCHS; its settings are those of a6, section 5."""
    x, labels, x_test, test_labels = points()
    rng = np.random.default_rng(1)
    network, loss = nn.MLP((2, 16, 1), rng, gain=2.0), nn.HingeLoss()
    method = optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    found = []
    for before, epoch in zip((0, *EPOCHS), EPOCHS, strict=False):
        train.fit(
            network, loss, method, x, labels[:, np.newaxis], epochs=epoch - before, batch_size=20, rng=rng, penalty=1e-3
        )
        field = network(np.column_stack([FIRST.ravel(), SECOND.ravel()])).data.reshape(FIRST.shape)
        accuracies = (
            train.accuracy(network(inputs), truth[:, np.newaxis])
            for inputs, truth in ((x, labels), (x_test, test_labels))
        )
        found.append(Snapshot(epoch, field, *accuracies))
    return found


def panel(axes: Axes, snapshot: Snapshot, x: np.ndarray, labels: np.ndarray) -> None:
    field = snapshot.field
    axes.pcolormesh(FIRST, SECOND, field, cmap=TWO_SIDES, vmin=-4, vmax=4, alpha=0.75, rasterized=True)
    axes.contour(FIRST, SECOND, field, levels=[0.0], colors=INK, linewidths=1.8)
    axes.contour(FIRST, SECOND, field, levels=[-1.0, 1.0], colors=INK, linewidths=1, linestyles="--")
    for label, marker, color in ((-1, "o", ORANGE), (1, "s", BLUE)):
        chosen = x[labels == label]
        axes.scatter(*chosen.T, s=13, marker=marker, color=color, edgecolor="white", linewidth=0.5)
    right = f"right: training {snapshot.accuracy:.1%}, test {snapshot.test_accuracy:.1%}"
    axes.set_title(f"after epoch {snapshot.epoch}\n{right}", fontsize=8.5)
    axes.set(xlabel="$x_1$", aspect="equal")
    axes.grid(False)


def draw(figure: Figure) -> None:
    x, labels, *_ = points()
    grid = figure.subplots(1, len(EPOCHS), sharey=True)
    for axes, snapshot in zip(grid, snapshots(), strict=True):
        panel(axes, snapshot, x, labels)
    grid[0].set_ylabel("$x_2$")
