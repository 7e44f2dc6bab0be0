"""Tensors that remember how they were computed, and the pass that turns this memory into gradients.

A Tensor is an array with a memory: `node` says which operation made it, and from which tensors. Those links
are the graph (or tape). `Tensor.backward` walks it from the result to the leaves and applies the lecture's
chain rule: the gradient of a tensor is the sum, over its uses, of what each use passes back.

    a, b = Tensor(2.0), Tensor(3.0)
    c = a * b + a           # c.node.function is Add, c.node.inputs are (a * b, a)
    c.backward()            # a.grad = b + 1 = 4, b.grad = a = 2

Yours to write: `unbroadcast` and `Tensor.backward`. The rest is given.
"""

from types import ModuleType
from typing import Any

import numpy as np

Shape = tuple[int, ...]


def _functional() -> ModuleType:
    """The operations, imported late: `functional` imports this module."""
    from . import functional

    return functional


def broadcasts_to(shape: Shape, result: Shape) -> bool:
    """True if numpy's broadcasting can stretch an array of this shape to exactly result."""
    fill = len(result) - len(shape)
    return fill >= 0 and all(size in (1, want) for size, want in zip(shape, result[fill:], strict=True))


def unbroadcast(grad: np.ndarray, shape: Shape) -> np.ndarray:
    """Gradient of an input of this shape, from the gradient of the same input broadcast to grad's shape.

    Broadcasting repeats an input: it puts new axes in front, and stretches axes of size 1. Each repetition is
    one use of the same number, and the gradients of all uses add up. So sum over the axes that were put in
    front and over those that were stretched; stretched axes come back with size 1, new ones go.

    Shapes: grad, any shape that `shape` broadcasts to -> exactly shape, float64; grad itself stays as it was
    Example: grad (5, 4, 3), shape (4, 1) -> sum over axes 0 and 2, result (4, 1)
    Raises: ValueError if shape does not broadcast to grad's shape (given below)
    Source: numpy's manual, "Broadcasting", read backwards
    """
    shape = tuple(shape)
    if not broadcasts_to(shape, grad.shape):
        raise ValueError(f"unbroadcast: got grad {grad.shape}, want a shape that {shape} broadcasts to")
    raise NotImplementedError("a3_autograd, exercise tensor.unbroadcast: handout section 2.5")


class Node:
    """How a tensor was made: the operation, what its forward saved, and the tensors it was given."""

    def __init__(self, function: Any, ctx: Any, inputs: "tuple[Tensor, ...]") -> None:
        self.function = function
        self.ctx = ctx
        self.inputs = inputs

    def input_gradients(self, grad_in: np.ndarray) -> list[np.ndarray]:
        """One gradient for each of `inputs`, each in its input's shape, from the gradient of the result.

        Asks the operation's backward and brings each answer to its input's shape by `unbroadcast`. The arrays
        are for reading only: an operation may answer with views, or with grad_in itself.

        Raises: TypeError or ValueError, naming the operation, if what it returned is not one array per input
        """
        where = f"{type(self.function).__name__}.backward"
        answers = self.function.backward(self.ctx, grad_in)
        if not isinstance(answers, list | tuple):
            raise TypeError(f"{where}: got {type(answers).__name__}, want a list with one array per input")
        if len(answers) != len(self.inputs):
            raise ValueError(f"{where}: got {len(answers)} gradients, want {len(self.inputs)}, one per input")
        return [
            self._fit(f"{where}: gradient of input {position}", answer, tensor.shape)
            for position, (answer, tensor) in enumerate(zip(answers, self.inputs, strict=True))
        ]

    @staticmethod
    def _fit(where: str, answer: Any, shape: Shape) -> np.ndarray:
        """The answer as a float64 array of this shape, or an error that says why it cannot be one."""
        if not isinstance(answer, np.ndarray | np.generic | float | int):
            raise TypeError(f"{where}: got {type(answer).__name__}, want an array; compute with .data")
        gradient = np.asarray(answer, dtype=np.float64)
        if gradient.shape == shape:
            return gradient
        if not broadcasts_to(shape, gradient.shape):
            raise ValueError(f"{where}: got shape {gradient.shape}, want {shape} or what it was broadcast to")
        return unbroadcast(gradient, shape)


