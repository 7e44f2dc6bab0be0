"""A feedforward network of l layers in the lecture's notation.

To see: a column of units for each layer. Every unit sums all the outputs of the layer before it, each times a weight of
its own, adds its bias, and applies the activation. The last layer's outputs are the answer.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, INK, ORANGE, PALE

SIZE = (10, 4.6)
UNITS = (3, 4, 4, 2)  # drawn: the input, two hidden layers, the last one
GAP = 2.6  # from layer to layer
TOPS = (r"$h^{(0)}=x$", "$h^{(1)}$", "$h^{(l-1)}$", r"$h^{(l)}=\hat y$")
BELOW = (
    "",
    "$a^{(1)}=b^{(1)}+W^{(1)}h^{(0)}$\n$h^{(1)}=f(a^{(1)})$",
    "$a^{(l-1)}=b^{(l-1)}+W^{(l-1)}h^{(l-2)}$\n$h^{(l-1)}=f(a^{(l-1)})$",
    "$a^{(l)}=b^{(l)}+W^{(l)}h^{(l-1)}$\n" r"$\hat y=h^{(l)}$",
)


def column(layer: int) -> list[tuple[float, float]]:
    """The places of a layer's units, from the top."""
    x = layer * GAP + (0.9 if layer > 1 else 0.0)  # the layers left out stand between the second and the third
    return [(x, (UNITS[layer] - 1) / 2 - index) for index in range(UNITS[layer])]


def edges(axes: Axes, layer: int) -> None:
    """All weights into a layer; those into its first unit stand out."""
    for index, (x, y) in enumerate(column(layer)):
        color, width = (ORANGE, 1.5) if index == 0 else (PALE, 0.9)
        for from_x, from_y in column(layer - 1):
            axes.plot([from_x, x], [from_y, y], color=color, linewidth=width, zorder=1 + (index == 0))


def draw(figure: Figure) -> None:
    axes = figure.subplots()
    for layer in (1, 3):
        edges(axes, layer)
        (x, _), (before, _) = column(layer)[0], column(layer - 1)[0]
        axes.text((x + before) / 2, 2.0, f"$W^{{({'1' if layer == 1 else 'l'})}}$", color=ORANGE, ha="center", size=13)
    for layer, (top, below) in enumerate(zip(TOPS, BELOW, strict=True)):
        color = GREEN if layer == 0 else BLUE
        for x, y in column(layer):
            axes.scatter(x, y, s=620, facecolor="white", edgecolor=color, linewidth=1.8, zorder=3)
        x = column(layer)[0][0]
        for index, (_, y) in enumerate(column(layer), start=1):
            axes.text(x, y, f"${'x' if layer == 0 else 'h'}_{index}$", ha="center", va="center", zorder=4, color=INK)
        axes.text(x, 2.55, top, ha="center", size=13, color=color)
        axes.text(x, -2.15, below, ha="center", va="top", color=INK, linespacing=1.6)
    between = (column(1)[0][0] + column(2)[0][0]) / 2
    axes.text(between, 0, r"$\cdots$", ha="center", va="center", size=22, color=GREY)
    axes.text(column(0)[0][0], -2.15, "input", ha="center", va="top", color=GREY)
    axes.set(xlim=(-0.8, column(3)[0][0] + 1.3), ylim=(-3.1, 3))
    axes.set_axis_off()
