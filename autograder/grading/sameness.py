"""When two answers count as the same: what one formula gives, written in two ways."""

from typing import Any

import numpy as np

from autograder.boundary.trace import Answer

# Two ways to write a formula differ by some rounding errors of 1e-16 each, ten thousands of steps of training included;
# a mistake that stays below this could not be told from them.
RELATIVE = 1e-9
# Of the largest element: what cancels leaves the rounding errors of what was there before.
OF_THE_LARGEST = 1e-11
NUMBERS = (np.ndarray, np.generic, bool, int, float)


def same(got: Answer, want: Answer) -> bool:
    """Whether values, types of exceptions and categories of warnings are the same."""
    if (got.raised is None) != (want.raised is None) or set(got.warned) != set(want.warned):
        return False
    if got.raised is not None and want.raised is not None:
        return got.raised[0] == want.raised[0]  # each words an error as he likes
    return same_value(got.value, want.value)


def same_value(got: object, want: object) -> bool:
    """Whether two values are the same but for rounding; tuples and lists are alike, so are scalars and 0-d arrays."""
    if isinstance(got, NUMBERS) and isinstance(want, NUMBERS):
        return close(np.asarray(got), np.asarray(want))
    if isinstance(got, list) and isinstance(want, list):
        return len(got) == len(want) and all(map(same_value, got, want))
    if isinstance(got, dict) and isinstance(want, dict):
        return got.keys() == want.keys() and all(same_value(got[key], want[key]) for key in want)
    return type(got) is type(want) and got == want


def close(got: "np.ndarray[Any, Any]", want: "np.ndarray[Any, Any]") -> bool:
    """Whether two arrays of one shape agree but for rounding; NaN agrees with NaN."""
    if got.shape != want.shape:
        return False
    with np.errstate(all="ignore"):
        largest = np.abs(want[np.isfinite(want)]).max(initial=0)
        agree = np.isclose(got, want, rtol=RELATIVE, atol=OF_THE_LARGEST * float(largest), equal_nan=True)
    return bool(agree.all())
