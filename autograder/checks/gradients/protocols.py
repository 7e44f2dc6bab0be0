"""The two ways to run a function forward and backward: an operation with a context, or a call that leaves a tape.

Everything that comes back is checked here, before any value is compared. What f returns may be a handle on an object
in another process: only attributes, calls and arrays are used, and few of them.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, reduce
from typing import Any

import numpy as np

from ..words import say
from .describing import at, shape_hint, stretched
from .differences import copy_with_layout, quiet
from .kinks import Array

Backward = Callable[[Array], Any]


class GradcheckError(AssertionError):
    """A gradient, or the forward value it belongs to, is not right; the message is one line."""


class GradcheckUndecided(GradcheckError):
    """At this point differences do not tell whether a gradient is right: the test has to choose another one."""


class Operation:
    """`forward(ctx, *tensors)` and `backward(ctx, grad_in)`, the arrays of `backward` as they come."""

    is_tape = False

    def __init__(self, f: Any, tensor: Any, context: Any, params: dict[str, Any]) -> None:
        self._forward, self._f = f.forward, f
        self._tensor, self._context, self._params = tensor, context, params

    def run(self, arrays: list[Array]) -> tuple[Any, Backward]:
        """The output, and backward on what this forward saved."""
        ctx = self._context()
        out = self._forward(ctx, *map(self._tensor, arrays), **self._params)
        return out, lambda grad_in: self._f.backward(ctx, grad_in)


class Tape:
    """`f(*tensors)`, then `backward` of what it returns; gradients are the inputs' `.grad`."""

    is_tape = True

    def __init__(self, f: Any, tensor: Any, params: dict[str, Any]) -> None:
        self._f, self._tensor, self._params = f, tensor, params

    def run(self, arrays: list[Array]) -> tuple[Any, Backward]:
        """The output, and a backward pass over this graph, to be used once."""
        tensors = [self._tensor(x) for x in arrays]
        out = self._f(*tensors, **self._params)

        def backward(grad: Array) -> list[Any]:
            out.backward(grad)
            return [t.grad for t in tensors]

        return out, backward


def function_of(package: Any, f: Any) -> Any:
    """What a test means by f in this package: "module.Name" is looked up there, f(package, *tensors) is bound to it."""
    return reduce(getattr, f.split("."), package) if isinstance(f, str) else partial(f, package)


def protocol_of(f: Any, tensor: Any, context: Any, params: dict[str, Any]) -> Operation | Tape:
    """The way to run f: an operation, if it has forward and backward and a context is given, else a tape."""
    is_operation = context is not None and hasattr(f, "forward") and hasattr(f, "backward")
    return Operation(f, tensor, context, params) if is_operation else Tape(f, tensor, params)


