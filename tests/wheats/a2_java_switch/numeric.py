"""a2, by a student who comes from Java: flat loops with counters, one method that switches over all kinds."""


def forward_difference(f, x, h=None):
    point = np.array(x, dtype=np.float64)
    shape = point.shape
    flat = point.reshape(-1).tolist()
    n = len(flat)
    f0 = f(np.array(flat).reshape(shape))
    result = [0.0] * n
    for i in range(n):
        if h is None:
            step = EPS ** 0.5 * max(1.0, abs(flat[i]))
        else:
            step = h
        old = flat[i]
        flat[i] = old + step
        result[i] = (f(np.array(flat).reshape(shape)) - f0) / step
        flat[i] = old
    return np.array(result, dtype=np.float64).reshape(shape)


def central_difference(f, x, h=None):
    point = np.array(x, dtype=np.float64)
    shape = point.shape
    flat = point.reshape(-1).tolist()
    n = len(flat)
    result = [0.0] * n
    for i in range(n):
        if h is None:
            step = EPS ** (1.0 / 3.0) * max(1.0, abs(flat[i]))
        else:
            step = h
        old = flat[i]
        flat[i] = old + step
        right = f(np.array(flat).reshape(shape))
        flat[i] = old - step
        left = f(np.array(flat).reshape(shape))
        flat[i] = old
        result[i] = (right - left) / (step + step)
    return np.array(result, dtype=np.float64).reshape(shape)


def step_size_study(f, df, x, hs, difference=forward_difference):
    truth = np.array(df(x)).reshape(-1)
    errors = np.zeros(len(hs))
    for k in range(len(hs)):
        approximation = np.array(difference(f, x, hs[k])).reshape(-1)
        worst = 0.0
        for i in range(len(truth)):
            error = abs(approximation[i] - truth[i])
            if error > worst:
                worst = error
        errors[k] = worst
    return errors


def gradcheck(f, grad, x, tolerance=1e-6):
    g = np.asarray(grad(x))
    if g.shape != np.shape(x):
        return False
    n = central_difference(f, x)
    worst = 0.0
    largest = 0.0
    for index in np.ndindex(g.shape):
        gi = float(g[index])
        ni = float(n[index])
        if gi != gi or ni != ni or abs(gi) == float("inf") or abs(ni) == float("inf"):
            return False
        worst = max(worst, abs(gi - ni))
        largest = max(largest, abs(gi), abs(ni))
    return worst <= tolerance * largest
