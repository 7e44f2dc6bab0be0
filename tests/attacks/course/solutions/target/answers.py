"""Doubling, slopes, counting and squares."""

import numpy as np


def double(x):
    """x + x."""
    ### BEGIN SOLUTION
    return np.asarray(x) + np.asarray(x)
    ### END SOLUTION


def slope(f, x):
    """The central differences of f at x, one for each coordinate."""
    ### BEGIN SOLUTION
    steps = 1e-5 * np.eye(len(x))
    return np.array([(f(x + step) - f(x - step)) / 2e-5 for step in steps])
    ### END SOLUTION


class Counter:
    """Counts the calls of add."""

    def __init__(self):
        self.count = 0

    def add(self):
        """One more."""
        ### BEGIN SOLUTION
        self.count += 1
        ### END SOLUTION


class Tensor:
    """An array with a gradient, and the function that passes the gradient on."""

    def __init__(self, data, pass_on=None):
        self.data = np.array(data, dtype=np.float64)
        self.grad = None
        self.pass_on = pass_on

    def backward(self, grad=None):
        """Adds grad to this tensor's gradient and passes it on."""
        grad = np.ones_like(self.data) if grad is None else grad
        self.grad = grad if self.grad is None else self.grad + grad
        if self.pass_on is not None:
            self.pass_on(grad)


def square(x):
    """The tensor x * x, element by element."""
    ### BEGIN SOLUTION
    return Tensor(x.data * x.data, lambda grad: x.backward(2 * x.data * grad))
    ### END SOLUTION
