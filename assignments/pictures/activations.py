"""Every activation of the course with its derivative, as `functional` computes both.

To see: the derivative of the sigmoids dies on both sides, that of the ReLU family does not on the right; SoftPlus,
ELU, GELU and SiLU are ReLU with its corner rounded off. At a kink (open circles) any slope between the two will do. At
the step's jump the open circle is the value that it does not take, the full dot the one that it takes.
"""

import numpy as np
from feedforward import functional
from feedforward.tensor import Tensor
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, DASHES, ORANGE

SIZE = (11, 6.6)
LIMIT = 4.0


ACTIVATIONS = {  # each with its inputs beside x
    r"sigmoid  $\sigma(x)$": (functional.Sigmoid,),
    "tanh": (functional.Tanh,),
    r"SoftSign  $x/(1+|x|)$": (functional.SoftSign,),
    "Softmax of $(x, 0, 0)$, first": (functional.Softmax,),
    "LogSoftmax, first": (functional.LogSoftmax,),
    "Heaviside step": (functional.Heaviside,),
    r"ReLU  $\max(0,x)$": (functional.ReLU,),
    "LeakyReLU  (slope 0.01)": (functional.LeakyReLU,),
    "PReLU  (slope 0.25)": (functional.PReLU, Tensor(0.25)),
    r"ELU  ($\alpha=1$)": (functional.ELU,),
    r"SoftPlus  $\ln(1+e^x)$": (functional.SoftPlus,),
    r"GELU  $x\,\Phi(x)$": (functional.GELU,),
    r"SiLU  $x\,\sigma(x)$": (functional.SiLU,),
}


def curves(activation, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The activation's values at x and its derivatives there; of those that take a row, the first of (x, 0, 0)."""
    operation, *others = activation
    rows = np.column_stack([x, np.zeros((len(x), 2))])
    upstream = np.zeros(rows.shape)
    upstream[:, 0] = 1.0
    ctx = functional.Ctx()
    value = operation.forward(ctx, Tensor(rows), *others).data
    return value[:, 0], operation.backward(ctx, upstream)[0][:, 0]


def panel(axes: Axes, title: str, activation) -> None:
    """One activation; the two sides of 0 are drawn apart, so that a jump is no steep line."""
    right = np.linspace(1e-9, LIMIT, 200)
    for x in (-right[::-1], right):
        value, slope = curves(activation, x)
        axes.plot(x, value, color=BLUE)
        axes.plot(x, slope, color=ORANGE, linewidth=1.5, linestyle=DASHES)
    values, slopes = curves(activation, np.array([-1e-9, 1e-9]))
    if abs(slopes[1] - slopes[0]) > 0.1:  # a kink
        axes.plot([0, 0], slopes, "o", markersize=4.5, markerfacecolor="white", color=ORANGE, zorder=4)
    if abs(values[1] - values[0]) > 0.1:  # a jump
        taken = curves(activation, np.zeros(1))[0][0]
        axes.plot(0, values.sum() - taken, "o", markersize=4.5, markerfacecolor="white", color=BLUE, zorder=4)
        axes.plot(0, taken, "o", markersize=4.5, color=BLUE, zorder=4)
    axes.set(title=title, xlim=(-LIMIT, LIMIT), ylim=(-1.25, 2.25), xticks=(-4, -2, 0, 2, 4), yticks=(-1, 0, 1, 2))


def draw(figure: Figure) -> None:
    *grid, before_last, last = figure.subplots(3, 5, sharex=True, sharey=True).flat
    for axes, (title, activation) in zip(grid, ACTIVATIONS.items(), strict=True):
        panel(axes, title, activation)
    for axes in grid[-5:]:
        axes.xaxis.set_tick_params(labelbottom=True)
        axes.set_xlabel("$x$")
    for axes in (before_last, last):
        axes.set_axis_off()
    before_last.plot([], color=BLUE, label="$f(x)$")
    before_last.plot([], color=ORANGE, linewidth=1.5, linestyle=DASHES, label="$f'(x)$")
    before_last.legend(loc="center", fontsize=11)
