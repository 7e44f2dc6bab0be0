"""a3, einsum wherever there is a sum; the rest of the module is as given."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def keepdims_shape(shape, axis):
    """The shape with keepdims."""
    return np.empty(shape, dtype=bool).any(axis=axis, keepdims=True).shape


def _subscripts(shape, axis):
    """Names of a's axes, and of those that are left after a reduction."""
    names = LETTERS[: len(shape)]
    out = set(range(len(shape)) if axis is None else np.atleast_1d(axis) % max_(len(shape), 1))
    return names, "".join(name for k, name in enumerate(names) if k not in out)


def max_(*numbers):
    return sorted(numbers)[-1]


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.data, b.data)
        return Tensor(np.einsum("...,...->...", a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        return np.einsum("...,...->...", grad_in, b), np.einsum("...,...->...", grad_in, a)


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.data, b.data)
        return Tensor(np.true_divide(a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        one_over_b = np.reciprocal(b)
        return [
            np.einsum("...,...->...", grad_in, one_over_b),
            -np.einsum("...,...,...,...->...", grad_in, a, one_over_b, one_over_b),
        ]


class Pow(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.data, b.data)
        return Tensor(np.power(a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = np.broadcast_arrays(*ctx.saved)
        by_a, by_b = np.zeros(a.shape), np.zeros(a.shape)
        moves = b != 0
        by_a[moves] = b[moves] * a[moves] ** (b[moves] - 1)
        positive = a > 0
        by_b[positive] = a[positive] ** b[positive] * np.log(a[positive])
        return [grad_in * by_a, grad_in * by_b]


class MatMul(Function):
    """ij,jk->ik, in all its forms."""

    @staticmethod
    def forward(ctx, a, b):
        np.matmul(a.data, b.data)  # raises if the shapes do not fit
        ctx.a = "j" if a.ndim == 1 else "...ij"
        ctx.b = "j" if b.ndim == 1 else "...jk"
        ctx.out = "..." + "i" * (a.ndim > 1) + "k" * (b.ndim > 1)
        ctx.save_for_backward(a.data, b.data)
        return Tensor(np.einsum(f"{ctx.a},{ctx.b}->{ctx.out}", a.data, b.data))

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        grad_a = np.einsum(f"{ctx.out},{ctx.b}->...{ctx.a.strip('.')}", grad_in, b)
        grad_b = np.einsum(f"{ctx.a},{ctx.out}->...{ctx.b.strip('.')}", a, grad_in)
        return [grad_a, grad_b]


class Sum(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        ctx.kept = keepdims_shape(a.shape, axis)
        ctx.ones = np.ones(a.shape)
        names, left = _subscripts(a.shape, axis)
        total = np.einsum(f"{names}->{left}", a.data)
        return Tensor(np.reshape(total, ctx.kept) if keepdims else np.copy(total))

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in.reshape(ctx.kept) * ctx.ones]


class Mean(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        out = np.mean(a.data, axis=axis, keepdims=keepdims)
        ctx.kept = keepdims_shape(a.shape, axis)
        n = np.size(a.data) // max_(np.size(out), 1)
        ctx.weights = np.full(a.shape, 1 / max_(n, 1))
        return Tensor(out)

    @staticmethod
    def backward(ctx, grad_in):
        return [np.einsum("...,...->...", grad_in.reshape(ctx.kept), ctx.weights)]


class Max(Function):
    """By argmax over the reduced axes, moved to the end and flattened: the winner gets all."""

    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        axes = tuple(range(a.ndim)) if axis is None else tuple(np.atleast_1d(axis) % max_(a.ndim, 1))
        rest = [k for k in range(a.ndim) if k not in axes]
        ctx.order = [*rest, *axes]
        moved = np.transpose(a.data, ctx.order)
        ctx.moved_shape = moved.shape
        rows = moved.reshape(*moved.shape[: len(rest)], -1) if a.size else np.zeros((*moved.shape[: len(rest)], 1))
        winner = rows.argmax(axis=-1)
        ctx.one_hot = np.equal.outer(winner, np.arange(rows.shape[-1])).astype(float)
        a.data.max(axis=axis)  # raises where there is nothing
        top = np.einsum("...r,...r->...", rows, ctx.one_hot)
        return Tensor(top.reshape(keepdims_shape(a.shape, axis)) if keepdims else top)

    @staticmethod
    def backward(ctx, grad_in):
        rows = np.einsum("...,...r->...r", grad_in.reshape(ctx.one_hot.shape[:-1]), ctx.one_hot)
        size = int(np.prod(ctx.moved_shape))
        return [rows.ravel()[:size].reshape(ctx.moved_shape).transpose(np.argsort(ctx.order))]


class Norm(Function):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        names, left = _subscripts(a.shape, axis)
        length = np.sqrt(np.einsum(f"{names},{names}->{left}", a.data, a.data))
        kept = length.reshape(keepdims_shape(a.shape, axis))
        unit = np.zeros(a.shape)
        np.divide(a.data, kept, out=unit, where=kept != 0)
        ctx.save_for_backward(unit, kept.shape)
        return Tensor(kept if keepdims else length)

    @staticmethod
    def backward(ctx, grad_in):
        unit, kept = ctx.saved
        return [grad_in.reshape(kept) * unit]


class Transpose(Function):
    @staticmethod
    def forward(ctx, a, *, axes=None):
        a.data.transpose(axes)  # raises if these are no axes
        names = LETTERS[: a.ndim]
        ctx.old = names
        ctx.new = names[::-1] if axes is None else "".join(names[k] for k in axes)
        return Tensor(np.einsum(f"{ctx.old}->{ctx.new}", a.data))

    @staticmethod
    def backward(ctx, grad_in):
        return [np.einsum(f"{ctx.new}->{ctx.old}", grad_in)]
