"""Compares gradients with central differences, for an operation or for anything built on a tape.

The differences are those of a right function, where there is one: a backward that agrees with a wrong forward is wrong,
and one that is right stays so beside it. Otherwise they are those of the function under test itself.

Shape, dtype and finiteness come before values. Upstream gradients are random and signed, never all ones: under
ones a softmax has gradient zero, so a backward that returns zeros would pass, and so would one that ignores its
upstream.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt

from ..words import say
from .describing import at, count, in_common, is_elementwise, numbers, numbers_there, resemblance
from .differences import Compared, Comparison, Forward, Memo, scale
from .kinks import Array, Mask
from .noise import NOISY, noise_of
from .protocols import Backward, GradcheckError, GradcheckUndecided, Operation, Subject, Tape, function_of, protocol_of

__all__ = ["GradcheckError", "GradcheckReport", "GradcheckUndecided", "Right", "function_of", "gradcheck"]

DIRECTIONS = {"full": 2, "fast": 3}  # random ones for each input; the all-ones direction comes on top
LOCATE_EVALUATIONS = 4096  # at most so many forward values to name the element at fault in fast mode


@dataclass
class Known:
    """What is known of a right function at some inputs: its output there and at displaced ones, and whether its own
    gradients pass, once that was asked.
    """

    center: Array | None = None
    memo: Memo = field(default_factory=dict)
    passes: bool | None = None


@dataclass(frozen=True)
class Right:
    """The right function: f, tensor and context as for `gradcheck`.

    What is known of it may be handed on to the next check with the same inputs and random numbers.
    """

    f: Any
    tensor: Any
    context: Any
    known: Known = field(default_factory=Known)


@dataclass(frozen=True)
class GradcheckReport:
    """What a passed check measured: the worst error over its tolerance, forward runs, and kinks met.

    `noise` is 0 unless it was asked for: see noise.py.
    """

    worst: float
    evaluations: int
    kinks: int
    noise: float = 0.0


def gradcheck(
    f: Any,
    *inputs: npt.ArrayLike,
    tensor: Any,
    context: Any = None,
    params: dict[str, Any] | None = None,
    mode: Literal["full", "fast"] = "full",
    rng: np.random.Generator | None = None,
    name: str | None = None,
    measure_noise: bool = False,
    right: Right | None = None,
) -> GradcheckReport:
    """How far inside its tolerances the worst gradient of f at the inputs is; an error if one is outside.

    f is an operation, if it has forward and backward and a context is given: `f.forward(context(), *tensors,
    **params)`, then `f.backward(ctx, grad_in)`. Otherwise `f(*tensors, **params).backward(grad)` and `.grad`.
    full: every element of every input, then some directions. fast: directions only, elements where one fails.
    A zero upstream must give exactly zero, and a second backward, after forward was run elsewhere, the same as the
    first. `right` is the function whose slopes are wanted, by default f itself.

    Raises: GradcheckError, one line that names input, element, got and want; GradcheckUndecided if no gradient can be
    judged at these inputs; ValueError if used wrongly
    """
    if mode not in DIRECTIONS:
        raise ValueError(f"gradcheck: unknown mode: got {mode!r}, want 'full' or 'fast'")
    arrays = [_as_input(i, x) for i, x in enumerate(inputs)]
    protocol = protocol_of(f, tensor, context, params or {})
    rng = rng or np.random.default_rng(0)
    name = name or _name_of(f)
    drawn = deepcopy(rng)
    slopes = None if right is None else _Slopes(right, params or {}, arrays, name)
    try:
        check = _Check(protocol, arrays, name, rng, slopes)
        check.compare(mode)
    except GradcheckError as error:
        if slopes is not None and not slopes.pass_themselves(mode, drawn):
            raise GradcheckUndecided(say("gradient.undecided", name=name, error=error)) from None
        if slopes is not None:  # where the right one passes, it is this gradient that cannot be confirmed
            raise GradcheckError(str(error)).with_traceback(error.__traceback__) from None
        raise
    noise = check.noise() if measure_noise else 0.0
    return GradcheckReport(check.worst, check.subject.runs + check.forward.evaluations, check.kinks, noise)


class _Slopes:
    """The right function at the inputs of a check."""

    def __init__(self, right: Right, params: dict[str, Any], arrays: list[Array], name: str) -> None:
        self.protocol = protocol_of(right.f, right.tensor, right.context, params)
        self.arrays, self.known = arrays, right.known
        subject = Subject(self.protocol, arrays, name)
        try:
            self.center = subject.run()[0]
        except GradcheckError as error:
            raise GradcheckUndecided(say("gradient.undecided.right", error=error)) from None
        if self.known.center is None or not np.array_equal(self.known.center, self.center):
            # The first check, or f closes over other values than the last time: nothing is known of this one.
            self.known.center, self.known.passes = self.center, None
            self.known.memo.clear()
        self.forward = Forward(subject.values, arrays, self.center, self.known.memo)

    def pass_themselves(self, mode: str, rng: np.random.Generator) -> bool:
        """Whether the right gradients pass here; at some points no differences can tell."""
        if self.known.passes is None:
            try:
                _Check(self.protocol, self.arrays, "", rng, None).compare(mode)
                self.known.passes = True
            except GradcheckError:
                self.known.passes = False
        return self.known.passes


class _Check:
    """Gradients under two upstreams, and the comparisons made with them so far."""

    def __init__(
        self,
        protocol: Operation | Tape,
        arrays: list[Array],
        name: str,
        rng: np.random.Generator,
        slopes: _Slopes | None,
    ) -> None:
        self.subject = Subject(protocol, arrays, name, None if slopes is None else slopes.center.shape)
        self.name, self.arrays, self.rng = name, arrays, rng
        self.worst, self.kinks = 0.0, 0
        self.smooth: set[int] = set()  # inputs all of whose elements were found right, away from kinks
        center, upstreams, gradients = self._backward_alone()
        self.shape, self.upstreams = center.shape, upstreams
        self.forward = Forward(self.subject.values, arrays, center) if slopes is None else slopes.forward
        flat = upstreams.reshape(2, center.size)
        self.comparisons = [Comparison(self.forward, i, flat, grads) for i, grads in enumerate(gradients)]

    def compare(self, mode: str) -> None:
        """Hold the gradients against the slopes."""
        if mode == "full":
            self.elements()
        self.directions(DIRECTIONS[mode], locate=mode == "fast")

    def elements(self) -> None:
        """Compare every element of every input; all first, because a hint may need the other inputs."""
        plain = [self._plain(i) for i in range(len(self.arrays))]
        for i, (compared, _) in enumerate(plain):
            self._second_look(i, compared, {m: numeric for m, (_, numeric) in enumerate(plain)})

    def directions(self, count: int, locate: bool) -> None:
        """Compare along random directions and along all ones, where the parts of a tied maximum must sum right."""
        ones = say("gradient.along.ones")
        for i, x in enumerate(self.arrays):
            if x.size == 0:
                continue
            unit = scale(x)
            along = {say("gradient.along.random", n=n + 1): unit * _signed(self.rng, x.shape) for n in range(count)}
            # The same distance for every element, so that equal elements stay equal.
            along[ones] = np.full(x.shape, np.max(unit))
            searched = not locate
            for words, v in along.items():
                found = self.comparisons[i].plain(v)[0]
                if not found.sure:
                    found = self.comparisons[i].refined(v)
                if not found.passed and not searched and 4 * x.size <= LOCATE_EVALUATIONS:
                    compared, numeric = self._plain(i)
                    self._second_look(i, compared, {i: numeric})
                    searched = True
                if searched and (found.kind == "undefined" or (not found.passed and i in self.smooth)):
                    # It left the domain, or crosses scales that no step fits at once; its elements were right, one by
                    # one, and only where they meet at a kink may they be wrong together.
                    continue
                if not found.passed:
                    last = words == ones
                    advice = say("gradient.ties" if last else "gradient.smaller")
                    where = say("gradient.along", direction=words)
                    self._fail(i, where, found, float(np.max(unit)) if last else 1.0, advice)
                self._record(found)

    def noise(self) -> float:
        """How noisy the gradients are. Under a single upstream those of a bias may happen to cancel to next to nothing
        but rounding errors; numerical differences are noisy under every one.
        """
        noise = self._noise_once()
        return noise if noise < NOISY / 10 else min(noise, self._noise_once())

    def _noise_once(self) -> float:
        grad_in = _signed(self.rng, self.shape)

        def gradients(inputs: list[Array]) -> list[Array]:
            subject = Subject(self.subject.protocol, inputs, self.name)
            return subject.gradients(subject.run()[1], np.array(grad_in))

        return noise_of(gradients, self.arrays, self.rng)

    def _backward_alone(self) -> tuple[Array, Array, list[Array]]:
        """Everything about backward but its values. The output, two upstreams, and each input's two gradients."""
        subject, anew = self.subject, self.subject.protocol.is_tape
        center, backward = subject.run()
        upstreams = _two_upstreams(self.rng, center.shape)
        grad_in = np.array(upstreams[0])
        first = subject.gradients(backward, grad_in)
        # The same array again: BLAS may round by where an array lies in memory.
        grad_in[...] = upstreams[0]
        backward = subject.run()[1] if anew else backward
        subject.run_elsewhere()
        self._refuse_different(first, subject.gradients(backward, grad_in))
        self._refuse_non_zero(subject.run()[1] if anew else backward, np.zeros(center.shape))
        second = subject.gradients(subject.run()[1], np.array(upstreams[1]))
        return center, upstreams, [np.stack(pair) for pair in zip(first, second, strict=True)]

    def _refuse_different(self, first: list[Array], again: list[Array]) -> None:
        is_tape = self.subject.protocol.is_tape
        for i, (a, b) in enumerate(zip(first, again, strict=True)):
            # On a tape, saved data are new arrays too, so the last bit may differ.
            slack = 1e-13 * float(np.abs(a).max(initial=0.0)) if is_tape else 0.0
            difference = np.abs(a - b)
            if (difference > slack).any():
                index = np.unravel_index(int(np.argmax(difference)), a.shape)
                got, want = numbers(b[index], a[index])
                why = say("gradient.again.tape" if is_tape else "gradient.again.ctx")
                gradient = say("gradient", name=self.name, i=i)
                raise GradcheckError(
                    say("gradient.again", gradient=gradient, at=at(index), got=got, want=want, why=why)
                )

    def _refuse_non_zero(self, backward: Backward, zero: Array) -> None:
        for i, grad in enumerate(self.subject.gradients(backward, zero, say("gradient.zero_upstream.too"))):
            if grad.any():
                index = np.unravel_index(int(np.argmax(grad != 0)), grad.shape)
                gradient = say("gradient", name=self.name, i=i)
                raise GradcheckError(
                    say("gradient.zero_upstream", gradient=gradient, at=at(index), got=float(grad[index]))
                )

    def _plain(self, i: int) -> tuple[dict[tuple[int, ...], Compared], Array]:
        """What is found for every element of one input, and the numeric gradient under each upstream."""
        x = self.arrays[i]
        unit, compared, numeric = scale(x), {}, np.zeros((2, *x.shape))
        for j in np.ndindex(x.shape):
            compared[j], slopes = self.comparisons[i].plain(_along_element(unit, j))
            numeric[(slice(None), *j)] = slopes / unit[j]
        return compared, numeric

    def _second_look(self, i: int, compared: dict[tuple[int, ...], Compared], numeric: dict[int, Array]) -> None:
        """Refine what the first look did not confirm, from the worst element on; fails at the first wrong one."""
        unit, kinds = scale(self.arrays[i]), set()
        for j, found in sorted(compared.items(), key=lambda item: -item[1].ratio):
            if not found.sure:
                found = self.comparisons[i].refined(_along_element(unit, j))
            if not found.passed:
                wrong = np.reshape([not v.passed for v in compared.values()], self.arrays[i].shape)
                advice = resemblance(self.comparisons[i].gradients, numeric, i)
                if i in self.subject.without_grad:
                    advice = say("gradient.no_grad")
                advice = advice or self._seen_there(i, j, wrong, numeric[i], found.per(float(unit[j])).got)
                self._fail(i, at(j), found, float(unit[j]), advice)
            self._record(found)
            kinds.add(found.kind)
        if kinds <= {"smooth"}:
            self.smooth.add(i)

    def _seen_there(self, i: int, j: tuple[int, ...], wrong: Mask, numeric: Array, got: float) -> str:
        """How many elements are wrong, what they have in common, and the numbers to derive this one by hand."""
        alike = {m: x for m, x in enumerate(self.arrays) if x.shape == wrong.shape}
        told = [count(wrong), in_common(wrong, alike)]
        if self.shape == wrong.shape and is_elementwise(numeric, self.upstreams):
            under = int(np.argmin([abs(gradient[j] - got) for gradient in self.comparisons[i].gradients]))
            there = {m: x[j] for m, x in alike.items()}
            told.append(numbers_there(there, self.upstreams[under][j], got, numeric[under][j]))
        return "; ".join(filter(None, told))

    def _record(self, found: Compared) -> None:
        self.worst = max(self.worst, found.ratio)
        self.kinks += found.kind == "kink"

    def _fail(self, i: int, where: str, found: Compared, unit: float, advice: str) -> NoReturn:
        """Say what was found, brought back from relative steps to the input's own units."""
        gradient = say("gradient", name=self.name, i=i)
        found = found.per(unit)
        got, low, high = numbers(found.got, found.low, found.high)
        if found.kind == "undefined":
            raise GradcheckUndecided(say("gradient.undefined", gradient=gradient, at=where, got=got))
        if found.kind == "rough":
            coarse, fine = numbers(*found.steps)
            raise GradcheckUndecided(
                say("gradient.rough", gradient=gradient, at=where, got=got, coarse=coarse, fine=fine)
            )
        if found.kind == "kink" and low != high:
            raise GradcheckError(say("gradient.kink", gradient=gradient, at=where, got=got, low=low, high=high))
        error = abs(found.got - found.low) / max(abs(found.got), abs(found.low))
        raise GradcheckError(
            say("gradient.at", gradient=gradient, at=where, got=got, want=low, error=error, advice=advice)
        )


def _as_input(i: int, x: npt.ArrayLike) -> Array:
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"gradcheck: input {i} has dtype {array.dtype}, want real numbers")
    array = array.astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        raise ValueError(f"gradcheck: input {i} has elements that are not finite, want a point with differences")
    return array


def _name_of(f: Any) -> str:
    name = getattr(f, "__name__", None)
    return name if isinstance(name, str) else type(f).__name__


def _signed(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Random numbers of either sign, in size between 0.5 and 1.5."""
    return np.asarray(rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.5, shape))


def _two_upstreams(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Two random upstreams of opposite signs: a lone output meets both signs."""
    first = _signed(rng, shape)
    return np.stack([first, -np.sign(first) * rng.uniform(0.5, 1.5, shape)])


def _along_element(unit: Array, index: tuple[int, ...]) -> Array:
    direction = np.zeros_like(unit)
    direction[index] = unit[index]
    return direction
