"""a6, with all parameters in one long vector, as in a textbook: w, g and v are vectors, and the step is one line."""


class SGD:
    def zero_grad(self):
        list(map(Tensor.zero_grad, self.params))

    def step(self):
        active = [i for i, p in enumerate(self.params) if p.grad is not None]
        if not active:
            return
        flat = lambda arrays: np.concatenate([np.ravel(a) for a in arrays])
        w = flat(self.params[i].data for i in active)
        g = flat(self.params[i].grad for i in active) + self.weight_decay * w
        v = flat(self.velocities[i] for i in active)
        if self.normalize:
            g = g / (np.linalg.norm(g) or 1.0)
        v = self.momentum * v + g
        w = w - self.lr * v
        cuts = np.cumsum([self.params[i].size for i in active])[:-1]
        for i, new_w, new_v in zip(active, np.split(w, cuts), np.split(v, cuts)):
            shape = self.params[i].shape
            self.params[i].data, self.velocities[i] = new_w.reshape(shape), new_v.reshape(shape)
