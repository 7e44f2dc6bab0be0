"""a3, by places: whatever moves, repeats or reduces elements is an array of the places that they came from."""


def keepdims_shape(shape, axis):
    """The shape with keepdims."""
    return np.empty(shape).sum(axis=axis, keepdims=True).shape


def places_of(shape):
    """The number of each place, row by row."""
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


def collect(shape, places, grad):
    """An array of this shape, in which each place has the sum of what came from it."""
    size = int(np.prod(shape, dtype=int))
    # of nothing, bincount makes whole numbers
    return np.bincount(np.ravel(places), weights=np.ravel(grad), minlength=size).astype(float).reshape(shape)


class Moved(Function):
    """Operations whose result is a.ravel()[places]; subclasses say which places."""

    @classmethod
    def forward(cls, ctx, a, **params):
        ctx.shape, ctx.places = a.shape, cls.move(places_of(a.shape), **params)
        return Tensor(np.take(a.data, ctx.places))

    @staticmethod
    def backward(ctx, grad_in):
        return [collect(ctx.shape, ctx.places, grad_in)]


class Grouped(Function):
    """Reductions: `groups` holds for each element the number of the group that it is in."""

    @staticmethod
    def group(ctx, a, axis):
        ctx.kept = keepdims_shape(a.shape, axis)
        ctx.groups = np.broadcast_to(places_of(ctx.kept), a.shape)
        ctx.shape, ctx.n_groups = a.shape, int(np.prod(ctx.kept, dtype=int))

    @staticmethod
    def total(ctx, values):
        return np.bincount(ctx.groups.ravel(), weights=values.ravel(), minlength=ctx.n_groups).astype(float)

    @staticmethod
    def shaped(ctx, totals, a, axis, keepdims):
        return Tensor(totals.reshape(ctx.kept if keepdims else a.data.sum(axis=axis).shape))


class Sum(Grouped):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        Grouped.group(ctx, a, axis)
        return Grouped.shaped(ctx, Grouped.total(ctx, a.data), a, axis, keepdims)

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in.ravel()[ctx.groups]]


class Mean(Grouped):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        Grouped.group(ctx, a, axis)
        ctx.members = Grouped.total(ctx, np.ones(a.shape))
        return Grouped.shaped(ctx, Grouped.total(ctx, a.data) / ctx.members, a, axis, keepdims)

    @staticmethod
    def backward(ctx, grad_in):
        per_member = np.divide(grad_in.ravel(), ctx.members, out=np.zeros(ctx.n_groups), where=ctx.members > 0)
        return [per_member[ctx.groups]]


class Max(Grouped):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        Grouped.group(ctx, a, axis)
        top = np.max(a.data, axis=axis, keepdims=keepdims)
        # sorted by value, then written into a table by group: the last one to be written is a largest one
        order = np.argsort(a.data, axis=None, kind="stable")
        ctx.winners = np.zeros(ctx.n_groups, dtype=int)
        ctx.winners[ctx.groups.ravel()[order]] = order
        return Tensor(top)

    @staticmethod
    def backward(ctx, grad_in):
        return [collect(ctx.shape, ctx.winners, grad_in)]


class Norm(Grouped):
    @staticmethod
    def forward(ctx, a, *, axis=None, keepdims=False):
        Grouped.group(ctx, a, axis)
        length = np.sqrt(Grouped.total(ctx, np.square(a.data)))
        inverse = np.divide(1.0, length, out=np.zeros_like(length), where=length != 0)
        ctx.save_for_backward(a.data * inverse[ctx.groups])
        return Grouped.shaped(ctx, length, a, axis, keepdims)

    @staticmethod
    def backward(ctx, grad_in):
        (direction,) = ctx.saved
        return [grad_in.ravel()[ctx.groups] * direction]


class Reshape(Moved):
    @staticmethod
    def move(places, *, shape):
        return places.reshape(shape)


class Transpose(Moved):
    @staticmethod
    def move(places, *, axes=None):
        return places.transpose(axes)


class GetItem(Moved):
    @staticmethod
    def move(places, *, index):
        return places[index]


class Concat(Function):
    @staticmethod
    def forward(ctx, *tensors, axis=0):
        joined = np.concatenate([t.data for t in tensors], axis=axis)
        where_from = [np.full(t.shape, number) for number, t in enumerate(tensors)]
        ctx.source = np.concatenate(where_from, axis=axis)
        ctx.shapes = [t.shape for t in tensors]
        return Tensor(joined)

    @staticmethod
    def backward(ctx, grad_in):
        return [grad_in[ctx.source == number].reshape(shape) for number, shape in enumerate(ctx.shapes)]
