"""Histograms of activations and gradients in ten layers of 256 tanh units, for three deviations of the weights.

To see: with 1/n nothing arrives, neither forward nor back. With 1/√n both keep their size from layer to layer. With 1
the units are saturated, near ±1, and the gradient, which goes through their slopes and through large weights, grows
without bound in one unit and vanishes in the next.
"""

import numpy as np
from feedforward import functional
from feedforward.tensor import Tensor
from matplotlib.figure import Figure

from .style import BLUE, GREEN, ORANGE, YELLOW

SIZE = (10.5, 5)
N, DEPTH, BATCH = 256, 10, 32
DEVIATIONS = {"$1/n$": 1 / N, r"$1/\sqrt{n}$": 1 / np.sqrt(N), "$1$": 1.0}
LAYERS = {1: YELLOW, 4: ORANGE, 7: GREEN, 10: BLUE}
BINS = np.linspace(-20.0, 8.0, 113)


def signals(deviation: float) -> tuple[list[Tensor], list[Tensor]]:
    """The sums a and outputs h of each layer, after a backward pass from a random sum of the last outputs."""
    rng = np.random.default_rng(0)
    h, sums, outputs = Tensor(rng.normal(size=(BATCH, N))), [], []
    for _ in range(DEPTH):
        a = h @ Tensor(deviation * rng.normal(size=(N, N)))
        h = functional.tanh(a)
        sums.append(a)
        outputs.append(h)
    h.backward(rng.normal(size=(BATCH, N)))
    return sums, outputs


def draw(figure: Figure) -> None:
    grid = figure.subplots(2, 3, sharex="row", sharey="row")
    for (above, below), (title, deviation) in zip(grid.T, DEVIATIONS.items(), strict=True):
        sums, outputs = signals(deviation)
        for layer, color in LAYERS.items():
            for axes, values in ((above, outputs[layer - 1].data), (below, sums[layer - 1].grad)):
                sizes = np.log10(np.abs(values[values != 0]))
                share = np.full(sizes.shape, 1 / values.size)
                axes.hist(sizes, BINS, weights=share, histtype="step", color=color, linewidth=1.5, label=f"{layer}")
        above.set(
            title=f"weights of deviation {title}",
            xlim=(-15, 2),
            ylim=(0, 0.35),
            xticks=(-15, -10, -5, 0),
            xlabel=r"$\log_{10}|h|$",
        )
        below.set(xlim=(-15, 8), ylim=(0, 0.3), xlabel=r"$\log_{10}|\partial J/\partial a|$")
    grid[0, 0].set_ylabel("share of the outputs")
    grid[1, 0].set_ylabel("share of the gradients")
    grid[0, 1].legend(title="layer", loc="upper left")
