"""a6, in place: the objects' own arrays are written into; kinks by merging neighbours."""


class CybenkoSum(Module):
    def forward(self, x):
        a = functional.matmul(x, self.w.T)
        a += self.theta
        a = functional.sigmoid(a)
        a *= self.alpha
        return a.sum(axis=a.ndim - 1)


def approximation_errors(f, units, rng):
    errors = np.empty(len(units))
    x, fine = np.linspace(0.0, 1.0, 200)[:, None], np.linspace(0.0, 1.0, 1000)[:, None]
    for k, n in enumerate(units):
        G = CybenkoSum(1, n, rng)
        basis = np.empty((len(x), n))
        for j in range(n):
            G.alpha.data[...] = 0
            G.alpha.data[j] = 1  # G is then unit j by itself
            basis[:, j] = G(x).data
        G.alpha.data[...] = np.linalg.pinv(basis) @ f(x[:, 0])
        difference = G(fine).data - f(fine[:, 0])
        np.abs(difference, out=difference)
        errors[k] = difference.max()
    return errors


def relu_kinks(mlp):
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    w, c, v = mlp.layers[0].W.data[:, 0], mlp.layers[0].b.data, mlp.layers[1].W.data[0]
    used = np.flatnonzero(np.logical_and(w, v))
    places = np.sort(-c[used] / w[used])
    kinks = places[np.concatenate([[True], np.diff(places) > 0])] if len(places) else places
    slopes = np.zeros(len(kinks) + 1)
    for i in used:
        place = -c[i] / w[i]
        if w[i] > 0:
            slopes[1:][kinks >= place] += v[i] * w[i]  # active from its kink on
        else:
            slopes[:-1][kinks <= place] += v[i] * w[i]
    return kinks, slopes
