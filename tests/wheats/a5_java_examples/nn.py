"""a5, by a student who comes from Java: example after example, number after number, joined at the end."""


class Linear(Module):
    def __init__(self, n_in, n_out, rng, gain=1.0):
        W = np.zeros((n_out, n_in))
        for i in range(n_out):
            for j in range(n_in):
                W[i][j] = gain * rng.standard_normal() / n_in**0.5
        self.W = Tensor(W)
        b = []
        for i in range(n_out):
            b.append(0.0)
        self.b = Tensor(b)

    def forward(self, x):
        if not isinstance(x, Tensor):
            x = Tensor(x)
        if x.ndim == 1:
            return self.W @ x + self.b
        return stack([self.forward(x[i]) for i in range(x.shape[0])], self.W.shape[0])


def stack(rows, n):
    if len(rows) == 0:
        return Tensor(np.zeros((0, n)))
    return functional.concat(*[row.reshape(1, n) for row in rows], axis=0)


class MLP(Module):
    def forward(self, x):
        number = len(self.layers)
        for k in range(number):
            x = self.layers[k].forward(x)
            if k < number - 1:
                x = self.activation(x)
            elif self.output is not None:
                x = self.output(x)
        return x


def meanOf(terms):
    total = terms[0]
    for k in range(1, len(terms)):
        total = total + terms[k]
    return total / len(terms)


class MSELoss(Module):
    def forward(self, prediction, target):
        target = _target("MSELoss", target, prediction.shape)
        terms = []
        for index in np.ndindex(prediction.shape):
            difference = prediction[index] - float(target[index])
            terms.append(difference * difference)
        return meanOf(terms)


class BCEWithLogitsLoss(Module):
    def forward(self, logits, target):
        target = _target("BCEWithLogitsLoss", target, logits.shape)
        if not ((target >= 0) & (target <= 1)).all():
            raise ValueError("BCEWithLogitsLoss: got a target outside of 0 to 1; want probabilities, or labels 0 and 1")
        terms = []
        for index in np.ndindex(logits.shape):
            a = logits[index]
            t = float(target[index])
            # softplus(a) - t a
            terms.append(functional.softplus(a) - t * a)
        return meanOf(terms)


class CrossEntropyLoss(Module):
    def forward(self, logits, labels):
        if logits.ndim != 2:
            raise ValueError(f"CrossEntropyLoss: got logits of shape {logits.shape}, want (batch, classes)")
        labels = _target("CrossEntropyLoss", labels, logits.shape[:1])
        n_classes = logits.shape[1]
        if labels.dtype.kind not in "iu" or not ((labels >= 0) & (labels < n_classes)).all():
            raise ValueError(f"CrossEntropyLoss: got labels {labels}, want whole numbers from 0 to {n_classes - 1}")
        terms = []
        for i in range(len(labels)):
            row = logits[i]
            largest = float(np.max(row.data))
            total = functional.exp(row - largest).sum()
            terms.append(functional.log(total) + largest - row[int(labels[i])])
        return meanOf(terms)


class HingeLoss(Module):
    def forward(self, scores, labels):
        labels = _target("HingeLoss", labels, scores.shape)
        if not (np.abs(labels) == 1).all():
            raise ValueError("HingeLoss: got a label that is neither -1 nor +1; labels 0 and 1 become 2 * labels - 1")
        terms = []
        for index in np.ndindex(scores.shape):
            margin = 1.0 - float(labels[index]) * scores[index]
            if margin.item() > 0:
                terms.append(margin)
            else:
                terms.append(0.0 * margin)
        return meanOf(terms)


def l2_penalty(module):
    total = Tensor(0.0)
    for parameter in module.parameters():
        if len(parameter.shape) == 2:
            for i in range(parameter.shape[0]):
                row = parameter[i]
                total = total + (row * row).sum() / 2.0
    return total


def objective(loss, model, x, y, lam=0.0):
    prediction = model.forward(x)
    J = loss.forward(prediction, y) if isinstance(loss, Module) else loss(prediction, y)
    if lam != 0.0:
        J = J + l2_penalty(model) * lam
    return J


def xor_network():
    network = MLP((2, 2, 1), np.random.default_rng(0), activation=functional.relu)
    first = network.layers[0]
    second = network.layers[1]
    # unit 0: x1 and not x2; unit 1: x2 and not x1
    first.W.data[0][0] = 1
    first.W.data[0][1] = -1
    first.W.data[1][0] = -1
    first.W.data[1][1] = 1
    second.W.data[0][0] = 1
    second.W.data[0][1] = 1
    return network
