"""Derivatives from values alone: move a coordinate a little, and see what the function does.

All that is asked of a function f is that it can be called: f(x) is one number, x an array of any shape. Its
gradient is then an array of the same shape, one slope for each coordinate, found one coordinate at a time.

    f = lambda x: x[0] * x[1]
    central_difference(f, np.array([2.0, 5.0]))     # about [5, 2]

The four functions are yours to write. Both kinds of difference break the two commandments of numerical analysis:
thou shalt not add small numbers to big numbers (x + h), and thou shalt not subtract numbers which are
approximately equal (f(x + h) - f(x)). How much that costs is what `step_size_study` shows.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

EPS = float(np.finfo(np.float64).eps)  # 2.2e-16: the distance from 1 to the next larger float64

Scalar = Callable[[np.ndarray], float]  # a function whose gradient is wanted
Gradient = Callable[[np.ndarray], np.ndarray]


def forward_difference(f: Scalar, x: np.ndarray, h: float | None = None) -> np.ndarray:
    """The gradient of f at x by forward differences, (f(x + h e_i) - f(x)) / h for each coordinate i.

    h:      the step, one number for all coordinates; None stands for sqrt(EPS) * max(1, |x_i|) at coordinate i
    Shapes: x, any shape, integers allowed -> the same shape, float64; f gets float64 arrays of this shape
    Calls:  f exactly x.size + 1 times
    Error:  about h |f''| / 2 from truncation, EPS (|f| + |x_i f'| / 2) / h from rounding, of f and of x_i + h; with the
            best h half of the digits are right
    Keeps:  x as it was, bit for bit
    Source: the lecture's formula
    """
    ### BEGIN SOLUTION
    center = np.array(x, dtype=np.float64)
    steps = np.sqrt(EPS) * np.maximum(1.0, np.abs(center)) if h is None else np.full(center.shape, float(h))
    value_here = f(center.copy())
    slopes = np.empty(center.shape)
    for index in np.ndindex(center.shape):
        moved = center.copy()
        moved[index] += steps[index]
        slopes[index] = (f(moved) - value_here) / steps[index]
    return slopes
    ### END SOLUTION


def central_difference(f: Scalar, x: np.ndarray, h: float | None = None) -> np.ndarray:
    """The gradient of f at x by central differences, (f(x + h e_i) - f(x - h e_i)) / (2 h) for each coordinate i.

    h:      the step, one number for all coordinates; None stands for EPS**(1/3) * max(1, |x_i|) at coordinate i
    Shapes: x, any shape, integers allowed -> the same shape, float64; f gets float64 arrays of this shape
    Calls:  f exactly 2 * x.size times
    Error:  about h^2 |f'''| / 6 from truncation, EPS (|f| + |x_i f'|) / (2 h) from rounding; the best h leaves two
            thirds of the digits
    Keeps:  x as it was, bit for bit
    """
    ### BEGIN SOLUTION
    center = np.array(x, dtype=np.float64)
    steps = np.cbrt(EPS) * np.maximum(1.0, np.abs(center)) if h is None else np.full(center.shape, float(h))
    slopes = np.empty(center.shape)
    for index in np.ndindex(center.shape):
        ahead, behind = center.copy(), center.copy()
        ahead[index] += steps[index]
        behind[index] -= steps[index]
        slopes[index] = (f(ahead) - f(behind)) / (2 * steps[index])
    return slopes
    ### END SOLUTION


def step_size_study(
    f: Scalar, df: Gradient, x: np.ndarray, hs: Any, difference: Callable[..., np.ndarray] = forward_difference
) -> np.ndarray:
    """How far a numerical gradient is from the true one, for each step in hs.

    Error number k is the largest of |difference(f, x, hs[k]) - df(x)| over all coordinates: an absolute error.

    df:         the true gradient: df(x) is an array of x's shape; it is called once, for it does not depend on h
    hs:         positive steps in any order, an array or a list
    difference: the method under study, called as forward_difference and central_difference are: (f, x, h)
    Shapes:     x, any shape with at least one element -> (len(hs),), float64, in the order of hs
    """
    ### BEGIN SOLUTION
    truth = df(x)
    return np.array([np.abs(difference(f, x, h) - truth).max() for h in hs], dtype=np.float64)
    ### END SOLUTION


def gradcheck(f: Scalar, grad: Gradient, x: np.ndarray, tolerance: float = 1e-6) -> bool:
    """True if grad(x) is the gradient of f at x as far as central differences can tell, False if it is not.

    With g = grad(x) and n = central_difference(f, x), both of x's shape, and maxima over all coordinates:

        max |g - n| <= tolerance * max(max |g|, max |n|)

    so a factor in front of both f and grad changes nothing. Two gradients of zeros agree.

    False:  also if g has another shape than x (even one that broadcasts), or if g or n holds NaN or infinity
    True:   for an x without elements, if the shape is right: there is nothing to compare
    Calls:  grad once
    Keeps:  x as it was
    """
    ### BEGIN SOLUTION
    computed, numerical = np.asarray(grad(x)), central_difference(f, x)
    comparable = computed.shape == numerical.shape and np.isfinite([computed, numerical]).all()
    return bool(
        comparable
        and np.abs(computed - numerical).max(initial=0.0) <= tolerance * np.abs([computed, numerical]).max(initial=0.0)
    )
    ### END SOLUTION
