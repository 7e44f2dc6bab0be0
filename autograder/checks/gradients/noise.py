"""How noisy gradients are from one input to the next, which tells a formula from a numerical derivative.

A formula's gradient moves smoothly with its input, up to the last bits: between points that lie 1e-10 of an input's
size apart its second differences are rounding errors, some 1e-16 of the gradient. One that was computed by differences
with a step h carries the rounding errors of forward divided by h: 1e-11 for h = 1e-5, 1e-8 for h = 1e-8. Neither the
true gradient nor any word of the function under test is needed to see it.
"""

from collections.abc import Callable

import numpy as np

from .kinks import Array

SPACING = -34  # as a power of two: 1e-10 of each element; curvature adds its square, far below rounding
DIGITS = 44  # of an element that are kept, so that every neighbour is a float64 too
POINTS = 5
# Measured: right gradients up to 4e-14 (softmax of numbers near 30, powers of numbers near 1; most 1e-15), but for sums
# that happen to cancel, once in some thousands, which gradcheck takes under another upstream. Central differences 3e-13
# to 3e-12 with h = 1e-4, 3e-12 to 3e-11 with h = 1e-5. A larger h is too far off to pass at all.
NOISY = 4e-13


def noise_of(gradients: Callable[[list[Array]], list[Array]], inputs: list[Array], rng: np.random.Generator) -> float:
    """The largest second difference of the gradients over a few neighbouring inputs, relative to their largest element.

    `gradients(inputs)` gives a gradient for each input. The inputs themselves may be kinks; they are stepped past.
    """
    lines = [_neighbours(x, rng.choice(np.array([-1.0, 1.0]), x.shape)) for x in inputs]
    found = [gradients(list(point)) for point in zip(*lines, strict=True)]
    noise = 0.0
    for samples in map(np.stack, zip(*found, strict=True)):
        largest = float(np.abs(samples).max(initial=0.0))
        if largest > 0:
            noise = max(noise, float(np.abs(np.diff(samples, 2, axis=0)).max()) / largest)
    return noise


def _neighbours(x: Array, signs: Array) -> list[Array]:
    """Points at exactly equal distances from each other, 0 staying 0. Were they rounded, the second difference of a
    right gradient would hold that rounding as often as the gradient's condition has it: of log(x) near 1 without end.
    """
    mantissa, exponent = np.frexp(x)
    start = np.ldexp(np.round(np.ldexp(mantissa, DIGITS)), exponent - DIGITS)
    step = signs * np.ldexp(np.sign(np.abs(x)), exponent + SPACING)
    return [start + k * step for k in range(1, POINTS + 1)]
