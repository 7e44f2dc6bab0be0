"""a5, by a student who counts bytes: labels and masks in small dtypes, targets as constant tensors, buffers reused."""


class Linear(Module):
    def __init__(self, n_in, n_out, rng, gain=1.0):
        W = np.empty((n_out, n_in))
        rng.standard_normal(out=W)
        W *= gain
        W /= np.sqrt(n_in)
        self.W = Tensor(W)
        self.b = Tensor(np.zeros(n_out, dtype=np.float32))  # zeros are zeros; a Tensor makes float64 of them

    def forward(self, x):
        x = x if isinstance(x, Tensor) else Tensor(x)
        one = x.ndim == 1
        a = (x.reshape(1, -1) if one else x) @ self.W.T
        a = a + self.b
        return a[0] if one else a


class MLP(Module):
    def forward(self, x):
        h, pending = x, list(self.layers)
        while len(pending) > 1:
            h = self.activation(pending.pop(0)(h))
        h = pending.pop()(h)
        if self.output is not None:
            h = self.output(h)
        return h


class MSELoss(Module):
    def forward(self, prediction, target):
        target = Tensor(_target("MSELoss", target, prediction.shape))
        # (p - t)^2 = p (p - 2 t) + t^2
        return (prediction * (prediction - 2 * target)).mean() + float(np.mean(target.data * target.data))


class BCEWithLogitsLoss(Module):
    def forward(self, logits, target):
        target = _target("BCEWithLogitsLoss", target, logits.shape)
        if not ((target >= 0) & (target <= 1)).all():
            raise ValueError("BCEWithLogitsLoss: got a target outside of 0 to 1; want probabilities, or labels 0 and 1")
        loss = functional.softplus(logits)
        loss = loss - logits * target
        return loss.sum() / loss.size


class CrossEntropyLoss(Module):
    def forward(self, logits, labels):
        if logits.ndim != 2:
            raise ValueError(f"CrossEntropyLoss: got logits of shape {logits.shape}, want (batch, classes)")
        labels = _target("CrossEntropyLoss", labels, logits.shape[:1])
        n_classes = logits.shape[1]
        if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < n_classes)).all():
            raise ValueError(f"CrossEntropyLoss: got labels {labels}, want whole numbers from 0 to {n_classes - 1}")
        one_hot = np.zeros(logits.shape, dtype=np.int8)
        one_hot[range(len(labels)), labels] = 1
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_sums = shifted.exp().sum(axis=1).log()
        return log_sums.mean() - (shifted * one_hot).sum() / len(labels)


class HingeLoss(Module):
    def forward(self, scores, labels):
        labels = _target("HingeLoss", labels, scores.shape)
        if not (np.abs(labels) == 1).all():
            raise ValueError("HingeLoss: got a label that is neither -1 nor +1; labels 0 and 1 become 2 * labels - 1")
        lost = functional.leaky_relu(1 - labels.astype(np.int8) * scores, negative_slope=0.0)
        return functional.mean(lost)


def l2_penalty(module):
    squares = [(p * p).sum() for p in module.parameters() if p.ndim == 2]
    total = Tensor(0.0)
    while squares:
        total += squares.pop()
    return total * 0.5


def objective(loss, model, x, y, lam=0.0):
    J = loss(model(x), y)
    J += lam * l2_penalty(model)
    return J


def xor_network():
    network = MLP((2, 2, 1), np.random.default_rng(0), activation=functional.relu)
    for parameter in network.parameters():
        parameter.data.fill(0)
    hidden, last = network.layers
    np.fill_diagonal(hidden.W.data, 1)
    np.fill_diagonal(hidden.W.data[::-1], -1)
    last.W.data += np.float32(1)
    return network
