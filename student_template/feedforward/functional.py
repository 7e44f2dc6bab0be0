"""Operations and activations: each has a forward, which computes, and a backward, which applies the chain rule.

An operation is a class with two static methods, as in the lecture:

    class Square(Function):
        @staticmethod
        def forward(ctx: Ctx, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return Tensor(x.data**2)

        @staticmethod
        def backward(ctx: Ctx, grad_in):
            (x,) = ctx.saved
            return [2 * x.data * grad_in]

    square = Square()

forward gets Tensors, reads their `.data`, keeps in ctx what backward will need, and returns a new Tensor. It
changes no input, and what an elementwise operation returns has memory of its own. Options such as `axis` come
by keyword; keep them as attributes of ctx.

backward gets ctx and grad_in, the gradient of the final result with respect to this operation's output, in
the output's shape. It returns a list (or tuple) with one array per input tensor: the gradient of the final
result with respect to that input. Where broadcasting stretched an input, its gradient may stay in the
stretched shape: the tape sums it with `tensor.unbroadcast`. It changes neither grad_in nor what was saved;
what it returns is only read, so it may be a view, or grad_in itself. It relies on ctx alone: since forward ran,
the operation may have been used elsewhere.

Below, `*` in a formula is elementwise and broadcasts. The two bodies of each operation are yours to write;
`Ctx`, `Function`, `keepdims_shape`, `erf` and `erfc` are given. Mind that `sum`, `max`, `abs` and `pow` name
operations in this file, not Python's built-in functions.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from . import tensor  # noqa: F401 (for whoever writes tensor.unbroadcast)
from .tensor import Node, Shape, Tensor

Axis = int | Shape | None


class Ctx:
    """What an operation's forward leaves for its backward.

    `save_for_backward(...)` keeps tensors or arrays, `saved` returns them as a tuple. Anything else (an axis,
    a shape) can be set as an attribute: `ctx.axis = axis`.
    """

    def __init__(self) -> None:
        self.saved: tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values for backward; a second call replaces those of the first."""
        self.saved = values


class Function:
    """An operation on tensors; called as a function, an instance records the call in its result's node."""

    @staticmethod
    def forward(ctx: Ctx, *inputs: Tensor, **params: Any) -> Tensor:
        raise NotImplementedError("Function.forward: every operation defines its own")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        raise NotImplementedError("Function.backward: every operation defines its own")

    def __call__(self, *inputs: Any, **params: Any) -> Tensor:
        """The operation's result; numbers and arrays among the inputs are taken as constant tensors."""
        tensors = tuple(given if isinstance(given, Tensor) else Tensor(given) for given in inputs)
        ctx = Ctx()
        out = self.forward(ctx, *tensors, **params)
        if not isinstance(out, Tensor):
            raise TypeError(f"{type(self).__name__}.forward: got {type(out).__name__}, want a Tensor")
        # A new tensor: forward may have returned one of its inputs, and that one's node must not change.
        result = Tensor(out.data)
        result.node = Node(self, ctx, tensors)
        return result


def keepdims_shape(shape: Shape, axis: Axis) -> Shape:
    """The shape that reducing an array of this shape over axis has with keepdims=True.

    axis: None for all axes, or one, or several; negative ones count from the end
    Example: keepdims_shape((2, 3, 4), -1) == (2, 3, 1)
    Raises: ValueError (numpy's AxisError) if there is no such axis, as in a 0-d array, where numpy's sum takes axis 0
    """
    sizes = np.array(shape, dtype=int)
    try:
        sizes[... if axis is None else np.array(axis, dtype=int)] = 1
    except IndexError:
        raise np.exceptions.AxisError(f"axis: got {axis}, want an axis of an array of shape {shape}") from None
    return tuple(sizes.tolist())


# Arithmetic. Inputs broadcast against each other by numpy's rules.


class Add(Function):
    """Elementwise sum a + b.

    Shapes: a, b broadcast together -> their common shape
    Grad:   grad_in for a, grad_in for b
    Raises: ValueError (numpy's) if the shapes do not broadcast
    Source: the lecture's Add
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a + b."""
        raise NotImplementedError("a3_autograd, exercise functional.Add: handout section 3.1")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        raise NotImplementedError("a3_autograd, exercise functional.Add: handout section 3.1")


