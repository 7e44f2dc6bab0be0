"""What gradcheck has to say: indices, numbers and shapes, and what a wrong gradient looks like."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..words import say
from .kinks import Array, Mask


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
        return say("gradient.transpose_fits")
    if stretched(want, got):
        return say("gradient.sum_axes")
    return say("gradient.shape_of_input")


def resemblance(got: Array, numeric: dict[int, Array], i: int) -> str:
    """What the gradient of input i looks like beside the numeric ones; all are under two upstreams, first axis.

    "" if like nothing that is known. `numeric` may lack other inputs.
    """
    want = numeric[i]
    if not got.any():
        return say("likeness.zero")
    if np.isfinite(want).all():
        if np.array_equal(got[0], got[1]) and not _close(want[0], want[1]):
            return say("gradient.no_upstream")
        factor = float((got * want).sum() / (want * want).sum()) if want.any() else 0.0
        if factor and _close(got, factor * want):
            return say("gradient.factor", factor=factor)
        if got.ndim == 3 and got.shape[1] == got.shape[2] and _close(got, want.swapaxes(1, 2)):
            return say("gradient.transpose")
        for m, other in numeric.items():
            if m != i and other.shape == got.shape and _close(got, other):
                return say("gradient.of_other", m=m)
    return ""


def count(wrong: Mask) -> str:
    """How many elements are wrong."""
    if 0 < wrong.sum() < wrong.size:
        return say("gradient.count", n=int(wrong.sum()), of=wrong.size)
    return say("gradient.by_hand.element" if wrong.size > 1 else "gradient.by_hand")


def in_common(wrong: Mask, inputs: dict[int, Array]) -> str:
    """Which sign an input has wherever the gradient is wrong, if it has another where it is right; "" if none."""
    for number, x in inputs.items():
        for sign, has in (("negative", x < 0), ("positive", x > 0), ("zero", x == 0)):
            is_told = wrong.sum() > 1 or np.array_equal(has, wrong)
            if is_told and has[wrong].all() and not has[~wrong].all():
                where = say(f"gradient.where.{sign}", number=number)
                return where if has[~wrong].any() else say("gradient.only_where", where=where)
    return ""


def is_elementwise(numeric: Array, upstreams: Array) -> bool:
    """Whether each element of a gradient is a slope times the upstream at its own place: with two upstreams alike."""
    slopes = numeric / upstreams
    return bool(np.isfinite(slopes).all()) and _close(slopes[0], slopes[1])


def numbers_there(inputs: dict[int, float], upstream: float, got: float, want: float) -> str:
    """The numbers to derive one element by: the inputs there, grad_in, and the slope without it."""
    values = "".join(say("gradient.there.input", number=number, value=float(x)) for number, x in inputs.items())
    mine, right = numbers(got / upstream + 0.0, want / upstream + 0.0)  # and no -0
    return say("gradient.there", inputs=values, upstream=float(upstream), mine=mine, right=right)


def _close(a: Array, b: Array) -> bool:
    return bool(np.abs(a - b).max(initial=0.0) <= 1e-5 * np.abs(b).max(initial=0.0))
