"""Why one unit does not compute XOR: its two classes are the two diagonals of the square.

To see: for "the first, and not the second" a line keeps the point of 1 (square) from the points of 0 (circles), with
w = (1, -1) and θ = 1/2. For XOR it would have to keep one diagonal on each side, and the diagonals cross.
"""

import numpy as np
from matplotlib.figure import Figure

from .style import BLUE, GREY, HALO, INK, ORANGE

SIZE = (6.4, 3.1)
POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
TITLES = {"$x_1$ and not $x_2$": np.array([0, 0, 1, 0]), "XOR": np.array([0, 1, 1, 0])}


def draw(figure: Figure) -> None:
    left, right = figure.subplots(1, 2, sharey=True)
    left.plot([0.1, 1.9], [-0.4, 1.4], color=GREY, linewidth=1.4)
    left.text(0.62, 0.32, "$x_1-x_2=1/2$", color=GREY, ha="right", bbox=HALO)
    right.plot([0, 1], [1, 0], color=BLUE, linewidth=1.4, linestyle="--")
    right.plot([0, 1], [0, 1], color=ORANGE, linewidth=1.4, linestyle="--")
    right.plot(0.5, 0.5, "x", color=INK, markersize=8)
    for axes, (title, values) in zip((left, right), TITLES.items(), strict=True):
        for value, marker, color in ((0, "o", ORANGE), (1, "s", BLUE)):
            axes.scatter(*POINTS[values == value].T, s=90, marker=marker, color=color, edgecolor="white", zorder=3)
        axes.set(title=title, xlabel="$x_1$", xlim=(-0.4, 1.4), ylim=(-0.4, 1.4), xticks=(0, 1), yticks=(0, 1))
        axes.set_aspect("equal")
        axes.grid(False)
    left.set_ylabel("$x_2$")
