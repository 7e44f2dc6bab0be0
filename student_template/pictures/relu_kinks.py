"""A ReLU network of one input, drawn as what it is: a broken line, with its kinks where `relu_kinks` says.

To see: above, straight pieces between the kinks, drawn through the kinks alone, each with its slope, and the network
(trained on sin πx) is this line exactly. Below, what the units add, a colour for each: each bends once, and there the
sum bends.
"""

from functools import cache

import numpy as np
from feedforward import approximation, data, functional, nn, optim, train
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, INK, ORANGE, PALE, PINK, SKY, YELLOW

SIZE = (8, 6)
LIMIT = 1.25  # the points lie in -1 ... 1
COLORS = (BLUE, ORANGE, GREEN, PINK, SKY, YELLOW)  # of the units, by the place of their kinks


@cache
def trained() -> nn.MLP:
    """A network of six ReLU units, trained on sin πx; its kinks are spread at random to begin with.

    The seed is one of those after which no kink has left the picture and no two are closer than 0.1.
    """
    rng = np.random.default_rng(14)
    x, y = data.bishop("sine")
    network = nn.MLP((1, 6, 1), rng, activation=functional.relu, gain=np.sqrt(2.0))
    hidden = network.layers[0]
    hidden.b.data = -hidden.W.data[:, 0] * rng.uniform(-1.0, 1.0, size=6)
    optimizer = optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
    train.fit(network, nn.MSELoss(), optimizer, x, y, epochs=150, batch_size=10, rng=rng)
    return network


def value(network: nn.MLP, x: np.ndarray) -> np.ndarray:
    """The network's output at x, shape (n,)."""
    return network(x[:, np.newaxis]).data[:, 0]


def contributions(network: nn.MLP, x: np.ndarray) -> np.ndarray:
    """v_i max(0, w_i x + c_i) for each unit, shape (n, units)."""
    return functional.relu(network.layers[0](x[:, np.newaxis])).data * network.layers[1].W.data[0]


def pieces(network: nn.MLP) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The corners of the broken line from -LIMIT to LIMIT, ends included, as x and y, and the slopes between them."""
    kinks, slopes = approximation.relu_kinks(network)
    inside = np.abs(kinks) < LIMIT
    first = np.searchsorted(kinks, -LIMIT)
    x = np.array([-LIMIT, *kinks[inside], LIMIT])
    return x, value(network, x), slopes[first : first + len(x) - 1]


def draw(figure: Figure) -> None:
    network = trained()
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    fine = np.linspace(-LIMIT, LIMIT, 501)
    x, y, slopes = pieces(network)

    above.plot(fine, np.sin(np.pi * fine), color=GREY, linewidth=1.1, linestyle="--", label=r"$\sin\,\pi x$")
    above.plot(x, y, color=INK, linewidth=2, label="network, with the slope of each piece")
    for index, slope in enumerate(slopes):
        text = f"{slope:+.2f}".replace("-", "−")
        above.text(x[index : index + 2].mean(), 1.55, text, ha="center", color=INK, fontsize=8)
    units = contributions(network, fine)
    places = -network.layers[0].b.data / network.layers[0].W.data[:, 0]
    for unit, kink, height, color in zip(np.argsort(places), x[1:-1], y[1:-1], COLORS, strict=True):
        below.plot(fine, units[:, unit], color=color, linewidth=1.5)
        for axes, at in ((above, height), (below, 0.0)):
            axes.plot(kink, at, "o", color=color, markersize=7, markeredgecolor="white", zorder=4)
            axes.axvline(kink, color=PALE, linewidth=0.9, zorder=0)
            axes.grid(False)
    above.set(ylabel="$y$", ylim=(-1.6, 1.85), title="a network of six ReLU units")
    above.legend(loc="lower right")
    below.set(title=r"what each unit adds: $v_i\,\max(0,\,w_i x + c_i)$", xlabel="$x$", xlim=(-LIMIT, LIMIT))
