"""The border between two moons, found with a margin: hinge loss + L2, micrograd's demo.

To see: the border (solid) runs between the moons, and the two lines where the score is -1 and +1 (dashed) lie along
their edges: the hinge loss asks for nothing beyond them. The border is made of straight pieces, as ReLU makes it.
"""

import numpy as np
from feedforward import train
from matplotlib.figure import Figure

from .. import moons
from .style import BLUE, HALO, INK, ORANGE, TWO_SIDES

SIZE = (7.6, 4.5)


def scores(x: np.ndarray) -> np.ndarray:
    """The trained network's scores, shape (n,)."""
    return moons.run().model(x).data[:, 0]


def draw(figure: Figure) -> None:
    result = moons.run()
    axes = figure.subplots()
    low, high = result.x.min(axis=0) - 0.35, result.x.max(axis=0) + 0.35
    first, second = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 200))
    field = scores(np.column_stack([first.ravel(), second.ravel()])).reshape(first.shape)
    mesh = axes.pcolormesh(first, second, field, cmap=TWO_SIDES, vmin=-4, vmax=4, alpha=0.75, rasterized=True)
    axes.contour(first, second, field, levels=[0.0], colors=INK, linewidths=1.8)
    margins = axes.contour(first, second, field, levels=[-1.0, 1.0], colors=INK, linewidths=1, linestyles="--")
    axes.clabel(
        margins, fmt=lambda level: f"{level:+g}".replace("-", "−"), fontsize=9, manual=[(-0.85, -0.4), (-0.4, -0.3)]
    )
    for label, marker, color in ((-1, "o", ORANGE), (1, "s", BLUE)):
        chosen = result.x[result.labels == label]
        axes.scatter(
            *chosen.T, s=34, marker=marker, color=color, edgecolor="white", linewidth=0.8, label=f"$y={label:+d}$"
        )
    accuracy = train.accuracy(result.model(result.x), result.labels.reshape(-1, 1))
    axes.set(
        title=f"two moons, 100 points: training accuracy {accuracy:.0%}, loss {result.losses[-1]:.3f}",
        xlabel="$x_1$",
        ylabel="$x_2$",
        aspect="equal",
    )
    axes.grid(False)
    axes.legend(loc="upper right", frameon=True, framealpha=HALO["alpha"], edgecolor="none")
    bar = figure.colorbar(mesh, ax=axes, shrink=0.8, extend="both", label="score")
    bar.outline.set_visible(False)
