"""a6, in as few lines as possible: everything in one expression."""


class CybenkoSum(Module):
    forward = lambda self, x: functional.sigmoid((self.w @ (x if isinstance(x, Tensor) else Tensor(x)).T).T + self.theta) @ self.alpha


def approximation_errors(f, units, rng):
    def error(G, x=np.linspace(0, 1, 200), z=np.linspace(0, 1, 1000)):
        H, F = (functional.sigmoid(Tensor(np.outer(p, G.w.data) + G.theta.data)).data for p in (x, z))
        return abs(F @ np.linalg.lstsq(H, f(x))[0] - f(z)).max()

    return np.array([error(CybenkoSum(1, n, rng)) for n in units])


def relu_kinks(mlp):
    shapes = [layer.W.shape for layer in mlp.layers]
    if len(shapes) != 2 or shapes[0][1] != 1 or shapes[1][0] != 1:
        raise ValueError(f"relu_kinks: got layers of shapes {shapes}, want [(n, 1), (1, n)]")
    units = [(u, -d / u, u * o) for u, d, o in zip(mlp.layers[0].W.data[:, 0], mlp.layers[0].b.data, mlp.layers[1].W.data[0]) if u * o]
    kinks = sorted({place for _, place, _ in units})
    middles = [(p + q) / 2 for p, q in zip([k - 1 for k in kinks[:1]] + kinks, kinks + [k + 1 for k in kinks[-1:]])] or [0.0]
    return np.array(kinks), np.array([sum(slope for u, place, slope in units if (m - place) * u > 0) for m in middles], float)
