"""How long the gradient is on its way back through thirty layers of 100 units, for three activations and five gains.

To see: a straight line on a logarithmic scale is the same factor in each layer. With ReLU the gain √2 keeps the length
and every other one loses or explodes, as the dashed lines foretell (costs.gradient_factor); with tanh a gain between 1
and √2 does, as large sums bound it; the sigmoid loses with each of them: its slopes are at most 1/4, and weights that
make up for it drive the sums to where the slopes are smaller still.
"""

from functools import cache

import numpy as np
from feedforward import costs
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, INK, ORANGE, PINK, SKY

SIZE = (10.5, 4.4)
DEPTH, WIDTH, DRAWS = 30, 100, 20
GAINS = {"0.7": 0.7, "1": 1.0, r"$\sqrt{2}$": np.sqrt(2.0), "2": 2.0, "4": 4.0}
COLORS = (PINK, BLUE, GREEN, ORANGE, SKY)


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-a))


ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda a: sigmoid(a) * sigmoid(-a)),
    "tanh": (np.tanh, lambda a: 1.0 - np.tanh(a) ** 2),
    "ReLU": (lambda a: np.maximum(a, 0.0), lambda a: np.where(a > 0, 1.0, 0.0)),
}


@cache
def lengths(name: str, gain: float) -> np.ndarray:
    """The gradient's length at the input and after each layer, by that at the end: the median of DRAWS networks."""
    f, slope = ACTIVATIONS[name]
    drawn = []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        weights = [rng.normal(size=(WIDTH, WIDTH)) * gain / np.sqrt(WIDTH) for _ in range(DEPTH)]
        norms = costs.gradient_norms(weights, rng.normal(size=WIDTH), f, slope, rng.normal(size=WIDTH))
        drawn.append(norms / norms[-1])
    return np.median(drawn, axis=0)


def draw(figure: Figure) -> None:
    layers = np.arange(DEPTH + 1)
    panels = figure.subplots(1, 3, sharey=True)
    for axes, (name, (_, slope)) in zip(panels, ACTIVATIONS.items(), strict=True):
        axes.axhline(1.0, color=INK, linewidth=0.8)
        for (text, gain), color in zip(GAINS.items(), COLORS, strict=True):
            axes.semilogy(layers, lengths(name, gain), color=color, label=f"gain {text}")
            if name == "ReLU":
                foretold = costs.gradient_factor(slope, gain, 1.0) ** (DEPTH - layers)
                axes.semilogy(layers, foretold, color=GREY, linewidth=1, linestyle="--")
        axes.set(title=name, xlabel="layer", ylim=(1e-25, 1e15))
    panels[0].set(ylabel="length of the gradient, by that at the end")
    panels[0].legend(loc="upper left")
