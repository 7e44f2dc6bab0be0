"""The two ways to run a function forward and backward: an operation with a context, or a call that leaves a tape.

Everything that comes back is checked here, before any value is compared. What f returns may be a handle on an object
in another process: only attributes, calls and arrays are used, and few of them.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .differences import copy_with_layout
from .kinks import Array
from .wording import at, shape_hint, stretched

Backward = Callable[[Array], Any]
# sweep(rows, context=, tensor=, function=, params=, attribute=, answer_bytes=): where f is far away, many forward
# values at once; a value may be None, and all may be: then they are asked for one by one
Sweep = Callable[..., Sequence[Any] | None]


class GradcheckError(AssertionError):
    """A gradient, or the forward value it belongs to, is not right; the message is one line."""


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

    def parts(self) -> dict[str, Any]:
        """What a sweep is made of."""
        return {"context": self._context, "tensor": self._tensor, "function": self._forward, "params": self._params}


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

    def parts(self) -> dict[str, Any]:
        """What a sweep is made of."""
        return {"context": None, "tensor": self._tensor, "function": self._f, "params": self._params}


class Subject:
    """The function under test, by either protocol, with every array it gives checked and copied."""

    def __init__(self, protocol: Operation | Tape, arrays: list[Array], name: str) -> None:
        self.protocol, self.arrays, self.name = protocol, arrays, name
        self.shape: tuple[int, ...] | None = None
        self.runs = 0
        self.without_grad: set[int] = set()  # inputs whose .grad is None: right, if nothing depends on them

    def run(self) -> tuple[Array, Backward]:
        """The output at the inputs themselves, and backward for it."""
        self.runs += 1
        out, backward = self.protocol.run([copy_with_layout(x) for x in self.arrays])
        values = self._output(out)
        self._refuse_non_finite(values, f"{self.name} forward: output", ", the inputs are finite")
        return values, backward

    def values(self, arrays: list[Array]) -> Array:
        """The output at other inputs; need not be finite."""
        return self._output(self.protocol.run(arrays)[0])

    def many_values(self, rows: Sequence[list[Array]], sweep: Sweep) -> list[Array | None]:
        """The outputs at many other inputs; None for each that is to be asked for alone, to see what is wrong."""
        assert self.shape is not None, "run first: how large a value is, is known then"
        size = 8 * math.prod(self.shape)
        found = sweep(rows, attribute="data", answer_bytes=size, **self.protocol.parts()) or [None] * len(rows)
        return [np.array(each) if self._is_ordinary(each) else None for each in found]

    def _is_ordinary(self, values: Any) -> bool:
        is_array = isinstance(values, np.ndarray | np.generic)
        return is_array and values.dtype == np.float64 and values.shape == self.shape

    def gradients(self, backward: Backward, grad_in: Array, when: str = "") -> list[Array]:
        """What backward gives for each input: number, type, dtype, shape, finiteness checked, stretched ones summed."""
        grads = backward(grad_in)
        where, count = f"{self.name} backward", len(self.arrays)
        want = f"want a list of {count}, one array per input"
        if isinstance(grads, np.ndarray):
            raise GradcheckError(f"{where}: returned a bare array, {want}; put it in brackets: [...]")
        if grads is None:
            raise GradcheckError(f"{where}: returned None, {want}; is a return missing?")
        if not isinstance(grads, list | tuple):
            raise GradcheckError(f"{where}: returned {type(grads).__name__}, {want}")
        if len(grads) != count:
            raise GradcheckError(f"{where}: returned {len(grads)} gradients, {want}")
        return [self._gradient(i, grad, when) for i, grad in enumerate(grads)]

    def _output(self, out: Any) -> Array:
        where = f"{self.name} forward"
        # An ndarray has a .data too, a memoryview: name the mistake instead.
        if out is None or isinstance(out, np.ndarray | np.generic | bool | int | float | list | tuple):
            raise GradcheckError(f"{where}: returned {type(out).__name__}, want a Tensor; wrap it: Tensor(...)")
        data = out.data
        if not isinstance(data, np.ndarray | np.generic):
            raise GradcheckError(f"{where}: the output's data is {type(data).__name__}, want ndarray")
        if data.dtype != np.float64:
            raise GradcheckError(f"{where}: the output has dtype {data.dtype}, want float64")
        if self.shape is None:
            self.shape = data.shape
        if data.shape != self.shape:
            raise GradcheckError(
                f"{where}: the output's shape changes between calls: got {data.shape}, want {self.shape}"
            )
        return np.array(data)

    def _gradient(self, i: int, grad: Any, when: str) -> Array:
        where, shape = f"{self.name} backward: gradient of input {i}", self.arrays[i].shape
        if grad is None and self.protocol.is_tape:
            self.without_grad.add(i)
            return np.zeros(shape)
        # Arithmetic on 0-d arrays gives numpy scalars: they count as arrays.
        if not isinstance(grad, np.ndarray | np.generic):
            raise GradcheckError(f"{where} is {type(grad).__name__}, want ndarray")
        if grad.dtype != np.float64:
            raise GradcheckError(f"{where} has dtype {grad.dtype}, want float64")
        if grad.shape != shape and (self.protocol.is_tape or not stretched(shape, grad.shape)):
            raise GradcheckError(f"{where} has shape {grad.shape}, want {shape}{shape_hint(grad.shape, shape)}")
        # A copy: a backward may give the same buffer again and again.
        values = np.array(grad)
        self._refuse_non_finite(values, where, when)
        return _sum_to(values, shape)

    def _refuse_non_finite(self, values: Array, where: str, why: str) -> None:
        finite = np.isfinite(values)
        if not finite.all():
            index = np.unravel_index(int(np.argmin(finite)), values.shape)
            raise GradcheckError(f"{where}{at(index)} is {values[index]}, want a finite number{why}")


def _sum_to(grad: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes that broadcasting added to this shape or stretched."""
    extra = grad.ndim - len(shape)
    inner = (extra + k for k, n in enumerate(shape) if n == 1 and grad.shape[extra + k] != 1)
    axes = (*range(extra), *inner)
    return np.asarray(grad.sum(axis=axes)).reshape(shape) if axes else grad
