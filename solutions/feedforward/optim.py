"""Gradient descent: how the weights w go where the loss is smaller.

    method = SGD(model.parameters(), lr=0.1, momentum=0.9)
    method.zero_grad()              # forget the gradients of the step before
    J.backward()                    # find the new ones
    method.step()                   # w <- w - lr * gradient, and what momentum makes of it

An optimizer holds on to tensors, not to arrays: `parameter.data` are the weights, `parameter.grad` is the gradient
that the backward pass left there, or None where it did not come by. Yours to write: `zero_grad` and `step`.
"""

import math
from collections.abc import Iterable

import numpy as np

from .tensor import Tensor


class SGD:
    """Stochastic gradient descent, with momentum, weight decay and a normalised step if they are wanted.

    params: the tensors to be trained, in the order in which they were given; one that is given twice is kept once
    lr: the learning rate η; momentum: μ, 0 for none; weight_decay: γ, 0 for none
    normalize: whether the gradient is divided by its length
    velocities: an array of zeros for each parameter, for momentum to be kept in
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        normalize: bool = False,
    ) -> None:
        self.params = list({id(parameter): parameter for parameter in params}.values())
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.normalize = normalize
        self.velocities = [np.zeros(parameter.shape) for parameter in self.params]

    def zero_grad(self) -> None:
        """Forget the gradient of every parameter: each `.grad` becomes None.

        Keeps:  the arrays that were there, the weights and the velocities
        """
        ### BEGIN SOLUTION
        for each in self.params:
            each.grad = None
        ### END SOLUTION

    def step(self) -> None:
        """Change the data of every parameter that has a gradient, once, as section 2 of the handout has it.

        Order:  the weight decay first, then the length if normalize, then the velocity, and the weights last
        Skips:  a parameter whose `.grad` is None stays as it is, and takes no part in the length
        Zero:   where all g together have length 0, they stay 0; every other length counts, 1e-100 too
        Keeps:  each `.grad`, bit for bit, and lr; the tensors stay the same objects, their `.data` changes
        Reads:  lr anew at every step, as it may have been changed in between
        Source: Goodfellow et al. 2016, algorithms 8.1 and 8.2; v as PyTorch has it, with η outside
        """
        ### BEGIN SOLUTION
        moved = [(w, v) for w, v in zip(self.params, self.velocities, strict=True) if w.grad is not None]
        gradients = [w.grad + self.weight_decay * w.data for w, _ in moved]
        if self.normalize:
            # The root of the sum of squares; hypot scales its numbers first, so that none is too large to be squared.
            length = math.hypot(*(np.hypot.reduce(np.ravel(g)) for g in gradients))
            gradients = [g / (length or 1.0) for g in gradients]
        for (w, v), g in zip(moved, gradients, strict=True):
            v[...] = self.momentum * v + g
            w.data -= self.lr * v
        ### END SOLUTION
