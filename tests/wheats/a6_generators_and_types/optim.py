"""a6, with type hints, properties and generators; each step is a small function."""

from collections.abc import Iterator
from math import fsum, sqrt


class SGD:
    def zero_grad(self) -> None:
        for parameter in iter(self.params):
            del parameter.grad
            parameter.grad = None

    @property
    def active(self) -> Iterator[tuple[int, Tensor]]:
        yield from ((index, p) for index, p in enumerate(self.params) if p.grad is not None)

    def decayed(self) -> dict[int, np.ndarray]:
        return {index: np.asarray(p.grad + self.weight_decay * p.data) for index, p in self.active}

    def normalized(self, gradients: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
        length = sqrt(fsum(number**2 for g in gradients.values() for number in g.flat))
        return {index: g / length for index, g in gradients.items()} if length > 0 else gradients

    def step(self) -> None:
        gradients = self.decayed()
        if self.normalize:
            gradients = self.normalized(gradients)
        for index, g in gradients.items():
            self.velocities[index] = v = g + self.momentum * self.velocities[index]
            self.params[index].data = np.asarray(self.params[index].data - self.lr * v)
