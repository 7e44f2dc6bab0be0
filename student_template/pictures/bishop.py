"""Bishop's four functions from N = 50 points each, by three tanh units and a linear output (his figure 5.3).

To see: the same small network bends into x², sin πx, |x| and the step, the last two with their corners rounded off.
The dashed lines are what the three units give; the network is a weighted sum of them and a constant.

As in a6, section 5: 200 steps of the whole batch, η = 0.2, μ = 0.9. Each start is chosen: from others gradient descent
ends higher up, in another minimum or on the way to one.

Source: Bishop 2006, section 5.1
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from feedforward import data, nn, optim, train
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, ORANGE, PINK

SIZE = (9, 6.6)
TITLES = {"square": "$x^2$", "sine": r"$\sin\,\pi x$", "absolute": "$|x|$", "heaviside": "Heaviside step"}
STARTS = {  # w and b of the three units tanh(w x + b)
    "square": ([1.5, 3.0, -1.5], [1.5, 0.0, 1.5]),
    "sine": ([2.0, 4.0, 2.0], [2.0, 0.0, -2.0]),
    "absolute": ([3.0, 3.0, -3.0], [1.0, -1.0, 1.0]),
    "heaviside": ([5.0, 20.0, 50.0], [0.0, 0.0, 0.0]),
}
FINE = np.linspace(-1.0, 1.0, 401).reshape(-1, 1)


@dataclass
class Fit:
    x: np.ndarray  # the 50 points, (50, 1)
    y: np.ndarray
    prediction: np.ndarray  # at FINE, (401,)
    units: np.ndarray  # the three units' outputs at FINE, (401, 3)
    error: float  # root mean squared, at the points


@cache
def trained(name: str) -> Fit:
    """A network trained on the function called name."""
    x, y = data.bishop(name)
    rng = np.random.default_rng(0)
    network, loss = nn.MLP((1, 3, 1), rng), nn.MSELoss()
    w, b = STARTS[name]
    network.layers[0].W.data, network.layers[0].b.data = np.array(w)[:, np.newaxis], np.array(b)
    network.layers[1].W.data = rng.uniform(-0.2, 0.2, size=(1, 3))
    method = optim.SGD(network.parameters(), lr=0.2, momentum=0.9)
    train.fit(network, loss, method, x, y, epochs=200, batch_size=len(x), rng=rng)
    units = network.activation(network.layers[0](FINE)).data
    return Fit(x, y, network(FINE).data[:, 0], units, loss(network(x), y).item() ** 0.5)


def draw(figure: Figure) -> None:
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, (name, title) in zip(grid.flat, TITLES.items(), strict=True):
        fit = trained(name)
        for number, (unit, color) in enumerate(zip(fit.units.T, (GREEN, PINK, GREY), strict=True), start=1):
            axes.plot(FINE, unit, color=color, linewidth=1.2, linestyle=(0, (4, 2)), label=f"unit $h_{number}$")
        axes.plot(FINE, fit.prediction, color=ORANGE, linewidth=2.2, label="network")
        axes.plot(fit.x, fit.y, "o", color=BLUE, markersize=3.2, label="50 points", zorder=3)
        axes.set(title=f"{title}    RMSE {fit.error:.3f}", xlim=(-1, 1), ylim=(-1.1, 1.15))
        axes.set(xticks=(-1, -0.5, 0, 0.5, 1), yticks=(-1, -0.5, 0, 0.5, 1))
    for axes in grid[1]:
        axes.set_xlabel("$x$")
    for axes in grid[:, 0]:
        axes.set_ylabel("$y$")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
