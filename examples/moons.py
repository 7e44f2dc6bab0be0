"""Two moons kept apart by a margin: hinge loss + L2, as in micrograd's demo.

The demo's network (two hidden layers of 16 ReLU units), loss and penalty, on the whole batch with a learning rate
that falls from 1 to 0.1. Its penalty α Σp² with α = 1e-4 is λ/2 ΣW² with λ = 2e-4, but for the biases.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from feedforward import data, functional, nn, optim, train

STEPS, PENALTY = 100, 2e-4


@dataclass
class Result:
    x: np.ndarray  # (100, 2)
    labels: np.ndarray  # (100,), -1 or +1
    model: nn.MLP
    losses: list[float]  # the objective before each step
    accuracies: list[float]  # on the training set, as in the demo, after each step


@cache
def run() -> Result:
    """The moons, a network trained on them, and how the training went."""
    rng = np.random.default_rng(1337)
    x, labels = data.moons(100, 0.1, rng)
    model = nn.MLP((2, 16, 16, 1), rng, activation=functional.relu, gain=np.sqrt(2.0))
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    result = Result(x, labels, model, [], [])
    column = labels.reshape(-1, 1)
    for step in range(STEPS):
        optimizer.lr = 1.0 - 0.9 * step / STEPS
        result.losses += train.fit(
            model, nn.HingeLoss(), optimizer, x, column, epochs=1, batch_size=len(x), rng=rng, penalty=PENALTY
        )
        result.accuracies.append(train.accuracy(model(x), column))
    return result


def main() -> None:
    result = run()
    for step in [*range(0, STEPS, 10), STEPS - 1]:
        print(f"step {step:3d}   loss {result.losses[step]:.4f}   accuracy {result.accuracies[step]:.0%}")


if __name__ == "__main__":
    main()
