"""a6, in as few lines as possible: comprehensions, lambdas, the walrus."""


class SGD:
    zero_grad = lambda self: [setattr(p, "grad", None) for p in self.params] and None

    def step(self):
        G = {i: p.grad + self.weight_decay * p.data for i, p in enumerate(self.params) if p.grad is not None}
        if self.normalize and (length := sum((g**2).sum() for g in G.values()) ** 0.5):
            G = {i: g / length for i, g in G.items()}
        self.velocities = [self.momentum * v + G[i] if i in G else v for i, v in enumerate(self.velocities)]
        for i in G:
            self.params[i].data = self.params[i].data - self.lr * self.velocities[i]
