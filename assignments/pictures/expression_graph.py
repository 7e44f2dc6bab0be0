"""The graph of a neuron tanh(w₁x₁ + w₂x₂ + b), with values and gradients.

To see: from the inputs on the left to the output on the right. A circle is an operation, the box on its right the
tensor that it made, with its value and, after the backward pass, its gradient. Both inputs of a sum get the sum's
gradient; the inputs of a product get it times each other's value.
"""

from feedforward import functional
from feedforward.graph import draw
from feedforward.tensor import Tensor


def neuron() -> dict[str, Tensor]:
    """The tensors of a neuron of two inputs, after a backward pass from its output; the numbers are micrograd's."""
    x1, x2, w1, w2 = Tensor(2.0), Tensor(0.0), Tensor(-3.0), Tensor(1.0)
    b = Tensor(6.8813735870195432)
    first, second = w1 * x1, w2 * x2
    both = first + second
    a = both + b
    h = functional.tanh(a)
    h.backward()
    return {
        "x₁": x1, "w₁": w1, "x₂": x2, "w₂": w2, "b": b,
        "w₁x₁": first, "w₂x₂": second, "w₁x₁ + w₂x₂": both, "a": a, "h": h,
    }  # fmt: skip


def svg() -> str:
    names = neuron()
    return draw(names["h"], names).svg
