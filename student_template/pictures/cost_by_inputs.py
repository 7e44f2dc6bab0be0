"""What a gradient in n variables costs in four ways, for f(x) = x_0 x_1 ... x_(n-1): counted, and by the clock.

To see: on the left, numerical differentiation and forward mode call f about n times, central differences 2 n times,
reverse mode once; the formulas that symbolic differentiation writes grow as n³, for n derivatives of n products, each
with n factors. On the right the same by the clock: f itself takes n steps, so its n calls take n² of them, and reverse
mode n. With few variables the plainest way is the fastest all the same: a step costs more with Duals, tapes and trees.
"""

from collections.abc import Callable, Sequence
from functools import cache, reduce
from operator import mul
from time import perf_counter
from typing import Any

import numpy as np
from feedforward import costs, modes, numeric
from matplotlib.figure import Figure

from .style import BLUE, GREEN, ORANGE, PINK, SKY

SIZE = (10.5, 4.4)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
WRITABLE = SIZES[:7]  # the formulas of the next one would be two million symbols
REPEATS = 3
COLORS = (ORANGE, SKY, BLUE, GREEN)
METHODS: dict[str, Callable[..., Any]] = {
    "forward difference": numeric.forward_difference,
    "central difference": numeric.central_difference,
    "forward mode": modes.jacobian_forward,
    "reverse mode": modes.jacobian_reverse,
}


def product(x: Any) -> Any:
    """All elements multiplied: of an array, a Dual, a Tensor, or a list of expressions."""
    count = len(x) if isinstance(x, list) else x.shape[0]
    return reduce(mul, (x[i] for i in range(count)))


def calls() -> dict[str, list[int]]:
    """How often each method calls f, at SIZES."""
    return {name: costs.count_calls(method, product, SIZES) for name, method in METHODS.items()}


@cache
def formula_sizes() -> list[int]:
    """The sizes of all derivatives together, for WRITABLE numbers of variables."""
    return costs.symbolic_sizes(product, WRITABLE)


def by_formulas(f: Callable[[Any], Any], x: np.ndarray) -> None:
    """Writes the formulas of all derivatives."""
    costs.symbolic_sizes(f, [len(x)])


def seconds(method: Callable[..., Any], sizes: Sequence[int]) -> list[float]:
    """The time that a gradient takes, the best of some runs: the others were disturbed."""
    best = []
    for variables in sizes:
        x, times = np.full(variables, 1.01), []
        for _ in range(REPEATS):
            start = perf_counter()
            method(product, x)
            times.append(perf_counter() - start)
        best.append(min(times))
    return best


def draw(figure: Figure) -> None:
    left, right = figure.subplots(1, 2)
    markers = ("o", "^", "s", "D")
    for (name, counts), color, marker in zip(calls().items(), COLORS, markers, strict=True):
        left.loglog(SIZES, counts, f"{marker}-", color=color, label=f"{name}: calls of $f$", markersize=4.5)
        right.loglog(SIZES, seconds(METHODS[name], SIZES), f"{marker}-", color=color, label=name, markersize=4.5)
    left.loglog(WRITABLE, formula_sizes(), "v-", color=PINK, label="symbolic: size of the formulas", markersize=4.5)
    shorter = WRITABLE[:-1]  # the last one alone would take longer than the whole picture
    right.loglog(
        shorter, seconds(by_formulas, shorter), "v-", color=PINK, label="symbolic, the formulas alone", markersize=4.5
    )
    left.set(title="counted", xlabel="number of variables $n$", ylabel="calls, or symbols")
    right.set(title="by the clock", xlabel="number of variables $n$", ylabel="seconds for a gradient")
    for axes in (left, right):
        axes.legend(loc="upper left")
        axes.set_xticks(SIZES, [str(n) for n in SIZES])
        axes.minorticks_off()
    left.set(ylim=(0.7, 3e6))
    right.set(ylim=(None, right.get_ylim()[1] * 30))
