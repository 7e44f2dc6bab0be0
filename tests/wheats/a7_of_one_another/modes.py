"""a7, each function from the one before it: derivatives along lines, columns by jvp, the Hessian by vjp."""


def jvp(f, x, v):
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("jvp", "v", v, x.shape)
    result = f(Dual(x, v))
    return result.tangent if isinstance(result, Dual) else np.zeros(np.shape(result))


def derivative(f, x):
    along_all = jvp(f, x, np.ones(np.shape(x)))
    return np.array(np.broadcast_to(along_all, np.shape(x)))


def _back(start, end, weights):
    """The gradient of sum(weights * end) by start alone."""
    start.zero_grad()
    end.backward(weights)
    found = start.grad
    return np.zeros(start.shape) if found is None else found


def vjp(f, x, u):
    start = Tensor(x)
    return _back(start, f(start), u)


def jacobian_forward(f, x):
    x = np.asarray(x, dtype=np.float64)
    columns = [jvp(f, x, unit.reshape(x.shape)) for unit in np.eye(x.size)]
    J = np.array([column.ravel() for column in columns]).T
    return J.reshape(columns[0].shape + x.shape)


def jacobian_reverse(f, x):
    start = Tensor(x)
    end = f(start)
    rows = [_back(start, end, unit.reshape(end.shape)) for unit in np.identity(end.size)]
    return np.array(rows).reshape(end.shape + start.shape)


def hvp(f, x, v):
    x = np.asarray(x, dtype=np.float64)
    v = _of_shape("hvp", "v", v, x.shape)

    def along_v(point):
        slope = as_dual(f(Dual(point, Tensor(v)))).tangent
        return slope if isinstance(slope, Tensor) else Tensor(slope)

    return vjp(along_v, x, np.array(1.0))
