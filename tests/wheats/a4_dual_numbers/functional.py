"""a4, by dual numbers, one element at a time: operators carry the slopes along; the softmax by loops over rows."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Dual:
    """A number and its slope by each input of the activation."""

    v: float
    d: tuple

    def chain(self, value, slope):
        return Dual(value, tuple(slope * each for each in self.d))

    def __neg__(self):
        return self.chain(-self.v, -1.0)

    def __add__(self, other):
        if not isinstance(other, Dual):
            return self.chain(self.v + other, 1.0)
        return Dual(self.v + other.v, tuple(p + q for p, q in zip(self.d, other.d)))

    def __mul__(self, other):
        if not isinstance(other, Dual):
            return self.chain(self.v * other, other)
        return Dual(self.v * other.v, tuple(p * other.v + self.v * q for p, q in zip(self.d, other.d)))

    def __truediv__(self, other):
        return self * other.chain(1.0 / other.v, -1.0 / other.v / other.v)

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        return self.chain(math.exp(self.v), math.exp(self.v))

    def expm1(self):
        return self.chain(math.expm1(self.v), math.exp(self.v))

    def log1p(self):
        return self.chain(math.log1p(self.v), 1.0 / (1.0 + self.v))

    def erfc(self):
        return self.chain(math.erfc(self.v), -2.0 / math.sqrt(math.pi) * math.exp(-self.v * self.v))

    def constant(self, value):
        return self.chain(value, 0.0)


def erf(x):
    """Given, in other words."""
    return np.vectorize(math.erf, otypes=[float])(x)


class Elementwise(Function):
    """Evaluates `of` with dual numbers, element by element."""

    @classmethod
    def forward(cls, ctx, *inputs, **params):
        arrays = np.broadcast_arrays(*(t.data for t in inputs))
        shape, n = arrays[0].shape, len(arrays)
        value = np.empty(shape)
        ctx.slopes = [np.empty(shape) for _ in arrays]
        for index in np.ndindex(shape):
            seeds = [Dual(float(x[index]), tuple(float(i == k) for k in range(n))) for i, x in enumerate(arrays)]
            result = cls.of(*seeds, **params)
            value[index] = result.v
            for slope, each in zip(ctx.slopes, result.d):
                slope[index] = each
        return Tensor(value)

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in * slope for slope in ctx.slopes]


class Sigmoid(Elementwise):
    @staticmethod
    def of(a):
        if a.v >= 0:
            e = (-a).exp()
            return a.chain(1.0, 0.0) / (1.0 + e)
        e = a.exp()
        return e / (1.0 + e)


class Tanh(Elementwise):
    @staticmethod
    def of(a):
        t = math.exp(-2.0 * math.fabs(a.v))
        return a.chain(math.tanh(a.v), 4.0 * t / (1.0 + t) ** 2)


class SoftSign(Elementwise):
    @staticmethod
    def of(a):
        return a / (1.0 + a) if a.v >= 0 else a / (1.0 + -a)


class Heaviside(Elementwise):
    @staticmethod
    def of(a):
        return a.constant(1.0 if a.v >= 0 else 0.0)


class SoftPlus(Elementwise):
    @staticmethod
    def of(a):
        return a + (-a).exp().log1p() if a.v > 0 else a.exp().log1p()


class ReLU(Elementwise):
    @staticmethod
    def of(a):
        return a if a.v > 0 else a.constant(0.0)


class LeakyReLU(Elementwise):
    @staticmethod
    def of(a, *, negative_slope=0.01):
        return a if a.v > 0 else negative_slope * a


class PReLU(Elementwise):
    @staticmethod
    def of(a, slope):
        return a if a.v > 0 else slope * a


class ELU(Elementwise):
    @staticmethod
    def of(a, *, alpha=1.0):
        return a if a.v > 0 else alpha * a.expm1()


class GELU(Elementwise):
    @staticmethod
    def of(a):
        return 0.5 * a * (a * -math.sqrt(0.5)).erfc()


class SiLU(Elementwise):
    @staticmethod
    def of(a):
        return a * Sigmoid.of(a)


def rows_along(array, axis):
    """The array's rows along an axis, and a place of the same shape for results."""
    result = np.empty(array.shape)
    moved, moved_result = np.moveaxis(array, axis, -1), np.moveaxis(result, axis, -1)
    places = [(moved[index].tolist(), moved_result[index]) for index in np.ndindex(moved.shape[:-1])]
    return places, result


class Softmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        rows, value = rows_along(a.data, axis)
        for row, out in rows:
            top = sorted(row)[-1]
            powers = [math.exp(x - top) for x in row]
            total = math.fsum(powers)
            out[:] = [p / total for p in powers]
        ctx.axis, ctx.value = axis, value
        return Tensor(value)

    @staticmethod
    def backward(ctx, grad_in):
        grad = np.empty(grad_in.shape)
        for row, out in rows_of_pairs(ctx.value, grad_in, grad, ctx.axis):
            mean = math.fsum(f * g for f, g in row)
            out[:] = [f * (g - mean) for f, g in row]
        return [grad]


def rows_of_pairs(first, second, result, axis):
    one, two, out = (np.moveaxis(each, axis, -1) for each in (first, second, result))
    for index in np.ndindex(one.shape[:-1]):
        yield list(zip(one[index].tolist(), two[index].tolist())), out[index]


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        rows, value = rows_along(a.data, axis)
        for row, out in rows:
            top = sorted(row)[-1]
            log_total = math.log(math.fsum(math.exp(x - top) for x in row))
            out[:] = [x - top - log_total for x in row]
        ctx.axis, ctx.value = axis, value
        return Tensor(value)

    @staticmethod
    def backward(ctx, grad_in):
        grad = np.empty(grad_in.shape)
        for row, out in rows_of_pairs(ctx.value, grad_in, grad, ctx.axis):
            total = math.fsum(g for _, g in row)
            out[:] = [g - math.exp(f) * total for f, g in row]
        return [grad]
