"""Operations and activations: each has a forward, which computes, and a backward, which applies the chain rule.

An operation is a class with two static methods, as in the lecture:

    class Square(Function):
        @staticmethod
        def forward(ctx: Ctx, x: tensor.Tensor) -> tensor.Tensor:
            ctx.save_for_backward(x)
            return tensor.Tensor(x.data**2)

        @staticmethod
        def backward(ctx: Ctx, grad_in):
            (x,) = ctx.saved
            return [2 * x.data * grad_in]

    square = Square()

forward gets Tensors, reads their `.data`, keeps in ctx what backward will need, and returns a new Tensor. It
changes no input. Options such as `axis` come by keyword; keep them as attributes of ctx.

backward gets ctx and grad_in, the gradient of the final result with respect to this operation's output, in
the output's shape. It returns a list (or tuple) with one array per input tensor: the gradient of the final
result with respect to that input. Where broadcasting stretched an input, its gradient may stay in the
stretched shape: the tape sums it with `tensor.unbroadcast`. It changes neither grad_in nor what was saved;
what it returns is only read, so it may be a view, or grad_in itself.

Below, `*` in a formula is elementwise and broadcasts. The two bodies of each operation are yours to write;
`Ctx`, `Function`, `keepdims_shape`, `erf` and `erfc` are given. Mind that `sum`, `max`, `abs` and `pow` name
operations in this file, not Python's built-in functions.
"""

from typing import Any

import numpy as np

from . import tensor
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
        result = tensor.Tensor(out.data)
        result.node = Node(self, ctx, tensors)
        return result


