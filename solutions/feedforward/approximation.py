"""What a layer of hidden units can represent: Cybenko's theorem tried out, and the kinks of a ReLU network.

Cybenko: with enough units, G(x) = sum over i of α_i σ(w_iᵀ x + θ_i) comes as close as you like to any continuous
function on [0, 1]^n. A network of ReLU units and one input is exact in another sense: it is piecewise linear, and we
can say where its pieces end and how steep each is.

Yours to write: `CybenkoSum.forward`, `approximation_errors`, `relu_kinks`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import functional
from .nn import MLP, Module
from .tensor import Tensor


class CybenkoSum(Module):
    """G(x) = sum over i of α_i σ(w_iᵀ x + θ_i), with the logistic σ.

    w: Tensor (n_units, n_in), theta: Tensor (n_units,), alpha: Tensor (n_units,): the parameters
    Start:  steep units (w normal, standard deviation 10), the middle of each at a random point c of the cube [0, 1]^n:
            θ = -wᵀ c; alpha normal with variance 1 / n_units
    Source: Cybenko 1989, "Approximation by superpositions of a sigmoidal function"
    """

    def __init__(self, n_in: int, n_units: int, rng: np.random.Generator) -> None:
        w = rng.normal(0.0, 10.0, size=(n_units, n_in))
        middles = rng.uniform(size=(n_units, n_in))
        self.w = Tensor(w)
        self.theta = Tensor(-(w * middles).sum(axis=1))
        self.alpha = Tensor(rng.normal(size=n_units) / np.sqrt(n_units))

    def forward(self, x: Any) -> Tensor:
        """G(x) for one input or a batch of them, on the tape, with w, theta and alpha as they are now.

        Shapes: x, a Tensor or an array, (n_in,) -> (); (batch, n_in) -> (batch,)
        """
        ### BEGIN SOLUTION
        return functional.sigmoid(x @ self.w.T + self.theta) @ self.alpha
        ### END SOLUTION


def approximation_errors(
    f: Callable[[np.ndarray], np.ndarray], units: Sequence[int], rng: np.random.Generator
) -> np.ndarray:
    """How close sums of so many units come to f on [0, 1]: the largest |G(x) - f(x)| for each number in units.

    For each number N: a new CybenkoSum(1, N, rng); its w and theta stay as they were drawn, its alpha becomes the one
    with the least sum of squares of G(x) - f(x) at 200 points spread evenly from 0 to 1 (of several such alpha the
    shortest, np.linalg.lstsq finds it). The error is measured at 1000 such points.

    Shapes: f takes (n,) and gives (n,); units, a list of N numbers -> (N,)
    Exact:  nothing is added to the squares and none of their directions is cut off: where units are nearly alike, the
            normal equations lose too many digits
    """
    ### BEGIN SOLUTION
    x, fine = np.linspace(0.0, 1.0, 200), np.linspace(0.0, 1.0, 1000)
    errors = []
    for n_units in units:
        G = CybenkoSum(1, n_units, rng)
        hidden = functional.sigmoid(x[:, np.newaxis] @ G.w.T + G.theta).data
        G.alpha.data = np.linalg.lstsq(hidden, f(x), rcond=None)[0]
        errors.append(np.max(np.abs(G(fine[:, np.newaxis]).data - f(fine))))
    return np.array(errors)
    ### END SOLUTION


def relu_kinks(mlp: MLP) -> tuple[np.ndarray, np.ndarray]:
    """Where the units of a ReLU network of one input bend, and the network's slope on each of the pieces between.

    The network is y = sum over i of v_i max(0, w_i x + c_i) + b: `mlp.layers[0]` has W (n, 1) and b (n,), that is w
    and c; `mlp.layers[1]` has W (1, n) and b (1,), that is v and b.

    kinks:  every x at which a unit that counts (w_i and v_i not 0) has sum 0, ascending, each place once; also where
            several units bend so that the slope stays the same
    slopes: slopes[0] left of kinks[0], slopes[j] from kinks[j - 1] to kinks[j], slopes[-1] right of the last one
    Shapes: -> kinks (k,), slopes (k + 1,); k may be 0
    Keeps:  the network's weights
    Raises: ValueError if the network has not one input, one hidden layer and one output (given below)
    """
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    w, c, v = mlp.layers[0].W.data[:, 0], mlp.layers[0].b.data, mlp.layers[1].W.data[0]
    ### BEGIN SOLUTION
    bends = (w != 0) & (v != 0)
    kinks, place = np.unique(-c[bends] / w[bends], return_inverse=True)
    piece = np.arange(len(kinks) + 1)[:, np.newaxis]
    is_on = np.where(w[bends] > 0, piece > place, piece <= place)  # right of its kink, or left of it
    return kinks, is_on @ (v * w)[bends]
    ### END SOLUTION
