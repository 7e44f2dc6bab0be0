"""Three losses of one score s, and their slopes, against the margin m = t s.

To see: all three would have the margin large, and they differ in what they make of what is right already. The hinge
asks for nothing beyond 1; the cross-entropy never quite rests; the squared error punishes being too right. Far on the
wrong side its slope grows without bound, and theirs stays at -1.
"""

import numpy as np
from feedforward import nn
from feedforward.tensor import Tensor
from matplotlib.figure import Figure

from .style import BLUE, DASHES, GREEN, GREY, ORANGE

SIZE = (9, 3.8)
MARGINS = np.linspace(-3.0, 3.0, 241)
LOSSES = {
    r"hinge  $\max(0,1-m)$": (nn.HingeLoss, BLUE),
    r"cross-entropy  $\ln(1+e^{-m})$": (nn.BCEWithLogitsLoss, GREEN),
    "squared error  $(m-1)^2$": (nn.MSELoss, ORANGE),
}


def curves(loss) -> tuple[np.ndarray, np.ndarray]:
    """The loss at MARGINS and its slope there, for a target of 1; by a backward pass."""
    scores = [Tensor([margin]) for margin in MARGINS]
    values = [loss(score, np.ones(1)) for score in scores]
    for value in values:
        value.backward()
    return np.array([value.item() for value in values]), np.array([score.grad.item() for score in scores])


def draw(figure: Figure) -> None:
    left, right = figure.subplots(1, 2, sharex=True)
    left.plot(MARGINS, MARGINS < 0, color=GREY, linewidth=1.2, linestyle=DASHES, label="an error")
    for label, (loss, color) in LOSSES.items():
        values, slopes = curves(loss())
        left.plot(MARGINS, values, color=color, label=label)
        right.plot(MARGINS, slopes, color=color)
    left.set(title="loss", xlabel="margin $m=t\\,s$", xlim=(-3, 3), ylim=(-0.1, 4.2))
    right.set(title="slope", xlabel="margin $m=t\\,s$", ylim=(-4.2, 2.2))
    left.legend(loc="upper right", frameon=True, edgecolor="none")
