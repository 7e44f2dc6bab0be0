"""Layers, networks, losses: all that stands between an input x and the number J that training makes small.

The lecture's forward propagation, for one example or for a batch of them, one in each row:

    h0 = x
    ak = bk + Wk hk-1        a Linear
    hk = f(ak)               the activation; after the last layer the output function, or nothing
    J  = L(hl, y) + λ Ω(θ)   a loss, and the penalty on the weights: `objective`

Every step is an operation of `functional` on tensors, so `J.backward()` gives the gradient of each parameter.
Compute with tensors from beginning to end: whatever goes through `.data` has left the tape.

A Module holds parameters. Targets y are arrays, not tensors: nobody asks for their gradient. `Module`,
`MLP.__init__` and the checks of targets are given, the rest is yours to write.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from . import functional
from .tensor import Shape, Tensor

Activation = Callable[[Tensor], Tensor]


class Module:
    """A part of a network. A tensor that it keeps as an attribute is a parameter, of itself and of what it is in."""

    def forward(self, *inputs: Any) -> Tensor:
        raise NotImplementedError("Module.forward: every module defines its own")

    def __call__(self, *inputs: Any) -> Tensor:
        return self.forward(*inputs)

    def parameters(self) -> list[Tensor]:
        """The parameters of this module, each once.

        Looks through the attributes in the order in which they were first set, and through modules, lists and
        tuples among them. A tensor that was computed from others (one with a node) is no parameter.
        """
        return list({id(parameter): parameter for parameter in _leaves(self, set())}.values())

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter."""
        for parameter in self.parameters():
            parameter.zero_grad()


def _leaves(value: Any, seen: set[int]) -> Iterator[Tensor]:
    """The tensors without a node in value; `seen` holds the modules that were looked through already."""
    if isinstance(value, Tensor) and value.node is None:
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each, seen)
    elif isinstance(value, Module) and id(value) not in seen:
        seen.add(id(value))
        for each in vars(value).values():
            yield from _leaves(each, seen)


class Linear(Module):
    """One layer without its activation: a = W h + b.

    W: Tensor (n_out, n_in), each number an independent draw from rng, normal with mean 0 and variance gain² / n_in
    b: Tensor (n_out,), zeros
    Source: Goodfellow et al. 2016, section 6.5.4 (forward propagation); LeCun et al. 1998, "Efficient BackProp",
            section 4.6 (the variance); He et al. 2015 (the gain √2 for ReLU)
    """

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator, gain: float = 1.0) -> None:
        """Draw W from rng and set b to zero."""
        ### BEGIN SOLUTION
        self.W = Tensor(rng.normal(0.0, gain / np.sqrt(n_in), size=(n_out, n_in)))
        self.b = Tensor(np.zeros(n_out))
        ### END SOLUTION

    def forward(self, x: Any) -> Tensor:
        """W x + b for one example, the same for each row of a batch.

        Shapes: x, a Tensor or an array, (n_in,) -> (n_out,); (batch, n_in) -> (batch, n_out)
        """
        ### BEGIN SOLUTION
        return x @ self.W.T + self.b
        ### END SOLUTION


class MLP(Module):
    """A multilayer perceptron: linear layers with an activation after each but the last.

    sizes: the number of inputs, the units of each hidden layer, the number of outputs
    activation: f after each hidden layer, any function of a Tensor that gives a Tensor
    output: what comes after the last layer instead of f; None for nothing
    layers: the Linear modules, `len(sizes) - 1` of them
    Example: MLP((4, 8, 3), rng) has 4 inputs, 8 hidden units, 3 outputs
    """

    def __init__(
        self,
        sizes: Sequence[int],
        rng: np.random.Generator,
        activation: Activation = functional.tanh,
        output: Activation | None = None,
        gain: float = 1.0,
    ) -> None:
        self.layers = [Linear(n_in, n_out, rng, gain) for n_in, n_out in pairwise(sizes)]
        self.activation = activation
        self.output = output

    def forward(self, x: Any) -> Tensor:
        """The network's output ŷ for one example or a batch.

        Shapes: x, a Tensor or an array, (sizes[0],) -> (sizes[-1],); (batch, sizes[0]) -> (batch, sizes[-1])
        """
        ### BEGIN SOLUTION
        h = x
        for layer in self.layers[:-1]:
            h = self.activation(layer(h))
        a = self.layers[-1](h)
        return a if self.output is None else self.output(a)
        ### END SOLUTION


# Losses. Each is called as loss(prediction, target) and gives a Tensor of shape ().


def _target(where: str, target: Any, shape: Shape) -> np.ndarray:
    """The target as an array, if it has this shape."""
    array = np.asarray(target)
    if array.shape != shape:  # (n,) against (n, 1) would broadcast to (n, n), without a word
        raise ValueError(f"{where}: got target of shape {array.shape}, want {shape}, one for each prediction")
    return array


class MSELoss(Module):
    """Mean of (prediction - target)² over all elements.

    Shapes: prediction, any shape; target, an array of the same shape -> ()
    Grad:   2 (prediction - target) / N, where N is the number of elements
    Raises: ValueError if the shapes differ (given below)
    """

    def forward(self, prediction: Tensor, target: Any) -> Tensor:
        """The mean squared error."""
        target = _target("MSELoss", target, prediction.shape)
        ### BEGIN SOLUTION
        return ((prediction - target) ** 2).mean()
        ### END SOLUTION


