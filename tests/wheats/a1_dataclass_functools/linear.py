"""a1, by a lover of the standard library: dataclass, cache, reduce, partial, accumulate, recursion, type hints."""

import math
import operator
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from itertools import accumulate, chain, repeat
from typing import Iterable, Iterator, Optional

Vector = np.ndarray
Matrix = np.ndarray


@dataclass(frozen=True)
class Spot:
    """A center and a width, which know the functions around them."""

    center: float
    width: float

    def bell(self, x: float) -> float:
        return math.exp(-0.5 * self.z(x) ** 2)

    def step(self, x: float) -> float:
        return sigma(self.z(x))

    def z(self, x: float) -> float:
        return (x - self.center) / self.width


def sigma(a: float) -> float:
    """In log space: exp(min(a, 0)) / (1 + exp(-|a|))."""
    return math.exp(min(a, 0.0) - math.log1p(math.exp(-abs(a))))


def matrix(rows: Iterable[Iterable[float]], n_columns: int) -> Matrix:
    return np.fromiter(chain.from_iterable(rows), dtype=np.float64).reshape(-1, n_columns)


def polynomial(x: Vector, degree: int) -> Matrix:
    powers = lambda each: accumulate(repeat(float(each), degree), operator.mul, initial=1.0)
    return matrix(map(powers, x), degree + 1)


def with_bias(method: str, x: Vector, centers: Vector, width: float) -> Matrix:
    spots = tuple(map(partial(Spot, width=float(width)), map(float, centers)))
    return matrix(((1.0, *(getattr(spot, method)(float(each)) for spot in spots)) for each in x), len(spots) + 1)


def gaussian(x: Vector, centers: Vector, width: float) -> Matrix:
    return with_bias("bell", x, centers, width)


def sigmoidal(x: Vector, centers: Vector, width: float) -> Matrix:
    return with_bias("step", x, centers, width)


def logistic(a: Vector) -> Vector:
    return np.vectorize(sigma, otypes=[np.float64])(a)


@dataclass
class Factored:
    """phi = Q R, and what follows of it; with the pseudo-inverse of the small R."""

    phi: Matrix

    @cached_property
    def qr(self) -> tuple[Matrix, Matrix]:
        return tuple(np.linalg.qr(self.phi))

    def solve(self, t: Vector) -> Vector:
        q, r = self.qr
        return np.linalg.pinv(r) @ (q.T @ t)


def least_squares(phi: Matrix, t: Vector) -> Vector:
    return Factored(phi).solve(t)


@dataclass
class Newton:
    phi: Matrix
    t: Vector
    w: Vector
    y: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.y = logistic(self.phi @ self.w)

    @property
    def gradient(self) -> Vector:
        return reduce(operator.add, map(operator.mul, self.phi, self.t - self.y))

    @property
    def hessian(self) -> Matrix:
        return reduce(operator.add, (r * np.outer(row, row) for row, r in zip(self.phi, self.y * (1 - self.y))))

    def step(self) -> Vector:
        # Cholesky: H = L L^T
        lower = np.linalg.cholesky(self.hessian)
        return self.w + np.linalg.solve(lower.T, np.linalg.solve(lower, self.gradient))


def irls_step(phi: Matrix, t: Vector, w: Vector) -> Vector:
    return Newton(phi, t, w).step()


class LinearModel:
    def predict(self, x: Vector) -> Vector:
        if self.w is None:
            raise RuntimeError("LinearModel.predict: there are no weights yet; call fit first, or set w")
        phi = self.basis(x)
        weigh = lambda total, pair: total + pair[0] * pair[1]
        return self.f(reduce(weigh, zip(self.w, phi.T), np.zeros(len(phi))))


class ThresholdUnit:
    def fires(self, x: Vector) -> Vector:
        return np.apply_along_axis(self._of_one, -1, x) if x.size else np.zeros(x.shape[:-1])

    def _of_one(self, x: Vector) -> float:
        return float(math.fsum(map(operator.mul, self.w, x)) >= self.theta)


def gate(*, n: int, theta: float, weight: float = 1.0) -> ThresholdUnit:
    return threshold_unit([*repeat(weight, n)], theta)


logical_and = lambda n: gate(n=n, theta=n)
logical_not = partial(gate, n=1, theta=-0.25, weight=-1.0)
majority = lambda n: gate(n=n, theta=(n + 1) / 2)
any_of = partial(gate, theta=1)


def logical_or(n: int) -> ThresholdUnit:
    return any_of(n=n)


def candidates(n_in: int, weights: Iterable[float]) -> Iterator[tuple[float, ...]]:
    """By recursion: no weight, or one more in front of fewer."""
    if n_in == 0:
        yield ()
        return
    for rest in candidates(n_in - 1, weights):
        for w in weights:
            yield (w, *rest)


def find_unit(x: Matrix, t: Vector, weights: Iterable[float], thresholds: Iterable[float]) -> Optional[ThresholdUnit]:
    wanted = tuple(map(bool, t))
    for w in candidates(x.shape[1], weights):
        sums = [math.fsum(map(operator.mul, w, row)) for row in x]
        for theta in thresholds:
            if tuple(s >= theta for s in sums) == wanted:
                return threshold_unit(w, theta)


def two_layers(hidden, output: ThresholdUnit, x: Vector) -> Vector:
    x = np.asarray(x, dtype=np.float64)
    layer = np.empty((*x.shape[:-1], len(hidden)))
    for k, unit in enumerate(hidden):
        layer[..., k] = unit(x)
    return output(layer)


def xor_units():
    nand = threshold_unit([-1.0, -1.0], -1.5)
    return (logical_or(2), nand), logical_and(2)
