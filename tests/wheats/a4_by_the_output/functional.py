"""a4, with the table of the lecture: each derivative written by the value f, which is all that is saved."""

from numpy import *
from numpy import abs as absolute_value
from numpy import max as largest
from numpy import sum as total


def erfc(x):
    """Given; here it has its own name for numpy's things."""
    from math import erfc as of_one

    x = asarray(x, dtype=float64)
    return array([of_one(each) for each in x.flat], dtype=float64).reshape(x.shape)


class Sigmoid(Function):
    """f' = f (1 - f)"""

    @staticmethod
    def forward(ctx, a):
        with errstate(over="ignore"):
            f = 1 / (1 + exp_of(-a.data))  # 1 / infinity is 0, as it should be
        ctx.save_for_backward(f)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        (f,) = ctx.saved
        return [grad_in * f * (1 - f)]


class Tanh(Function):
    """f' = 1 - f^2 = (1 - f) (1 + f)"""

    @staticmethod
    def forward(ctx, a):
        f = tanh_of(a.data)
        ctx.save_for_backward(f)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        (f,) = ctx.saved
        return [grad_in * (1 - f) * (1 + f)]


tanh_of = np.tanh


class SoftSign(Function):
    """f' = (1 - |f|)^2"""

    @staticmethod
    def forward(ctx, a):
        f = a.data / (1 + absolute_value(a.data))
        ctx.save_for_backward(f)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        (f,) = ctx.saved
        return [grad_in * (1 - absolute_value(f)) ** 2]


class Heaviside(Function):
    """f' = 0"""

    @staticmethod
    def forward(ctx, a):
        return Tensor(np.heaviside(a.data, 1))

    @staticmethod
    def backward(ctx, grad_in):
        return [zeros(shape(grad_in))]


class SoftPlus(Function):
    """f' = 1 - e^-f"""

    @staticmethod
    def forward(ctx, a):
        f = logaddexp(a.data, 0)
        ctx.save_for_backward(f)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        (f,) = ctx.saved
        return [-grad_in * expm1(-f)]


class ReLU(Function):
    """f' = sign f"""

    @staticmethod
    def forward(ctx, a):
        f = clip(a.data, 0, None)
        ctx.save_for_backward(f)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        (f,) = ctx.saved
        return [grad_in * sign(f)]


class LeakyReLU(Function):
    """Here f is not enough, if the slope is negative."""

    @staticmethod
    def forward(ctx, a, *, negative_slope=0.01):
        ctx.save_for_backward(a.data, negative_slope)
        return Tensor(clip(a.data, 0, None) + negative_slope * clip(a.data, None, 0))

    @staticmethod
    def backward(ctx, grad_in):
        a, k = ctx.saved
        return [grad_in * ((1 + k) / 2 + (1 - k) / 2 * sign(a))]  # at 0 the mean of the two slopes


class PReLU(Function):
    @staticmethod
    def forward(ctx, a, slope):
        ctx.save_for_backward(a.data, slope.data)
        return Tensor(choose(a.data > 0, [slope.data * a.data, a.data * ones(shape(slope.data))]))

    @staticmethod
    def backward(ctx, grad_in):
        a, k = ctx.saved
        return [
            tensor.unbroadcast(select([a > 0, a <= 0], [grad_in, grad_in * k]), shape(a)),
            tensor.unbroadcast(select([a > 0, a <= 0], [0 * grad_in, grad_in * a]), shape(k)),
        ]


class ELU(Function):
    """f' = 1 or f + alpha"""

    @staticmethod
    def forward(ctx, a, *, alpha=1.0):
        f = piecewise(a.data, [a.data > 0, a.data <= 0], [lambda x: x, lambda x: alpha * expm1(x)])
        ctx.save_for_backward(a.data > 0, f, alpha)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        right, f, alpha = ctx.saved
        return [where(right, 1, f + alpha) * grad_in]


class GELU(Function):
    """f' = f / a + a phi(a)"""

    @staticmethod
    def forward(ctx, a):
        f = a.data * erfc(-a.data / sqrt_2) / 2
        ctx.save_for_backward(f, a.data)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        f, a = ctx.saved
        share = np.divide(f, a, out=full(shape(a), 0.5), where=a != 0)
        return [grad_in * (share + a * exp_of(-(a**2) / 2) / (sqrt_2 * np.sqrt(pi)))]


exp_of, sqrt_2 = np.exp, np.sqrt(2)


class SiLU(Function):
    """f' = f + s (1 - f), where s is the sigmoid"""

    @staticmethod
    def forward(ctx, a):
        s = exp_of(minimum(a.data, 0)) / (1 + exp_of(-absolute_value(a.data)))
        f = a.data * s
        ctx.save_for_backward(f, s)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        f, s = ctx.saved
        return [grad_in * (f + s * (1 - f))]


class Softmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        f = exp_of(a.data - largest(a.data, axis, keepdims=True))
        f = f / total(f, axis, keepdims=True)
        ctx.save_for_backward(f, axis)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        f, axis = ctx.saved
        return [f * (grad_in - expand_dims(np.vecdot(f, grad_in, axis=axis), axis))]


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        f = a.data - largest(a.data, axis, keepdims=True)
        f = f - np.log(total(exp_of(f), axis, keepdims=True))
        ctx.save_for_backward(f, axis)
        return Tensor(f)

    @staticmethod
    def backward(ctx, grad_in):
        f, axis = ctx.saved
        return [grad_in - exp_of(f) * total(grad_in, axis, keepdims=True)]
