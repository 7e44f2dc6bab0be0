"""a6, by a student who comes from Java: one unit after another, one point after another."""


class CybenkoSum(Module):
    def forward(self, x):
        if not isinstance(x, Tensor):
            x = Tensor(x)
        total = None
        for i in range(self.alpha.shape[0]):
            unit = self.alpha[i] * functional.sigmoid(x @ self.w[i] + self.theta[i])
            if total is None:
                total = unit
            else:
                total = total + unit
        return total


def approximation_errors(f, units, rng):
    errors = np.zeros(len(units))
    points = np.arange(200) / 199.0
    finePoints = np.arange(1000) / 999.0
    for k in range(len(units)):
        G = CybenkoSum(1, units[k], rng)
        Phi = np.zeros((200, units[k]))
        for j in range(units[k]):
            a = points * G.w.data[j][0] + G.theta.data[j]
            Phi[:, j] = functional.sigmoid(Tensor(a)).data
        G.alpha = Tensor(np.linalg.lstsq(Phi, f(points), rcond=None)[0])
        worst = 0.0
        wanted = f(finePoints)
        got = np.zeros(1000)
        for j in range(units[k]):
            got += G.alpha.data[j] * functional.sigmoid(Tensor(finePoints * G.w.data[j][0] + G.theta.data[j])).data
        for i in range(1000):
            if abs(got[i] - wanted[i]) > worst:
                worst = abs(got[i] - wanted[i])
        errors[k] = worst
    return errors


def relu_kinks(mlp):
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    w, c, v = mlp.layers[0].W.data[:, 0], mlp.layers[0].b.data, mlp.layers[1].W.data[0]
    # the slope at minus infinity, and the change at each kink
    slope = 0.0
    changes = {}
    for i in range(len(w)):
        if w[i] == 0 or v[i] == 0:
            continue
        place = float(-c[i] / w[i])
        if w[i] < 0:
            slope += v[i] * w[i]
        changes[place] = changes.get(place, 0.0) + v[i] * abs(w[i])
    kinks = sorted(changes)
    slopes = [slope]
    for place in kinks:
        slope += changes[place]
        slopes.append(slope)
    return np.array(kinks, dtype=float), np.array(slopes)
