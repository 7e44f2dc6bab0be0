"""a4, in log space: logaddexp, log1p and expm1 wherever an exponential is divided by another one."""

LOG_2 = np.log(2.0)
LOG_ROOT_2_PI = 0.5 * np.log(2.0 * np.pi)


def erfc(x):
    """Given, in other words."""
    from math import erfc as of_one

    return np.asarray(np.frompyfunc(of_one, 1, 1)(x), dtype=np.float64)


class Sigmoid(Function):
    """exp(-ln(1 + e^-a))"""

    @staticmethod
    def forward(ctx, a):
        ctx.log_f, ctx.log_not_f = -np.logaddexp(0.0, -a.data), -np.logaddexp(0.0, a.data)
        return Tensor(np.exp(ctx.log_f))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in * np.exp(ctx.log_f + ctx.log_not_f)]


class Tanh(Function):
    """The slope is exp(-2 ln cosh a)."""

    @staticmethod
    def forward(ctx, a):
        ctx.log_cosh = np.logaddexp(a.data, -a.data) - LOG_2
        return Tensor(np.tanh(a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in * np.exp(-2.0 * ctx.log_cosh)]


class SoftSign(Function):
    """±(1 - exp(-ln(1 + |a|)))"""

    @staticmethod
    def forward(ctx, a):
        ctx.log = np.log1p(np.abs(a.data))
        return Tensor(np.copysign(np.expm1(-ctx.log), a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in * np.exp(-2.0 * ctx.log)]


class Heaviside(Function):
    """exp of 0 or of minus infinity"""

    @staticmethod
    def forward(ctx, a):
        return Tensor(np.exp(np.where(a.data < 0.0, -np.inf, 0.0)))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in - grad_in]


class SoftPlus(Function):
    @staticmethod
    def forward(ctx, a):
        out = np.logaddexp(0.0, a.data)
        ctx.save_for_backward(a.data - out)
        return Tensor(out)

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in * np.exp(*ctx.saved)]


class ELU(Function):
    @staticmethod
    def forward(ctx, a, *, alpha=1.0):
        ctx.x, ctx.alpha = np.fmin(a.data, 0.0), alpha
        ctx.rest = a.data - ctx.x
        return Tensor(ctx.rest + alpha * np.expm1(ctx.x))

    @staticmethod
    def backward(ctx, grad_in):
        return [np.where(ctx.rest > 0.0, grad_in, grad_in * ctx.alpha * np.exp(ctx.x))]


class GELU(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return Tensor(0.5 * a.data * erfc(-np.sqrt(0.5) * a.data))

    @staticmethod
    def backward(ctx, grad_in):
        (a,) = ctx.saved
        log_density = -0.5 * np.square(a.data) - LOG_ROOT_2_PI
        return [grad_in * (0.5 * erfc(-np.sqrt(0.5) * a.data) + a.data * np.exp(log_density))]


class SiLU(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.a = a.data
        return Tensor(a.data * np.exp(-np.logaddexp(0.0, -a.data)))

    @staticmethod
    def backward(ctx, grad_in):
        log_f, log_not_f = -np.logaddexp(0.0, -ctx.a), -np.logaddexp(0.0, ctx.a)
        return [grad_in * (np.exp(log_f) + ctx.a * np.exp(log_f + log_not_f))]


class Softmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        a.data.max(axis=axis)  # complains where there is no such axis, or nothing along it
        ctx.log_f = a.data - np.logaddexp.reduce(a.data, axis=axis, keepdims=True)
        ctx.axis = axis
        return Tensor(np.exp(ctx.log_f))

    @staticmethod
    def backward(ctx, grad_in):
        f = np.exp(ctx.log_f)
        return [f * grad_in - f * np.sum(f * grad_in, axis=ctx.axis, keepdims=True)]


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, a, *, axis=-1):
        top = a.data.max(axis=axis, keepdims=True)
        out = a.data - top
        out = out - np.logaddexp.reduce(out, axis=axis, keepdims=True)
        ctx.save_for_backward(out, axis)
        return Tensor(out)

    @staticmethod
    def backward(ctx, grad_in):
        out, axis = ctx.saved
        return [grad_in - np.exp(out) * np.add.reduce(grad_in, axis=axis, keepdims=True)]
