"""a1, by a student who counts allocations: buffers made once and filled in place, out=, float32 for the gates."""

GATE = np.float32  # zeros, ones and halves are exact in it


def _powers_into(phi, x):
    phi[:, 0] = 1
    for j in range(1, phi.shape[1]):
        np.multiply(phi[:, j - 1], x, out=phi[:, j])


def polynomial(x, degree):
    x = np.asarray(x, dtype=np.float64)
    phi = np.empty((x.size, degree + 1), order="F")
    _powers_into(phi, x)
    return phi


def _distances_into(phi, x, centers, width):
    phi[:, 0] = 1
    np.subtract(x[:, None], centers, out=phi[:, 1:])
    phi[:, 1:] /= width


def gaussian(x, centers, width):
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    phi = np.empty((x.size, centers.size + 1))
    _distances_into(phi, x, centers, width)
    bells = phi[:, 1:]
    np.square(bells, out=bells)
    bells *= -0.5
    np.exp(bells, out=bells)
    return phi


def sigmoidal(x, centers, width):
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    phi = np.empty((x.size, centers.size + 1))
    _distances_into(phi, x, centers, width)
    _logistic_in_place(phi[:, 1:])
    return phi


def _logistic_in_place(a):
    positive = a >= 0
    e = np.exp(-np.abs(a))
    np.copyto(a, e)
    a[positive] = 1
    e += 1
    a /= e


def logistic(a):
    result = np.array(a, dtype=np.float64, ndmin=1)
    _logistic_in_place(result)
    return result.reshape(np.shape(a))


def least_squares(phi, t):
    u, s, vt = np.linalg.svd(phi, full_matrices=False)
    small = s <= s[0] * 1e-14
    s[small] = 1
    c = u.T @ t
    c /= s
    c[small] = 0
    return c @ vt


def irls_step(phi, t, w):
    y = phi @ w
    _logistic_in_place(y)
    residual = t - y
    y *= 1 - y
    weighted = phi * y[:, None]
    step = np.linalg.solve(weighted.T @ phi, residual @ phi)
    step += w
    return step


class LinearModel:
    def predict(self, x):
        if self.w is None:
            raise RuntimeError("LinearModel.predict: there are no weights yet; call fit first, or set w")
        phi = np.asarray(self.basis(x))
        a = np.zeros(phi.shape[0])
        buffer = np.empty_like(a)
        for j, w in enumerate(self.w):
            np.multiply(phi[:, j], w, out=buffer)
            a += buffer
        return self.f(a)


class ThresholdUnit:
    def fires(self, x):
        result = np.zeros(x.shape[:-1], dtype=GATE)
        np.greater_equal(np.inner(x, self.w), self.theta, out=result, casting="unsafe")
        return result


def logical_and(n):
    w = np.empty(n, dtype=GATE)
    w.fill(1)
    return threshold_unit(w, GATE(n) - GATE(0.5))


def logical_or(n):
    w = np.empty(n, dtype=GATE)
    w.fill(1)
    return threshold_unit(w, GATE(0.5))


def logical_not():
    return threshold_unit(np.array([-4], dtype=GATE), GATE(-3))


def majority(n):
    w = np.empty(n, dtype=GATE)
    w.fill(2)
    return threshold_unit(w, GATE(n) + GATE(0.5))


def find_unit(x, t, weights, thresholds):
    # for given weights, thresholds that do lie above every sum that must not fire, and not above one that must
    on, off = x[t == 1], x[t == 0]
    w = np.empty(x.shape[1])
    for number in range(len(weights) ** len(w)):
        for j in range(len(w)):
            number, digit = divmod(number, len(weights))
            w[j] = weights[digit]
        low = (off @ w).max(initial=-np.inf)
        high = (on @ w).min(initial=np.inf)
        for theta in thresholds:
            if low < theta <= high:
                return threshold_unit(w, theta)
    return None


def two_layers(hidden, output, x):
    x = np.asarray(x, dtype=np.float64)
    h = np.empty((len(hidden), *x.shape[:-1]), dtype=GATE)
    for i in range(len(hidden)):
        h[i] = hidden[i](x)
    return output(np.moveaxis(h, 0, -1))


def xor_units():
    hidden = [threshold_unit(GATE([1, 1]), t) for t in (0.5, 1.5)]
    return hidden, threshold_unit(GATE([1, -2]), 0.5)
