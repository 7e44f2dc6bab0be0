"""a3, with type hints, buffers filled in place, and small dtypes for masks and signs."""

Arrays = list[np.ndarray]


def keepdims_shape(shape: Shape, axis: Axis) -> Shape:
    """The shape with keepdims."""
    return np.broadcast_to(np.False_, shape).any(axis=axis, keepdims=True).shape


def buffer_for(*arrays: np.ndarray) -> np.ndarray:
    return np.empty(np.broadcast_shapes(*(array.shape for array in arrays)))


class Add(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        out = buffer_for(a.data, b.data)
        out[...] = a.data
        out += b.data
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return [grad_in] * 2


class Sub(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        return Tensor(np.subtract(a.data, b.data, out=buffer_for(a.data, b.data)))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        grad_b = np.zeros_like(grad_in)
        grad_b -= grad_in
        return [grad_in, grad_b]


class Neg(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        out = a.data.copy()
        out *= -1
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return list(np.negative([grad_in]))


class Mul(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, b: Tensor) -> Tensor:
        ctx.factors = (a.data, b.data)
        return Tensor(np.multiply(*ctx.factors, out=buffer_for(*ctx.factors)))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        grads = [np.empty(grad_in.shape), np.empty(grad_in.shape)]
        for own, other in ((0, 1), (1, 0)):
            np.multiply(grad_in, ctx.factors[other], out=grads[own])
        return grads


class Exp(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        out = np.array(a.data)
        np.exp(out, out=out)
        ctx.save_for_backward(out)
        return Tensor(out.copy())

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        grad = grad_in.copy()
        grad *= ctx.saved[0]
        return [grad]


class Log(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.slope = lambda: np.reciprocal(a.data)
        return Tensor(np.log2(a.data) * np.log(2.0))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return [grad_in * ctx.slope()]


class Sqrt(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        out = np.array(a.data)
        np.sqrt(out, out=out)
        ctx.save_for_backward(out)
        return Tensor(out.copy())

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        grad = grad_in / ctx.saved[0]
        grad *= 0.5
        return [grad]


class Abs(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor) -> Tensor:
        ctx.sign = np.sign(a.data).astype(np.int8)
        return Tensor(np.maximum(a.data, -a.data))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return [grad_in * ctx.sign]


class Max(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
        top = np.maximum.reduce(a.data, axis=tuple(range(a.ndim)) if axis is None else axis, keepdims=True)
        share = np.equal(a.data, top).astype(np.float32)  # zeros and ones
        ctx.share = share / share.sum(axis=axis, keepdims=True, dtype=np.float64)
        ctx.kept = top.shape
        return Tensor(top if keepdims else np.squeeze(top, axis))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return [np.multiply(ctx.share, grad_in.reshape(ctx.kept))]


class Reshape(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, shape: int | Shape) -> Tensor:
        ctx.undo = lambda grad: grad.reshape(a.data.shape)
        return Tensor(a.data.reshape(shape))

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return [ctx.undo(grad_in)]


class GetItem(Function):
    @staticmethod
    def forward(ctx: Ctx, a: Tensor, *, index: Any) -> Tensor:
        ctx.new, ctx.index = lambda: np.zeros(a.shape), index
        taken = np.empty_like(a.data[index])
        taken[...] = a.data[index]
        return Tensor(taken)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        grad, places = ctx.new(), ctx.new()
        places.flat = np.arange(places.size)
        for place, part in zip(places[ctx.index].ravel().astype(int), grad_in.ravel()):
            grad.flat[place] += part
        return [grad]


class Concat(Function):
    @staticmethod
    def forward(ctx: Ctx, *tensors: Tensor, axis: int = 0) -> Tensor:
        out = np.concatenate([t.data for t in tensors], axis)
        ctx.slices, start = [], 0
        for t in tensors:
            where: list[Any] = [slice(None)] * out.ndim
            where[axis] = slice(start, start + t.shape[axis])
            start = where[axis].stop
            ctx.slices.append(tuple(where))
        return Tensor(out)

    @staticmethod
    def backward(ctx: Ctx, grad_in: np.ndarray) -> Arrays:
        return [grad_in[each] for each in ctx.slices]
