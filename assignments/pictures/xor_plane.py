"""The two-layer network that is XOR, f(x) = wᵀ max(0, Wᵀx + c) + b, on the plane of its inputs and of its units.

To see: on the left no one line keeps the points of 1 from the points of 0, and f needs a ridge between two kinks
(dashed: where a hidden unit's input is 0). On the right the same four points as the hidden units see them: two of
them have become one, and now a single line, which is what the last layer can draw, is enough.
"""

import numpy as np
from feedforward import nn
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from .style import BLUE, HALO, INK, ORANGE, TWO_SIDES

SIZE = (11, 4.2)
POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LABELS = np.array([0, 1, 1, 0])
NORM = TwoSlopeNorm(0.5, vmin=-1.5, vmax=2.5)  # white where f = 1/2, the border between the classes


def plane(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two coordinates on a grid around the points, and the grid's own points as a batch."""
    (left, bottom), (right, top) = points.min(axis=0) - 0.5, points.max(axis=0) + 0.5
    first, second = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    return first, second, np.column_stack([first.ravel(), second.ravel()])


def hidden(network: nn.MLP, x: np.ndarray) -> np.ndarray:
    """What the hidden units make of a batch, shape (batch, 2)."""
    return network.activation(network.layers[0](x)).data


def field(axes: Axes, network: nn.MLP, inputs, value: np.ndarray):
    """Colour by the network's value, and the border where it is 1/2."""
    first, second, _ = inputs
    value = value.reshape(first.shape)
    mesh = axes.pcolormesh(first, second, value, cmap=TWO_SIDES, norm=NORM, alpha=0.75, rasterized=True)
    axes.contour(first, second, value, levels=[0.5], colors=INK, linewidths=1.6)
    return mesh


def points(axes: Axes, at: np.ndarray) -> None:
    for label, marker, color in ((0, "o", ORANGE), (1, "s", BLUE)):
        chosen = at[label == LABELS]
        axes.scatter(*chosen.T, s=95, marker=marker, color=color, edgecolor="white", linewidth=1.4, zorder=3)


def draw(figure: Figure) -> None:
    network = nn.xor_network()
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))  # of one scale, as the planes are 2 and 3 wide

    inputs = plane(POINTS)
    field(left, network, inputs, network(inputs[2]).data)
    for number, unit in enumerate(network.layers[0](inputs[2]).data.T, start=1):
        bend = left.contour(
            *inputs[:2], unit.reshape(inputs[0].shape), levels=[0.0], colors=INK, linewidths=1, linestyles="--"
        )
        left.clabel(bend, fmt=lambda _, name=f"$h_{number}$ bends": name, fontsize=8)
    points(left, POINTS)
    for point, value in zip(POINTS, network(POINTS).data[:, 0], strict=True):
        left.annotate(f"$f = {value:g}$", point, (9, 9), textcoords="offset points", bbox=HALO, zorder=4)
    left.set(title="input plane", xlabel="$x_1$", ylabel="$x_2$", xticks=(0, 1), yticks=(0, 1), aspect="equal")

    seen = hidden(network, POINTS)
    units = plane(seen)
    mesh = field(right, network, units, network.layers[1](units[2]).data)
    points(right, seen)
    for place in np.unique(seen, axis=0):
        same = [f"({a:g}, {b:g})" for a, b in POINTS[(seen == place).all(axis=1)]]
        right.annotate(" and ".join(same), place, (9, 9), textcoords="offset points", bbox=HALO, zorder=4)
    right.set(title="plane of the hidden units", xlabel="$h_1$", ylabel="$h_2$", aspect="equal")
    for axes in (left, right):
        axes.grid(False)
    bar = figure.colorbar(mesh, ax=[left, right], ticks=(-1, 0, 0.5, 1, 2), extend="both")
    bar.set_label("$f$")
    bar.outline.set_visible(False)