class Tensor:
    """A float64 array that records the operations applied to it.

    data: the values, an ndarray; a float64 array is taken as it is, without a copy
    grad: ndarray of data's shape, or None as long as no backward pass has reached this tensor
    node: how it was computed, or None for a leaf
    """

    __array_ufunc__ = None  # so that `ndarray + tensor` is left to Tensor.__radd__

    def __init__(self, data: Any) -> None:
        if isinstance(data, Tensor):
            raise TypeError("Tensor: got a Tensor, want numbers or an array; pass its .data")
        self.data: np.ndarray = np.asarray(data, dtype=np.float64)
        self.grad: np.ndarray | None = None
        self.node: Node | None = None

    def backward(self, grad: Any = None) -> None:
        """Add the gradient of sum(grad * self) to `.grad` of self and of every tensor it was computed from.

        Write G(t) for the gradient of tensor t in this pass: G(self) = grad, and G(t) is the sum, over every
        use of t as an input of a node, of what `node.input_gradients(G(result of that node))` has for it.

        Order:  ask a node once, when G of its result is complete, that is, after all uses of the result. So
                visit the graph in topological order, from self to the leaves; a tensor used twice by one
                node gets both parts
        Size:   a chain of 10,000 nodes is ordinary, and deeper than Python's recursion allows: use a loop and
                a list of your own. A tensor is reached by many paths, and is visited once
        Adds:   G(t) is added to `.grad` (None counts as zero) when it is complete, for every t, leaf or not.
                What an earlier call left there takes no part in the pass: two equal calls double each `.grad`
        Memory: each `.grad` is an array of its own, shared with no other `.grad`, nor with `grad`, nor with
                saved data; what `input_gradients` returns may be shared, so never write into it
        Shapes: grad, the shape of self; None stands for 1.0 if self has one element
        Raises: ValueError if grad has another shape, or is None and self has not one element (given below)
        Source: Baydin et al. 2018, "Automatic Differentiation in Machine Learning: a Survey", section 3.2
        """
        if grad is None:
            if self.size != 1:
                raise ValueError(f"backward: got no grad for shape {self.shape}, want one element; pass grad")
            grad = np.ones(self.shape)
        grad = np.asarray(grad, dtype=np.float64)
        if grad.shape != self.shape:
            raise ValueError(f"backward: got grad of shape {grad.shape}, want {self.shape}, as the tensor")
        raise NotImplementedError("a3_autograd, exercise tensor.Tensor.backward: handout section 2.6")

    def zero_grad(self) -> None:
        """Forget the gradient of this tensor."""
        self.grad = None

    def item(self) -> float:
        """The value as a Python float; ValueError unless the tensor has exactly one element."""
        return self.data.item()

    @property
    def shape(self) -> Shape:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> int:
        return self.data.size

    @property
    def T(self) -> "Tensor":
        """The tensor with its axes in reverse order."""
        return self.transpose()

    def __repr__(self) -> str:
        made_by = "" if self.node is None else f", {type(self.node.function).__name__}"
        return f"Tensor({np.array2string(self.data, separator=', ', prefix='Tensor(')}{made_by})"

    # Every operator and method below is one operation of `functional`.

    def __add__(self, other: Any) -> "Tensor":
        return _functional().add(self, other)

    def __radd__(self, other: Any) -> "Tensor":
        return _functional().add(other, self)

    def __sub__(self, other: Any) -> "Tensor":
        return _functional().sub(self, other)

    def __rsub__(self, other: Any) -> "Tensor":
        return _functional().sub(other, self)

    def __mul__(self, other: Any) -> "Tensor":
        return _functional().mul(self, other)

    def __rmul__(self, other: Any) -> "Tensor":
        return _functional().mul(other, self)

    def __truediv__(self, other: Any) -> "Tensor":
        return _functional().div(self, other)

    def __rtruediv__(self, other: Any) -> "Tensor":
        return _functional().div(other, self)

    def __pow__(self, other: Any) -> "Tensor":
        return _functional().pow(self, other)

    def __rpow__(self, other: Any) -> "Tensor":
        return _functional().pow(other, self)

    def __matmul__(self, other: Any) -> "Tensor":
        return _functional().matmul(self, other)

    def __rmatmul__(self, other: Any) -> "Tensor":
        return _functional().matmul(other, self)

    def __neg__(self) -> "Tensor":
        return _functional().neg(self)

    def __abs__(self) -> "Tensor":
        return _functional().abs(self)

    def __getitem__(self, index: Any) -> "Tensor":
        return _functional().getitem(self, index=index)

    def sum(self, axis: int | Shape | None = None, keepdims: bool = False) -> "Tensor":
        return _functional().sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: int | Shape | None = None, keepdims: bool = False) -> "Tensor":
        return _functional().mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis: int | Shape | None = None, keepdims: bool = False) -> "Tensor":
        return _functional().max(self, axis=axis, keepdims=keepdims)

    def norm(self, axis: int | Shape | None = None, keepdims: bool = False) -> "Tensor":
        return _functional().norm(self, axis=axis, keepdims=keepdims)

    def exp(self) -> "Tensor":
        return _functional().exp(self)

    def log(self) -> "Tensor":
        return _functional().log(self)

    def sqrt(self) -> "Tensor":
        return _functional().sqrt(self)

    def sigmoid(self) -> "Tensor":
        return _functional().sigmoid(self)

    def tanh(self) -> "Tensor":
        return _functional().tanh(self)

    def relu(self) -> "Tensor":
        return _functional().relu(self)

    def softmax(self, axis: int = -1) -> "Tensor":
        return _functional().softmax(self, axis=axis)

    def reshape(self, *shape: Any) -> "Tensor":
        """The same numbers in another shape: `t.reshape(2, 3)` or `t.reshape((2, 3))`."""
        return _functional().reshape(self, shape=shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> "Tensor":
        """Axes in another order: `t.transpose(1, 0)` or `t.transpose((1, 0))`; without any, reversed."""
        return _functional().transpose(self, axes=axes[0] if len(axes) == 1 else axes or None)
