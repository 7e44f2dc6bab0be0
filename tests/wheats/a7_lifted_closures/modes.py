"""a7, by lifting: linearize returns a function of the direction, pullback one of the weights."""


def _pullback(f, x):
    """f(x) as a Tensor, and the function that takes weights at the outputs to the gradient at the inputs."""
    leaf = Tensor(np.array(x, dtype=np.float64, copy=True))
    out = f(leaf)

    def pull(weights):
        leaf.grad = None
        out.backward(np.asarray(weights, dtype=np.float64))
        return np.zeros_like(leaf.data) if leaf.grad is None else np.array(leaf.grad)

    return out, pull


def _pushforward(f, x):
    def push(direction):
        image = f(Dual(np.array(x), np.array(direction)))
        return np.array(image.tangent) if hasattr(image, "tangent") else np.zeros_like(np.asarray(image, dtype=float))

    return push


def derivative(f, x):
    x = np.asarray(x, dtype=np.float64)
    slopes = np.empty(x.shape)
    slopes[...] = _pushforward(f, x)(np.ones_like(x))
    return slopes


def jvp(f, x, v):
    x = np.asarray(x, dtype=np.float64)
    return _pushforward(f, x)(_of_shape("jvp", "v", v, x.shape))


def vjp(f, x, u):
    _, pull = _pullback(f, x)
    return pull(u)


def jacobian_forward(f, x):
    x = np.asarray(x, dtype=np.float64)
    push = _pushforward(f, x)
    J = [push(np.reshape(np.arange(x.size) == j, x.shape).astype(np.float64)) for j in range(x.size)]
    return np.transpose(J, (*range(1, np.ndim(J)), 0)).reshape(J[0].shape + x.shape)


def jacobian_reverse(f, x):
    out, pull = _pullback(f, x)
    J = [pull(np.reshape(np.arange(out.size) == i, out.shape)) for i in range(out.size)]
    return np.reshape(J, out.shape + np.shape(x))


def hvp(f, x, v):
    direction = Tensor(_of_shape("hvp", "v", v, np.shape(x)))

    def slope(leaf):
        out = f(Dual(leaf, direction))
        return out.tangent if isinstance(out, Dual) else Tensor(0.0)

    return _pullback(slope, x)[1](1.0)
