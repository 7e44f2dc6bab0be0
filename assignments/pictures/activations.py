"""Every activation of the course with its derivative, as `functional` computes both.

To see: the derivative of the sigmoids dies on both sides, that of the ReLU family does not on the right; SoftPlus,
ELU, GELU and SiLU are ReLU with its corner rounded off. At a kink or a jump (open circles) there is no derivative,
and any value between the two sides will do; the full dot is the value that the step takes at 0.
"""

import numpy as np
from feedforward import functional
from feedforward.tensor import Tensor
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, ORANGE

SIZE = (10, 7.2)
LIMIT = 4.0
DASHES = (0, (4, 1.6))


def first_of_softmax(x: Tensor) -> Tensor:
    """The first number of softmax(x, 0, 0), for each x."""
    zeros = np.zeros((x.size, 2))
    return functional.softmax(functional.concat(x.reshape(-1, 1), zeros, axis=1), axis=1)[:, 0]


SMOOTH = {
    r"sigmoid  $\sigma(x)$": functional.sigmoid,
    "tanh": functional.tanh,
    r"SoftSign  $x/(1+|x|)$": functional.softsign,
    r"ELU  ($\alpha=1$)": functional.elu,
    r"SoftPlus  $\ln(1+e^x)$": functional.softplus,
    r"GELU  $x\,\Phi(x)$": functional.gelu,
    r"SiLU  $x\,\sigma(x)$": functional.silu,
    "Softmax of $(x, 0, 0)$, first": first_of_softmax,
}
BROKEN = {  # those without a derivative at 0
    "Heaviside step": functional.heaviside,
    r"ReLU  $\max(0,x)$": functional.relu,
    "LeakyReLU  (slope 0.1)": lambda x: functional.leaky_relu(x, negative_slope=0.1),
    "PReLU  (a learned slope)": lambda x: functional.prelu(x, 0.25),
}
ORDER = (0, 1, 2, 8, 9, 10, 11, 3, 4, 5, 6, 7)  # sigmoids and the step, then ReLU and its kin, Softmax last


def curves(activation, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The activation's values at x and its derivatives there, by a backward pass."""
    point = Tensor(x)
    value = activation(point)
    value.backward(np.ones(value.shape))
    return value.data, point.grad


def panel(axes: Axes, title: str, activation, broken: bool) -> None:
    """One activation; the two sides of 0 are drawn apart, so that a jump is no steep line."""
    right = np.linspace(1e-9, LIMIT, 200)
    for x in (-right[::-1], right):
        value, slope = curves(activation, x)
        axes.plot(x, value, color=BLUE)
        axes.plot(x, slope, color=ORANGE, linewidth=1.5, linestyle=DASHES)
        if broken:
            at = 0 if x[0] > 0 else -1
            axes.plot(0, slope[at], "o", markersize=4.5, markerfacecolor="white", color=ORANGE, zorder=4)
            if abs(value[at] - curves(activation, np.zeros(1))[0][0]) > 0.5:
                axes.plot(0, value[at], "o", markersize=4.5, markerfacecolor="white", color=BLUE, zorder=4)
                axes.plot(0, 1 - value[at], "o", markersize=4.5, color=BLUE, zorder=5)
    axes.set(title=title, xlim=(-LIMIT, LIMIT), ylim=(-1.25, 2.25), xticks=(-4, -2, 0, 2, 4), yticks=(-1, 0, 1, 2))


def draw(figure: Figure) -> None:
    grid = figure.subplots(3, 4, sharex=True, sharey=True)
    entries = [*((*item, False) for item in SMOOTH.items()), *((*item, True) for item in BROKEN.items())]
    for axes, index in zip(grid.flat, ORDER, strict=True):
        panel(axes, *entries[index])
    for axes in grid[-1]:
        axes.set_xlabel("$x$")
    first = grid[0, 0]
    first.plot([], color=BLUE, label="$f(x)$")
    first.plot([], color=ORANGE, linewidth=1.5, linestyle=DASHES, label="$f'(x)$")
    first.legend(loc="upper left", fontsize=11)
