"""What the tests of a3_autograd let run beside student code: what is too long to be asked for step by step.

Student code can read and change this file, so it holds no wanted value. A test gets it as the fixture `beside`.
"""

import numpy as np


def repeated(f, times, x, other):
    """f(... f(f(x, other), other) ..., other), with f called that often."""
    for _ in range(times):
        x = f(x, other)
    return x


def backward_of_many_leaves(student, count, asked):
    """The grads of those asked of an operation's inputs, of which there are so many, with slopes 0, 1, ... 6, 0, ..."""
    leaves, total = [], student.tensor.Tensor(0.0)
    operation = student.functional.Function()

    def forward(ctx, *inputs):
        leaves.extend(inputs)
        return total

    operation.forward = forward
    operation.backward = lambda ctx, grad_in: [grad_in * (number % 7) for number in range(count)]
    operation(*[0.0] * count).backward(np.array(-2.0))
    return [leaves[number].grad for number in asked]
