"""a3, by closures: each forward leaves in ctx a function for its backward, and all share one backward."""

from collections import namedtuple

Cut = namedtuple("Cut", "start stop")


def keepdims_shape(shape, axis):
    """The shape with keepdims."""
    return np.zeros(shape).sum(axis=axis, keepdims=True).shape


class Closure(Function):
    """Its forward is `run`, which returns the value and a function from grad_in to the gradients, a tuple."""

    @classmethod
    def forward(cls, ctx, *tensors, **params):
        value, ctx.pull_back = cls.run(*(t.data for t in tensors), **params)
        return Tensor(value)

    @staticmethod
    def backward(ctx, grad_in):
        return tuple(ctx.pull_back(grad_in))


class Add(Closure):
    run = staticmethod(lambda a, b: (a + b, lambda g: (g, g)))


class Sub(Closure):
    run = staticmethod(lambda a, b: (a - b, lambda g: (g, -1 * g)))


class Neg(Closure):
    run = staticmethod(lambda a: (-a, lambda g: (-g,)))


class Mul(Closure):
    run = staticmethod(lambda a, b: (a * b, lambda g: (b * g, a * g)))


class Div(Closure):
    run = staticmethod(lambda a, b: (a / b, lambda g: (g / b, g * -a / b**2)))


class Pow(Closure):
    @staticmethod
    def run(a, b):
        def pull_back(g):
            shape = np.broadcast_shapes(a.shape, b.shape)
            lower = np.ones(shape)
            np.power(a, b - 1, out=lower, where=np.broadcast_to(b != 0, shape))
            log = np.zeros(a.shape)
            np.log(a, out=log, where=a > 0)
            value = np.ones(shape)
            np.power(a, b, out=value, where=np.broadcast_to(a > 0, shape))
            return g * b * lower, g * value * log

        return a**b, pull_back


class MatMul(Closure):
    @staticmethod
    def run(a, b):
        def pull_back(g):
            if a.ndim == b.ndim == 1:
                return g * b, g * a
            if b.ndim == 1:
                return g[..., None] * b, (a * g[..., None]).reshape(-1, len(b)).sum(axis=0)
            if a.ndim == 1:
                return (b @ g[..., None])[..., 0], a[:, None] * g[..., None, :]
            return g @ b.mT, a.mT @ g

        return a @ b, pull_back


class Sum(Closure):
    @staticmethod
    def run(a, *, axis=None, keepdims=False):
        kept = keepdims_shape(a.shape, axis)
        return a.sum(axis=axis, keepdims=keepdims), lambda g: [np.zeros(a.shape) + g.reshape(kept)]


class Mean(Closure):
    @staticmethod
    def run(a, *, axis=None, keepdims=False):
        kept = keepdims_shape(a.shape, axis)
        n = np.prod([big for big, small in zip(a.shape, kept) if big != small])

        def pull_back(g):
            if a.size == 0:
                return (np.zeros(a.shape),)
            return (np.ones(a.shape) / n * g.reshape(kept),)

        return np.mean(a, axis=axis, keepdims=keepdims), pull_back


class Max(Closure):
    @staticmethod
    def run(a, *, axis=None, keepdims=False):
        top = a.max(axis=axis, keepdims=True)

        def pull_back(g):
            ties = (a >= top).astype(int)
            n = np.sum(ties, axis=axis, keepdims=True)
            return (np.where(ties, g.reshape(top.shape) / n, 0),)

        return top if keepdims else top.reshape(a.max(axis=axis).shape), pull_back


class Norm(Closure):
    @staticmethod
    def run(a, *, axis=None, keepdims=False):
        length = np.sqrt(np.sum(np.square(a), axis=axis, keepdims=True))
        pull_back = lambda g: [g.reshape(length.shape) * a / (length + (length == 0))]
        return length if keepdims else length.reshape(a.sum(axis=axis).shape), pull_back


class Exp(Closure):
    @staticmethod
    def run(a):
        e = np.exp(a)
        return e, lambda g: (e * g,)


class Log(Closure):
    run = staticmethod(lambda a: (np.log(a), lambda g: (a**-1.0 * g,)))


class Sqrt(Closure):
    @staticmethod
    def run(a):
        root = a**0.5
        return root, lambda g: (0.5 * g / root,)


class Abs(Closure):
    run = staticmethod(lambda a: (np.absolute(a), lambda g: (np.copysign(1.0, a) * g,)))


class Reshape(Closure):
    run = staticmethod(lambda a, *, shape: (np.reshape(a, shape), lambda g: (np.reshape(g, a.shape),)))


class Transpose(Closure):
    @staticmethod
    def run(a, *, axes=None):
        if axes is None:
            return a.T, lambda g: (g.T,)
        target = [k if k >= 0 else k + a.ndim for k in axes]
        return np.transpose(a, axes), lambda g: (np.transpose(g, [target.index(k) for k in range(a.ndim)]),)


class GetItem(Closure):
    @staticmethod
    def run(a, *, index):
        def pull_back(g):
            total = np.zeros_like(a)
            np.add.at(total, index, g)
            return (total,)

        return a[index].copy(), pull_back


class Concat(Closure):
    @staticmethod
    def run(*arrays, axis=0):
        cuts, stop = [], 0
        for each in arrays:
            cuts.append(Cut(stop, stop + each.shape[axis]))
            stop = cuts[-1].stop

        def pull_back(g):
            g = np.moveaxis(g, axis, 0)
            return (np.moveaxis(g[cut.start : cut.stop], 0, axis) for cut in cuts)

        return np.concatenate(arrays, axis=axis), pull_back
