"""a6, everything a matrix: homogeneous coordinates, comparisons of all with all."""


class CybenkoSum(Module):
    def forward(self, x):
        one = functional.concat(self.w, self.theta.reshape(-1, 1), axis=1)  # (n_units, n_in + 1)
        x = x if isinstance(x, Tensor) else Tensor(x)
        x = functional.concat(x, np.ones((*x.shape[:-1], 1)), axis=-1)
        return functional.sigmoid(x @ one.T) @ self.alpha


def approximation_errors(f, units, rng):
    points = [np.linspace(0.0, 1.0, n) for n in (200, 1000)]
    wanted = [f(x) for x in points]
    errors = np.zeros((len(units), 1))
    for row, n in zip(errors, units):
        G = CybenkoSum(1, n, rng)
        coarse, fine = (np.exp(-np.logaddexp(0, -(x[:, None] * G.w.data.T + G.theta.data))) for x in points)
        G.alpha.data = np.linalg.pinv(coarse, rcond=1e-14) @ wanted[0]
        row[:] = np.linalg.norm(fine @ G.alpha.data - wanted[1], ord=np.inf)
    return errors.ravel()


def relu_kinks(mlp):
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    w, c, v = mlp.layers[0].W.data[:, 0], mlp.layers[0].b.data, mlp.layers[1].W.data[0]
    w, c, v = np.array([w, c, v])[:, w * v != 0]
    places = -c / w
    kinks = np.array(sorted(set(places.tolist())))
    right = places[:, None] <= np.append(-np.inf, kinks)[None, :]  # (units, pieces): the piece begins right of the unit's kink
    on = np.where(w[:, None] > 0, right, ~right)
    return kinks, (v * w) @ on
