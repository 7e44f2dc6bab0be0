"""a2, by a student who counts allocations: one buffer, moved and put back; views of it that stay flat."""


def _steps(center, h, root):
    if h is not None:
        return np.broadcast_to(np.float64(h), center.shape).ravel()
    steps = np.abs(center).ravel()
    np.maximum(steps, 1.0, out=steps)
    steps *= EPS ** (1.0 / root)
    return steps


def forward_difference(f, x, h=None):
    buffer = np.array(x, dtype=np.float64, order="C")
    flat = buffer.reshape(-1)  # a view, as the buffer is contiguous
    kept = flat.copy()
    slopes = np.empty_like(buffer)
    out = slopes.reshape(-1)
    steps = _steps(buffer, h, 2)
    out.fill(-f(buffer))
    for i in range(flat.size):
        flat[i] += steps[i]
        out[i] += f(buffer)
        flat[i] = kept[i]
    out /= steps
    return slopes


def central_difference(f, x, h=None):
    buffer = np.array(x, dtype=np.float64, order="C")
    flat = buffer.reshape(-1)
    kept = flat.copy()
    slopes = np.zeros_like(buffer)
    out = slopes.reshape(-1)
    steps = _steps(buffer, h, 3)
    for sign in (1.0, -1.0):  # first all on the right, then all on the left
        for i in range(flat.size):
            flat[i] += sign * steps[i]
            out[i] += sign * f(buffer)
            flat[i] = kept[i]
    out /= steps
    out /= 2.0
    return slopes


def step_size_study(f, df, x, hs, difference=forward_difference):
    errors = np.empty(len(hs))
    truth = np.asarray(df(x))
    buffer = np.empty(truth.shape)
    for k, h in enumerate(hs):
        np.subtract(difference(f, x, h), truth, out=buffer)
        np.abs(buffer, out=buffer)
        errors[k] = buffer.max()
    return errors


def gradcheck(f, grad, x, tolerance=1e-6):
    mine = np.asarray(grad(x))
    if mine.shape != np.asarray(x).shape:
        return False
    # quotients of its own, so that a mistake above is not believed
    theirs = np.empty(mine.shape)
    point = np.array(x, dtype=float)
    for i in np.ndindex(point.shape):
        keep = point[i]
        d = 6e-6 * max(1, abs(keep))
        point[i] = keep + d
        up = f(point)
        point[i] = keep - d
        theirs[i] = (up - f(point)) / (2 * d)
        point[i] = keep
    if not (np.isfinite(mine).all() and np.isfinite(theirs).all()):
        return False
    if mine.size == 0:
        return True
    scale = np.maximum(np.abs(mine).max(), np.abs(theirs).max())
    return scale == 0 or bool(np.abs(mine / scale - theirs / scale).max() <= tolerance)