add = Add()


class Sub(Function):
    """Elementwise difference a - b.

    Shapes: a, b broadcast together -> their common shape
    Grad:   grad_in for a, -grad_in for b
    Raises: ValueError (numpy's) if the shapes do not broadcast
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a - b."""
        raise NotImplementedError("a3_autograd, exercise functional.Sub: handout section 3.2")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        raise NotImplementedError("a3_autograd, exercise functional.Sub: handout section 3.2")


sub = Sub()


class Neg(Function):
    """Elementwise negative -a.

    Shapes: a, any shape -> the same
    Grad:   -grad_in
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """-a."""
        raise NotImplementedError("a3_autograd, exercise functional.Neg: handout section 3.3")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a3_autograd, exercise functional.Neg: handout section 3.3")


neg = Neg()


class Mul(Function):
    """Elementwise product a * b.

    Shapes: a, b broadcast together -> their common shape
    Grad:   grad_in * b for a, grad_in * a for b
    Raises: ValueError (numpy's) if the shapes do not broadcast
    Source: the lecture's Mul; its symbolic product rule, read for each factor
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a * b."""
        raise NotImplementedError("a3_autograd, exercise functional.Mul: handout section 3.4")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        raise NotImplementedError("a3_autograd, exercise functional.Mul: handout section 3.4")


mul = Mul()


class Div(Function):
    """Elementwise quotient a / b.

    Shapes: a, b broadcast together -> their common shape
    Grad:   grad_in / b for a, -grad_in * a / b² for b
    Raises: ValueError (numpy's) if the shapes do not broadcast; a zero in b warns and gives inf
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a / b."""
        raise NotImplementedError("a3_autograd, exercise functional.Div: handout section 3.5")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        raise NotImplementedError("a3_autograd, exercise functional.Div: handout section 3.5")


div = Div()


class Pow(Function):
    """Elementwise power a ** b; the base and the exponent both have a gradient.

    Shapes: a, b broadcast together -> their common shape
    Grad:   grad_in * b * a^(b-1) for a, and 0 where b = 0, even at a = 0;
            grad_in * a^b * ln a for b where a > 0, and 0 where a <= 0 (there ln a is not a real number)
    Stable: neither rule for 0 may come at the price of a warning or a NaN; for a < 0 and a whole number b,
            the gradient of a is right
    Raises: ValueError (numpy's) if the shapes do not broadcast
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a ** b."""
        raise NotImplementedError("a3_autograd, exercise functional.Pow: handout section 3.6")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a, the base, and b, the exponent."""
        raise NotImplementedError("a3_autograd, exercise functional.Pow: handout section 3.6")


pow = Pow()


class MatMul(Function):
    """Matrix product a @ b, by the rules of numpy.matmul.

    Shapes: (n, k), (k, m) -> (n, m); more axes in front are batches and broadcast: (5, 1, n, k), (4, k, m) ->
            (5, 4, n, m). A 1-d a is a row (1, k), a 1-d b a column (k, 1), and that axis is taken out of the
            result again: (k,), (k, m) -> (m,); (n, k), (k,) -> (n,); (k,), (k,) -> ()
    Grad:   yours to derive. For a 1-d input put the axis that was taken out back into grad_in, and take it out of
            that input's gradient
    Raises: ValueError (numpy's) if an input is 0-d, or the inner sizes or batches do not fit
    Source: Goodfellow et al. 2016, section 6.5.6
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a @ b."""
        raise NotImplementedError("a3_autograd, exercise functional.MatMul: handout section 3.7")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b; where a batch axis was broadcast, each may still have it."""
        raise NotImplementedError("a3_autograd, exercise functional.MatMul: handout section 3.7")


matmul = MatMul()


# Reductions. axis is None (all axes), an int, or a tuple of ints; a negative one counts from the end. With
# keepdims the reduced axes stay, with size 1.


class Sum(Function):
    """Sum of a over axis.

    Shapes: a, any shape -> a's shape without the reduced axes, or with 1 in their place if keepdims
    Grad:   every element of a gets the grad_in of the sum it is part of
    Raises: ValueError (numpy's AxisError) if there is no such axis; the sum of nothing is 0
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Sum of a over axis."""
        raise NotImplementedError("a3_autograd, exercise functional.Sum: handout section 3.8")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Sum: handout section 3.8")


sum = Sum()


class Mean(Function):
    """Arithmetic mean of a over axis.

    Shapes: a, any shape -> a's shape without the reduced axes, or with 1 in their place if keepdims
    Grad:   every element of a gets grad_in / n of the mean it is part of; n is how many elements one mean has
    Raises: ValueError (numpy's AxisError) if there is no such axis; the mean of nothing is numpy's NaN with
            its warning, and its gradient an empty array of a's shape
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Mean of a over axis."""
        raise NotImplementedError("a3_autograd, exercise functional.Mean: handout section 3.9")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Mean: handout section 3.9")


mean = Mean()


class Max(Function):
    """Largest element of a over axis.

    Shapes: a, any shape -> a's shape without the reduced axes, or with 1 in their place if keepdims
    Grad:   grad_in for the largest element, 0 for the others. Where several are largest, any shares that are
            not negative and sum to grad_in are right: all to one of them, or split evenly
    Raises: ValueError (numpy's) if there is no such axis, or nothing to take the largest of
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Largest element of a over axis."""
        raise NotImplementedError("a3_autograd, exercise functional.Max: handout section 3.10")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Max: handout section 3.10")


max = Max()


class Norm(Function):
    """Euclidean norm over axis: the square root of the sum of squares, of all elements of the reduced axes.

    Shapes: a, any shape -> a's shape without the reduced axes, or with 1 in their place if keepdims
    Grad:   yours to derive; where the norm is 0 the gradient is 0, one of the subgradients there
    Stable: no warning and no NaN at a zero vector
    Exact:  to 12 digits for every |a| from 1e-150 to 1e150, whose squares float64 can hold
    Raises: ValueError (numpy's AxisError) if there is no such axis
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Euclidean norm of a over axis."""
        raise NotImplementedError("a3_autograd, exercise functional.Norm: handout section 3.15")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Norm: handout section 3.15")


norm = Norm()


# Elementwise functions of one tensor.


class Exp(Function):
    """Elementwise exponential e^a.

    Shapes: a, any shape -> the same
    Grad:   grad_in * e^a, the value that forward has already computed
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """e^a."""
        raise NotImplementedError("a3_autograd, exercise functional.Exp: handout section 3.11")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a3_autograd, exercise functional.Exp: handout section 3.11")


exp = Exp()


class Log(Function):
    """Elementwise natural logarithm ln a.

    Shapes: a, any shape -> the same
    Grad:   grad_in / a
    Raises: nothing; outside a > 0 numpy's infinity or NaN, with its warning
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """ln a."""
        raise NotImplementedError("a3_autograd, exercise functional.Log: handout section 3.12")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a3_autograd, exercise functional.Log: handout section 3.12")


log = Log()


class Sqrt(Function):
    """Elementwise square root.

    Shapes: a, any shape -> the same
    Grad:   grad_in / (2 sqrt(a)), from the value that forward has already computed
    Raises: nothing; below 0 numpy's NaN, and at 0 an infinite slope, each with numpy's warning
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """Square root of a."""
        raise NotImplementedError("a3_autograd, exercise functional.Sqrt: handout section 3.13")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a3_autograd, exercise functional.Sqrt: handout section 3.13")


sqrt = Sqrt()


class Abs(Function):
    """Elementwise absolute value |a|.

    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, -grad_in where a < 0; at the kink a = 0 any slope from -1 to 1
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """|a|."""
        raise NotImplementedError("a3_autograd, exercise functional.Abs: handout section 3.14")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a3_autograd, exercise functional.Abs: handout section 3.14")


abs = Abs()


# Moving elements about. Backward moves each gradient back to where its element came from.


class Reshape(Function):
    """The elements of a, in the same (row by row) order, in another shape.

    Shapes: a, any shape -> shape, of the same size; one entry may be -1 and is worked out. The result may be
            a view of a's data
    Grad:   grad_in in the shape of a
    Raises: ValueError (numpy's) if the sizes differ
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, shape: int | Shape) -> Tensor:
        """a in this shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Reshape: handout section 3.16")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Reshape: handout section 3.16")


reshape = Reshape()


class Transpose(Function):
    """The axes of a in another order: axis i of the result is axis axes[i] of a; None reverses them.

    Shapes: a, any shape -> (a.shape[axes[0]], a.shape[axes[1]], ...); an axis may be negative. The result may
            be a view of a's data
    Grad:   grad_in with the inverse permutation: each axis goes back to its place
    Raises: ValueError (numpy's) if axes is not a permutation of a's axes
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axes: Shape | None = None) -> Tensor:
        """a with its axes permuted."""
        raise NotImplementedError("a3_autograd, exercise functional.Transpose: handout section 3.17")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Transpose: handout section 3.17")


transpose = Transpose()


class GetItem(Function):
    """The elements a[index], by numpy's rules of indexing.

    index:  whatever numpy takes: an int, a slice, Ellipsis, None, a boolean mask, an array or list of ints,
            or a tuple of these; the same element may be taken several times
    Shapes: a, any shape -> the shape of a[index]; a copy and a view of a are both right
    Grad:   zeros of a's shape, where every element taken adds its grad_in to the place it was taken from; one
            taken several times gets all of its parts (`+=` with an index array keeps only one of them)
    Raises: IndexError (numpy's) if there is no such element
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, index: Any) -> Tensor:
        """a[index]."""
        raise NotImplementedError("a3_autograd, exercise functional.GetItem: handout section 3.18")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        raise NotImplementedError("a3_autograd, exercise functional.GetItem: handout section 3.18")


getitem = GetItem()


class Concat(Function):
    """Any number of tensors, one after the other along an axis that they have.

    Shapes: tensors, the same shape but for axis -> that shape, with the sum of their sizes along axis
    Grad:   for each tensor the piece of grad_in that lies where the tensor went
    Raises: ValueError (numpy's) if there is no tensor, no such axis, or the other sizes differ
    """

    @staticmethod
    def forward(ctx: Ctx, *tensors: Tensor, axis: int = 0) -> Tensor:
        """The tensors joined along axis, which may be negative."""
        raise NotImplementedError("a3_autograd, exercise functional.Concat: handout section 3.19")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """One gradient for each tensor, in its shape."""
        raise NotImplementedError("a3_autograd, exercise functional.Concat: handout section 3.19")


concat = Concat()


# Activations. Each keeps the shape of a, and is right and silent (no overflow, no NaN, no warning) for numbers from
# -10,000 to 10,000; what is promised of its last digits stands under "Exact". Nothing below needs an operation above:
# each is an exercise by itself, so a σ that is right far out is written in Sigmoid, in SoftPlus and in SiLU, as in
# linear.logistic before, and a slip in one of them costs that one alone.


def erf(x: Any) -> np.ndarray:
    """Error function of each element, 2/√π times the integral of exp(-t²) from 0 to x; given, as numpy has none.

    Shapes: x, any shape -> the same, float64, right to a few units in the last place
    """
    return _of_each(math.erf, x)


def erfc(x: Any) -> np.ndarray:
    """Complement 1 - erf(x) of each element, with all its digits even where it is tiny; given.

    Shapes: x, any shape -> the same, float64, right to a few units in the last place
    Example: erfc(10) is 2.088e-45, while 1 - erf(10) is 0
    """
    return _of_each(math.erfc, x)


def _of_each(of_one: Callable[[float], float], x: Any) -> np.ndarray:
    """What a function of one number gives for each element."""
    numbers = np.asarray(x, dtype=np.float64)
    return np.fromiter(map(of_one, numbers.ravel().tolist()), np.float64, numbers.size).reshape(numbers.shape)


class Sigmoid(Function):
    """Logistic sigmoid 1 / (1 + e^-a), elementwise; written σ(a) below.

    Shapes: a, any shape -> the same
    Grad:   grad_in * f * (1 - f), where f is the value
    Exact:  to 12 digits, also where the value is tiny: σ(-700) = e^-700 = 9.86e-305, and the slope there
    Source: the lecture's table of activations
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """σ(a)."""
        raise NotImplementedError("a4_activations, exercise functional.Sigmoid: handout section 3.1")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.Sigmoid: handout section 3.1")


sigmoid = Sigmoid()


class Tanh(Function):
    """Hyperbolic tangent (e^a - e^-a) / (e^a + e^-a), elementwise.

    Shapes: a, any shape -> the same
    Grad:   grad_in * (1 - f²), where f is the value
    Exact:  to 12 digits, also where the value is tiny: tanh(1e-10) = 1e-10
    Source: the lecture's table of activations
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """tanh(a)."""
        raise NotImplementedError("a4_activations, exercise functional.Tanh: handout section 3.2")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.Tanh: handout section 3.2")


tanh = Tanh()


class SoftSign(Function):
    """a / (1 + |a|), elementwise: like tanh, but slower to reach -1 and 1.

    Shapes: a, any shape -> the same
    Grad:   grad_in / (1 + |a|)²; there is no kink, at 0 the slope is 1
    Source: the lecture's table of activations
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """a / (1 + |a|)."""
        raise NotImplementedError("a4_activations, exercise functional.SoftSign: handout section 3.3")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.SoftSign: handout section 3.3")


softsign = SoftSign()


class Heaviside(Function):
    """Step function, elementwise: 0 where a < 0, 1 where a >= 0.

    Shapes: a, any shape -> the same
    Grad:   0 everywhere, by agreement also at the step
    Source: the lecture's table of activations; the output of its threshold neuron
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """1 where a is not negative, else 0."""
        raise NotImplementedError("a4_activations, exercise functional.Heaviside: handout section 3.4")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a: an array of zeros."""
        raise NotImplementedError("a4_activations, exercise functional.Heaviside: handout section 3.4")


heaviside = Heaviside()


class SoftPlus(Function):
    """ln(1 + e^a), elementwise: a ReLU without its kink.

    Shapes: a, any shape -> the same
    Grad:   grad_in * σ(a)
    Exact:  to 12 digits, also where the value is tiny: at -40 it is e^-40 = 4.25e-18, and so is the slope
    Source: the lecture's table of activations
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """ln(1 + e^a)."""
        raise NotImplementedError("a4_activations, exercise functional.SoftPlus: handout section 3.5")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.SoftPlus: handout section 3.5")


softplus = SoftPlus()


class ReLU(Function):
    """max(0, a), elementwise.

    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, 0 where a < 0; at the kink a = 0 any slope from 0 to 1
    Exact:  to 12 digits for every |a| from 1e-300 to 1e300
    Source: the lecture
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """max(0, a)."""
        raise NotImplementedError("a4_activations, exercise functional.ReLU: handout section 3.6")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.ReLU: handout section 3.6")


relu = ReLU()


class LeakyReLU(Function):
    """max(0, a) + negative_slope * min(0, a), elementwise.

    negative_slope: a number that is not learned; mostly small and positive, but any other will do
    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, grad_in * negative_slope where a < 0; at the kink any slope between the two
    Exact:  to 12 digits for every |a| from 1e-300 to 1e300
    Source: the lecture
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, negative_slope: float = 0.01) -> Tensor:
        """a where it is positive, negative_slope * a where it is negative."""
        raise NotImplementedError("a4_activations, exercise functional.LeakyReLU: handout section 3.7")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.LeakyReLU: handout section 3.7")


leaky_relu = LeakyReLU()


class PReLU(Function):
    """max(0, a) + slope * min(0, a), elementwise: a LeakyReLU whose slope is learned, so it is an input.

    Shapes: a, slope broadcast together -> their common shape: slope () is one for all, (channels, 1) with an a
            of (batch, channels, length) is one for each channel
    Grad:   for a, grad_in where a > 0 and grad_in * slope where a < 0, at the kink anything between the two;
            for slope, grad_in * a where a < 0, and 0 elsewhere
    Exact:  to 12 digits for every |a| from 1e-300 to 1e300
    Raises: ValueError (numpy's) if the shapes do not broadcast
    Source: the lecture's table of activations, "Parameterized ReLU"
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, slope: Tensor) -> Tensor:
        """a where it is positive, slope * a where it is negative."""
        raise NotImplementedError("a4_activations, exercise functional.PReLU: handout section 3.8")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and slope."""
        raise NotImplementedError("a4_activations, exercise functional.PReLU: handout section 3.8")


prelu = PReLU()


class ELU(Function):
    """a where a >= 0, alpha * (e^a - 1) where a < 0, elementwise.

    alpha:  a number that is not learned; for large negative a the value tends to -alpha
    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, grad_in * alpha * e^a where a < 0; at a = 0 anything between the two
    Exact:  to 12 digits, also where the value is tiny: with alpha 1, at -1e-10 it is -0.99999999995e-10
    Source: the lecture's table of activations
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, alpha: float = 1.0) -> Tensor:
        """a where it is not negative, alpha * (e^a - 1) where it is."""
        raise NotImplementedError("a4_activations, exercise functional.ELU: handout section 3.9")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.ELU: handout section 3.9")


elu = ELU()


class GELU(Function):
    """a * Φ(a), elementwise, where Φ is the standard normal distribution function; no approximation by tanh.

    Shapes: a, any shape -> the same
    Grad:   grad_in * (Φ(a) + a * φ(a)), where φ(a) = e^(-a²/2) / √(2π) is the normal density
    Exact:  to 12 digits, also where the value is tiny: at -10 it is -7.62e-23, and the slope -7.62e-22
    Source: the lecture; Hendrycks and Gimpel 2016, "Gaussian Error Linear Units", section 2
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """a * Φ(a)."""
        raise NotImplementedError("a4_activations, exercise functional.GELU: handout section 3.10")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.GELU: handout section 3.10")


gelu = GELU()


class SiLU(Function):
    """a * σ(a), elementwise; also called Swish.

    Shapes: a, any shape -> the same
    Grad:   grad_in * σ(a) * (1 + a * (1 - σ(a)))
    Exact:  to 12 digits, also where the value is tiny: at -700 it is -6.90e-302
    Source: PyTorch's list of activations, to which the lecture points
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """a * σ(a)."""
        raise NotImplementedError("a4_activations, exercise functional.SiLU: handout section 3.11")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.SiLU: handout section 3.11")


silu = SiLU()


class Softmax(Function):
    """e^a over the sum of e^a along axis: positive numbers that sum to 1 along axis.

    axis:   one axis, an int; a negative one counts from the end
    Shapes: a, at least one axis -> the same
    Grad:   yours to derive: one sum along axis, no Jacobian
    Exact:  to 12 digits, also where the value is tiny: of [0, -700] the second is 9.86e-305
    Raises: ValueError (numpy's) if there is no such axis, or nothing along it; of a 0-d a numpy takes axis -1 and 0
    Source: Bishop 2006, section 4.3.4
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: int = -1) -> Tensor:
        """Softmax of a along axis."""
        raise NotImplementedError("a4_activations, exercise functional.Softmax: handout section 3.12")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.Softmax: handout section 3.12")


softmax = Softmax()


class LogSoftmax(Function):
    """Natural logarithm of the softmax along axis: a minus the logarithm of the sum of e^a.

    axis:   one axis, an int; a negative one counts from the end
    Shapes: a, at least one axis -> the same
    Grad:   grad_in - softmax(a) * the sum of grad_in along axis
    Exact:  to 12 digits, also where softmax is 0 in float64: of [0, -1000] the second is -1000
    Raises: ValueError (numpy's) if there is no such axis, or nothing along it
    Source: Bishop 2006, section 4.3.4; the cross-entropy takes it of the true class
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: int = -1) -> Tensor:
        """Logarithm of the softmax of a along axis."""
        raise NotImplementedError("a4_activations, exercise functional.LogSoftmax: handout section 3.13")

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        raise NotImplementedError("a4_activations, exercise functional.LogSoftmax: handout section 3.13")


log_softmax = LogSoftmax()
