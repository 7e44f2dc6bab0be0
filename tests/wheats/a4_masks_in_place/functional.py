"""a4, by masks: buffers filled in place, each branch with its own elements; masks and steps in float32 or int8."""


def erfc(x: Any) -> np.ndarray:
    """Given, in other words."""
    from math import erfc as of_one

    out = np.array(x, dtype=np.float64, order="C")
    flat = out.reshape(-1)
    for i in range(flat.size):
        flat[i] = of_one(flat[i])
    return out


def sigma_in_place(x: np.ndarray) -> np.ndarray:
    """x becomes its sigmoid."""
    left = x < 0
    np.abs(x, out=x)
    np.negative(x, out=x)
    np.exp(x, out=x)
    bottom = x + 1
    x[~left] = 1
    x /= bottom
    return x


class Sigmoid(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        f = sigma_in_place(a.data.copy())
        not_f = sigma_in_place(np.array(-a.data))
        ctx.save_for_backward(f, not_f)
        return Tensor(f)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        out = grad_in.copy()
        for factor in ctx.saved:
            out *= factor
        return [out]


class Tanh(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        out = np.empty_like(a.data)
        np.tanh(a.data, out=out)
        ctx.save_for_backward(out)
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        (f,) = ctx.saved
        slope = np.ones(f.shape)
        slope -= f * f
        slope *= grad_in
        return [slope]


class SoftSign(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.size = np.abs(a.data)
        ctx.size += 1
        return Tensor(np.divide(a.data, ctx.size))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        out = grad_in / ctx.size
        out /= ctx.size
        return [out]


class Heaviside(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        return Tensor((a.data >= 0).astype(np.float32))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [np.zeros(grad_in.shape)]


class SoftPlus(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.a = a.data
        out = np.abs(a.data)
        out *= -1
        out = np.log1p(np.exp(out))
        return Tensor(np.add(out, a.data, out=np.array(out), where=a.data > 0))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [grad_in * sigma_in_place(np.array(ctx.a))]


class ReLU(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        out = np.array(a.data)
        out[out < 0] = 0
        ctx.on = (out > 0).view(np.int8)
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [ctx.on * grad_in]


class LeakyReLU(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, negative_slope: float = 0.01) -> Tensor:
        out = np.array(a.data)
        ctx.left, ctx.k = out < 0, negative_slope
        out[ctx.left] *= negative_slope
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        out = np.array(grad_in)
        out[ctx.left] *= ctx.k
        return [out]


class PReLU(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, slope: Tensor) -> Tensor:
        ctx.a, ctx.k = np.broadcast_arrays(a.data, slope.data)
        ctx.left = ctx.a < 0
        out = np.array(ctx.a)
        out[ctx.left] *= ctx.k[ctx.left]
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        grad_a, grad_k = np.array(grad_in), np.zeros(grad_in.shape)
        grad_a[ctx.left] *= ctx.k[ctx.left]
        grad_k[ctx.left] = grad_in[ctx.left] * ctx.a[ctx.left]
        return [grad_a, grad_k]


class ELU(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, alpha: float = 1.0) -> Tensor:
        out, slope = np.array(a.data), np.ones(a.shape)
        left = a.data <= 0
        out[left] = alpha * np.expm1(a.data[left])
        slope[left] = alpha * np.exp(a.data[left])
        ctx.save_for_backward(slope)
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [np.multiply(*ctx.saved, grad_in)]


class GELU(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        phi = erfc(a.data / -np.sqrt(2))
        phi *= 0.5
        bell = np.square(a.data)
        bell *= -0.5
        bell = np.exp(bell) / np.sqrt(2 * np.pi)
        ctx.slope = phi + a.data * bell
        return Tensor(phi * a.data)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        return [np.multiply(grad_in, ctx.slope)]


class SiLU(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.f = sigma_in_place(np.array(a.data))
        ctx.a_not_f = a.data * sigma_in_place(np.array(-a.data))
        return Tensor(a.data * ctx.f)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        slope = ctx.a_not_f + 1
        slope *= ctx.f
        return [slope * grad_in]


class Softmax(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: int = -1) -> Tensor:
        out = np.array(a.data)
        out -= np.maximum.reduce(out, axis=axis, keepdims=True)
        np.exp(out, out=out)
        out /= np.add.reduce(out, axis=axis, keepdims=True)
        ctx.out, ctx.axis = out, axis
        return Tensor(out.copy())

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        grad = grad_in * ctx.out
        grad -= ctx.out * grad.sum(ctx.axis, keepdims=True)
        return [grad]


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: int = -1) -> Tensor:
        out = np.array(a.data)
        out -= np.maximum.reduce(out, axis=axis, keepdims=True)
        out -= np.log(np.exp(out).sum(axis, keepdims=True))
        ctx.out, ctx.axis = out, axis
        return Tensor(out.copy())

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> list[np.ndarray]:
        grad = np.exp(ctx.out)
        grad *= -grad_in.sum(ctx.axis, keepdims=True)
        grad += grad_in
        return [grad]
