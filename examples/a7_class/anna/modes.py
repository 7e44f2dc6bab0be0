"""Forward and reverse mode: what dual numbers give, what the tape gives, and what both give together.

With J the Jacobian of f at x, J[i, j] = ∂f_i / ∂x_j,

    jvp(f, x, v)            J v, by one run of f on dual numbers: v goes in at the inputs
    vjp(f, x, u)            uᵀ J, by one run of f on the tape and one pass back: u goes in at the outputs
    hvp(f, x, v)            H v, for the Hessian H of a scalar f: a pass back through a run on dual numbers

None of them ever holds J or H, and each costs a few runs of f, whatever the number of inputs and outputs. Who does want
J gets its columns by forward mode and its rows by reverse mode.

All functions here leave x, v and u as they were, and what they return is a float64 array. They are yours to write.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .dual import Dual, as_dual
from .tensor import Shape, Tensor

OnDuals = Callable[[Dual], Any]  # what it returns is a Dual, or a constant: a number, an array, a Tensor
OnTensors = Callable[[Tensor], Tensor]


def _of_shape(where: str, name: str, value: Any, shape: Shape) -> np.ndarray:
    """The value as a float64 array, if it has this shape."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"{where}: got {name} of shape {array.shape}, want {shape}")
    return array


def derivative(f: OnDuals, x: Any) -> np.ndarray:
    """f'(x) for a function of one variable, at each element of x, by forward mode.

    f:      computes elementwise: element k of f(x) depends on element k of x alone; it may also be a constant
    Shapes: x, any shape, integers allowed -> the same
    Calls:  f once, for all elements
    """
    x = np.asarray(x, dtype=np.float64)
    result = as_dual(f(Dual(x, np.ones(x.shape))))
    return np.zeros(x.shape) + result.tangent


def jvp(f: OnDuals, x: Any, v: Any) -> np.ndarray:
    """J v: the derivative of f at x along the direction v, by forward mode.

    Shapes: x and v, any one shape, integers allowed -> the shape of f(x); zeros of this shape where f is constant
    Calls:  f once
    Raises: ValueError if v has another shape than x (given below)
    """
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("jvp", "v", v, x.shape)
    return as_dual(f(Dual(x, v))).tangent


def vjp(f: OnTensors, x: Any, u: Any) -> np.ndarray:
    """uᵀ J: the gradient at x of the sum of u * f(x), by reverse mode, with the tape of a3.

    Shapes: x, any shape, integers allowed; u, the shape of f(x) -> the shape of x; zeros where f does not depend on x
    Calls:  f once, with a Tensor; one pass back
    Raises: ValueError if u has another shape than f(x) (Tensor.backward's)
    """
    start = Tensor(x)
    f(start).backward(u)
    return np.zeros(start.shape) if start.grad is None else start.grad


def jacobian_forward(f: OnDuals, x: Any) -> np.ndarray:
    """J by forward mode: one column at a time.

    Shapes: x, any shape with at least one element, integers allowed -> the shape of f(x), then that of x: the entry
            [i, j] of x (n,) and f(x) (m,) is ∂f_i / ∂x_j
    Calls:  f exactly x.size times
    """
    x = np.asarray(x, dtype=np.float64)
    columns = []
    for index in np.ndindex(x.shape):
        direction = np.zeros(x.shape)
        direction[index] = 1.0
        columns.append(as_dual(f(Dual(x, direction))).tangent)
    J = np.stack(columns, axis=-1)
    return J.reshape(J.shape[:-1] + x.shape)


def jacobian_reverse(f: OnTensors, x: Any) -> np.ndarray:
    """J by reverse mode: one row at a time, all from the same tape.

    Shapes: x, any shape, integers allowed; f(x), any shape with at least one element -> the shape of f(x), then that
            of x, as in jacobian_forward
    Calls:  f once; a pass back for each element of f(x)
    """
    start = Tensor(x)
    out = f(start)
    rows = []
    for index in np.ndindex(out.shape):
        weights = np.zeros(out.shape)
        weights[index] = 1.0
        start.zero_grad()
        out.backward(weights)
        rows.append(np.zeros(start.shape) if start.grad is None else start.grad)
    return np.stack(rows).reshape(out.shape + start.shape)


def hvp(f: OnDuals, x: Any, v: Any) -> np.ndarray:
    """H v, where H is the matrix of second derivatives of a scalar f at x: H[i, j] = ∂²f / ∂x_i ∂x_j.

    The derivative along v is a number that depends on x, and its gradient is H v. So f runs on a Dual whose parts are
    Tensors, and one pass back does the rest; H itself is never there.

    Shapes: x and v, any one shape, integers allowed; f(x) is () -> the shape of x; zeros where the derivative along v
            does not depend on x
    Calls:  f once
    Exact:  to the digits of float64, with no differences taken
    Raises: ValueError if v has another shape than x (given below)
    Source: Baydin et al. 2018, section 3.2.1, "reverse-on-forward"; Pearlmutter 1994
    """
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("hvp", "v", v, x.shape)
    start = Tensor(x)
    slope = as_dual(f(Dual(start, Tensor(v)))).tangent
    if isinstance(slope, Tensor):
        slope.backward()
    return np.zeros(x.shape) if start.grad is None else start.grad
