"""Three bases and what each makes of the same twenty points: a weighted sum of fixed functions, by least squares.

To see: above, the basis functions, which do not learn. Below, the sum of them that comes closest to the points, with
the residuals (grey): what no weights could explain. Powers are large far away from the data, bells and steps are not.
"""

import numpy as np
from feedforward.linear import LinearModel, gaussian, polynomial, sigmoidal
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, ORANGE, PINK, SKY, YELLOW

SIZE = (10, 5)
CENTERS = np.linspace(0.0, 1.0, 5)
BASES = {
    r"powers $x^j$": lambda x: polynomial(x, 5),
    r"bells $\exp(-(x-\mu_j)^2/2s^2)$": lambda x: gaussian(x, CENTERS, 0.15),
    r"steps $\sigma((x-\mu_j)/s)$": lambda x: sigmoidal(x, CENTERS, 0.06),
}
FINE = np.linspace(-0.1, 1.1, 301)


def wave(x: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * x)


def points(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """n points of a wave, with noise of deviation 0.25."""
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0.0, 1.0, size=n))
    return x, wave(x) + rng.normal(0.0, 0.25, size=n)


def fitted(basis) -> LinearModel:
    model = LinearModel(basis)
    model.fit(*points(20, 1))
    return model


def draw(figure: Figure) -> None:
    grid = figure.subplots(2, 3, sharex=True, sharey="row", height_ratios=(2, 3))
    x, t = points(20, 1)
    for (above, below), (title, basis) in zip(grid.T, BASES.items(), strict=True):
        for column, color in zip(basis(FINE).T, (GREY, BLUE, ORANGE, GREEN, PINK, YELLOW), strict=True):
            above.plot(FINE, column, color=color, linewidth=1.4)
        above.set(title=title, ylim=(-0.2, 1.5))
        model = fitted(basis)
        answers = model.predict(x)
        below.vlines(x, answers, t, color=GREY, linewidth=1)
        below.plot(FINE, wave(FINE), color=SKY, linewidth=1.2, linestyle="--", label="the wave behind them")
        below.plot(FINE, model.predict(FINE), color=ORANGE, label=r"$y(x, \mathbf{w})$")
        below.plot(x, t, "o", color=BLUE, markersize=4.5, label="20 points")
        error = np.sqrt(np.mean((answers - t) ** 2))
        below.set(xlabel="$x$", ylim=(-2, 2), title=f"residuals: root mean square {error:.2f}")
    grid[1, 0].legend(loc="lower left", fontsize=8)
