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
    raise NotImplementedError("a1_linear_models, exercise linear.polynomial: handout section 2.1")


def gaussian(x: Any, centers: Any, width: float) -> np.ndarray:
    """Bells around centers: phi_0(x) = 1, then phi_j(x) = exp(-(x - mu_j)**2 / (2 s**2)), one for each center mu_j.

    Shapes: x (n,), centers (M,), width s > 0 -> (n, M + 1), column 0 all ones, column j for center j - 1
    Source: Bishop 2006, equation 3.4
    """
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    raise NotImplementedError("a1_linear_models, exercise linear.gaussian: handout section 2.2")


def sigmoidal(x: Any, centers: Any, width: float) -> np.ndarray:
    """Smooth steps at centers: phi_0(x) = 1, then phi_j(x) = logistic((x - mu_j) / s), one for each center mu_j.

    Shapes: x (n,), centers (M,), width s > 0 -> (n, M + 1), column 0 all ones, column j for center j - 1
    Stable: far from a center a column is 0 or 1, without a warning
    Source: Bishop 2006, equations 3.5 and 3.6
    """
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    raise NotImplementedError("a1_linear_models, exercise linear.sigmoidal: handout section 2.4")


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
    raise NotImplementedError("a1_linear_models, exercise linear.logistic: handout section 2.3")


# From examples to weights


def least_squares(phi: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The weights w that make sum over i of (t_i - (Phi w)_i)**2 smallest; of several, the shortest w.

    There are several if the columns of Phi depend on each other, as they must if Phi has fewer rows than columns.

    Shapes: phi (n, M + 1), t (n,) -> (M + 1,)
    Stable: where Phi w comes close to t, columns that are nearly equal cost digits in proportion to the condition
            number of Phi, not to its square; the larger what is left over, the more of the square comes in
    Source: Bishop 2006, section 3.1.1 and appendix C (the pseudo-inverse); Trefethen and Bau 1997, lecture 18
    """
    raise NotImplementedError("a1_linear_models, exercise linear.least_squares: handout section 3.1")


def irls_step(phi: np.ndarray, t: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The weights after one Newton step from w towards the maximum likelihood of logistic regression.

    With y = logistic(Phi w): the new weights are w + H^-1 Phi^T (t - y), where H = Phi^T R Phi and R is diagonal
    with R_ii = y_i (1 - y_i). Iterated, this is called iteratively reweighted least squares.

    Shapes: phi (n, M + 1), t (n,) of zeros and ones, w (M + 1,) -> (M + 1,), a new array
    Stable: an example whose y_i is 0 or 1 to the last digit (R_ii = 0) does no harm
    Source: Bishop 2006, section 4.3.3
    """
    raise NotImplementedError("a1_linear_models, exercise linear.irls_step: handout section 3.3")


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
        raise NotImplementedError("a1_linear_models, exercise linear.LinearModel: handout section 3.2")


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
        raise NotImplementedError("a1_linear_models, exercise linear.ThresholdUnit: handout section 4.1")


def threshold_unit(w: Any, theta: float) -> ThresholdUnit:
    """The unit with these weights, shape (n_in,), and this threshold."""
    return ThresholdUnit(w, theta)


def logical_and(n: int) -> ThresholdUnit:
    """A unit of n inputs, each 0 or 1, that fires if all of them are 1."""
    raise NotImplementedError("a1_linear_models, exercise linear.logical_and: handout section 4.2")


def logical_or(n: int) -> ThresholdUnit:
    """A unit of n inputs, each 0 or 1, that fires if at least one of them is 1."""
    raise NotImplementedError("a1_linear_models, exercise linear.logical_or: handout section 4.2")


def logical_not() -> ThresholdUnit:
    """A unit of one input, 0 or 1, that fires if it is 0."""
    raise NotImplementedError("a1_linear_models, exercise linear.logical_not: handout section 4.2")


def majority(n: int) -> ThresholdUnit:
    """A unit of n inputs, each 0 or 1, that fires if more than half of them are 1; half of them is not enough."""
    raise NotImplementedError("a1_linear_models, exercise linear.majority: handout section 4.3")


def find_unit(x: np.ndarray, t: np.ndarray, weights: Sequence[float], thresholds: Sequence[float]) -> Any:
    """A unit that gives t for the inputs x, found by trying a whole grid; None if no unit of the grid does.

    Each w_j is one of `weights`, theta one of `thresholds`. If several units will do, any of them is right.

    Shapes: x (n, n_in), t (n,) of zeros and ones -> a ThresholdUnit with n_in weights, or None
    """
    raise NotImplementedError("a1_linear_models, exercise linear.find_unit: handout section 4.4")


def two_layers(hidden: Sequence[ThresholdUnit], output: ThresholdUnit, x: Any) -> np.ndarray:
    """What `output` makes of what the units of `hidden` make of x.

    Unit i of `hidden` gives input i of `output`, which has len(hidden) inputs.

    Shapes: one input (n_in,) -> (), a batch (n, n_in) -> (n,)
    """
    x = np.asarray(x, dtype=np.float64)
    raise NotImplementedError("a1_linear_models, exercise linear.two_layers: handout section 4.5")


def xor_units() -> tuple[list[ThresholdUnit], ThresholdUnit]:
    """(hidden, output): units that, put in two layers, fire if exactly one of two inputs is 1."""
    raise NotImplementedError("a1_linear_models, exercise linear.xor_units: handout section 4.6")


def xor(x: Any) -> np.ndarray:
    """1.0 where exactly one of the two inputs, each 0 or 1, is 1.

    Shapes: one input (2,) -> (), a batch (n, 2) -> (n,)
    """
    hidden, output = xor_units()
    return two_layers(hidden, output, x)
