"""a6, with singular values: G as a matrix product, the shortest alpha from the decomposition."""


def _design(G, x):
    """σ(x wᵀ + θ), a column for each unit; σ by tanh, as it is a sum that counts and no tiny number."""
    return 0.5 + 0.5 * np.tanh(0.5 * (np.multiply.outer(x, G.w.data[:, 0]) + G.theta.data))


class CybenkoSum(Module):
    def forward(self, x):
        x = x if isinstance(x, Tensor) else Tensor(x)
        hidden = functional.sigmoid(functional.matmul(x, self.w.transpose()) + self.theta)
        return functional.sum(hidden * self.alpha, axis=-1)


def approximation_errors(f, units, rng):
    t = np.linspace(0, 1, 200)
    T = np.linspace(0, 1, 1000)

    def error(N):
        G = CybenkoSum(1, N, rng)
        U, s, Vt = np.linalg.svd(_design(G, t), full_matrices=False)
        keep = s > 200 * np.finfo(float).eps * s[0]
        alpha = Vt[keep].T @ ((U[:, keep].T @ f(t)) / s[keep])
        return np.linalg.norm(_design(G, T) @ alpha - f(T), np.inf)

    return np.array([error(N) for N in units])


def relu_kinks(mlp):
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    w, c, v = mlp.layers[0].W.data[:, 0], mlp.layers[0].b.data, mlp.layers[1].W.data[0]
    counts = w * v != 0
    kinks, which = np.unique(-c[counts] / w[counts], return_inverse=True)
    changes = np.bincount(which.ravel(), weights=(v * np.abs(w))[counts], minlength=len(kinks))
    start = np.sum((v * w)[w < 0])
    return kinks, start + np.concatenate([[0.0], np.cumsum(changes)])
