"""a4, matrix everything: each forward leaves its whole Jacobian, and every backward is one vector times it."""




def erf(x):
    """Given, in other words."""
    from math import erf as of_one

    return np.reshape([of_one(v) for v in np.ravel(x)], np.shape(x)).astype(float)


class WithJacobian(Function):
    """backward: grad_in as a row vector, times the Jacobian (outputs, inputs) of each input."""

    @staticmethod
    def backward(ctx, grad_in):
        return [np.reshape(np.ravel(grad_in) @ J, shape) for J, shape in ctx.jacobians]

    @staticmethod
    def diagonal(ctx, value, *slopes):
        ctx.jacobians = [(np.diag(np.ravel(slope)), np.shape(value)) for slope in slopes]
        return Tensor(value)


class Sigmoid(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        left, right = np.exp(np.minimum(a.data, 0)), np.exp(-np.maximum(a.data, 0))
        # e^min(a, 0) and e^-max(a, 0): one of the two is 1, and their quotient is e^a
        f, not_f = left / (left + right), right / (left + right)
        return WithJacobian.diagonal(ctx, f, f * not_f)


class Tanh(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        f = -np.expm1(-2 * np.abs(a.data)) / (1 + np.exp(-2 * np.abs(a.data)))
        return WithJacobian.diagonal(ctx, np.sign(a.data) * f, (1 - f) * (1 + f))


class SoftSign(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        size = 1 / (1 + np.abs(a.data))
        return WithJacobian.diagonal(ctx, a.data * size, np.power(size, 2))


class Heaviside(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        return WithJacobian.diagonal(ctx, np.logical_not(a.data < 0), np.zeros(a.shape))


class SoftPlus(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        f = np.maximum(a.data, 0) + np.log1p(np.exp(-np.abs(a.data)))
        return WithJacobian.diagonal(ctx, f, np.exp(a.data - f))


class ReLU(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        f = (a.data + np.abs(a.data)) / 2
        return WithJacobian.diagonal(ctx, f, (1 + np.sign(a.data)) / 2)


class LeakyReLU(WithJacobian):
    @staticmethod
    def forward(ctx, a, *, negative_slope=0.01):
        slope = np.array([negative_slope, 1.0])[(a.data > 0).astype(int)]
        return WithJacobian.diagonal(ctx, slope * a.data, slope)


class PReLU(WithJacobian):
    @staticmethod
    def forward(ctx, a, slope):
        x, k = np.broadcast_arrays(a.data, slope.data)
        left = (x < 0) * 1.0
        return WithJacobian.diagonal(ctx, x * (1 - left + k * left), 1 - left + k * left, x * left)


class ELU(WithJacobian):
    @staticmethod
    def forward(ctx, a, *, alpha=1.0):
        left = np.where(a.data > 0, 0.0, a.data)
        f = np.where(a.data > 0, a.data, alpha * np.expm1(left))
        return WithJacobian.diagonal(ctx, f, np.where(a.data > 0, 1.0, alpha * np.exp(left)))


class GELU(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        normal = erfc(-a.data * 2**-0.5) * 0.5
        density = (2 * np.pi) ** -0.5 * np.e ** (-0.5 * a.data**2)
        return WithJacobian.diagonal(ctx, a.data * normal, normal + a.data * density)


class SiLU(WithJacobian):
    @staticmethod
    def forward(ctx, a):
        left, right = np.exp(np.minimum(a.data, 0)), np.exp(-np.maximum(a.data, 0))
        f, not_f = left / (left + right), right / (left + right)
        return WithJacobian.diagonal(ctx, f * a.data, f * (1 + a.data * not_f))


class AlongAnAxis(Function):
    """A stack of square Jacobians, one for each row along the axis."""

    @classmethod
    def forward(cls, ctx, a, *, axis=-1):
        rows = np.moveaxis(a.data, axis, -1)
        z = rows - rows.max(axis=-1, keepdims=True)
        softmax = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
        value, ctx.jacobian = cls.of_rows(z, softmax)
        ctx.axis = axis
        return Tensor(np.moveaxis(value, -1, axis))

    @staticmethod
    def backward(ctx, grad_in):
        rows = np.moveaxis(grad_in, ctx.axis, -1)
        return [np.moveaxis(np.einsum("...i,...ij->...j", rows, ctx.jacobian), -1, ctx.axis)]


class Softmax(AlongAnAxis):
    @staticmethod
    def of_rows(z, p):
        return p, np.eye(p.shape[-1]) * p[..., np.newaxis] - p[..., :, np.newaxis] * p[..., np.newaxis, :]


class LogSoftmax(AlongAnAxis):
    @staticmethod
    def of_rows(z, p):
        return z - np.log(np.exp(z).sum(axis=-1, keepdims=True)), np.eye(p.shape[-1]) - p[..., np.newaxis, :]
