"""Dual numbers: a value together with how fast it changes. Whatever computes with them differentiates on the way.

A dual number is a + b ε, where ε² = 0. Its `primal` a is the value, its `tangent` b the derivative of that value when
the inputs move as their own tangents say:

    x = Dual(2.0, 1.0)                  # at 2, moving at speed 1
    y = x * x + 3.0 * sin(x)            # y.primal is 4 + 3 sin 2, y.tangent is 4 + 3 cos 2

This is forward mode: value and derivative are computed side by side, and nothing is remembered. Both parts are float64
arrays of one shape; or Tensors of a3, so that a tangent is on the tape and can be differentiated once more.

`exp`, `log`, `sin`, `cos` and `tanh` of this file take an array, a Tensor, an expression of a2, or a Dual. A function
written with them and with operators can be differentiated in all the ways that the course has.

Yours to write: six operators of Dual, and the five functions of a Dual. The rest is given.
"""

from typing import Any

import numpy as np

from . import functional, symbolic
from .functional import Ctx, Function
from .tensor import Shape, Tensor

Part = np.ndarray | Tensor


def as_part(value: Any) -> Part:
    """A Tensor as it is, anything else as a float64 array; TypeError for a Dual."""
    if isinstance(value, Dual):
        raise TypeError("Dual: got a Dual for one of its parts, want an array or a Tensor; take .primal or .tangent")
    return value if isinstance(value, Tensor) else np.asarray(value, dtype=np.float64)


def as_dual(value: Any) -> "Dual":
    """A Dual as it is; a number, an array or a Tensor as a constant: its tangent is zero."""
    return value if isinstance(value, Dual) else Dual(value, np.zeros(np.shape(value)))


class Dual:
    """primal + tangent ε, elementwise: values, and their derivatives along one direction.

    primal, tangent: arrays or Tensors of one shape; arrays are float64, and are taken as they are, without a copy
    Operators: with a number or an array on either side as well, or with a Tensor on the right; these are constants.
        Shapes broadcast by numpy's rules, both parts alike. Neither operand is changed
    Raises: ValueError if the parts differ in shape (given below)
    Source: Baydin et al. 2018, "Automatic Differentiation in Machine Learning: a Survey", section 3.1.1
    """

    __array_ufunc__ = None  # so that `ndarray + dual` is left to Dual.__radd__

    def __init__(self, primal: Any, tangent: Any) -> None:
        self.primal = as_part(primal)
        self.tangent = as_part(tangent)
        if self.primal.shape != self.tangent.shape:
            raise ValueError(f"Dual: got parts of shapes {self.primal.shape} and {self.tangent.shape}, want one shape")

    def __add__(self, other: Any) -> "Dual":
        """The sum rule."""
        other = as_dual(other)
        ### BEGIN SOLUTION
        return Dual(self.primal + other.primal, self.tangent + other.tangent)
        ### END SOLUTION

    def __sub__(self, other: Any) -> "Dual":
        """The sum rule, with a minus."""
        other = as_dual(other)
        ### BEGIN SOLUTION
        return Dual(self.primal - other.primal, self.tangent - other.tangent)
        ### END SOLUTION

    def __mul__(self, other: Any) -> "Dual":
        """The product rule, elementwise."""
        other = as_dual(other)
        ### BEGIN SOLUTION
        return Dual(self.primal * other.primal, self.tangent * other.primal + self.primal * other.tangent)
        ### END SOLUTION

    def __truediv__(self, other: Any) -> "Dual":
        """The quotient rule, elementwise."""
        other = as_dual(other)
        ### BEGIN SOLUTION
        quotient = self.primal / other.primal
        return Dual(quotient, (self.tangent - quotient * other.tangent) / other.primal)
        ### END SOLUTION

    def __pow__(self, n: float) -> "Dual":
        """The power rule, elementwise, for a number n; right where the primal is 0 or negative, too.

        For n = 0 the value is 1 and does not change, whatever the primal is.
        """
        if not isinstance(n, int | float | np.number):
            raise TypeError(f"Dual: got an exponent of type {type(n).__name__}, want a number; else exp(n * log(a))")
        ### BEGIN SOLUTION
        if n == 0:
            return Dual(self.primal**0, 0.0 * self.tangent)
        return Dual(self.primal**n, n * self.primal ** (n - 1) * self.tangent)
        ### END SOLUTION

    def __matmul__(self, other: Any) -> "Dual":
        """The product rule for the matrix product, by the shapes of numpy.matmul."""
        other = as_dual(other)
        ### BEGIN SOLUTION
        return Dual(self.primal @ other.primal, self.tangent @ other.primal + self.primal @ other.tangent)
        ### END SOLUTION

    # Given: what is left of the operators, and operations that do the same to both parts.

    def __radd__(self, other: Any) -> "Dual":
        return as_dual(other) + self

    def __rsub__(self, other: Any) -> "Dual":
        return as_dual(other) - self

    def __rmul__(self, other: Any) -> "Dual":
        return as_dual(other) * self

    def __rtruediv__(self, other: Any) -> "Dual":
        return as_dual(other) / self

    def __rmatmul__(self, other: Any) -> "Dual":
        return as_dual(other) @ self

    def __neg__(self) -> "Dual":
        return Dual(-self.primal, -self.tangent)

    def __getitem__(self, index: Any) -> "Dual":
        return Dual(self.primal[index], self.tangent[index])

    def sum(self, axis: int | Shape | None = None) -> "Dual":
        return Dual(self.primal.sum(axis=axis), self.tangent.sum(axis=axis))

    @property
    def shape(self) -> Shape:
        return self.primal.shape

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError("Dual: no array can be made of one; take .primal or .tangent, or write a Tensor to its right")

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"


