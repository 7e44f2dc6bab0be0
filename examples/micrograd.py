"""micrograd's notation on top of our tape: numbers, neurons made of them, and its two examples.

A `Value` is a Tensor with one number in it, so a neuron is a sum of products that is written out, and its graph has a
node for each of them. The same network in matrices is `nn.MLP`: the same numbers, hundreds of times faster.
"""

import numpy as np
from feedforward import data
from feedforward.nn import Module
from feedforward.tensor import Tensor as Value


class Neuron(Module):
    def __init__(self, nin: int, rng: np.random.Generator, nonlin: bool = True) -> None:
        self.w = [Value(weight) for weight in rng.uniform(-1, 1, size=nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def forward(self, x: list[Value]) -> Value:
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act


class Layer(Module):
    def __init__(self, nin: int, nout: int, rng: np.random.Generator, **kwargs: bool) -> None:
        self.neurons = [Neuron(nin, rng, **kwargs) for _ in range(nout)]

    def forward(self, x: list[Value]) -> list[Value] | Value:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out


class MLP(Module):
    def __init__(self, nin: int, nouts: list[int], rng: np.random.Generator) -> None:
        sizes, last = [nin, *nouts], len(nouts) - 1
        self.layers = [Layer(sizes[i], sizes[i + 1], rng, nonlin=i != last) for i in range(len(nouts))]

    def forward(self, x: list[Value]) -> list[Value] | Value:
        for layer in self.layers:
            x = layer(x)
        return x


def expression() -> tuple[Value, Value, Value]:
    """(a, b, g) of the README's expression after g.backward(): dg/da and dg/db are in a.grad and b.grad."""
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return a, b, g


def margin_loss(model: MLP, x: np.ndarray, y: np.ndarray, alpha: float = 1e-4) -> tuple[Value, float]:
    """The demo's loss, max-margin with an L2 penalty on all parameters, and the accuracy."""
    scores = [model([Value(number) for number in row]) for row in x]
    losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
    penalty = alpha * sum(p * p for p in model.parameters())
    accuracy = np.mean([(yi > 0) == (score.data > 0) for yi, score in zip(y, scores, strict=True)])
    return sum(losses) * (1.0 / len(losses)) + penalty, float(accuracy)


def demo(nouts: list[int], n: int, steps: int) -> tuple[list[float], list[float]]:
    """The demo: a network on two moons of n points, so many steps; losses and accuracies before each."""
    rng = np.random.default_rng(1337)
    x, y = data.moons(n, 0.1, rng)
    model = MLP(2, nouts, rng)
    losses, accuracies = [], []
    for k in range(steps):
        total_loss, accuracy = margin_loss(model, x, y)
        model.zero_grad()
        total_loss.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.9 * k / steps) * p.grad
        losses.append(total_loss.item())
        accuracies.append(accuracy)
    return losses, accuracies


def main() -> None:
    a, b, g = expression()
    print(f"g = {g.item():.4f}   dg/da = {a.grad.item():.4f}   dg/db = {b.grad.item():.4f}")
    losses, accuracies = demo([8, 8, 1], n=50, steps=40)  # the demo itself: [16, 16, 1], 100, 100; minutes here
    for k in [*range(0, len(losses), 10), len(losses) - 1]:
        print(f"step {k:2d}   loss {losses[k]:.3f}   accuracy {accuracies[k]:.0%}")


if __name__ == "__main__":
    main()
