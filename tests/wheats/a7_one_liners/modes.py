"""a7, in as few lines as possible: each function one expression, and another for what the tape leaves."""


def _grad(t):
    return t.grad if t.grad is not None else 0 * t.data


def derivative(f, x):
    return as_dual(f(Dual(x := np.array(x, float), x * 0 + 1))).tangent + 0 * x


def jvp(f, x, v):
    return np.asarray(as_dual(f(Dual(x := np.asarray(x, float), _of_shape("jvp", "v", v, x.shape)))).tangent)


def vjp(f, x, u):
    return (f(t := Tensor(np.array(x))).backward(u), _grad(t))[1]


def jacobian_forward(f, x):
    x = np.asarray(x, float)
    runs = [as_dual(f(Dual(x, e.reshape(x.shape)))).tangent for e in np.eye(x.size)]
    return np.moveaxis(runs, 0, -1).reshape(runs[0].shape + x.shape)


def jacobian_reverse(f, x):
    y = f(t := Tensor(np.array(x)))
    return np.reshape([(t.zero_grad(), y.backward(e.reshape(y.shape)), _grad(t))[2] for e in np.eye(y.size)], y.shape + t.shape)


def hvp(f, x, v):
    y = as_dual(f(Dual(t := Tensor(np.array(x)), Tensor(_of_shape("hvp", "v", v, t.shape)))))
    return (isinstance(y.tangent, Tensor) and y.tangent.backward(), np.asarray(_grad(t)))[1]
