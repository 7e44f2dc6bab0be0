"""a4, each made of another: contexts within contexts, so that hardly any formula is written twice; one-liners."""

from types import SimpleNamespace


def erfc(x):
    """Given, in other words."""
    from math import erfc as of_one

    return np.array(list(map(of_one, np.ravel(x))), dtype=float).reshape(np.shape(x))


def run(operation, *arrays, **params):
    """(the value, a function from grad_in to the gradients)"""
    ctx = Ctx()
    value = operation.forward(ctx, *map(Tensor, arrays), **params).data
    return value, lambda grad_in: operation.backward(ctx, grad_in)


class Sigmoid(Function):
    forward = staticmethod(lambda ctx, a: Tensor(Softmax.forward(ctx, Tensor(np.stack([a.data, 0 * a.data])), axis=0).data[0]))
    backward = staticmethod(lambda ctx, g: [Softmax.backward(ctx, np.stack([g, 0 * g]))[0][0]])


class Tanh(Function):
    """For the slope 4 σ(2a) σ(-2a); the value is numpy's."""

    @staticmethod
    def forward(ctx, a):
        ctx.of = SimpleNamespace(plus=run(Sigmoid, 2 * a.data)[0], minus=run(Sigmoid, -2 * a.data)[0])
        return Tensor(np.tanh(a.data))

    backward = staticmethod(lambda ctx, g: [4 * g * ctx.of.plus * ctx.of.minus])


class SoftSign(Function):
    """a / (1 + |a|) on the right, and mirrored on the left."""

    @staticmethod
    def forward(ctx, a):
        (right, ctx.to_right), (left, ctx.to_left) = run(ReLU, a.data), run(ReLU, -a.data)
        ctx.d = 1 + right + left
        return Tensor((right - left) / ctx.d)

    backward = staticmethod(lambda ctx, g: [g / ctx.d / ctx.d])


class Heaviside(Function):
    forward = staticmethod(lambda ctx, a: Tensor(1 - (a.data < 0)))
    backward = staticmethod(lambda ctx, g: [g * 0])


class SoftPlus(Function):
    """a - ln σ(a), and of the smaller one of the two"""

    @staticmethod
    def forward(ctx, a):
        ctx.sigma, _ = run(Sigmoid, a.data)
        return Tensor(np.maximum(a.data, 0) + np.log1p(run(Sigmoid, -abs_of(a.data))[0] / run(Sigmoid, abs_of(a.data))[0]))

    backward = staticmethod(lambda ctx, g: [g * ctx.sigma])


abs_of = np.absolute


class ReLU(Function):
    """A LeakyReLU that does not leak."""

    forward = staticmethod(lambda ctx, a: LeakyReLU.forward(ctx, a, negative_slope=0.0))
    backward = staticmethod(lambda ctx, g: LeakyReLU.backward(ctx, g))


class LeakyReLU(Function):
    """A PReLU that nobody asks for the gradient of its slope."""

    forward = staticmethod(lambda ctx, a, *, negative_slope=0.01: PReLU.forward(ctx, a, Tensor(negative_slope)))
    backward = staticmethod(lambda ctx, g: PReLU.backward(ctx, g)[:1])


class PReLU(Function):
    """(right + slope * left), each a product with a step."""

    @staticmethod
    def forward(ctx, a, slope):
        step = run(Heaviside, a.data)[0]
        ctx.save_for_backward(step + (1 - step) * slope.data, (1 - step) * a.data)
        return Tensor(step * a.data + slope.data * ((1 - step) * a.data))

    backward = staticmethod(lambda ctx, g: [g * each for each in ctx.saved])


class ELU(Function):
    @staticmethod
    def forward(ctx, a, *, alpha=1.0):
        right, _ = run(ReLU, a.data)
        left = a.data - right
        ctx.slope = np.where(a.data > 0, 1, alpha * np.exp(left))
        return Tensor(right + alpha * np.expm1(left))

    backward = staticmethod(lambda ctx, g: [g * ctx.slope])


class Gated(Function):
    """a * gate(a) by the product rule; subclasses give (gate, its slope)."""

    @classmethod
    def forward(cls, ctx, a):
        gate, slope = cls.gate(a.data)
        ctx.save_for_backward(gate + a.data * slope)
        return Tensor(a.data * gate)

    backward = staticmethod(lambda ctx, g: [g * each for each in ctx.saved])


class GELU(Gated):
    gate = staticmethod(lambda a: (erfc(-a / 2**0.5) / 2, np.exp(-a * a / 2) / (2 * np.pi) ** 0.5))


class SiLU(Gated):
    @staticmethod
    def gate(a):
        value, back = run(Sigmoid, a)
        return value, back(np.ones(np.shape(a)))[0]


class Softmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        log_f, ctx.back = run(LogSoftmax, a.data, axis=axis)
        ctx.f = np.exp(log_f)
        return Tensor(ctx.f)

    backward = staticmethod(lambda ctx, g: ctx.back(ctx.f * g))


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        z = a.data - a.data.max(axis, keepdims=True)
        ctx.axis, ctx.log_f = axis, z - np.log(np.exp(z).sum(axis, keepdims=True))
        return Tensor(ctx.log_f)

    backward = staticmethod(lambda ctx, g: [g - np.exp(ctx.log_f) * g.sum(ctx.axis, keepdims=True)])
