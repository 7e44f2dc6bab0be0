"""a3, by a student who comes from Java: loops over every element, numbers one by one."""

import builtins
import math


def keepdims_shape(shape, axis):
    axes = reducedAxes(len(shape), axis)
    result = []
    for k in range(len(shape)):
        if k in axes:
            result.append(1)
        else:
            result.append(shape[k])
    return tuple(result)


def reducedAxes(ndim, axis):
    if axis is None:
        return list(range(ndim))
    if not isinstance(axis, tuple):
        axis = (axis,)
    for k in axis:
        if k < -ndim or k >= ndim:
            raise np.exceptions.AxisError(k, ndim)
    return [k % ndim for k in axis]


def forEach(operation, *arrays):
    """operation(x, y, ...) for all elements, the arrays broadcast together."""
    together = np.broadcast(*arrays)
    results = []
    for values in together:
        results.append(operation(*values))
    return np.array(results, dtype=np.float64).reshape(together.shape)


def groupOf(index, kept):
    """Where in the reduced array (with keepdims) an element ends up."""
    result = []
    for k in range(len(kept)):
        result.append(0 if kept[k] == 1 else index[k])
    return tuple(result)


class Add(Function):
    @staticmethod
    def forward(ctx, a, b):
        return Tensor(forEach(lambda x, y: x + y, a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in.copy(), grad_in.copy()]


class Sub(Function):
    @staticmethod
    def forward(ctx, a, b):
        return Tensor(forEach(lambda x, y: x - y, a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in.copy(), forEach(lambda g: -g, grad_in)]


class Neg(Function):
    @staticmethod
    def forward(ctx, a):
        return Tensor(forEach(lambda x: 0.0 - x, a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [forEach(lambda g: 0.0 - g, grad_in)]


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(forEach(lambda x, y: x * y, a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        return [forEach(lambda g, y: g * y, grad_in, b.data), forEach(lambda g, x: g * x, grad_in, a.data)]


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(forEach(lambda x, y: x / y, a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        grad_a = forEach(lambda g, y: g / y, grad_in, b.data)
        grad_b = forEach(lambda g, x, y: -g * x / (y * y), grad_in, a.data, b.data)
        return [grad_a, grad_b]


class Pow(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(forEach(lambda x, y: x**y, a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved

        def byBase(g, x, y):
            if y == 0:
                return 0.0
            return g * y * x ** (y - 1)

        def byExponent(g, x, y):
            if x <= 0:
                return 0.0
            return g * x**y * math.log(x)

        return [forEach(byBase, grad_in, a.data, b.data), forEach(byExponent, grad_in, a.data, b.data)]


class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.data, b.data)
        return Tensor(a.data @ b.data)

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        A = a.reshape(1, -1) if a.ndim == 1 else a
        B = b.reshape(-1, 1) if b.ndim == 1 else b
        n, k, m = A.shape[-2], A.shape[-1], B.shape[-1]
        batch = np.broadcast_shapes(A.shape[:-2], B.shape[:-2])
        G = grad_in.reshape(batch + (n, m))
        gradA = np.zeros(batch + (n, k))
        gradB = np.zeros(batch + (k, m))
        A, B = np.broadcast_to(A, batch + (n, k)), np.broadcast_to(B, batch + (k, m))
        for p in np.ndindex(batch):
            for i in range(n):
                for j in range(m):
                    for l in range(k):
                        gradA[p][i][l] += G[p][i][j] * B[p][l][j]
                        gradB[p][l][j] += G[p][i][j] * A[p][i][l]
        if a.ndim == 1:
            gradA = gradA.reshape(batch + (k,))
        if b.ndim == 1:
            gradB = gradB.reshape(batch + (k,))
        return [gradA, gradB]


class Sum(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        ctx.shape = a.shape
        ctx.kept = keepdims_shape(a.shape, axis)
        total = np.zeros(ctx.kept)
        for index in np.ndindex(a.shape):
            total[groupOf(index, ctx.kept)] += a.data[index]
        return Tensor(total if keepdims else total.reshape(a.data.sum(axis=axis).shape))

    @staticmethod
    def backward(ctx, grad_in):
        grad = grad_in.reshape(ctx.kept)
        result = np.zeros(ctx.shape)
        for index in np.ndindex(ctx.shape):
            result[index] = grad[groupOf(index, ctx.kept)]
        return [result]


class Mean(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        ctx.shape = a.shape
        ctx.kept = keepdims_shape(a.shape, axis)
        ctx.n = 1
        for k in reducedAxes(a.ndim, axis):
            ctx.n *= a.shape[k]
        return Tensor(a.data.sum(axis=axis, keepdims=keepdims) / np.float64(ctx.n))

    @staticmethod
    def backward(ctx, grad_in):
        grad = grad_in.reshape(ctx.kept)
        result = np.zeros(ctx.shape)
        for index in np.ndindex(ctx.shape):
            result[index] = grad[groupOf(index, ctx.kept)] / ctx.n
        return [result]


class Max(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        ctx.save_for_backward(a.data)
        ctx.kept = keepdims_shape(a.shape, axis)
        return Tensor(np.max(a.data, axis=axis, keepdims=keepdims))

    @staticmethod
    def backward(ctx, grad_in):
        # the last of the largest wins
        (a,) = ctx.saved
        winners = {}
        for index in np.ndindex(a.shape):
            group = groupOf(index, ctx.kept)
            if group not in winners or a[index] >= a[winners[group]]:
                winners[group] = index
        result = np.zeros(a.shape)
        grad = grad_in.reshape(ctx.kept)
        for group in winners:
            result[winners[group]] = grad[group]
        return [result]


class Norm(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        squares = np.zeros(keepdims_shape(a.shape, axis))
        for index in np.ndindex(a.shape):
            squares[groupOf(index, squares.shape)] += a.data[index] * a.data[index]
        lengths = forEach(math.sqrt, squares)
        ctx.save_for_backward(a.data, lengths)
        return Tensor(lengths if keepdims else lengths.reshape(a.data.sum(axis=axis).shape))

    @staticmethod
    def backward(ctx, grad_in):
        a, lengths = ctx.saved
        grad = grad_in.reshape(lengths.shape)
        result = np.zeros(a.shape)
        for index in np.ndindex(a.shape):
            group = groupOf(index, lengths.shape)
            if lengths[group] > 0:
                result[index] = grad[group] * a[index] / lengths[group]
        return [result]


class Exp(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a.data)
        return Tensor(forEach(np.exp, a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [forEach(lambda g, x: g * np.exp(x), grad_in, ctx.saved[0])]


class Log(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a.data)
        return Tensor(forEach(np.log, a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [forEach(lambda g, x: g * (1.0 / x), grad_in, ctx.saved[0])]


class Sqrt(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a.data)
        return Tensor(forEach(np.sqrt, a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [forEach(lambda g, x: g * 0.5 / np.sqrt(x), grad_in, ctx.saved[0])]


class Abs(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a.data)
        return Tensor(forEach(lambda x: x if x >= 0 else -x, a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [forEach(lambda g, x: g if x > 0 else -g, grad_in, ctx.saved[0])]


class Reshape(Function):
    @staticmethod
    def forward(ctx, a, *, shape):
        ctx.old = list(a.shape)
        return Tensor(np.reshape(a.data, shape).copy())

    @staticmethod
    def backward(ctx, grad_in):
        result = np.zeros(ctx.old)
        numbers = builtins.list(grad_in.flat)
        for k, index in enumerate(np.ndindex(*ctx.old)):
            result[index] = numbers[k]
        return [result]


class Transpose(Function):
    @staticmethod
    def forward(ctx, a, *, axes=None):
        if axes is None:
            axes = list(range(a.ndim))
            axes.reverse()
        ctx.axes = axes
        return Tensor(np.transpose(a.data, axes))

    @staticmethod
    def backward(ctx, grad_in):
        back = [0] * grad_in.ndim
        for i in range(grad_in.ndim):
            back[ctx.axes[i]] = i
        return [np.transpose(grad_in, back)]


class GetItem(Function):
    @staticmethod
    def forward(ctx, a, *, index):
        ctx.positions = np.arange(a.size).reshape(a.shape)[index]
        ctx.shape = a.shape
        return Tensor(a.data[index] * 1.0)

    @staticmethod
    def backward(ctx, grad_in):
        flat = [0.0] * math.prod(ctx.shape)
        for position, g in zip(np.nditer(ctx.positions, flags=["zerosize_ok"], order="C"), grad_in.flat):
            flat[int(position)] += float(g)
        return [np.array(flat).reshape(ctx.shape)]


class Concat(Function):
    @staticmethod
    def forward(ctx, *tensors, axis=0):
        ctx.sizes = []
        for t in tensors:
            ctx.sizes.append(t.shape[axis])
        ctx.axis = axis
        return Tensor(np.concatenate([t.data for t in tensors], axis))

    @staticmethod
    def backward(ctx, grad_in):
        result = []
        start = 0
        for size in ctx.sizes:
            result.append(np.take(grad_in, range(start, start + size), axis=ctx.axis))
            start += size
        return result