class SinOfTensor(Function):
    """The sine of each element of a Tensor; given, as a3 has none."""

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.angle = a.data
        return Tensor(np.sin(a.data))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [grad_in * np.cos(ctx.angle)]


class CosOfTensor(Function):
    """The cosine of each element of a Tensor; given, as a3 has none."""

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.angle = a.data
        return Tensor(np.cos(a.data))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [grad_in * -np.sin(ctx.angle)]


_MADE_HERE = {"sin": SinOfTensor(), "cos": CosOfTensor()}


def _plain(name: str, a: Any) -> Any:
    """The function called name, of what is no Dual: a Tensor, an expression, an array."""
    if isinstance(a, Tensor):
        return _MADE_HERE[name](a) if name in _MADE_HERE else getattr(functional, name)(a)
    if isinstance(a, symbolic.Expr):
        return getattr(symbolic, name.capitalize())(a)
    return getattr(np, name)(np.asarray(a, dtype=np.float64))


def exp(a: Any) -> Any:
    """e^a, elementwise, of an array, a Tensor or an expression (given), and of a Dual.

    Shapes: a Dual of any shape -> a Dual of the same shape; parts that are Tensors stay on the tape
    """
    if not isinstance(a, Dual):
        return _plain("exp", a)
    ### BEGIN SOLUTION
    power = exp(a.primal)
    return Dual(power, power * a.tangent)
    ### END SOLUTION


def log(a: Any) -> Any:
    """The natural logarithm, elementwise, of an array, a Tensor or an expression (given), and of a Dual.

    Shapes: a Dual of any shape, all of it positive -> a Dual of the same shape; parts that are Tensors stay on the tape
    """
    if not isinstance(a, Dual):
        return _plain("log", a)
    ### BEGIN SOLUTION
    return Dual(log(a.primal), a.tangent / a.primal)
    ### END SOLUTION


def sin(a: Any) -> Any:
    """The sine, elementwise, of an array, a Tensor or an expression (given), and of a Dual.

    Shapes: a Dual of any shape -> a Dual of the same shape; parts that are Tensors stay on the tape
    """
    if not isinstance(a, Dual):
        return _plain("sin", a)
    ### BEGIN SOLUTION
    return Dual(sin(a.primal), cos(a.primal) * a.tangent)
    ### END SOLUTION


def cos(a: Any) -> Any:
    """The cosine, elementwise, of an array, a Tensor or an expression (given), and of a Dual.

    Shapes: a Dual of any shape -> a Dual of the same shape; parts that are Tensors stay on the tape
    """
    if not isinstance(a, Dual):
        return _plain("cos", a)
    ### BEGIN SOLUTION
    return Dual(cos(a.primal), -sin(a.primal) * a.tangent)
    ### END SOLUTION


def tanh(a: Any) -> Any:
    """The hyperbolic tangent, elementwise, of an array, a Tensor or an expression (given), and of a Dual.

    Shapes: a Dual of any shape -> a Dual of the same shape; parts that are Tensors stay on the tape
    Stable: primals from -10,000 to 10,000 raise no warning
    """
    if not isinstance(a, Dual):
        return _plain("tanh", a)
    ### BEGIN SOLUTION
    t = tanh(a.primal)
    return Dual(t, (1.0 - t * t) * a.tangent)
    ### END SOLUTION
