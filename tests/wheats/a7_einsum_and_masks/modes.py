"""a7, with einsum, masks and preallocated arrays; Tensors and Duals are told apart by what they have."""


def derivative(f, x):
    x = np.asarray(x, dtype=np.float64)
    out = f(Dual(x, np.full(x.shape, 1.0)))
    return np.multiply(getattr(out, "tangent", 0.0), np.ones(x.shape))


def jvp(f, x, v):
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("jvp", "v", v, x.shape)
    out = f(Dual(np.copy(x), np.copy(v)))
    return np.einsum("...->...", as_dual(out).tangent).copy()


def vjp(f, x, u):
    t = Tensor(np.copy(x))
    f(t).backward(np.copy(u))
    return np.where(t.grad is None, 0.0, np.zeros(t.shape) if t.grad is None else t.grad)


def jacobian_forward(f, x):
    x = np.asarray(x, dtype=np.float64)
    J, places = None, np.arange(x.size).reshape(x.shape)
    for j in range(x.size):
        column = np.asarray(as_dual(f(Dual(x, (places == j) * 1.0))).tangent)
        J = np.zeros((*column.shape, x.size)) if J is None else J
        J[..., j] = column
    return J.reshape(*J.shape[:-1], *x.shape) if J.ndim + x.ndim > 1 else J[0]


def jacobian_reverse(f, x):
    t = Tensor(np.copy(x))
    y = f(t)
    J, places = np.zeros((y.size, *t.shape)), np.arange(y.size).reshape(y.shape)
    total = np.zeros(t.shape)
    for i in range(y.size):
        y.backward((places == i).astype(float))
        now = total if t.grad is None else np.array(t.grad)
        t.grad = None
        J[i, ...] = now
    return np.reshape(J, y.shape + t.shape)


def hvp(f, x, v):
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("hvp", "v", v, x.shape)
    t = Tensor(np.copy(x))
    slope = getattr(f(Dual(t, Tensor(np.copy(v)))), "tangent", None)
    if hasattr(slope, "backward"):
        slope.backward(np.ones(slope.shape))
    return np.zeros(x.shape) + (t.grad if t.grad is not None else 0.0)
