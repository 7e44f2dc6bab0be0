"""Numeric derivatives of an array function along a line, and what they are worth.

Four forward values, at x +- t*v and x +- t*v/2, give two central differences. Richardson's combination of the two
is the estimate; their disagreement ("wobble") says how far to trust it. Outputs are differenced one by one, then
contracted with the upstream gradients, so that an output that does not move adds an exact zero, however large it
is. Directions v are in units of the input's own size, so t is a relative step.

Where the plain estimate does not confirm a gradient, other steps are tried: at the scale of the element itself
(log, 1/x, sqrt near zero), smaller (a kink nearby, a steep function), larger (a slope drowned in rounding). If
none confirms it, the slopes on either side decide whether this is a kink.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .kinks import Array, Kinks, Mask, Sides, find_kinks

Memo = dict[tuple[int, bytes], Array]  # outputs by the input that was displaced and where to
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Tolerance:
    """How far analytic and numeric derivative may differ; all relative to sum |upstream * slope|."""

    relative: float
    widening: float
    rounding: float
    rough: float
    unresolved: float
    kink: float


TOLERANCES = {
    np.dtype(np.float64): Tolerance(
        # Richardson at a step of 1e-4 leaves about 1e-11; a mistake of 1e-4 in an element is 1000 times outside.
        relative=1e-7,
        # The most that disagreement of the two steps may add: 100 times less than a mistake of 1e-4.
        widening=1e-6,
        # A forward value is right to a few ulp, differencing makes 3 of one: ten times that, per unit of step.
        rounding=64 * EPS,
        # Richardson turns a disagreement d into an error of about d**2 / 2: up to 1e-4 that is under `relative`.
        rough=1e-4,
        # Rounding above this share of the slope could hide a mistake of 1e-4, so a larger step is tried.
        unresolved=1e-5,
        # Slopes on the two sides of a smooth point, at a step of 1e-6, agree to about 1e-9; one kink among the
        # thousand elements of a direction still turns the slope by more than this.
        kink=1e-4,
    )
}
TOLERANCE = TOLERANCES[np.dtype(np.float64)]

STEP = 1e-4
OTHER_STEPS = (1e-6, 3e-3, 1e-8, 1e-1)
# Beside a kink nearer than the smallest step, larger ones see a kink: its slopes are all that can be known.
KINK_STEPS = ((1e-6, 1e-8), (STEP, 1e-6), (3e-3, STEP))
FACTORS = (1.0, -1.0, 0.5, -0.5)  # of the step, at which a sample takes its values
FAR = 10.0  # what does not move this far away does not depend on the input at all; a saturated output does


@dataclass(frozen=True)
class Compared:
    """One derivative compared: error over tolerance, at most 1 if right, and for the worse upstream got and want."""

    ratio: float
    kind: Literal["smooth", "kink", "rough", "undefined"]
    upstream: int
    got: float
    low: float
    high: float
    resolved: bool
    steps: tuple[float, float]

    @property
    def passed(self) -> bool:
        return self.ratio <= 1.0

    @property
    def sure(self) -> bool:
        """Passed with a margin, by differences that agree and would have shown a mistake of 1e-4."""
        return self.ratio <= 0.1 and self.resolved and self.kind == "smooth"

    def per(self, unit: float) -> "Compared":
        """The same with all derivatives divided by a unit of length."""
        steps = (self.steps[0] / unit, self.steps[1] / unit)
        return replace(self, got=self.got / unit, low=self.low / unit, high=self.high / unit, steps=steps)


def scale(x: Array) -> Array:
    """The size of each element, at least a tenth of the largest: a unit of relative step. 1 if all are zero."""
    magnitude = np.abs(x)
    largest = float(magnitude.max(initial=0.0))
    return np.maximum(magnitude, 0.1 * largest) if largest > 0 else np.ones_like(magnitude)


def copy_with_layout(x: Array) -> Array:
    """A copy in C or Fortran order, or non-contiguous, as x is: a test may be about just that."""
    if x.flags.c_contiguous or x.flags.f_contiguous:
        return np.array(x, order="K", copy=True)
    strided = np.empty((*x.shape, 2))[..., 0]
    strided[...] = x
    return strided


class Forward:
    """The function under test as a function of one displaced input, flattened; counts its evaluations.

    `memo` keeps the outputs of a function that many gradients are compared with.
    """

    def __init__(
        self, run: Callable[[list[Array]], Array], inputs: list[Array], center: Array, memo: Memo | None = None
    ) -> None:
        self.run, self.inputs, self.center, self.memo = run, inputs, center.ravel(), memo
        self.evaluations = 0

    def __call__(self, index: int, displaced: Array) -> Array:
        """The flat output with one input replaced; NaN where the displaced point is outside the domain."""
        self.evaluations += 1
        if self.memo is None:
            return self._output(index, displaced)
        place = (index, displaced.tobytes())
        if place not in self.memo:
            self.memo[place] = self._output(index, displaced)
        return self.memo[place]

    def _output(self, index: int, displaced: Array) -> Array:
        arrays = [displaced if i == index else copy_with_layout(x) for i, x in enumerate(self.inputs)]
        with quiet():
            try:
                return self.run(arrays).ravel()
            except (ArithmeticError, ValueError):
                return np.full_like(self.center, np.nan)

    def displaced(self, index: int, step: Array) -> Array:
        """One of the inputs, moved by this step."""
        moved = copy_with_layout(self.inputs[index])
        moved += step
        return moved


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings about a displaced point (log of a negative number) are this file's doing, not the author's."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


class Sample:
    """Forward values at center and at +- t*v, +- t*v/2, and the slopes they give for each output."""

    def __init__(self, forward: Forward, index: int, direction: Array, t: float) -> None:
        self.t, self.direction, center = t, direction, forward.center
        plus, minus, plus_half, minus_half = (
            forward(index, forward.displaced(index, factor * t * direction)) for factor in FACTORS
        )
        with np.errstate(all="ignore"):
            self.coarse = (plus - minus) / (2 * t)
            self.fine = (plus_half - minus_half) / t
            self.slope = (4 * self.fine - self.coarse) / 3
            # One-sided slopes, extrapolated as well: without it a curved function looks like a slight kink.
            self.right = (4 * plus_half - plus - 3 * center) / t
            self.left = (3 * center - 4 * minus_half + minus) / t
            values = np.stack([center, plus, minus, plus_half, minus_half])
            self.size = np.abs(values).max(axis=0)
            self.moved = (values != center).any(axis=0)

    def rounding(self, moved: Mask) -> Array:
        """What rounding may do to the slope of each output, if these are the ones that depend on the input."""
        with np.errstate(all="ignore"):
            size = np.where(moved, self.size, 0.0) + np.abs(self.slope)
            return np.asarray(TOLERANCE.rounding / self.t * size)

    def sides(self, moved: Mask) -> Sides:
        """The slopes on either side."""
        return Sides(self.left, self.right, self.slope, self.t, self.size, self.rounding(moved))


class Comparison:
    """Gradients of one input under several upstreams, compared with slopes along any direction."""

    def __init__(self, forward: Forward, index: int, upstreams: Array, gradients: Array) -> None:
        self.forward, self.index = forward, index
        self.upstreams, self.gradients = upstreams, gradients
        self.x = forward.inputs[index]

    def plain(self, direction: Array) -> tuple[Compared, Array]:
        """What is found of one sample at the usual step, and the numeric derivative under each upstream."""
        sample = Sample(self.forward, self.index, direction, STEP)
        return self._judge(sample, sample.moved), self._contract(sample.slope)

    def refined(self, direction: Array) -> Compared:
        """What is found after other steps and, if none confirms the gradient, the slopes on either side."""
        small = (self.x != 0) & (np.abs(self.x) < scale(self.x))
        own = np.where(small, direction * np.abs(self.x) / scale(self.x), direction)
        tries = [(direction, STEP), *((direction, t) for t in OTHER_STEPS)]
        if (small & (direction != 0)).any():
            tries.insert(1, (own, STEP))
        samples: list[Sample] = []
        trusted: list[Sample] = []
        moved = np.zeros(self.forward.center.shape, dtype=np.bool_)
        for v, t in tries:
            samples.append(Sample(self.forward, self.index, v, t))
            # An output that moves at any step has its rounding counted at every step: small steps may not show it.
            moved |= samples[-1].moved
            if samples[-1].t < STEP and not _continues(samples[-1], samples[:-1], moved):
                continue
            trusted.append(samples[-1])
            found = self._judge(samples[-1], moved)
            if found.sure:
                return found
        for factor in (-FAR, FAR):
            moved |= self.forward(self.index, self.x + factor * direction) != self.forward.center
        kink = self._nearest_kink(samples, moved)
        if kink is not None:
            return kink
        if not moved.any():
            return self._nothing_moved(direction)
        # The least doubtful decides, among those whose two steps agree if there are any.
        compared = [
            (self._judge(s, moved).per(_length(s.direction, direction)), self._doubt(s, moved)) for s in trusted
        ]
        defined = [pair for pair in compared if pair[0].kind != "undefined"]
        agreeing = [pair for pair in defined if pair[0].kind == "smooth"]
        if not defined:
            return self._undefined(direction)
        return min(agreeing or defined, key=lambda pair: pair[1])[0]

    def _contract(self, per_output: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self.upstreams @ per_output)

    def _contract_size(self, per_output: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(np.abs(self.upstreams) @ np.abs(per_output))

    def _along(self, direction: Array) -> tuple[Array, Array]:
        """The analytic derivative along the direction under each upstream; the same without cancellation."""
        products = (self.gradients * direction).reshape(len(self.gradients), -1)
        return products.sum(axis=1), np.abs(products).sum(axis=1)

    def _judge(self, sample: Sample, moved: Mask) -> Compared:
        got, got_size = self._along(sample.direction)
        want, want_size = self._contract(sample.slope), self._contract_size(sample.slope)
        if not np.isfinite(want_size).all():
            return self._undefined(sample.direction)
        wobble = self._contract_size(sample.coarse - sample.fine)
        # x + t*v is rounded in every element, also where their effects cancel (softmax along all ones).
        rounding = self._contract_size(sample.rounding(moved)) + TOLERANCE.rounding / sample.t * got_size
        rounding += self._own_rounding(sample.direction, moved)
        tolerance = TOLERANCE.relative * want_size + np.minimum(wobble, TOLERANCE.widening * want_size) + rounding
        error = np.abs(got - want)
        resolved = rounding <= TOLERANCE.unresolved * np.maximum(want_size, got_size)
        ratio, worse = _worst_ratio(error, tolerance)
        # Rough too: an error no larger than what the two steps disagree by says nothing against the gradient.
        rough = (wobble > TOLERANCE.rough * want_size + rounding).any() or (
            ratio > 1 and error[worse] <= 3 * wobble[worse]
        )
        return Compared(
            ratio=ratio,
            kind="rough" if rough else "smooth",
            upstream=worse,
            got=float(got[worse]),
            low=float(want[worse]),
            high=float(want[worse]),
            resolved=bool((resolved | (error == 0)).all()),
            steps=(float(self._contract(sample.coarse)[worse]), float(self._contract(sample.fine)[worse])),
        )

    def _own_rounding(self, direction: Array, moved: Mask) -> Array:
        """What rounding leaves of a gradient that should cancel to zero (softmax where one entry is 1)."""
        # Along many elements an output may stand still because they cancel, not because it is independent.
        moved = moved | (np.count_nonzero(direction) > 1)
        length = max(1.0, float(np.abs(direction).max()))
        return TOLERANCE.rounding * length * self._contract_size(np.where(moved, self.forward.center, 0.0))

    def _doubt(self, sample: Sample, moved: Mask) -> float:
        """How uncertain a sample is, relative to what it measures: the least doubtful one decides."""
        doubt = self._contract_size(sample.rounding(moved)) + self._contract_size(sample.coarse - sample.fine)
        measured = self._contract_size(sample.slope) + self._along(sample.direction)[1]
        return float(np.max(doubt / np.maximum(measured, np.finfo(np.float64).tiny)))

    def _nearest_kink(self, samples: list[Sample], moved: Mask) -> Compared | None:
        """What is found at a kink, by the smallest steps at which every output settles; None if there is none."""
        smooth = np.zeros(moved.shape, dtype=np.bool_)
        compared: list[Compared] = []
        for steps in KINK_STEPS:
            coarse, fine = (next(s for s in samples if s.t == t) for t in steps)
            kinks = find_kinks(coarse.sides(moved), fine.sides(moved), TOLERANCE.kink)
            # What smaller steps have shown to be smooth has no kink.
            found = self._kink(coarse, kinks, kinks.found & ~smooth, moved)
            smooth |= kinks.smooth
            if found is not None and (kinks.found | smooth | ~moved).all():
                return found
            compared += [found] if found is not None else []
        return compared[0] if compared else None

    def _kink(self, coarse: Sample, kinks: Kinks, found: Mask, moved: Mask) -> Compared | None:
        """What is found at a kink of some outputs, where any value between the slopes is right; None if it is none."""
        left, right = np.where(found, [kinks.left, kinks.right], coarse.slope)
        slack = np.where(found, kinks.slack, 0.0)
        if not found.any() or not np.isfinite(left + right).all():
            return None
        # Each output may choose its own value between the slopes; one without a kink has its central difference.
        low = np.minimum(self.upstreams * left, self.upstreams * right).sum(axis=1)
        high = np.maximum(self.upstreams * left, self.upstreams * right).sum(axis=1)
        size = np.maximum(np.abs(left), np.abs(right))
        noise = coarse.rounding(moved)
        noise = np.where(np.isfinite(noise), noise, 0.0)
        tolerance = self._contract_size(TOLERANCE.widening * size + slack + noise)
        tolerance += self._own_rounding(coarse.direction, moved)
        got, _ = self._along(coarse.direction)
        ratio, worse = _worst_ratio(np.maximum(np.maximum(low - got, got - high), 0.0), tolerance)
        between = (float(low[worse]), float(high[worse]))
        return Compared(ratio, "kink", worse, float(got[worse]), *between, resolved=True, steps=between)

    def _nothing_moved(self, direction: Array) -> Compared:
        """No output moves at any step: zero is right, or what rounding may leave of it (x / |x|)."""
        got, _ = self._along(direction)
        everywhere = np.ones(self.forward.center.shape, dtype=np.bool_)
        ratio, worse = _worst_ratio(np.abs(got), self._own_rounding(direction, everywhere))
        return Compared(ratio, "smooth", worse, float(got[worse]), 0.0, 0.0, resolved=True, steps=(0.0, 0.0))

    def _undefined(self, direction: Array) -> Compared:
        got = float(self._along(direction)[0][0])
        nan = float("nan")
        return Compared(float("inf"), "undefined", 0, got, nan, nan, resolved=False, steps=(nan, nan))


def _continues(small: Sample, others: list[Sample], moved: Mask) -> bool:
    """Does every output's slope at a small step go on from one of the sides seen at larger steps?

    It does beside a kink. A forward that is rounded (float32 inside) is flat at small steps, and a gradient of
    zero must not pass for that.
    """
    larger = [
        s for s in others if s.t in (STEP, *OTHER_STEPS) and small.t < s.t <= STEP and s.direction is small.direction
    ]
    with np.errstate(all="ignore"):
        flat = moved & ~small.moved
        for big in larger:
            noise = small.rounding(small.moved) + big.rounding(moved)
            near = np.zeros(moved.shape, dtype=np.bool_)
            for side in (big.left, big.right):
                size = np.maximum(np.abs(small.slope), np.abs(side))
                near |= ~np.isfinite(side) | (np.abs(small.slope - side) <= 0.01 * size + noise)
            # A steep function may have been misjudged by the largest step; it is not flat at the smallest.
            if not near[flat].all() or (big is larger[-1] and not near.all()):
                return False
    return True


def _length(v: Array, direction: Array) -> float:
    """The length of v in units of the direction, if both are along one element; 1 otherwise."""
    along = np.flatnonzero(direction)
    return float(v.flat[along[0]] / direction.flat[along[0]]) if len(along) == 1 else 1.0


def _worst_ratio(error: Array, tolerance: Array) -> tuple[float, int]:
    """The largest error over tolerance and where it is; 0 / 0 is no error, NaN is an infinite one."""
    with np.errstate(all="ignore"):
        ratio = np.where(error == 0, 0.0, error / tolerance)
    ratio = np.where(np.isnan(ratio), np.inf, ratio)
    worse = int(np.argmax(ratio))
    return float(ratio[worse]), worse
