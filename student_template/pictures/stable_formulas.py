"""The relative error of formulas as they stand on paper, beside those of `functional`.

To see: ln(1 + e^a) as it stands loses a digit for every 2.3 that a goes to the left, and all of them from -37 on;
e^a - 1 and 2σ(2a) - 1 lose a digit for every digit that a is nearer to 0. Yours stay at the last digit (dotted: ε).
Right values are computed with 50 digits.
"""

from decimal import Decimal, localcontext

import numpy as np
from feedforward import functional
from feedforward.tensor import Tensor
from matplotlib.figure import Figure

from .style import BLUE, GREY, ORANGE

SIZE = (10.5, 3.6)
EPS = np.finfo(np.float64).eps
LEFT = -np.linspace(0.5, 60.0, 239)
SMALL = -np.logspace(-16.0, 0.0, 239)


def tanh(a: Decimal) -> Decimal:
    return (a.exp() - (-a).exp()) / (a.exp() + (-a).exp())


# What is computed, where, as it stands, by yours, and with 50 digits.
FORMULAS = {
    r"SoftPlus: $\ln(1+e^a)$": (
        LEFT, lambda a: np.log(1 + np.exp(a)), functional.softplus, lambda a: (1 + a.exp()).ln()
    ),
    "ELU: $e^a-1$": (SMALL, lambda a: np.exp(a) - 1, functional.elu, lambda a: a.exp() - 1),
    r"tanh: $2\sigma(2a)-1$": (SMALL, lambda a: 2 / (1 + np.exp(-2 * a)) - 1, functional.tanh, tanh),
}  # fmt: skip


def relative_errors(title: str) -> tuple[np.ndarray, np.ndarray]:
    """The relative errors of a formula as it stands and of ours, at each of its points."""
    points, naive, ours, exact = FORMULAS[title]
    computed = naive(points), ours(Tensor(points)).data
    with localcontext() as context:
        context.prec = 50
        right = [exact(Decimal(float(a))) for a in points]
        errors = [
            [float(abs(Decimal(float(y)) / value - 1)) for y, value in zip(each, right, strict=True)]
            for each in computed
        ]
    return np.array(errors[0]), np.array(errors[1])


def draw(figure: Figure) -> None:
    for axes, title in zip(figure.subplots(1, 3, sharey=True), FORMULAS, strict=True):
        points = FORMULAS[title][0]
        for errors, color, label in zip(relative_errors(title), (ORANGE, BLUE), ("as it stands", "yours"), strict=True):
            axes.semilogy(points, np.maximum(errors, 1e-17), color=color, linewidth=1.3, label=label)
        if points is SMALL:
            axes.set_xscale("symlog", linthresh=1e-16)
            axes.set_xticks([-1, -1e-4, -1e-8, -1e-12, -1e-16])
        axes.axhline(EPS, color=GREY, linewidth=1, linestyle=":")
        axes.set(title=title, xlabel="$a$", ylim=(1e-17, 10), xlim=(points.min(), points.max()))
    figure.axes[0].set_ylabel("relative error")
    figure.axes[1].legend(loc="upper left")
