"""The way of gradient descent on a loss surface: below and above 2/c, with momentum, and with minibatches.

To see: in a narrow valley, L = (x² + 20 y²)/2, the steepest direction has c = 20. A step a little below 2/c goes to and
fro across it, one above leaves. Momentum cancels what alternates and adds up what persists. On the right the loss of a
line through 40 points: minibatches of 4 go to the same place, and then about it.
"""

import numpy as np
from feedforward import nn, optim, train
from feedforward.tensor import Tensor
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, GREEN, GREY, INK, ORANGE

SIZE = (11, 3.9)
CURVATURE = np.array([1.0, 20.0])
START = (-9.0, 1.6)


def valley(lr: float, momentum: float = 0.0, steps: int = 30) -> np.ndarray:
    """The places of so many steps in the valley, the start among them, shape (steps + 1, 2)."""
    w = Tensor(np.array(START))
    method = optim.SGD([w], lr, momentum)
    path = [w.data.copy()]
    for _ in range(steps):
        w.grad = CURVATURE * w.data
        method.step()
        path.append(w.data.copy())
    return np.array(path)


def points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.0, 1.0, size=(40, 1))
    return x, 1.5 * x + 0.5 + rng.normal(0.0, 0.5, size=x.shape)


def line(batch_size: int, epochs: int) -> np.ndarray:
    """Slope and constant of a line on its way to the points, after each step, shape (steps + 1, 2)."""
    x, y = points()
    rng = np.random.default_rng(1)
    model, loss = nn.Linear(1, 1, rng), nn.MSELoss()
    model.W.data, model.b.data = np.array([[-1.0]]), np.array([-1.0])
    method = optim.SGD(model.parameters(), lr=0.1)
    path = [(-1.0, -1.0)]
    for _epoch in range(epochs):
        for inputs, targets in train.minibatches(x, y, batch_size, rng):
            train.fit(model, loss, method, inputs, targets, epochs=1, batch_size=batch_size, rng=rng)
            path.append((model.W.data.item(), model.b.data.item()))
    return np.array(path)


def surface(axes: Axes, value, x: np.ndarray, y: np.ndarray, lowest: float) -> None:
    first, second = np.meshgrid(x, y)
    levels = lowest + np.geomspace(0.05, 60.0, 12)
    axes.contour(first, second, value(first, second), levels=levels, colors=GREY, linewidths=0.6, alpha=0.6)
    axes.grid(False)


def way(axes: Axes, path: np.ndarray, color: str, label: str) -> None:
    axes.plot(*path.T, ".-", color=color, linewidth=1.1, markersize=4, label=label)


def draw(figure: Figure) -> None:
    left, middle, right = figure.subplots(1, 3)
    for axes in (left, middle):
        surface(axes, lambda x, y: (x**2 + 20 * y**2) / 2, np.linspace(-10, 4, 141), np.linspace(-3.6, 3.6, 121), 0.0)
        axes.plot(0, 0, "+", color=INK, markersize=10)
        axes.set(xlabel="$x$", xlim=(-10, 4), ylim=(-3.6, 3.6))
    left.set(title=r"a valley, $2/c=0.1$", ylabel="$y$")
    way(left, valley(0.105, steps=9), ORANGE, r"$\eta=0.105$")
    way(left, valley(0.095), BLUE, r"$\eta=0.095$")
    middle.set_title(r"the same, $\eta=0.02$")
    way(middle, valley(0.02), BLUE, r"$\mu=0$")
    way(middle, valley(0.02, momentum=0.8), GREEN, r"$\mu=0.8$")

    x, y = points()

    def loss(slope, constant):
        return np.mean([(slope * a + constant - b) ** 2 for a, b in zip(x[:, 0], y[:, 0], strict=True)], axis=0)

    best = np.polyfit(x[:, 0], y[:, 0], 1)
    surface(right, loss, np.linspace(-1.3, 2.6, 131), np.linspace(-1.3, 1.3, 121), loss(*best))
    way(right, line(4, 6), ORANGE, "minibatches of 4")
    way(right, line(40, 60), BLUE, "all 40 points")
    right.plot(*best, "+", color=INK, markersize=10, zorder=5)
    right.set(title="a line through 40 points", xlabel="slope", ylabel="constant")
    for axes in (left, middle, right):
        axes.legend(loc="lower right" if axes is right else "upper right", frameon=True, edgecolor="none", fontsize=8)
