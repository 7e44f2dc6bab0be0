"""a1, matrix everything: ufunc methods (outer, reduce, accumulate), block matrices, units that know their matrix."""


def polynomial(x, degree):
    """Phi, by the outer power of x and the exponents."""
    return np.power.outer(np.asarray(x, dtype=np.float64), np.arange(degree + 1, dtype=np.float64))


def _z(x, centers, width):
    """(x - mu) / s for all pairs, with an infinite column in front where the bias goes."""
    return np.true_divide(np.subtract.outer(np.asarray(x, dtype=float), np.asarray(centers, dtype=float)), width)


def gaussian(x, centers, width):
    """A bell is the exponential of a parabola."""
    z = _z(x, centers, width)
    return np.exp(np.pad(np.negative(np.square(z)) / 2.0, ((0, 0), (1, 0))))  # exp(0) is the bias


def sigmoidal(x, centers, width):
    """The bias is a step that lies infinitely far to the left."""
    return logistic(np.pad(_z(x, centers, width), ((0, 0), (1, 0)), constant_values=np.inf))


def logistic(a):
    """By cases; each formula sees its own half of the numbers only."""
    a = np.asarray(a, dtype=np.float64)
    small = lambda v: np.exp(v) / np.add(np.exp(v), 1.0)
    large = lambda v: np.reciprocal(np.add(np.exp(np.negative(v)), 1.0))
    return np.piecewise(a, [a < 0, a >= 0], [small, large])


def least_squares(phi, t):
    """Pseudo-inverse times t."""
    return np.matmul(np.linalg.pinv(phi), t)


def irls_step(phi, t, w):
    """Newton, with the augmented matrix [[H, g]] and least squares on it."""
    a = np.add.reduce(np.multiply(phi, w), axis=1)
    y, not_y = logistic(a), logistic(np.negative(a))
    H = np.add.reduce(np.multiply(np.multiply.outer(y * not_y, np.ones(w.size ** 2)), _outer_rows(phi)), axis=0)
    g = np.add.reduce(np.multiply(phi, np.subtract(t, y)[:, np.newaxis]), axis=0)
    return np.add(w, least_squares(H.reshape(w.size, w.size), g))


def _outer_rows(phi):
    """Each row's outer product with itself, laid flat."""
    return np.reshape(phi[:, :, np.newaxis] * phi[:, np.newaxis, :], (len(phi), phi.shape[1] ** 2))


class LinearModel:
    def predict(self, x):
        """y(x, w)"""
        if self.w is None:
            raise RuntimeError("LinearModel.predict: there are no weights yet; call fit first, or set w")
        return self.f(np.add.reduce(np.multiply(self.basis(x), self.w), axis=-1))


class ThresholdUnit:
    @property
    def matrix(self):
        """[w, -theta], as one row."""
        return np.append(self.w, -self.theta)[np.newaxis]

    def fires(self, x):
        """[x, 1] [w, -theta]^T >= 0"""
        homogeneous = np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)
        return np.signbit(-(homogeneous @ self.matrix.T)[..., 0] - 1e-12).astype(int)

    def __matmul__(self, other):
        """output @ hidden: the two in a row."""
        return lambda x: self(np.stack(list(unit(x) for unit in other), -1))


def _symmetric(n, at_least):
    """Fires if at_least of n inputs are 1."""
    return threshold_unit(np.repeat(1.0, n), at_least)


def logical_and(n):
    return _symmetric(n, at_least=n)


def logical_or(n):
    return _symmetric(n, at_least=1)


def logical_not():
    return threshold_unit(np.negative(np.ones(1)), np.negative(0.5))


def majority(n):
    return _symmetric(n, at_least=np.floor_divide(n, 2) + 1)


def find_unit(x, t, weights, thresholds):
    grid = np.array(list(np.ndindex(*[len(weights)] * x.shape[1])))
    for w in np.take(weights, grid):
        sums = np.add.reduce(x * w, axis=1)
        agrees = np.logical_and.reduce(np.greater_equal.outer(sums, thresholds) == (t == 1)[:, np.newaxis], axis=0)
        if np.logical_or.reduce(agrees):
            return threshold_unit(w, np.compress(agrees, thresholds)[0])
    return None


def two_layers(hidden, output, x):
    return (output @ hidden)(np.asarray(x, dtype=np.float64))


def xor_units():
    W = np.array([[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    return [threshold_unit(row, 1) for row in W[:2]], threshold_unit(W[2, :2], 1)
