"""What gradcheck says: indices, numbers and shapes in words, and what a wrong gradient looks like."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .kinks import Array


def at(index: Iterable[Any]) -> str:
    """` at [2, 0]`, or nothing for the only element of a 0-d array."""
    places = ", ".join(str(int(k)) for k in index)
    return f" at [{places}]" if places else ""


def numbers(*values: float) -> list[str]:
    """The values with as many digits as it takes to tell them apart."""
    texts: list[str] = []
    for digits in (6, 9, 12, 17):
        texts = [f"{float(value):.{digits}g}" for value in values]
        if len(set(texts)) == len({float(value) for value in values}):
            break
    return texts


def stretched(shape: tuple[int, ...], grad_shape: tuple[int, ...]) -> bool:
    """Could broadcasting have stretched an array of this shape to the gradient's?"""
    try:
        return np.broadcast_shapes(shape, grad_shape) == grad_shape
    except ValueError:
        return False


def shape_hint(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    """How the wrong shape may have come about."""
    if len(want) > 1 and got == want[::-1]:
        return "; its transpose would fit"
    if stretched(want, got):
        return "; sum it over the axes that broadcasting added or stretched"
    return ", the shape of that input"


def resemblance(got: Array, numeric: dict[int, Array], i: int, wrong: int) -> str:
    """What the gradient of input i looks like beside the numeric ones; all are under two upstreams, first axis.

    `wrong` elements of it are known to be wrong. `numeric` may lack other inputs.
    """
    want, count = numeric[i], got[0].size
    if not got.any():
        return "it is zero everywhere"
    if np.isfinite(want).all():
        if np.array_equal(got[0], got[1]) and not _close(want[0], want[1]):
            return "it does not depend on the upstream gradient, multiply by that"
        factor = float((got * want).sum() / (want * want).sum()) if want.any() else 0.0
        if factor and _close(got, factor * want):
            return f"all of it is {factor:.4g} times the right one"
        if got.ndim == 3 and got.shape[1] == got.shape[2] and _close(got, want.swapaxes(1, 2)):
            return "it is the transpose of the right one"
        for m, other in numeric.items():
            if m != i and other.shape == got.shape and _close(got, other):
                return f"it is the gradient of input {m}, check the order"
    if 0 < wrong < count:
        return f"{wrong} of {count} elements are wrong"
    return "derive it by hand for this element" if count > 1 else "derive it by hand"


def _close(a: Array, b: Array) -> bool:
    return bool(np.abs(a - b).max(initial=0.0) <= 1e-5 * np.abs(b).max(initial=0.0))