class BCEWithLogitsLoss(Module):
    """Mean cross-entropy of 0/1 targets t under probabilities σ(logits), over all elements, in nats.

    Each element has -t log σ(a) - (1 - t) log(1 - σ(a)) for logit a and target t, which may be any number from 0 to 1.

    Shapes: logits, any shape; target, an array of the same shape -> ()
    Grad:   (σ(a) - t) / N, where N is the number of elements
    Stable: logits of ±1e4 give a finite loss and a finite gradient, without a warning
    Raises: ValueError if the shapes differ or a target is not between 0 and 1 (given below)
    Source: Bishop 2006, section 4.3.2; the book sums over examples, we average
    """

    def forward(self, logits: Tensor, target: Any) -> Tensor:
        """The mean binary cross-entropy."""
        target = _target("BCEWithLogitsLoss", target, logits.shape)
        if not ((target >= 0) & (target <= 1)).all():
            raise ValueError("BCEWithLogitsLoss: got a target outside of 0 to 1; want probabilities, or labels 0 and 1")
        ### BEGIN SOLUTION
        if_one, if_zero = functional.softplus(-logits), functional.softplus(logits)
        return (target * if_one + (1.0 - target) * if_zero).mean()
        ### END SOLUTION


class CrossEntropyLoss(Module):
    """Mean of -log p of each example's own class, where p = softmax(logits) along its row, in nats.

    Shapes: logits (batch, classes); labels, an array (batch,) of whole numbers from 0 to classes - 1 -> ()
    Grad:   (softmax(logits) - one-hot(labels)) / batch
    Stable: logits of ±1e4 give a finite loss and a finite gradient, without a warning
    Raises: ValueError if shapes do not fit, or a label is no class (given below)
    Source: Bishop 2006, section 4.3.4; the book sums over examples, we average
    """

    def forward(self, logits: Tensor, labels: Any) -> Tensor:
        """The mean cross-entropy."""
        if logits.ndim != 2:
            raise ValueError(f"CrossEntropyLoss: got logits of shape {logits.shape}, want (batch, classes)")
        labels = _target("CrossEntropyLoss", labels, logits.shape[:1])
        n_classes = logits.shape[1]
        if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < n_classes)).all():
            raise ValueError(f"CrossEntropyLoss: got labels {labels}, want whole numbers from 0 to {n_classes - 1}")
        ### BEGIN SOLUTION
        log_probabilities = functional.log_softmax(logits, axis=-1)
        return -log_probabilities[np.arange(len(labels)), labels].mean()
        ### END SOLUTION


class HingeLoss(Module):
    """Mean of max(0, 1 - t s) over all elements, for scores s and labels t of -1 or +1.

    Shapes: scores, any shape; labels, an array of the same shape -> ()
    Grad:   -t / N where t s < 1, 0 where t s > 1, any number between the two where t s = 1
    Raises: ValueError if the shapes differ or a label is neither -1 nor +1 (given below)
    Source: Bishop 2006, section 7.1.2
    """

    def forward(self, scores: Tensor, labels: Any) -> Tensor:
        """The mean hinge loss."""
        labels = _target("HingeLoss", labels, scores.shape)
        if not (np.abs(labels) == 1).all():
            raise ValueError("HingeLoss: got a label that is neither -1 nor +1; labels 0 and 1 become 2 * labels - 1")
        ### BEGIN SOLUTION
        return functional.relu(1.0 - labels * scores).mean()
        ### END SOLUTION


# The objective


def l2_penalty(module: Module) -> Tensor:
    """Ω(θ): half the sum of the squares of all the weights in a module, biases left alone.

    A parameter with two axes (a matrix) is a weight, one with fewer is a bias, whatever module it is in. Each counts
    once.

    Shapes: -> (); zero if there are no weights
    Grad:   W itself for each weight W
    Source: Goodfellow et al. 2016, section 7.1.1
    """
    ### BEGIN SOLUTION
    halves = (0.5 * (parameter**2).sum() for parameter in module.parameters() if parameter.ndim == 2)
    return sum(halves, start=Tensor(0.0))
    ### END SOLUTION


def objective(loss: Callable[[Tensor, Any], Tensor], model: Module, x: Any, y: Any, lam: float = 0.0) -> Tensor:
    """J = L(ŷ, y) + λ Ω(θ), where ŷ = model(x), L = loss, λ = lam.

    Shapes: -> ()
    Source: the lecture's last line of forward propagation
    """
    ### BEGIN SOLUTION
    return loss(model(x), y) + lam * l2_penalty(model)
    ### END SOLUTION


# XOR


def xor_network() -> MLP:
    """A network of 2 inputs, 2 ReLU units and 1 output that is XOR, with weights found by hand.

    Its formula is f(x; W, c, w, b) = wᵀ max(0, Wᵀ x + c) + b. The rows of the first layer's W are the columns of
    the formula's W. Any weights will do that give 0 for (0, 0) and (1, 1), and 1 for (0, 1) and (1, 0).

    Source: Goodfellow et al. 2016, section 6.1
    """
    network = MLP((2, 2, 1), np.random.default_rng(0), activation=functional.relu)
    ### BEGIN SOLUTION
    hidden, last = network.layers
    hidden.W, hidden.b = Tensor([[1.0, 1.0], [1.0, 1.0]]), Tensor([0.0, -1.0])
    last.W, last.b = Tensor([[1.0, -2.0]]), Tensor([0.0])
    ### END SOLUTION
    return network
