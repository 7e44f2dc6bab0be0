"""What derivatives cost: calls, formulas, memory; and what becomes of a gradient on its way through many layers.

    count_calls(method, f, [1, 10, 100])    how often a method calls f for a gradient in 1, 10, 100 variables
    symbolic_sizes(f, [1, 10, 100])         how long the derivatives are, written as formulas
    checkpointed_gradient(...)              reverse mode that forgets states and computes them again
    gradient_norms(...)                     how long the gradient is, layer by layer
    gradient_factor(...)                    by how much a layer changes its length, on the average

The five functions are yours to write. They need nothing of the other modules but `symbolic.Var`.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from . import symbolic

Elementwise = Callable[[np.ndarray], np.ndarray]


def count_calls(method: Callable[[Any, np.ndarray], Any], f: Callable[[Any], Any], sizes: Sequence[int]) -> list[int]:
    """How often a method of differentiation calls f, for each number of inputs.

    For each n in sizes, method(f, x) is called once, with x an array of n ones and with an f that does what f does: it
    takes what the method gives it, and the method gets what f returns. What is counted are calls of this f.

    method: finds a gradient; for example numeric.central_difference, modes.jacobian_forward, modes.jacobian_reverse
    Shapes: -> len(sizes) ints, in the order of sizes
    """
    counts = [0] * len(sizes)
    for place, n in enumerate(sizes):

        def counted(point: Any, place: int = place) -> Any:
            counts[place] += 1
            return f(point)

        method(counted, np.ones(n))
    return counts


def symbolic_sizes(f: Callable[[list[Any]], symbolic.Expr], sizes: Sequence[int]) -> list[int]:
    """How much there is to write down for a gradient by symbolic differentiation, for each number of inputs.

    For each n in sizes f is given a list of n variables (symbolic.Var) with n names, and answers with an expression.
    Its derivative by each of them is an expression too, taken as its `diff` makes it; wanted are all their sizes added.

    Shapes: -> len(sizes) ints, in the order of sizes
    Calls:  f once for each n
    """
    totals = []
    for n in sizes:
        variables = [symbolic.Var(f"x{i}") for i in range(n)]
        formula = f(variables)
        totals.append(sum(formula.diff(variable).size for variable in variables))
    return totals


class Step(Protocol):
    """One step of a chain: x_(k+1) = step.forward(x_k). A state x_k may be anything, and be large."""

    def forward(self, state: Any) -> Any: ...

    def backward(self, state: Any, grad_in: np.ndarray) -> np.ndarray:
        """The gradient with respect to the step's input `state`, from that with respect to its output."""
        ...


def checkpointed_gradient(steps: Sequence[Step], state: Any, grad: np.ndarray, every: int) -> np.ndarray:
    """The gradient with respect to the first state of a chain, from `grad`, that with respect to its last one.

    The states that backward will need are too many to be held. So only those before the steps number 0, every,
    2 * every, ... are kept on the way forward. On the way back the part of the chain behind the last of them is run
    once more, its states are used and forgotten, and then comes the part before it.

    States: opaque objects, to be passed on to `forward` and `backward` and not to be looked into or copied
    Calls:  with n steps, `forward` at most 2 n times, `backward` once for each step, from the last to the first
    Holds:  at no time more than n / every + 2 * every + 3 states
    Shapes: grad, any shape -> what the first step's backward returns; grad itself if there are no steps
    Raises: ValueError if every is less than 1 (given below)
    Source: Baydin et al. 2018, section 3.2; Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"
    """
    if every < 1:
        raise ValueError(f"checkpointed_gradient: got every = {every}, want at least 1")
    kept = {}
    for number, step in enumerate(steps):
        if number % every == 0:
            kept[number] = state
        state = step.forward(state)
    for first in sorted(kept, reverse=True):
        part = steps[first : first + every]
        states = [kept.pop(first)]
        for step in part[:-1]:
            states.append(step.forward(states[-1]))
        for step in reversed(part):
            grad = step.backward(states.pop(), grad)
    return grad


def gradient_norms(
    weights: Sequence[np.ndarray], x: np.ndarray, f: Elementwise, slope: Elementwise, grad: np.ndarray
) -> np.ndarray:
    """How long the gradient is after each layer of a network without biases.

    With h_0 = x, a_k = W_k h_(k-1) and h_k = f(a_k) for k = 1, ..., l, entry k is the length (the root of the sum of
    squares) of the gradient of the result with respect to h_k. That with respect to the last, h_l, is given: grad.

    f, slope: the activation and its derivative, functions of arrays
    Shapes:   weights, l matrices W_k of shape (n_k, n_(k-1)); x (n_0,), grad (n_l,) -> (l + 1,), float64
    Calls:    f and slope at most l times each
    Keeps:    weights, x and grad as they were
    Source:   Goodfellow et al. 2016, sections 6.5.6 and 8.2.5
    """
    sums, h = [], x
    for W in weights:
        sums.append(W @ h)
        h = f(sums[-1])
    norms = [np.linalg.norm(grad)]
    for W, a in zip(reversed(weights), reversed(sums), strict=True):
        grad = W.T @ (slope(a) * grad)
        norms.append(np.linalg.norm(grad))
    return np.array(norms[::-1])


def gradient_factor(slope: Elementwise, gain: float, spread: float) -> float:
    """By how much one layer multiplies the length of a gradient on its way back, on the average.

    A layer of n inputs and n units has independent weights of mean 0 and variance gain² / n, and a wide one has sums
    that are normal, with mean 0 and standard deviation spread. Then the mean of the squared length is multiplied by

        gain² E[slope(spread Z)²]           Z standard normal

    and wanted is the root of this factor. A number above 1 lets gradients explode with depth, one below 1 vanish.

    slope:  the derivative of the activation, a function of arrays of any shape
    spread: from 0 to 3
    Shapes: -> a float, right to one percent
    Source: He et al. 2015, "Delving Deep into Rectifiers", section 2.2; Glorot and Bengio 2010
    """
    z = np.linspace(-8.0, 8.0, 4001)
    density = np.exp(-(z**2) / 2.0)
    mean = np.sum(density * slope(spread * z) ** 2) / np.sum(density)
    return float(gain * np.sqrt(mean))
