"""The error of a numerical derivative against the step h, a V: the two commandments of numerical analysis, seen.

To see: from the right, the error falls with h (forward) or h² (central), as truncation says; from the left it falls
with 1/h, as there is less and less left of f(x + h) - f(x). In between is the best step, near √ε for forward and
∛ε for central differences; the least error is about √ε for the one and ε^(2/3), four hundred times less, for the other.
"""

import numpy as np
from feedforward import numeric
from matplotlib.figure import Figure

from .style import BLUE, GREY, HALO, ORANGE

SIZE = (7.6, 4.8)
EPS = np.finfo(np.float64).eps
POINT = np.array([1.0])
STEPS = np.logspace(-15.5, 0, 249)


def f(x: np.ndarray) -> float:
    return float(np.exp(np.sin(x[0])))


def df(x: np.ndarray) -> np.ndarray:
    return np.cos(x) * np.exp(np.sin(x))


def study() -> dict[str, np.ndarray]:
    """The absolute errors at STEPS of both differences of f at 1."""
    kinds = {"forward": numeric.forward_difference, "central": numeric.central_difference}
    return {name: numeric.step_size_study(f, df, POINT, STEPS, kind) for name, kind in kinds.items()}


def truncation() -> dict[str, np.ndarray]:
    """The errors that Taylor's formula foretells: h |f''| / 2 and h² |f'''| / 6."""
    s, c, value = np.sin(1.0), np.cos(1.0), np.exp(np.sin(1.0))
    return {"forward": STEPS * value * abs(c**2 - s) / 2, "central": STEPS**2 * value * s * c * (s + 3) / 6}


def rounding() -> np.ndarray:
    """What rounding may add to the forward difference: ε r / h with r = |f| + |x f'| / 2, as in the handout."""
    return EPS * (f(POINT) + abs(df(POINT)[0]) / 2) / STEPS


def draw(figure: Figure) -> None:
    axes = figure.subplots()
    axes.loglog(STEPS, rounding(), color=GREY, linewidth=1.1, linestyle="--")
    for (name, errors), color in zip(study().items(), (BLUE, ORANGE), strict=True):
        foretold = truncation()[name]
        seen = foretold > np.maximum(rounding() / 30, 1e-13)  # further down it would only cross what matters there
        axes.loglog(STEPS[seen], foretold[seen], color=GREY, linewidth=1.1, linestyle="--")
        axes.loglog(STEPS, np.maximum(errors, 1e-17), color=color, linewidth=1.2, label=f"{name} difference")
    for step, text, color in (
        (EPS ** (1 / 2), r"$\sqrt{\varepsilon}$", BLUE),
        (np.cbrt(EPS), r"$\sqrt[3]{\varepsilon}$", ORANGE),
    ):
        axes.axvline(step, color=color, linewidth=0.9, linestyle=":")
        axes.text(step, 2.2e-14, f" $h=${text}", color=color, fontsize=11)
    axes.text(3e-13, 1.2e-2, "rounding\n" r"$\varepsilon\,r\,/\,h$", color=GREY, bbox=HALO)
    axes.text(1.5e-5, 5e-3, "truncation\n" r"$h\,|f''|\,/\,2$", color=GREY, bbox=HALO)
    axes.text(8e-3, 3e-9, "truncation\n" r"$h^2\,|f'''|\,/\,6$", color=GREY, bbox=HALO)
    axes.set(
        title=r"derivative of $e^{\sin x}$ at $x=1$",
        xlabel="step $h$",
        ylabel="absolute error",
        xlim=(STEPS[0], STEPS[-1]),
        ylim=(1e-14, 3),
    )
    axes.legend(loc="lower left")
