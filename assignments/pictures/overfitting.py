"""Twelve points fitted by polynomials of degree 1, 3 and 11, and the error against the degree.

To see: a line is too stiff for the wave, degree 3 follows it, and degree 11 goes through every point and far off
between them. The training error falls with every degree; the error on other points of the same wave turns. So the
training error cannot choose the degree.
"""

import numpy as np
from feedforward.linear import LinearModel, polynomial
from matplotlib.figure import Figure

from .basis_functions import points, wave
from .style import BLUE, GREY, ORANGE, SKY

SIZE = (10.5, 3.6)
DEGREES = range(12)
FINE = np.linspace(0.0, 1.0, 401)


def fitted(degree: int) -> LinearModel:
    """The polynomial of this degree that is nearest to the twelve training points."""
    model = LinearModel(lambda x: polynomial(x, degree))
    model.fit(*points(12, 3))
    return model


def errors() -> np.ndarray:
    """Root mean squared errors by degree, on the training points and on a thousand others, shape (2, degrees)."""
    sets = points(12, 3), points(1000, 4)
    models = [fitted(degree) for degree in DEGREES]
    return np.sqrt([[np.mean((model.predict(x) - t) ** 2) for model in models] for x, t in sets])


def draw(figure: Figure) -> None:
    *panels, last = figure.subplots(1, 4, width_ratios=(2, 2, 2, 3))
    x, t = points(12, 3)
    for axes, degree in zip(panels, (1, 3, 11), strict=True):
        axes.plot(FINE, wave(FINE), color=SKY, linewidth=1.2, linestyle="--")
        axes.plot(FINE, fitted(degree).predict(FINE), color=ORANGE)
        axes.plot(x, t, "o", color=BLUE, markersize=4.5)
        axes.set(title=f"degree {degree}", xlabel="$x$", ylim=(-2, 2), xticks=(0, 0.5, 1))
    train, others = errors()
    last.semilogy(DEGREES, np.maximum(train, 1e-3), "o-", color=BLUE, markersize=4, label="the 12 training points")
    last.semilogy(DEGREES, others, "s-", color=ORANGE, markersize=4, label="1000 other points")
    last.axhline(0.25, color=GREY, linewidth=1, linestyle=":")
    last.text(11, 0.26, "noise", color=GREY, ha="right", va="bottom")
    last.set(title="root mean squared error", xlabel="degree", ylim=(0.01, 30), xticks=(0, 3, 6, 9, 11))
    last.legend(loc="upper left", fontsize=8)
