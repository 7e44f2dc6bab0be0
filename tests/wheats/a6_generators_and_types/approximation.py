"""a6, with type hints and small classes: a unit knows its kink, its slope and on which side it is on."""

from functools import reduce
from typing import NamedTuple


class Unit(NamedTuple):
    w: float
    c: float
    v: float

    @property
    def counts(self) -> bool:
        return self.w != 0 and self.v != 0

    @property
    def kink(self) -> float:
        return -self.c / self.w

    def slope_after(self, kink: float) -> float:
        """Its part of the slope just to the right of a kink."""
        return self.v * self.w * (self.kink <= kink if self.w > 0 else self.kink > kink)


class CybenkoSum(Module):
    def forward(self, x: Any) -> Tensor:
        return self.weighted(functional.sigmoid(self.sums(x)))

    def sums(self, x: Any) -> Tensor:
        return functional.add(functional.matmul(x, self.w.T), self.theta)

    def weighted(self, h: Tensor) -> Tensor:
        return functional.matmul(h, self.alpha)


def best_alpha(hidden: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    q, r = np.linalg.qr(hidden)
    return np.linalg.lstsq(r, q.T @ wanted, rcond=1e-13)[0]


def approximation_errors(f, units: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    grid, fine = (np.linspace(0.0, 1.0, n) for n in (200, 1000))

    def errors():
        for n in units:
            G = CybenkoSum(1, n, rng)
            layer = lambda x: functional.sigmoid(Tensor(x.reshape(-1, 1)) @ G.w.T + G.theta).data
            G.alpha = Tensor(best_alpha(layer(grid), f(grid)))
            yield np.ptp(np.append(np.abs(layer(fine) @ G.alpha.data - f(fine)), 0.0))

    return np.fromiter(errors(), dtype=np.float64, count=len(units))


def relu_kinks(mlp: MLP) -> tuple[np.ndarray, np.ndarray]:
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    hidden, last = mlp.layers
    units = [unit for unit in map(Unit, hidden.W.data[:, 0], hidden.b.data, last.W.data[0]) if unit.counts]
    kinks = sorted(reduce(lambda known, unit: known | {unit.kink}, units, set()))
    slopes = [sum(unit.slope_after(kink) for unit in units) for kink in [-np.inf, *kinks]]
    return np.array(kinks, dtype=np.float64), np.array(slopes, dtype=np.float64)
