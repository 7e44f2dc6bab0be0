"""a5, by a lover of the standard library: type hints, a dataclass, generators, properties, named constants."""

from dataclasses import dataclass
from itertools import chain, repeat
from typing import ClassVar, Final

NO_OUTPUT: Final[Callable] = lambda a: a


@dataclass(frozen=True, slots=True)
class Spread:
    """How wide weights are drawn."""

    gain: float
    n_in: int

    @property
    def deviation(self) -> float:
        return (self.gain**2 / self.n_in) ** 0.5


class Linear(Module):
    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator, gain: float = 1.0) -> None:
        spread = Spread(gain=gain, n_in=n_in)
        self.W = Tensor([[*row] for row in self._rows(n_in, n_out, rng, spread)])
        self.b = Tensor([*repeat(0.0, n_out)])

    @staticmethod
    def _rows(n_in: int, n_out: int, rng: np.random.Generator, spread: Spread) -> Iterator[np.ndarray]:
        for _ in range(n_out):
            yield spread.deviation * rng.standard_normal(n_in)

    def forward(self, x: Any) -> Tensor:
        return functional.matmul(x, self.W.transpose(1, 0)).__add__(self.b)


class MLP(Module):
    def forward(self, x: Any) -> Tensor:
        for layer, f in zip(self.layers, self._functions()):
            x = f(layer(x))
        return x

    def _functions(self) -> Iterator[Activation]:
        return chain(repeat(self.activation, len(self.layers) - 1), (self.output or NO_OUTPUT,))


class MSELoss(Module):
    power: ClassVar[int] = 2

    def forward(self, prediction: Tensor, target: Any) -> Tensor:
        target = _target("MSELoss", target, prediction.shape)
        return functional.pow(functional.norm(prediction - target), self.power) / prediction.size


class BCEWithLogitsLoss(Module):
    def forward(self, logits: Tensor, target: Any) -> Tensor:
        target = _target("BCEWithLogitsLoss", target, logits.shape)
        if not ((target >= 0) & (target <= 1)).all():
            raise ValueError("BCEWithLogitsLoss: got a target outside of 0 to 1; want probabilities, or labels 0 and 1")
        # not relu(a) - t a + softplus(-|a|): the tape would make kinks of it at a = 0, where the loss has none
        return (functional.softplus(-logits) + logits * (1 - target)).mean()


class CrossEntropyLoss(Module):
    def forward(self, logits: Tensor, labels: Any) -> Tensor:
        if logits.ndim != 2:
            raise ValueError(f"CrossEntropyLoss: got logits of shape {logits.shape}, want (batch, classes)")
        labels = _target("CrossEntropyLoss", labels, logits.shape[:1])
        n_classes = logits.shape[1]
        if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < n_classes)).all():
            raise ValueError(f"CrossEntropyLoss: got labels {labels}, want whole numbers from 0 to {n_classes - 1}")
        is_own = labels[:, np.newaxis] == np.arange(n_classes)[np.newaxis]
        return functional.neg(functional.log_softmax(logits)[is_own].mean())


class HingeLoss(Module):
    def forward(self, scores: Tensor, labels: Any) -> Tensor:
        labels = _target("HingeLoss", labels, scores.shape)
        if not (np.abs(labels) == 1).all():
            raise ValueError("HingeLoss: got a label that is neither -1 nor +1; labels 0 and 1 become 2 * labels - 1")
        lost = (labels * scores.data < 1).astype(int)
        return ((1 - scores * labels) * lost).sum() / scores.size


def weights_of(module: Module) -> Iterator[Tensor]:
    yield from (parameter for parameter in module.parameters() if parameter.ndim == 2)


def l2_penalty(module: Module) -> Tensor:
    flat = [weight.reshape(-1) for weight in weights_of(module)]
    if not flat:
        return Tensor(0.0)
    theta = functional.concat(*flat)
    return 0.5 * (theta @ theta)


def objective(loss: Callable[[Tensor, Any], Tensor], model: Module, x: Any, y: Any, lam: float = 0.0) -> Tensor:
    match lam:
        case 0:
            return loss(model(x), y)
        case _:
            return loss(model(x), y) + l2_penalty(model) * lam


def xor_network() -> MLP:
    network = MLP((2, 2, 1), np.random.default_rng(0), activation=functional.relu)
    network.layers[0].__dict__.update(W=Tensor(3.0 * np.ones((2, 2))), b=Tensor([0.0, -3.0]))
    network.layers[1].__dict__.update(W=Tensor([[1 / 3, -2 / 3]]), b=Tensor([0.0]))
    return network
