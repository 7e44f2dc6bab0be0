"""a7, with generators: directions and rows come one by one, and np.fromiter collects them."""


def _units(shape):
    """The arrays of this shape with a single one, one after another."""
    for place in range(int(np.prod(shape))):
        unit = np.zeros(shape)
        unit.flat[place] = 1.0
        yield unit


def _tangent(result):
    return np.asarray(getattr(result, "tangent", np.zeros(np.shape(result))))


def derivative(f, x):
    x = np.asarray(x, dtype=np.float64)
    total = np.zeros_like(x)
    total += _tangent(f(Dual(x, np.ones_like(x))))
    return total


def jvp(f, x, v):
    x, v = np.array(x, dtype=np.float64), np.array(v, dtype=np.float64)
    if x.shape != v.shape:
        raise ValueError(f"jvp: got {v.shape}, want {x.shape}")
    return _tangent(f(Dual(x, v)))


def vjp(f, x, u):
    (only,) = _rows(f, x, [u])
    return only


def _rows(f, x, weights):
    leaf = Tensor(np.array(x, dtype=np.float64))
    out = f(leaf)
    for u in _units(out.shape) if weights is None else weights:
        leaf.zero_grad()
        out.backward(u)
        yield np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.copy()
    if weights is None:
        yield out.shape


def jacobian_forward(f, x):
    x = np.asarray(x, dtype=np.float64)
    J = np.stack(list(_tangent(f(Dual(x, unit))) for unit in _units(x.shape)))
    return np.moveaxis(J.reshape(x.shape + J.shape[1:]), range(x.ndim), range(-x.ndim, 0))


def jacobian_reverse(f, x):
    *rows, shape = _rows(f, x, None)
    return np.concatenate([row.reshape(1, -1) for row in rows]).reshape(shape + rows[0].shape)


def hvp(f, x, v):
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("hvp", "v", v, x.shape)
    leaf = Tensor(x.copy())
    match f(Dual(leaf, Tensor(v))):
        case Dual(tangent=Tensor() as slope):
            slope.backward()
    return leaf.grad if leaf.grad is not None else np.zeros(x.shape)
