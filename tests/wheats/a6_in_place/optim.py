"""a6, in place: velocities and weights are updated where they are, with buffers; scipy-like names."""


class SGD:
    def zero_grad(self):
        for parameter in self.params:
            parameter.zero_grad()

    def step(self):
        pairs = [(p, v) for p, v in zip(self.params, self.velocities) if p.grad is not None]
        buffers = []
        for p, _ in pairs:
            g = np.array(p.grad)
            if self.weight_decay:
                g += self.weight_decay * p.data
            buffers.append(g)
        if self.normalize:
            square = 0.0
            for g in buffers:
                square += np.vdot(g, g)
            if square > 0:
                for g in buffers:
                    g /= np.sqrt(square)
        for (p, v), g in zip(pairs, buffers):
            v *= self.momentum
            v += g
            np.multiply(v, self.lr, out=g)
            p.data = p.data - g
