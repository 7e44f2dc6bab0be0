"""Linear models y(x, w) = f(sum over j of w_j phi_j(x)), and the neuron of the 1940s, which is one of them.

Basis functions turn n inputs into a matrix Phi of shape (n, M + 1): a row for each input, a column for each basis
function. Column 0 holds phi_0(x) = 1, so w_0 is the bias. The model finds its weights w from examples, and predicts:

    model = LinearModel(lambda x: polynomial(x, 3))
    model.fit(x, t)                 # least squares, as f is the identity
    model.predict(x)                # Phi w

A threshold unit is the same formula with a step for f. One unit computes AND, OR, NOT and majority, but not XOR;
two layers of units do.

Yours to write: everything that raises NotImplementedError. The rest is given.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

Basis = Callable[[np.ndarray], np.ndarray]  # n inputs -> Phi, shape (n, M + 1)


# Basis functions


def polynomial(x: Any, degree: int) -> np.ndarray:
    """The powers of x: phi_j(x) = x**j for j = 0 ... degree.

    Shapes: x (n,), degree >= 0 -> (n, degree + 1), column j holds x**j
    Example: x [2, 3], degree 2 -> [[1, 2, 4], [1, 3, 9]]
    Source: Bishop 2006, section 3.1
    """
    x = np.asarray(x, dtype=np.float64)
    ### BEGIN SOLUTION
    return x[:, np.newaxis] ** np.arange(degree + 1)
    ### END SOLUTION


def gaussian(x: Any, centers: Any, width: float) -> np.ndarray:
    """Bells around centers: phi_0(x) = 1, then phi_j(x) = exp(-(x - mu_j)**2 / (2 s**2)), one for each center mu_j.

    Shapes: x (n,), centers (M,), width s > 0 -> (n, M + 1), column 0 all ones, column j for center j - 1
    Source: Bishop 2006, equation 3.4
    """
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    ### BEGIN SOLUTION
    distance = (x[:, np.newaxis] - centers) / width
    return np.column_stack([np.ones(len(x)), np.exp(-0.5 * distance**2)])
    ### END SOLUTION


def sigmoidal(x: Any, centers: Any, width: float) -> np.ndarray:
    """Smooth steps at centers: phi_0(x) = 1, then phi_j(x) = logistic((x - mu_j) / s), one for each center mu_j.

    Shapes: x (n,), centers (M,), width s > 0 -> (n, M + 1), column 0 all ones, column j for center j - 1
    Stable: far from a center a column is 0 or 1, without a warning
    Source: Bishop 2006, equations 3.5 and 3.6
    """
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    ### BEGIN SOLUTION
    steps = logistic((x[:, np.newaxis] - centers) / width)
    return np.insert(steps, 0, 1.0, axis=1)
    ### END SOLUTION


# Output functions: the f of the model


def identity(a: np.ndarray) -> np.ndarray:
    """a itself: the f of regression."""
    return a


def logistic(a: Any) -> np.ndarray:
    """The logistic sigmoid 1 / (1 + exp(-a)), elementwise: the f of classification into two classes.

    Shapes: any -> the same
    Stable: for a of +-1e4 no overflow and no warning; small values, such as exp(-700), to nearly all of their digits
    Source: Bishop 2006, equation 3.6
    """
    a = np.asarray(a, dtype=np.float64)
    ### BEGIN SOLUTION
    tail = np.exp(-np.abs(a))  # at most 1, on either side of zero
    return np.where(a >= 0, 1.0, tail) / (1.0 + tail)
    ### END SOLUTION


# From examples to weights


def least_squares(phi: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The weights w that make sum over i of (t_i - (Phi w)_i)**2 smallest; of several, the shortest w.

    There are several if the columns of Phi depend on each other, as they must if Phi has fewer rows than columns.

    Shapes: phi (n, M + 1), t (n,) -> (M + 1,)
    Stable: where Phi w comes close to t, columns that are nearly equal cost digits in proportion to the condition
            number of Phi, not to its square; the larger what is left over, the more of the square comes in
    Source: Bishop 2006, section 3.1.1 and appendix C (the pseudo-inverse); Trefethen and Bau 1997, lecture 18
    """
    ### BEGIN SOLUTION
    return np.linalg.lstsq(phi, t, rcond=None)[0]
    ### END SOLUTION


