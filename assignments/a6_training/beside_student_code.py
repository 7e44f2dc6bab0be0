"""What the tests of a6_training give to student code: models, losses and an optimizer that do what they should.

They run beside student code, which can read and change them: they hold what the tests hand to them, and no wanted
value. A test gets this file as the fixture `beside`; `student` is the package that is tested.
"""

from contextlib import contextmanager

import numpy as np


def tensor(student, data, grad=None):
    made = student.tensor.Tensor(np.array(data, dtype=np.float64))
    made.grad = None if grad is None else np.array(grad, dtype=np.float64)
    return made


def numbers(student, given):
    """The array in a tensor; an array is left as it is."""
    return np.array(given.data if isinstance(given, student.tensor.Tensor) else given)


def layer(student, W, b):
    """A linear layer. `seen` of its forward is the list of the inputs that it was given."""
    made = student.nn.Module()
    made.W, made.b = tensor(student, W), tensor(student, b)
    seen = []

    def forward(h):
        seen.append(numbers(student, h))
        return h @ made.W.T + made.b

    forward.seen = seen
    made.forward = forward
    return made


def relu_network(student, w, c, v, b=0.0):
    """The sum of v relu(w x + c), and b: an MLP of two such layers."""
    mlp = student.nn.MLP((1,), student.rng(0), activation=student.functional.relu)
    mlp.layers = [layer(student, np.array(w, float)[:, np.newaxis], c), layer(student, [v], [b])]
    return mlp


def sgd(student, params, lr, momentum=0.0, asks=False):
    """An SGD of the student's whose steps are right, whatever the student's own does. If it asks, its lr counts."""
    method = student.optim.SGD(params, lr)
    velocities = [0.0] * len(params)

    def zero_grad():
        for parameter in params:
            parameter.grad = None

    def step():
        rate = method.lr if asks else lr
        for index, parameter in enumerate(params):
            grad = parameter.grad
            if grad is not None:
                velocities[index] = momentum * velocities[index] + grad
                parameter.data = parameter.data - rate * velocities[index]

    method.zero_grad, method.step = zero_grad, step
    return method


@contextmanager
def minibatches(student):
    """For the time being minibatches is right, whatever the student's own does."""

    def epoch(x, y, batch_size, rng):
        shuffled = rng.permutation(len(x))
        parts = np.split(shuffled, range(batch_size, len(x), batch_size))
        return [(x[part], y[part]) for part in parts]

    theirs = student.train.minibatches
    student.train.minibatches = epoch
    try:
        yield
    finally:
        student.train.minibatches = theirs


def fit_linear(student, model, method, x, y, **options):
    """Fits such a layer by the mean squared error. Returns what fit did, and the inputs and targets of all batches."""
    model.forward.seen.clear()
    targets = []

    def loss(prediction, target):
        targets.append(numbers(student, target))
        error = prediction - target
        return (error * error).mean()

    with minibatches(student):
        losses = student.train.fit(model, loss, method, x, y, **options)
    return losses, list(model.forward.seen), targets


def fit_network(student, sizes, start, loss, x, y, *, lr, seed, **options):
    """An MLP that starts from these W, b, W, b, ..., after the student's fit with momentum 0.9, and the losses."""
    mlp = student.nn.MLP(sizes, student.rng(0))
    for made, W, b in zip(mlp.layers, start[::2], start[1::2], strict=True):
        made.W.data, made.b.data = np.array(W, dtype=np.float64), np.array(b, dtype=np.float64)
    method = sgd(student, mlp.parameters(), lr, momentum=0.9)
    with minibatches(student):
        losses = student.train.fit(mlp, loss, method, x, y, rng=student.rng(seed), **options)
    return mlp, losses
