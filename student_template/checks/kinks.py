"""Slopes on either side of a point, for each output, and whether it is a kink.

A kink is where both slopes settle as the step shrinks, on different values. A slope that does not settle is noise,
unless it comes from a jump: that grows as exactly 1/t. A jump, or the edge of the domain, leaves one side, whose
slope is the derivative.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Slopes of each output left and right of the point, at a step t, and the rounding errors they may have."""

    left: Array
    right: Array
    t: float
    size: Array
    rounding: Array


@dataclass(frozen=True)
class Kinks:
    """Which outputs have a kink, the two slopes there, and how far these still moved with the step."""

    found: Mask
    left: Array
    right: Array
    slack: Array


def find_kinks(coarse: Sides, fine: Sides, least: float) -> Kinks:
    """Kinks by the slopes at two steps far apart; those that differ by less than the share `least` are smooth."""
    with np.errstate(all="ignore"):
        top = np.fmax.reduce(np.abs([coarse.left, coarse.right, fine.left, fine.right]))
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
    # A slope that still shrinks (x**1.5 at 0) is known better by the smaller step.
    left, right = np.where(left_settled, coarse.left, fine.left), np.where(right_settled, coarse.right, fine.right)
    return Kinks(
        found=both | only_left | only_right,
        left=np.where(only_right, right, left),
        right=np.where(only_left, left, right),
        slack=np.where(only_right, 0.0, left_moves) + np.where(only_left, 0.0, right_moves),
    )


def _counts_alone(coarse: Array, fine: Array, settled: Mask) -> Mask:
    return settled | (np.isfinite(fine - coarse) & (np.abs(fine) <= np.abs(coarse)))


def _is_lost(coarse_slope: Array, fine_slope: Array, coarse: Sides, fine: Sides) -> Mask:
    """A side outside the domain, or behind a jump: the same difference, well above rounding, at any distance."""
    far, near = np.abs(coarse_slope) * coarse.t, np.abs(fine_slope) * fine.t
    jump = (np.abs(far - near) <= 0.01 * far) & (near > 1e-6 * coarse.size)
    return np.asarray(~np.isfinite(fine_slope) | jump)
