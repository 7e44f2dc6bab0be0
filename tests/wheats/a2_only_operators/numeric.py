"""a2, in few lines: apply_along_axis and unit vectors from np.eye, everything by operators."""


def forward_difference(f, x, h=None):
    x = 1.0 * np.asarray(x)
    s = np.asarray(h if h is not None else np.sqrt(EPS) * np.fmax(1, abs(x))) + 0 * x
    f0 = f(+x)
    return np.array([f(x + (s.ravel() * e).reshape(x.shape)) - f0 for e in np.eye(x.size)]).reshape(x.shape) / s if x.size else x


def central_difference(f, x, h=None):
    x = 1.0 * np.asarray(x)
    s = np.asarray(h if h is not None else EPS ** (1 / 3) * np.fmax(1, abs(x))) + 0 * x
    g = lambda e: f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape))
    return np.array([*map(g, s.ravel() * np.eye(x.size))]).reshape(x.shape) / (2 * s) if x.size else x


def step_size_study(f, df, x, hs, difference=forward_difference):
    g = df(x)
    return np.array([np.ptp([0, *abs(difference(f, x, h) - g).flat]) for h in hs])


def gradcheck(f, grad, x, tolerance=1e-6):
    g, n = np.asarray(grad(x)), central_difference(f, x)
    if g.shape != n.shape or np.isnan(g + n).any() or np.isinf([g, n]).any():
        return False
    return not (abs(g - n) > tolerance * np.max([abs(g), abs(n)], initial=0)).any()
