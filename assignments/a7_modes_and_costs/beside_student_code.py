"""What the tests of a7_modes_and_costs let run beside student code: a chain that counts its states, formulas, slopes.

Student code can read and change this file, so it holds no wanted value. A test gets it as the fixture `beside`.
"""

import numpy as np


class Chain:
    """Steps whose states are sin(w * x + c), elementwise, and what was asked of them: forwards, and states alive."""

    def __init__(self, weights, shifts):
        self.forwards, self.backwards, self.alive, self.most = 0, [], 0, 0
        self.steps = [Step(self, k, w, c) for k, (w, c) in enumerate(zip(weights, shifts, strict=True))]

    def gradient(self, student, x, grad, every):
        """What checkpointed_gradient answers; then `asked` tells what it has asked for."""
        return student.costs.checkpointed_gradient(self.steps, State(self, np.array(x)), np.array(grad), every)

    def asked(self):
        return self.forwards, list(self.backwards), self.most


class State:
    """A state of a chain, which counts how many of its kind are alive."""

    def __init__(self, chain, numbers):
        self.chain, self.numbers = chain, numbers
        chain.alive += 1
        chain.most = max(chain.most, chain.alive)

    def __copy__(self):
        return State(self.chain, self.numbers)

    def __deepcopy__(self, memo):
        return State(self.chain, self.numbers)

    def __del__(self):
        self.chain.alive -= 1


class Step:
    """One step of a chain."""

    def __init__(self, chain, number, w, c):
        self.chain, self.number, self.w, self.c = chain, number, w, c

    def forward(self, state):
        self.chain.forwards += 1
        return State(self.chain, np.sin(self.w * state.numbers + self.c))

    def backward(self, state, grad_in):
        self.chain.backwards.append(self.number)
        return grad_in * self.w * np.cos(self.w * state.numbers + self.c)


def formula_of(student, sizes):
    """A function of variables that answers with a formula whose derivative by variable number k has the size sizes[k].

    Nothing of a2 has a part in it but what is given there.
    """

    class Formula(student.symbolic.Unknown):
        def __init__(self, variables):
            super().__init__("formula")
            self.places = {variable.name: place for place, variable in enumerate(variables)}

        def diff(self, var):
            derivative = student.symbolic.Const(1.0)
            for _ in range(sizes[self.places[var.name]] // 2):
                derivative = student.symbolic.Add(derivative, student.symbolic.Const(2.0))
            return derivative

    return Formula


def bell(size, width, middle=0.0):
    """The slope size * exp(-width (a - middle)²), of arrays as large as anybody likes."""
    return lambda a: size * np.exp(-width * (a - middle) ** 2)


def step(size):
    """The slope of ReLU, times size."""
    return lambda a: np.where(a > 0, size, 0.0)
