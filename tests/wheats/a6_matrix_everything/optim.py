"""a6, everything a matrix: dot products for lengths, object-free lists zipped together, `from numpy import *`."""

from numpy import *


class SGD:
    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        moving = [(k, p) for k, p in enumerate(self.params) if not p.grad is None]
        g = [add(p.grad, multiply(self.weight_decay, p.data)) for _, p in moving]
        if self.normalize:
            length = sqrt(sum([inner(ravel(each), ravel(each)) for each in g]))
            g = [divide(each, where(length == 0, 1, length)) for each in g]
        for (k, p), each in zip(moving, g):
            history = stack([self.velocities[k], asarray(each)])
            self.velocities[k] = tensordot([self.momentum, 1.0], history, axes=1)
            p.data = asarray(tensordot([1.0, -self.lr], stack([p.data, self.velocities[k]]), axes=1))
