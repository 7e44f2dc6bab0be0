"""a6, by a student who comes from Java: counters, flags, elements one by one."""


class SGD:
    def zero_grad(self):
        for i in range(len(self.params)):
            self.params[i].grad = None

    def step(self):
        gradients = []
        for i in range(len(self.params)):
            p = self.params[i]
            if p.grad is None:
                gradients.append(None)
                continue
            g = np.zeros(p.shape)
            for index in np.ndindex(p.shape):
                g[index] = p.grad[index] + self.weight_decay * p.data[index]
            gradients.append(g)
        if self.normalize:
            total = 0.0
            for g in gradients:
                if g is not None:
                    for index in np.ndindex(g.shape):
                        total += g[index] ** 2
            length = total**0.5
            if length != 0:
                for i in range(len(gradients)):
                    if gradients[i] is not None:
                        gradients[i] = gradients[i] / length
        for i in range(len(self.params)):
            if gradients[i] is None:
                continue
            v = np.zeros(self.params[i].shape)
            w = np.zeros(self.params[i].shape)
            for index in np.ndindex(v.shape):
                v[index] = self.momentum * self.velocities[i][index] + gradients[i][index]
                w[index] = self.params[i].data[index] - self.lr * v[index]
            self.velocities[i] = v
            self.params[i].data = w
