"""a1, with `from numpy import *` and the singular value decomposition for everything that is to be solved."""

from numpy import *
from numpy.linalg import svd

# everything below: numpy's own names, as in MATLAB


def _one_more_column(columns):
    return c_[ones(shape(columns)[0]), columns]


def polynomial(x, degree):
    """The powers of x."""
    x = asarray(x, dtype=float64)
    result = ones((size(x), degree + 1))
    result[:, 1:] = x.reshape(-1, 1)
    return cumprod(result, axis=1)


def gaussian(x, centers, width):
    """Bells around centers."""
    X, C = meshgrid(asarray(x, float), asarray(centers, float), indexing="ij")
    return _one_more_column(exp(-((X - C) ** 2) / 2 / width**2))


def sigmoidal(x, centers, width):
    """Smooth steps at centers."""
    X, C = meshgrid(asarray(x, float), asarray(centers, float), indexing="ij")
    return _one_more_column(logistic((X - C) / width))


def logistic(a):
    """The logistic sigmoid."""
    a = asarray(a, dtype=float64)
    with errstate(over="ignore"):  # exp(1e4) is infinity and 1 / infinity is 0: that is what we want
        return 1 / (1 + exp(-a))


def _solve(A, b):
    U, s, Vt = svd(A, full_matrices=False)
    good = s > max(s) * max(A.shape) * finfo(float).eps
    return Vt[good].T @ (U[:, good].T @ b / s[good])


def max(*numbers):
    """numpy's max wants a list."""
    return amax(array(numbers if len(numbers) > 1 else numbers[0]))


def least_squares(phi, t):
    """The shortest of the best weights."""
    return _solve(phi, t)


def irls_step(phi, t, w):
    """One Newton step."""
    y = logistic(dot(phi, w))
    R = diag(y * (1 - y))
    return w + _solve(dot(dot(transpose(phi), R), phi), dot(transpose(phi), t - y))


class LinearModel:
    def predict(self, x):
        """The weighted sum of the basis functions, then f."""
        if self.w is None:
            raise RuntimeError("LinearModel.predict: there are no weights yet; call fit first, or set w")
        return self.f(dot(self.basis(x), self.w))


class ThresholdUnit:
    def fires(self, x):
        """1.0 or 0.0"""
        return heaviside(dot(x, self.w) - self.theta, 1.0)


def logical_and(n):
    return threshold_unit(full(n, 2), 2 * n - 1)


def logical_or(n):
    return threshold_unit(full(n, 2), 1)


def logical_not():
    return threshold_unit(array([-2]), -1)


def majority(n):
    return threshold_unit(ones(n), floor(n / 2) + 1)


def find_unit(x, t, weights, thresholds):
    # all sums of all units at once: a row for each choice of weights
    n_in = shape(x)[1]
    choices = stack(meshgrid(*[weights] * n_in, indexing="ij"), axis=-1).reshape(-1, n_in)
    fire = (choices @ transpose(x))[:, newaxis, :] >= array(thresholds)[newaxis, :, newaxis]
    right = argwhere(all(fire == (t > 0), axis=2))
    if size(right) == 0:
        return None
    i, k = right[-1]
    return threshold_unit(choices[i], thresholds[k])


def two_layers(hidden, output, x):
    x = asarray(x, dtype=float64)
    h = column_stack([atleast_1d(unit(x)) for unit in hidden])
    return output(squeeze(h, axis=0) if ndim(x) == 1 else h)


def xor_units():
    return [logical_or(2), logical_and(2)], threshold_unit(array([1, -1]), 1)
