"""a7, as somebody who has learnt Java writes it: arrays made first and filled in loops over indices."""


def derivative(f, x):
    x = np.array(x, dtype="float64")
    speed = np.zeros(x.shape)
    speed.fill(1.0)
    answer = f(Dual(x, speed))
    slopes = np.zeros(x.shape)
    if isinstance(answer, Dual):
        for index in np.ndindex(x.shape):
            slopes[index] = answer.tangent[index]
    return slopes


def jvp(f, x, v):
    x = np.array(x, dtype="float64")
    v = _of_shape("jvp", "v", v, x.shape)
    answer = f(Dual(x, v))
    if isinstance(answer, Dual):
        return answer.tangent
    shape = np.shape(answer)
    return np.zeros(shape)


def vjp(f, x, u):
    point = Tensor(np.array(x, dtype="float64"))
    answer = f(point)
    answer.backward(np.array(u, dtype="float64"))
    if point.grad is not None:
        return point.grad
    else:
        return np.zeros(point.data.shape)


def jacobian_forward(f, x):
    x = np.array(x, dtype="float64")
    n = x.size
    J = None
    for j in range(n):
        direction = np.zeros(n)
        direction[j] = 1.0
        column = as_dual(f(Dual(x, direction.reshape(x.shape)))).tangent
        flat = column.reshape(-1)
        if J is None:
            J = np.zeros((flat.size, n))
            outShape = column.shape
        for i in range(flat.size):
            J[i][j] = flat[i]
    return J.reshape(outShape + x.shape)


def jacobian_reverse(f, x):
    point = Tensor(np.array(x, dtype="float64"))
    answer = f(point)
    m = answer.data.size
    n = point.data.size
    J = np.zeros((m, n))
    for i in range(m):
        point.grad = None
        selector = np.zeros(m)
        selector[i] = 1.0
        answer.backward(selector.reshape(answer.data.shape))
        if point.grad is not None:
            flat = point.grad.reshape(-1)
            for j in range(n):
                J[i][j] = flat[j]
    return J.reshape(answer.data.shape + point.data.shape)


def hvp(f, x, v):
    x = np.array(x, dtype="float64")
    v = _of_shape("hvp", "v", v, x.shape)
    point = Tensor(x)
    direction = Tensor(v)
    answer = f(Dual(point, direction))
    if not isinstance(answer, Dual):
        return np.zeros(x.shape)
    slope = answer.tangent
    slope.backward(np.array(1.0))
    if point.grad is None:
        return np.zeros(x.shape)
    return point.grad
