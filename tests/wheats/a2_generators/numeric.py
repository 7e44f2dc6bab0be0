"""a2, with generators and closures: where f is looked at is one thing, what is made of it another."""

import math


def _neighbours(x, signs, h, root):
    """For each coordinate, row by row: its step, and the points on the sides that are asked for."""
    step = (lambda value: h) if h is not None else (lambda value: EPS ** (1 / root) * max(1.0, abs(value)))
    for index, value in np.ndenumerate(x):
        hi = float(step(float(value)))
        points = []
        for sign in signs:
            point = np.array(x)
            point[index] = value + sign * hi
            points.append(point)
        yield hi, points


def forward_difference(f, x, h=None):
    """(f(x + h) - f(x)) / h"""
    x = np.array(x, dtype=np.float64)
    f_x = None
    slopes = []
    f_x = f(x.copy())
    for hi, (ahead,) in _neighbours(x, (+1,), h, 2):
        slopes.append(f(ahead) / hi - f_x / hi)
    return np.reshape(np.array(slopes, dtype=np.float64), x.shape)


def central_difference(f, x, h=None):
    """The mean of the forward and of the backward quotient, without f(x), which cancels."""
    x = np.array(x, dtype=np.float64)
    slopes = (0.5 * ((f(ahead) - f(behind)) / hi) for hi, (ahead, behind) in _neighbours(x, (+1, -1), h, 3))
    return np.fromiter(slopes, np.float64, count=x.size).reshape(x.shape)


def step_size_study(f, df, x, hs, difference=forward_difference):
    def errors():
        true = np.asarray(df(x))
        for h in hs:
            e = np.asarray(difference(f, x, h)) - true
            yield max(e.max(), -e.min())

    return np.array([*errors()], dtype=np.float64)


def gradcheck(f, grad, x, tolerance=1e-6):
    g = np.asarray(grad(x))
    if np.shape(g) != np.shape(x):
        return False
    pairs = list(zip(g.ravel().tolist(), central_difference(f, x).ravel().tolist(), strict=True))
    if not all(math.isfinite(number) for pair in pairs for number in pair):
        return False
    bound = tolerance * max((abs(number) for pair in pairs for number in pair), default=0.0)
    return all(abs(a - b) <= bound for a, b in pairs)
