"""Cybenko's theorem tried out: the largest error of G(x) = Σ αᵢ σ(wᵢ x + θᵢ) on [0, 1] against the number N of units.

To see: on the left the idea of a proof, a staircase of steep units, each a step of its own: by hand, and surely closer
with every unit, as 1/N. On the right three ways to the units: the staircase; random units with the best α (the middle
of nine draws, and all of them), which are far better as soon as there are enough; and gradient descent on everything,
which stays behind what is there to be had. The theorem says that good weights exist, not how to find them.
"""

from functools import cache

import numpy as np
from feedforward import approximation, nn, optim, train
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, INK, ORANGE, PINK

SIZE = (10.5, 4.4)
UNITS = (2, 4, 8, 16, 32, 64)
DRAWS = 9
X = np.linspace(0.0, 1.0, 1000)


def f(x: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * x) + np.sin(5 * np.pi * x) / 2


def staircase(n_units: int) -> approximation.CybenkoSum:
    """One unit that is always on, and n_units - 1 steep steps: at i / N, from f's value half a step before to after."""
    G = approximation.CybenkoSum(1, n_units, np.random.default_rng(0))
    levels = f((np.arange(n_units) + 0.5) / n_units)
    steepness = 40.0 * n_units
    G.w.data = np.full((n_units, 1), steepness)
    G.theta.data = -steepness * np.arange(n_units) / n_units
    G.theta.data[0] = steepness
    G.alpha.data = np.diff(levels, prepend=0.0)
    return G


def distance(G: approximation.CybenkoSum) -> float:
    """The largest |G(x) - f(x)| on [0, 1]."""
    return float(np.abs(G(X[:, np.newaxis]).data - f(X)).max())


def descended(n_units: int) -> approximation.CybenkoSum:
    """All of w, θ and α trained by gradient descent from a random start."""
    rng = np.random.default_rng(n_units)
    G = approximation.CybenkoSum(1, n_units, rng)
    x = np.linspace(0.0, 1.0, 100)
    optimizer = optim.SGD(G.parameters(), lr=2.0 / n_units, momentum=0.95)
    train.fit(G, nn.MSELoss(), optimizer, x[:, np.newaxis], f(x), epochs=500, batch_size=len(x), rng=rng)
    return G


@cache
def errors() -> dict[str, np.ndarray]:
    """The errors at UNITS: by staircase (6,), by random units with the best α (DRAWS, 6), by gradient descent (6,)."""
    draws = [approximation.approximation_errors(f, UNITS, np.random.default_rng(seed)) for seed in range(DRAWS)]
    return {
        "staircase": np.array([distance(staircase(n_units)) for n_units in UNITS]),
        "random": np.array(draws),
        "descent": np.array([distance(descended(n_units)) for n_units in UNITS]),
    }


def draw(figure: Figure) -> None:
    left, right = figure.subplots(1, 2)
    left.plot(X, f(X), color=INK, linewidth=1.2, linestyle="--", label="$f$")
    for n_units, color in ((8, PINK), (32, ORANGE)):
        left.plot(X, staircase(n_units)(X[:, np.newaxis]).data, color=color, linewidth=1.5, label=f"$G$, $N={n_units}$")
    left.set(title="a staircase of steep units", xlabel="$x$", xlim=(0, 1))
    left.legend()

    all_errors = errors()
    right.fill_between(UNITS, *np.quantile(all_errors["random"], (0, 1), axis=0), color=BLUE, alpha=0.15, linewidth=0)
    right.loglog(UNITS, np.median(all_errors["random"], axis=0), "o-", color=BLUE, label=r"random units, best $\alpha$")
    right.loglog(UNITS, all_errors["descent"], "^-", color=GREEN, label="gradient descent, 500 steps")
    right.loglog(UNITS, all_errors["staircase"], "s-", color=ORANGE, label="staircase by hand")
    guide = all_errors["staircase"][-1] * UNITS[-1] / np.array(UNITS)
    right.loglog(UNITS, guide, color=GREY, linewidth=1, linestyle="--", zorder=1, label=r"$\propto 1/N$")
    right.set(title="error against size", xlabel="number of units $N$", ylabel=r"$\max_x\,|G(x)-f(x)|$")
    right.set_xticks(UNITS, [str(n_units) for n_units in UNITS])
    right.minorticks_off()
    right.legend(loc="lower left")
