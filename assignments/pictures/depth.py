"""What is left of a gradient on its way back through twenty activations, one after another, from a = 1.

To see: each sigmoid multiplies it by its slope, 1/4 at the most, so after twenty hardly anything is left; tanh and the
smooth relatives of ReLU lose less, and ReLU nothing at all.
"""

import numpy as np
from feedforward import functional
from feedforward.tensor import Tensor
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, ORANGE, PINK

SIZE = (6.4, 3.8)
DEPTH = 20
ACTIVATIONS = {
    "ReLU": (functional.relu, BLUE, "o"),
    "SoftPlus": (functional.softplus, GREEN, "^"),
    "GELU": (functional.gelu, GREY, "v"),
    "tanh": (functional.tanh, PINK, "d"),
    "sigmoid": (functional.sigmoid, ORANGE, "s"),
}


def gradients(activation) -> np.ndarray:
    """The gradient behind 0, 1, ... DEPTH activations, counted from the last, shape (DEPTH + 1,)."""
    chain = [Tensor(1.0)]
    for _ in range(DEPTH):
        chain.append(activation(chain[-1]))
    chain[-1].backward()
    return np.array([tensor.grad.item() for tensor in reversed(chain)])


def draw(figure: Figure) -> None:
    axes = figure.subplots()
    for name, (activation, color, marker) in ACTIVATIONS.items():
        left = gradients(activation)
        axes.semilogy(left, marker=marker, color=color, markersize=4, linewidth=1.4, label=f"{name}: {left[-1]:.2g}")
    axes.set(title="a gradient through twenty activations", xlabel="activations that it has passed", ylabel="gradient")
    axes.set(xticks=range(0, DEPTH + 1, 5), xlim=(0, DEPTH + 0.3))
    axes.legend(loc="lower left", title="left at the end")