def irls_step(phi: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The weights after one Newton step from w towards the maximum likelihood of logistic regression.

    With y = logistic(Phi w): the new weights are w + H^-1 Phi^T (t - y), where H = Phi^T R Phi and R is diagonal
    with R_ii = y_i (1 - y_i). Iterated, this is called iteratively reweighted least squares.

    Shapes: phi (n, M + 1), t (n,) of zeros and ones, w (M + 1,) -> (M + 1,), a new array
    Stable: an example whose y_i is 0 or 1 to the last digit (R_ii = 0) does no harm
    Source: Bishop 2006, section 4.3.3
    """
    ### BEGIN SOLUTION
    y = logistic(phi @ w)
    hessian = phi.T @ ((y * (1.0 - y))[:, np.newaxis] * phi)
    return w + least_squares(hessian, phi.T @ (t - y))
    ### END SOLUTION


class LinearModel:
    """y(x, w) = f(sum over j of w_j phi_j(x)).

    basis: function from n inputs to the matrix Phi, shape (n, M + 1)
    f:     output function, `identity` for regression or `logistic` for classification
    w:     the weights, shape (M + 1,); None before fit
    """

    def __init__(self, basis: Basis, f: Callable[[np.ndarray], np.ndarray] = identity) -> None:
        self.basis = basis
        self.f = f
        self.w: np.ndarray | None = None

    def fit(self, x: Any, t: Any, steps: int = 25) -> "LinearModel":
        """This model, its weights found from inputs x and targets t, shape (n,).

        For the identity by least squares. For the logistic, whose targets are 0 and 1, by Newton steps from w = 0
        until they get tiny, at most `steps` of them: if a cut through the inputs separates the classes without
        error, the likelihood has no maximum, and w would grow for ever.
        """
        phi, t = self.basis(x), np.asarray(t, dtype=np.float64)
        if self.f is identity:
            self.w = least_squares(phi, t)
            return self
        self.w = np.zeros(phi.shape[1])
        for _ in range(steps):
            before, self.w = self.w, irls_step(phi, t, self.w)
            if np.abs(self.w - before).max() <= 1e-10 * np.abs(self.w).max():
                break
        return self

    def predict(self, x: Any) -> np.ndarray:
        """y(x, w) for each input: the weighted sum of the basis functions, then f.

        Shapes: n inputs -> (n,)
        Raises: RuntimeError if there are no weights yet (given below)
        """
        if self.w is None:
            raise RuntimeError("LinearModel.predict: there are no weights yet; call fit first, or set w")
        ### BEGIN SOLUTION
        return self.f(self.basis(x) @ self.w)
        ### END SOLUTION


# The neuron of the 1940s


class ThresholdUnit:
    """A neuron after McCulloch and Pitts: it fires, 1, if its weighted input reaches a threshold, else it rests, 0.

    Theirs counts inputs that are alike, and any inhibitory one keeps it at rest; weights are Rosenblatt's (1958).

    w:     weights, shape (n_in,)
    theta: threshold
    """

    def __init__(self, w: Any, theta: float) -> None:
        self.w = np.array(w, dtype=np.float64)
        self.theta = float(theta)

    def __call__(self, x: Any) -> np.ndarray:
        return self.fires(np.asarray(x, dtype=np.float64))

    def fires(self, x: np.ndarray) -> np.ndarray:
        """1.0 where sum over j of w_j x_j >= theta, 0.0 elsewhere.

        Shapes: one input (n_in,) -> (), a batch (n, n_in) -> (n,)
        """
        ### BEGIN SOLUTION
        return np.where(x @ self.w >= self.theta, 1.0, 0.0)
        ### END SOLUTION


def threshold_unit(w: Any, theta: float) -> ThresholdUnit:
    """The unit with these weights, shape (n_in,), and this threshold."""
    return ThresholdUnit(w, theta)


def logical_and(n: int) -> ThresholdUnit:
    """A unit of n inputs, each 0 or 1, that fires if all of them are 1."""
    ### BEGIN SOLUTION
    return threshold_unit(np.ones(n), n)
    ### END SOLUTION


def logical_or(n: int) -> ThresholdUnit:
    """A unit of n inputs, each 0 or 1, that fires if at least one of them is 1."""
    ### BEGIN SOLUTION
    return threshold_unit(np.ones(n), 1)
    ### END SOLUTION


def logical_not() -> ThresholdUnit:
    """A unit of one input, 0 or 1, that fires if it is 0."""
    ### BEGIN SOLUTION
    return threshold_unit([-1.0], 0)
    ### END SOLUTION


def majority(n: int) -> ThresholdUnit:
    """A unit of n inputs, each 0 or 1, that fires if more than half of them are 1; half of them is not enough."""
    ### BEGIN SOLUTION
    return threshold_unit(np.ones(n), n // 2 + 1)
    ### END SOLUTION


def find_unit(x: np.ndarray, t: np.ndarray, weights: Sequence[float], thresholds: Sequence[float]) -> Any:
    """A unit that gives t for the inputs x, found by trying a whole grid; None if no unit of the grid does.

    Each w_j is one of `weights`, theta one of `thresholds`. If several units will do, any of them is right.

    Shapes: x (n, n_in), t (n,) of zeros and ones -> a ThresholdUnit with n_in weights, or None
    """
    ### BEGIN SOLUTION
    for *w, theta in product(*[weights] * x.shape[1], thresholds):
        unit = threshold_unit(w, theta)
        if np.array_equal(unit(x), t):
            return unit
    return None
    ### END SOLUTION


def two_layers(hidden: Sequence[ThresholdUnit], output: ThresholdUnit, x: Any) -> np.ndarray:
    """What `output` makes of what the units of `hidden` make of x.

    Unit i of `hidden` gives input i of `output`, which has len(hidden) inputs.

    Shapes: one input (n_in,) -> (), a batch (n, n_in) -> (n,)
    """
    x = np.asarray(x, dtype=np.float64)
    ### BEGIN SOLUTION
    return output(np.stack([unit(x) for unit in hidden], axis=-1))
    ### END SOLUTION


def xor_units() -> tuple[list[ThresholdUnit], ThresholdUnit]:
    """(hidden, output): units that, put in two layers, fire if exactly one of two inputs is 1."""
    ### BEGIN SOLUTION
    at_least_one, both = threshold_unit([1.0, 1.0], 1), threshold_unit([1.0, 1.0], 2)
    return [at_least_one, both], threshold_unit([1.0, -1.0], 1)
    ### END SOLUTION


def xor(x: Any) -> np.ndarray:
    """1.0 where exactly one of the two inputs, each 0 or 1, is 1.

    Shapes: one input (2,) -> (), a batch (n, 2) -> (n,)
    """
    hidden, output = xor_units()
    return two_layers(hidden, output, x)
