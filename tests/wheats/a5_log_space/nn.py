"""a5, in log space: every loss is a log of a probability, from one log-softmax; Box and Muller draw the weights."""

HALF = 0.5


def _box_muller(rng, *shape):
    """Normal numbers from even ones, by pairs of radius and angle."""
    radius = np.sqrt(-2 * np.log1p(-rng.random(shape)))
    return radius * np.cos(2 * np.pi * rng.random(shape))


class Linear(Module):
    def __init__(self, n_in, n_out, rng, gain=1.0):
        deviation = np.exp(np.log(gain) - HALF * np.log(n_in))
        self.W = Tensor(deviation * _box_muller(rng, n_out, n_in))
        self.b = Tensor(np.zeros_like(self.W.data[:, 0]))

    def forward(self, x):
        return functional.add(self.b, functional.matmul(x, functional.transpose(self.W)))


class MLP(Module):
    def forward(self, x):
        return self._from(0, x)

    def _from(self, k, h):
        """Layers k and following, by recursion."""
        a = self.layers[k](h)
        if k + 1 == len(self.layers):
            return self.output(a) if self.output is not None else a
        return self._from(k + 1, self.activation(a))


class MSELoss(Module):
    """Up to constants, minus the log likelihood of normal noise."""

    def forward(self, prediction, target):
        target = _target("MSELoss", target, prediction.shape)
        e = functional.sub(prediction, target)
        return functional.mean(functional.mul(e, e))


class BCEWithLogitsLoss(Module):
    """Two classes with logits a and 0."""

    def forward(self, logits, target):
        target = _target("BCEWithLogitsLoss", target, logits.shape)
        if not ((target >= 0) & (target <= 1)).all():
            raise ValueError("BCEWithLogitsLoss: got a target outside of 0 to 1; want probabilities, or labels 0 and 1")
        a = functional.reshape(logits, shape=(-1, 1))
        log_p = functional.log_softmax(functional.concat(a, np.zeros(a.shape), axis=1))
        t = np.reshape(target, (-1, 1))
        return -(np.hstack([t, 1 - t]) * log_p).sum(axis=1).mean()


class CrossEntropyLoss(Module):
    def forward(self, logits, labels):
        if logits.ndim != 2:
            raise ValueError(f"CrossEntropyLoss: got logits of shape {logits.shape}, want (batch, classes)")
        labels = _target("CrossEntropyLoss", labels, logits.shape[:1])
        n_classes = logits.shape[1]
        if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < n_classes)).all():
            raise ValueError(f"CrossEntropyLoss: got labels {labels}, want whole numbers from 0 to {n_classes - 1}")
        # ln sum exp(a_j - a_label): the logits against that of the own class
        own = logits[np.arange(len(labels)), labels].reshape(-1, 1)
        d = logits - own
        top = d.data.max(axis=1, keepdims=True)
        return (functional.log(functional.exp(d - top).sum(axis=1, keepdims=True)) + top).mean()


class HingeLoss(Module):
    """The limit of softplus(k z) / k for large k."""

    def forward(self, scores, labels):
        labels = _target("HingeLoss", labels, scores.shape)
        if not (np.abs(labels) == 1).all():
            raise ValueError("HingeLoss: got a label that is neither -1 nor +1; labels 0 and 1 become 2 * labels - 1")
        z = 1 - labels * scores
        return ((functional.abs(z) + z) * HALF).mean()


def l2_penalty(module):
    Omega = Tensor(0.0)
    for weight in (p for p in module.parameters() if p.data.ndim == 2):
        Omega = Omega + functional.sum(weight * weight * HALF)
    return Omega


def objective(loss, model, x, y, lam=0.0):
    y_hat = model(x)
    L = loss(y_hat, y)
    Omega = l2_penalty(model)
    return functional.add(L, functional.mul(lam, Omega))


def xor_network():
    network = MLP((2, 2, 1), np.random.default_rng(0), activation=functional.relu)
    hidden, last = network.layers
    # h = (max(0, x1 + x2 - 1), max(0, 1 - x1 - x2)): zero where exactly one is 1
    hidden.W.data[:] = [[1, 1], [-1, -1]]
    hidden.b.data[:] = [-1, 1]
    last.W.data[:] = -1
    last.b.data[:] = 1
    return network
