"""a2, in modern Python: match statements, the walrus, comprehensions; the steps as rows of a diagonal matrix."""


def _moves(x: np.ndarray, h: float | None, power: float):
    """The point, and for each coordinate the step and an array that holds it there and zeros elsewhere."""
    point = np.array(x, dtype=np.float64)
    match h:
        case None:
            steps = EPS**power * np.maximum(np.abs(point), 1)
        case _:
            steps = np.ones_like(point) * h
    return point, [(step, row.reshape(point.shape)) for step, row in zip(steps.ravel(), np.diag(steps.ravel()))]


def forward_difference(f: Scalar, x: np.ndarray, h: float | None = None) -> np.ndarray:
    point, moves = _moves(x, h, 1 / 2)
    here = f(point)
    return np.array([(f(point + move) - here) / step for step, move in moves], dtype=float).reshape(point.shape)


def central_difference(f: Scalar, x: np.ndarray, h: float | None = None) -> np.ndarray:
    point, moves = _moves(x, h, 1 / 3)
    slopes = [(f(point + move) - f(point - move)) / step / 2 for step, move in moves]
    return np.array(slopes, dtype=float).reshape(point.shape)


def step_size_study(f, df, x, hs, difference=forward_difference) -> np.ndarray:
    true = df(x)
    return np.fromiter((np.max(np.abs(difference(f, x, h) - true)) for h in hs), dtype=np.float64)


def gradcheck(f: Scalar, grad: Gradient, x: np.ndarray, tolerance: float = 1e-6) -> bool:
    match (g := np.asarray(grad(x))), (n := central_difference(f, x)):
        case _ if g.shape != n.shape:
            return False
        case _ if g.size == 0:
            return True
        case _ if not np.isfinite(size := max(np.abs(g).max(), np.abs(n).max())):
            return False
        case _:
            return bool(np.allclose(g, n, rtol=0, atol=tolerance * size))
