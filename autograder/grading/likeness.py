"""What a wrong value looks like beside the right one, in words that say nothing of the values themselves.

For hidden tests the words come from a fixed list, into which no input and no expected value can flow; for public
tests a number or a place is added.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any, Literal

import msgspec
import numpy as np

from autograder.checks.words import say
from autograder.grading.sameness import close

Array = np.ndarray[Any, Any]
LikenessCode = Literal[
    "zero",
    "not_finite",
    "sign",
    "factor",
    "offset",
    "transpose",
    "axes",
    "exchanged",
    "not_summed",
    "summed",
    "shape",
    "one_element",
    "kinks",
    "negative",
    "positive",
    "large",
    "float32",
]

MAX_SIZE = 1 << 16  # elements; what is handed in may send millions, and looking at them from all sides takes its time
FLOAT32_EPS = float(np.finfo(np.float32).eps)
NEAR_ONE = 1e-3  # a factor so near to 1 is no mistake that anybody makes
FACTORS_OF_ONE_NUMBER = (2.0, 0.5)  # any number is some multiple of any other


class Likeness(msgspec.Struct, frozen=True):
    """What kind it is; `detail` adds numbers of a public test."""

    code: LikenessCode
    detail: str = ""

    def text(self, public: bool) -> str:
        """In words."""
        text = say(f"likeness.{self.code}")
        return say("looks.detail", likeness=text, detail=self.detail) if public and self.detail else text


def likeness(got: object, want: object, inputs: Sequence[Array]) -> Likeness | None:
    """What the first array that differs looks like; None if nothing can be said. What was sent last comes last."""
    pairs = list(_pairs(got, want))
    different = [(g, w) for g, w in pairs if not close(g, w)]
    if not different:
        return None
    if len(pairs) == 2 and len(different) == 2 and close(pairs[0][0], pairs[1][1]) and close(pairs[1][0], pairs[0][1]):
        return Likeness("exchanged")
    first, right = different[0]
    with np.errstate(all="ignore"):
        if first.shape != right.shape:
            return _of_shape(first, right)
        return _of_all(first, right) or _of_axes(first, right) or _of_some(first, right, inputs)


def _pairs(got: object, want: object) -> Iterator[tuple[Array, Array]]:
    """The arrays and numbers of two values, side by side, as float64."""
    if isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        for mine, right in zip(got, want, strict=True):
            yield from _pairs(mine, right)
    elif all(isinstance(value, np.ndarray | np.generic | int | float) for value in (got, want)):
        mine, right = np.asarray(got), np.asarray(want)
        if mine.dtype.kind in "biuf" and right.dtype.kind in "biuf" and max(mine.size, right.size) <= MAX_SIZE:
            yield mine.astype(np.float64), right.astype(np.float64)


def _of_shape(got: Array, want: Array) -> Likeness:
    detail = say("looks.got_and_want", got=got.shape, want=want.shape)
    if got.shape == want.shape[::-1] and close(got.T, want):
        return Likeness("transpose")
    for order in _orders(got):
        if close(got.transpose(order), want):
            return Likeness("axes")
    axes = [axis for axis in range(-got.ndim, 0) if axis < -want.ndim or want.shape[axis] != got.shape[axis]]
    if got.ndim >= want.ndim and all(axis < -want.ndim or want.shape[axis] == 1 for axis in axes):
        summed = got.sum(axis=tuple(axes), keepdims=True)
        if close(summed.reshape(want.shape), want):
            return Likeness("not_summed", detail)
    for axis in range(want.ndim):
        for kept in (want.sum(axis=axis), want.sum(axis=axis, keepdims=True)):
            if close(got, kept):
                return Likeness("summed", detail)
    return Likeness("shape", detail)


def _of_all(got: Array, want: Array) -> Likeness | None:
    """What holds for every element."""
    if not want.any() and got.any():
        return None
    if not got.any():
        return Likeness("zero") if want.size > 1 else None
    if np.isfinite(want).all() and not np.isfinite(got).all():
        return Likeness("not_finite")
    if close(-got, want):
        return Likeness("sign")
    if not np.isfinite(got).all():
        return None
    if _is_single_precision(got, want):
        return Likeness("float32")
    factor = float(np.sum(got * want) / np.sum(want * want))
    is_factor = abs(factor - 1) > NEAR_ONE and close(got, factor * want)
    if is_factor and (want.size > 1 or factor in FACTORS_OF_ONE_NUMBER):
        return Likeness("factor", f"{factor:.4g}")
    if want.size > 2 and close(got - (got - want).flat[0], want):
        return Likeness("offset", f"{float((got - want).flat[0]):.4g}")
    return None


def _is_single_precision(got: Array, want: Array) -> bool:
    """Whether these are right numbers rounded to float32: now, or on the way, which leaves errors of either sign."""
    error = got - want
    if np.abs(error).max() > 4 * FLOAT32_EPS * np.abs(want).max():
        return False
    if np.array_equal(got.astype(np.float32), got) and not np.array_equal(want.astype(np.float32), want):
        return True
    seen = np.abs(error) > 1e-3 * FLOAT32_EPS * np.abs(want)
    # A small number added somewhere (1e-8 in a divisor) errs by as little, and makes all too small or all too large.
    outwards = (error * want)[seen] > 0
    return bool(seen.sum() >= max(4, want.size / 2) and outwards.any() and not outwards.all())


def _of_axes(got: Array, want: Array) -> Likeness | None:
    if got.ndim == 2 and close(got.T, want):
        return Likeness("transpose")
    if any(close(got.transpose(order), want) for order in _orders(got)):
        return Likeness("axes")
    return None


def _orders(array: Array) -> list[tuple[int, ...]]:
    return list(permutations(range(array.ndim)))[1:] if 3 <= array.ndim <= 4 else []


def _of_some(got: Array, want: Array, inputs: Sequence[Array]) -> Likeness | None:
    """What the elements that are wrong have in common."""
    largest = float(np.abs(want[np.isfinite(want)]).max(initial=0.0))
    wrong = ~np.isclose(got, want, rtol=1e-9, atol=1e-11 * largest, equal_nan=True)
    if wrong.all() or want.size < 3:
        return None
    for x in reversed(inputs):
        if x.shape == want.shape and x.dtype.kind in "biuf":
            common = _in_common(x, wrong)
            if common:
                return Likeness(common)
    if wrong.sum() == 1:
        (place,) = np.argwhere(wrong)
        return Likeness("one_element", say("looks.at", place=[int(k) for k in place]))
    return None


def _in_common(x: Array, wrong: "np.ndarray[Any, np.dtype[np.bool_]]") -> LikenessCode | None:
    """What tells the elements where `wrong` from the others by their input; None if nothing does."""
    values, counts = np.unique(x, return_counts=True)
    special = np.isin(x, values[counts > 1]) | (x == 0)
    if special[wrong].all() and not (x[wrong] < 0).all() and (~wrong & ~special).sum() >= 2:
        return "kinks"
    if np.array_equal(wrong, x < 0) or np.array_equal(wrong, x <= 0):
        return "negative"
    if np.array_equal(wrong, x > 0) or np.array_equal(wrong, x >= 0):
        return "positive"
    if np.abs(x[wrong]).min() > max(10.0, float(np.abs(x[~wrong]).max())):
        return "large"
    return None