def keepdims_shape(shape: Shape, axis: Axis) -> Shape:
    """The shape that reducing an array of this shape over axis has with keepdims=True.

    axis: None for all axes, or one, or several; negative ones count from the end
    Example: keepdims_shape((2, 3, 4), -1) == (2, 3, 1)
    Raises: IndexError if there is no such axis
    """
    sizes = np.array(shape, dtype=int)
    sizes[... if axis is None else np.array(axis, dtype=int)] = 1
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
        return Tensor(a.data + b.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        return [grad_in, grad_in]


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
        return Tensor(a.data - b.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        return [grad_in, -grad_in]


sub = Sub()


class Neg(Function):
    """Elementwise negative -a.

    Shapes: a, any shape -> the same
    Grad:   -grad_in
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """-a."""
        return Tensor(-a.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        return [-grad_in]


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
        ctx.save_for_backward(a.data, b.data)
        return Tensor(a.data * b.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        a, b = ctx.saved
        return [grad_in * b, grad_in * a]


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
        ctx.save_for_backward(a.data, b.data)
        return Tensor(a.data / b.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b."""
        a, b = ctx.saved
        grad_a = grad_in / b
        return [grad_a, -grad_a * (a / b)]


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
        power = a.data**b.data
        ctx.save_for_backward(a.data, b.data, power)
        return Tensor(power)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a, the base, and b, the exponent."""
        a, b, power = ctx.saved
        slope_a = b * a ** np.where(b == 0, 1.0, b - 1.0)  # b = 0: 0 * a; 0 * a^-1 would fail at a = 0
        positive = a > 0
        slope_b = np.where(positive, power, 0.0) * np.log(np.where(positive, a, 1.0))
        return [grad_in * slope_a, grad_in * slope_b]


pow = Pow()


class MatMul(Function):
    """Matrix product a @ b, by the rules of numpy.matmul.

    Shapes: (n, k), (k, m) -> (n, m); more axes in front are batches and broadcast: (5, 1, n, k), (4, k, m) ->
            (5, 4, n, m). A 1-d a is a row (1, k), a 1-d b a column (k, 1), and that axis is taken out of the
            result again: (k,), (k, m) -> (m,); (n, k), (k,) -> (n,); (k,), (k,) -> ()
    Grad:   with ᵀ exchanging the last two axes, grad_in bᵀ for a, aᵀ grad_in for b. For a 1-d input put the
            axis that was taken out back into grad_in, and take it out of that input's gradient
    Raises: ValueError (numpy's) if an input is 0-d, or the inner sizes or batches do not fit
    Source: Goodfellow et al. 2016, section 6.5.6
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        """a @ b."""
        ctx.save_for_backward(a.data, b.data)
        return Tensor(a.data @ b.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and b; where a batch axis was broadcast, each may still have it."""
        a, b = ctx.saved
        rows = a[None, :] if a.ndim == 1 else a
        columns = b[:, None] if b.ndim == 1 else b
        grad = grad_in[..., None] if b.ndim == 1 else grad_in
        grad = grad[..., None, :] if a.ndim == 1 else grad
        grad_a = grad @ columns.swapaxes(-1, -2)
        grad_b = rows.swapaxes(-1, -2) @ grad
        return [grad_a[..., 0, :] if a.ndim == 1 else grad_a, grad_b[..., 0] if b.ndim == 1 else grad_b]


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
        total = a.data.sum(axis=axis, keepdims=keepdims)
        ctx.shape, ctx.kept = a.shape, keepdims_shape(a.shape, axis)
        return Tensor(total)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        return [np.broadcast_to(grad_in.reshape(ctx.kept), ctx.shape)]


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
        average = a.data.mean(axis=axis, keepdims=keepdims)
        ctx.shape, ctx.kept = a.shape, keepdims_shape(a.shape, axis)
        return Tensor(average)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        spread = np.broadcast_to(grad_in.reshape(ctx.kept), ctx.shape)
        return [spread * grad_in.size / spread.size]  # both sizes may be 0; nothing divided by 0 is nothing


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
        largest = a.data.max(axis=axis, keepdims=True)
        ctx.save_for_backward(a.data == largest)
        ctx.axis, ctx.kept = axis, largest.shape
        return Tensor(largest if keepdims else largest.squeeze(axis))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        (is_largest,) = ctx.saved
        share = is_largest / is_largest.sum(axis=ctx.axis, keepdims=True)
        return [grad_in.reshape(ctx.kept) * share]


max = Max()


class Norm(Function):
    """Euclidean norm over axis: the square root of the sum of squares, of all elements of the reduced axes.

    Shapes: a, any shape -> a's shape without the reduced axes, or with 1 in their place if keepdims
    Grad:   grad_in * a / norm(a); where the norm is 0 the gradient is 0, one of the subgradients there
    Stable: no warning and no NaN at a zero vector
    Raises: ValueError (numpy's AxisError) if there is no such axis
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Euclidean norm of a over axis."""
        norm = np.sqrt((a.data**2).sum(axis=axis, keepdims=keepdims))
        ctx.save_for_backward(a.data, norm.reshape(keepdims_shape(a.shape, axis)))
        return Tensor(norm)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        a, norm = ctx.saved
        direction = a / np.where(norm == 0, 1.0, norm)
        return [grad_in.reshape(norm.shape) * direction]


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
        value = np.exp(a.data)
        ctx.save_for_backward(value)
        return Tensor(value)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (value,) = ctx.saved
        return [grad_in * value]


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
        ctx.save_for_backward(a.data)
        return Tensor(np.log(a.data))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        n = 0
        while n < 1:
            grad = grad_in  # forgot to count
        return [grad]


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
        root = np.sqrt(a.data)
        ctx.save_for_backward(root)
        return Tensor(root)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (root,) = ctx.saved
        return [grad_in / (2.0 * root)]


sqrt = Sqrt()


class Abs(Function):
    """Elementwise absolute value |a|.

    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, -grad_in where a < 0; at the kink a = 0 any slope from -1 to 1
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """|a|."""
        ctx.save_for_backward(np.sign(a.data))
        return Tensor(np.abs(a.data))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (sign,) = ctx.saved
        return [grad_in * sign]


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
        ctx.shape = a.shape
        return Tensor(a.data.reshape(shape))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        return [grad_in.reshape(ctx.shape)]


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
        ctx.axes = range(a.ndim)[::-1] if axes is None else [axis % a.ndim for axis in axes]
        return Tensor(a.data.transpose(axes))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        return [grad_in.transpose(np.argsort(ctx.axes))]


transpose = Transpose()


class GetItem(Function):
    """The elements a[index], by numpy's rules of indexing.

    index:  whatever numpy takes: an int, a slice, Ellipsis, None, a boolean mask, an array or list of ints,
            or a tuple of these; the same element may be taken several times
    Shapes: a, any shape -> the shape of a[index]; the result shares no memory with a
    Grad:   zeros of a's shape, where every element taken adds its grad_in to the place it was taken from; one
            taken several times gets all of its parts (`+=` with an index array keeps only one of them)
    Raises: IndexError (numpy's) if there is no such element
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, index: Any) -> Tensor:
        """a[index]."""
        ctx.shape, ctx.index = a.shape, index
        return Tensor(np.array(a.data[index]))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a, in a's shape."""
        grad_a = np.zeros(ctx.shape)
        np.add.at(grad_a, ctx.index, grad_in)
        return [grad_a]


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
        joined = np.concatenate([t.data for t in tensors], axis=axis)
        ctx.axis, ctx.ends = axis, np.cumsum([t.shape[axis] for t in tensors])
        return Tensor(joined)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """One gradient for each tensor, in its shape."""
        return np.split(grad_in, ctx.ends[:-1], axis=ctx.axis)


concat = Concat()


# Activations. Each keeps the shape of a, and is right and silent (no overflow, no NaN, no warning) for numbers from
# -10,000 to 10,000; what is promised of its last digits stands under "Exact". Nothing below needs an operation above.


def erf(x: Any) -> np.ndarray:
    """Error function of each element, 2/√π times the integral of exp(-t²) from 0 to x; given, as numpy has none.

    Shapes: x, any shape -> the same, float64, right to a few units in the last place
    """
    from math import erf as of_one

    numbers = np.asarray(x, dtype=np.float64)
    return np.fromiter(map(of_one, numbers.ravel().tolist()), np.float64, numbers.size).reshape(numbers.shape)


def erfc(x: Any) -> np.ndarray:
    """Complement 1 - erf(x) of each element, with all its digits even where it is tiny; given.

    Shapes: x, any shape -> the same, float64, right to a few units in the last place
    Example: erfc(10) is 2.088e-45, while 1 - erf(10) is 0
    """
    from math import erfc as of_one

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
        t = np.exp(-np.abs(a.data))  # at most 1, where e^-a overflows
        ctx.save_for_backward(t)
        return Tensor(np.where(a.data >= 0, 1.0, t) / (1.0 + t))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (t,) = ctx.saved
        return [grad_in * t / (1.0 + t) ** 2]  # f and 1 - f are 1 and t, in either order, over 1 + t


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
        ctx.save_for_backward(a.data)
        return Tensor(np.tanh(a.data))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        t = np.exp(-2.0 * np.abs(ctx.saved[0]))
        return [grad_in * 4.0 * t / (1.0 + t) ** 2]  # 1 - f², without taking two numbers close to 1 apart


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
        size = 1.0 + np.abs(a.data)
        ctx.save_for_backward(size)
        return Tensor(a.data / size)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (size,) = ctx.saved
        return [grad_in / size**2]


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
        return Tensor(a.data >= 0)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a: an array of zeros."""
        return [np.zeros_like(grad_in)]


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
        t = np.exp(-np.abs(a.data))
        ctx.save_for_backward(np.where(a.data >= 0, 1.0, t) / (1.0 + t))
        return Tensor(np.maximum(a.data, 0.0) + np.log1p(t))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (slope,) = ctx.saved
        return [grad_in * slope]


softplus = SoftPlus()


class ReLU(Function):
    """max(0, a), elementwise.

    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, 0 where a < 0; at the kink a = 0 any slope from 0 to 1
    Source: the lecture
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        """max(0, a)."""
        ctx.save_for_backward(a.data >= 0)  # slope 1 at 0, as in the lecture; PyTorch takes 0
        return Tensor(np.maximum(a.data, 0.0))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (slope,) = ctx.saved
        return [grad_in * slope]


relu = ReLU()


class LeakyReLU(Function):
    """max(0, a) + negative_slope * min(0, a), elementwise.

    negative_slope: a number that is not learned; mostly small and positive, but any other will do
    Shapes: a, any shape -> the same
    Grad:   grad_in where a > 0, grad_in * negative_slope where a < 0; at the kink any slope between the two
    Source: the lecture
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, negative_slope: float = 0.01) -> Tensor:
        """a where it is positive, negative_slope * a where it is negative."""
        slope = np.where(a.data >= 0, 1.0, negative_slope)
        ctx.save_for_backward(slope)
        return Tensor(slope * a.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (slope,) = ctx.saved
        return [grad_in * slope]


leaky_relu = LeakyReLU()


class PReLU(Function):
    """max(0, a) + slope * min(0, a), elementwise: a LeakyReLU whose slope is learned, so it is an input.

    Shapes: a, slope broadcast together -> their common shape: slope () is one for all, (channels, 1) with an a
            of (batch, channels, length) is one for each channel
    Grad:   for a, grad_in where a > 0 and grad_in * slope where a < 0, at the kink anything between the two;
            for slope, grad_in * a where a < 0, and 0 elsewhere
    Raises: ValueError (numpy's) if the shapes do not broadcast
    Source: the lecture's table of activations, "Parameterized ReLU"
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, slope: Tensor) -> Tensor:
        """a where it is positive, slope * a where it is negative."""
        slope_a = np.where(a.data >= 0, 1.0, slope.data)
        ctx.save_for_backward(slope_a, np.minimum(a.data, 0.0))
        return Tensor(slope_a * a.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradients of a and slope."""
        slope_a, below = ctx.saved
        return [grad_in * slope_a, grad_in * below]


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
        below = np.minimum(a.data, 0.0)  # np.where computes both branches, and e^1000 must not be computed
        ctx.save_for_backward(np.where(a.data >= 0, 1.0, alpha * np.exp(below)))
        return Tensor(np.where(a.data >= 0, a.data, alpha * np.expm1(below)))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (slope,) = ctx.saved
        return [grad_in * slope]


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
        probability = erfc(-a.data / np.sqrt(2.0)) / 2.0  # 1 + erf(...) has no digits left where it is tiny
        ctx.save_for_backward(a.data, probability)
        return Tensor(a.data * probability)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        a, probability = ctx.saved
        density = np.exp(-(a**2) / 2.0) / np.sqrt(2.0 * np.pi)
        return [grad_in * (probability + a * density)]


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
        t = np.exp(-np.abs(a.data))
        gate = np.where(a.data >= 0, 1.0, t) / (1.0 + t)
        ctx.save_for_backward(gate * (1.0 + a.data * (1.0 - gate)))
        return Tensor(gate * a.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        (slope,) = ctx.saved
        return [grad_in * slope]


silu = SiLU()


class Softmax(Function):
    """e^a over the sum of e^a along axis: positive numbers that sum to 1 along axis.

    axis:   one axis, an int; a negative one counts from the end
    Shapes: a, at least one axis -> the same
    Grad:   f * (grad_in - the sum of grad_in * f along axis), where f is the value
    Exact:  to 12 digits, also where the value is tiny: of [0, -700] the second is 9.86e-305
    Raises: ValueError (numpy's) if there is no such axis, or nothing along it
    Source: Bishop 2006, section 4.3.4
    """

    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: int = -1) -> Tensor:
        """Softmax of a along axis."""
        powers = np.exp(a.data - a.data.max(axis=axis, keepdims=True))  # a common factor cancels: make the largest 1
        value = powers / powers.sum(axis=axis, keepdims=True)
        ctx.save_for_backward(value, axis)
        return Tensor(value)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        value, axis = ctx.saved
        return [value * (grad_in - (grad_in * value).sum(axis=axis, keepdims=True))]


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
        shifted = a.data - a.data.max(axis=axis, keepdims=True)
        others = np.exp(shifted)
        np.put_along_axis(others, np.expand_dims(shifted.argmax(axis=axis), axis), 0.0, axis=axis)
        # The largest adds 1 to the sum; log1p keeps the digits of the others when they are tiny beside it.
        value = shifted - np.log1p(others.sum(axis=axis, keepdims=True))
        ctx.save_for_backward(np.exp(value), axis)
        return Tensor(value)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        """Gradient of a."""
        probability, axis = ctx.saved
        return [grad_in - probability * grad_in.sum(axis=axis, keepdims=True)]


log_softmax = LogSoftmax()
