"""Slopes on either side of a point, for each output, and whether it is a kink.

A kink is where both slopes settle as the step shrinks, on different values. A slope that does not settle is noise,
unless it comes from a jump: that grows as exactly 1/t. A jump, or the edge of the domain, leaves one side, whose
slope is the derivative. Where all slopes shrink with the step (max(0, x)**2 at 0), the derivative is 0.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Slopes of each output left and right of the point, at a step t, and the rounding errors they may have."""

    left: Array
    right: Array
    central: Array
    t: float
    size: Array
    rounding: Array


@dataclass(frozen=True)
class Kinks:
    """Which outputs have a kink, the two slopes there, and how far these still moved with the step.

    `smooth` are those whose slopes settle on one value: whatever larger steps show, there is no kink.
    """

    found: Mask
    smooth: Mask
    left: Array
    right: Array
    slack: Array


def find_kinks(coarse: Sides, fine: Sides, least: float) -> Kinks:
    """Kinks by the slopes at two steps far apart; those that differ by less than the share `least` are smooth."""
    with np.errstate(all="ignore"):
        top = reduce(np.fmax, np.abs([coarse.left, coarse.right, fine.left, fine.right]))
        noise = np.where(np.isfinite(fine.rounding), fine.rounding, 0.0)
        left_moves, right_moves = np.abs(fine.left - coarse.left), np.abs(fine.right - coarse.right)
        left_settled, right_settled = left_moves <= 0.01 * top + noise, right_moves <= 0.01 * top + noise
        gap, fine_gap = np.abs(coarse.right - coarse.left), np.abs(fine.right - fine.left)
        # Both: at a smooth point the gap shrinks with the step, in noise it grows.
        apart = (gap > least * top + coarse.rounding) & (np.abs(fine_gap - gap) <= 0.1 * gap)
        both = left_settled & right_settled & apart
        only_left = _counts_alone(coarse.left, fine.left, left_settled) & _is_lost(
            coarse.right, fine.right, coarse, fine
        )
        only_right = _counts_alone(coarse.right, fine.right, right_settled) & _is_lost(
            coarse.left, fine.left, coarse, fine
        )
        vanishing = _vanish(coarse, fine)
        smooth = left_settled & right_settled & ~apart & (np.abs(fine.right - fine.left) <= 0.01 * top + noise)
    # A slope that still shrinks (x**1.5 at 0) is known better by the smaller step, and may shrink to nothing (x**1.1).
    left, right = np.where(left_settled, coarse.left, fine.left), np.where(right_settled, coarse.right, fine.right)
    shrinks_left, shrinks_right = only_left & ~left_settled, only_right & ~right_settled
    low, high = np.where(only_right, right, left), np.where(only_left, left, right)
    low, high = np.where(shrinks_right, 0.0, low), np.where(shrinks_left, 0.0, high)
    around = np.stack([fine.left, fine.right, fine.central, np.zeros_like(fine.central)])
    return Kinks(
        found=both | only_left | only_right | vanishing,
        smooth=smooth,
        left=np.where(vanishing, around.min(axis=0), low),
        right=np.where(vanishing, around.max(axis=0), high),
        slack=np.where(vanishing, 0.0, np.where(only_right, 0.0, left_moves) + np.where(only_left, 0.0, right_moves)),
    )


def _vanish(coarse: Sides, fine: Sides) -> Mask:
    """All slopes shrink with the step. The central one is still there: else forward may be flat between roundings."""
    pairs = [(coarse.left, fine.left), (coarse.right, fine.right), (coarse.central, fine.central)]
    shrink = [np.abs(at_fine) <= 0.1 * np.abs(at_coarse) for at_coarse, at_fine in pairs]
    return np.asarray(reduce(np.logical_and, shrink) & (fine.central != 0))


def _counts_alone(coarse: Array, fine: Array, settled: Mask) -> Mask:
    return settled | (np.isfinite(fine - coarse) & (np.abs(fine) <= np.abs(coarse)))


def _is_lost(coarse_slope: Array, fine_slope: Array, coarse: Sides, fine: Sides) -> Mask:
    """A side outside the domain, or behind a jump: the same difference, well above rounding, at any distance."""
    far, near = np.abs(coarse_slope) * coarse.t, np.abs(fine_slope) * fine.t
    jump = (np.abs(far - near) <= 0.01 * far) & (near > 1e-6 * coarse.size)
    return np.asarray(~np.isfinite(fine_slope) | jump)