class Subject:
    """The function under test, by either protocol, with every array it gives checked and copied.

    `shape` is the output's where it is known beforehand, because the right function gives it. An operation's output is
    then no matter: a right backward stays right beside a wrong forward.
    """

    def __init__(
        self, protocol: Operation | Tape, arrays: list[Array], name: str, shape: tuple[int, ...] | None = None
    ) -> None:
        self.protocol, self.arrays, self.name = protocol, arrays, name
        self.shape, self.is_judged_alone = shape, shape is None
        self.runs = 0
        self.without_grad: set[int] = set()  # inputs whose .grad is None: right, if nothing depends on them

    def run(self) -> tuple[Array, Backward]:
        """The output at the inputs themselves, and backward for it."""
        self.runs += 1
        out, backward = self.protocol.run([copy_with_layout(x) for x in self.arrays])
        if self.shape is not None and not (self.is_judged_alone or self.protocol.is_tape):
            return np.zeros(self.shape), backward
        values = self._output(out)
        if self.is_judged_alone:
            self._refuse_non_finite(values, say("returned.output", name=self.name), say("returned.inputs_finite"))
        return values, backward

    def run_elsewhere(self) -> None:
        """Run forward at another point: what backward needs of the one before must be in its ctx, or in its graph."""
        self.runs += 1
        others = [copy_with_layout(x) for x in self.arrays]
        for other in others:
            # In reverse order and a 64th larger, which stays inside most domains.
            other[...] = np.reshape(other.ravel()[::-1] * (1 + 2.0**-6), other.shape)
        # It may lie outside the domain, which is no fault: nothing is asked but that it has been there.
        with quiet(), suppress(ArithmeticError, ValueError):
            self.protocol.run(others)

    def values(self, arrays: list[Array]) -> Array:
        """The output at other inputs; need not be finite."""
        return self._output(self.protocol.run(arrays)[0])

    def gradients(self, backward: Backward, grad_in: Array, when: str = "") -> list[Array]:
        """What backward gives for each input: number, type, dtype, shape, finiteness checked, stretched ones summed."""
        grads = backward(grad_in)
        count = len(self.arrays)
        said = {"name": self.name, "want": say("returned.want", n=count)}
        if isinstance(grads, np.ndarray):
            raise GradcheckError(say("returned.array", **said))
        if grads is None:
            raise GradcheckError(say("returned.none", **said))
        if not isinstance(grads, list | tuple):
            raise GradcheckError(say("returned.kind", got=type(grads).__name__, **said))
        if len(grads) != count:
            raise GradcheckError(say("returned.number", n=len(grads), **said))
        return [self._gradient(i, grad, when) for i, grad in enumerate(grads)]

    def _output(self, out: Any) -> Array:
        # An ndarray has a .data too, a memoryview: name the mistake instead.
        if out is None or isinstance(out, np.ndarray | np.generic | bool | int | float | list | tuple):
            raise GradcheckError(say("returned.no_tensor", name=self.name, got=type(out).__name__))
        data = out.data
        if not isinstance(data, np.ndarray | np.generic):
            raise GradcheckError(say("returned.data", name=self.name, got=type(data).__name__))
        if data.dtype != np.float64:
            raise GradcheckError(say("returned.output_dtype", name=self.name, got=data.dtype))
        if self.shape is None:
            self.shape = data.shape
        if data.shape != self.shape:
            what = "returned.output_shape_changes" if self.is_judged_alone else "returned.output_shape"
            raise GradcheckError(say(what, name=self.name, got=data.shape, want=self.shape))
        return np.array(data)

    def _gradient(self, i: int, grad: Any, when: str) -> Array:
        where, shape = say("gradient", name=self.name, i=i), self.arrays[i].shape
        if grad is None and self.protocol.is_tape:
            self.without_grad.add(i)
            return np.zeros(shape)
        # Arithmetic on 0-d arrays gives numpy scalars: they count as arrays.
        if not isinstance(grad, np.ndarray | np.generic):
            raise GradcheckError(say("returned.gradient_kind", gradient=where, got=type(grad).__name__))
        if grad.dtype != np.float64:
            raise GradcheckError(say("returned.gradient_dtype", gradient=where, got=grad.dtype))
        if grad.shape != shape and (self.protocol.is_tape or not stretched(shape, grad.shape)):
            hint = shape_hint(grad.shape, shape)
            raise GradcheckError(say("returned.gradient_shape", gradient=where, got=grad.shape, want=shape, hint=hint))
        # A copy: a backward may give the same buffer again and again.
        values = np.array(grad)
        self._refuse_non_finite(values, where, when)
        return _sum_to(values, shape)

    def _refuse_non_finite(self, values: Array, where: str, why: str) -> None:
        finite = np.isfinite(values)
        if not finite.all():
            index = np.unravel_index(int(np.argmin(finite)), values.shape)
            got = values[index]
            raise GradcheckError(say("returned.not_finite", where=where, at=at(index), got=got, why=why))


def _sum_to(grad: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes that broadcasting added to this shape or stretched."""
    extra = grad.ndim - len(shape)
    inner = (extra + k for k, n in enumerate(shape) if n == 1 and grad.shape[extra + k] != 1)
    axes = (*range(extra), *inner)
    return np.asarray(grad.sum(axis=axes)).reshape(shape) if axes else grad
