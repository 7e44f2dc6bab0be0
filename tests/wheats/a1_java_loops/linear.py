"""a1, by a student who comes from Java: indices and loops, nothing vectorised, the linear algebra written out.

least_squares is a singular value decomposition by one-sided Jacobi rotations; irls_step eliminates after Gauss.
"""

import math

MAX_SWEEPS = 60
TINY = 1e-15


def polynomial(x, degree):
    x = np.asarray(x, dtype=np.float64)
    n = len(x)
    Phi = np.zeros((n, degree + 1))
    for i in range(n):
        power = 1.0
        for j in range(degree + 1):
            Phi[i][j] = power
            power = power * x[i]
    return Phi


def gaussian(x, centers, width):
    x, centers = np.asarray(x, dtype=np.float64), np.asarray(centers, dtype=np.float64)
    Phi = np.zeros((len(x), len(centers) + 1))
    for i in range(len(x)):
        Phi[i][0] = 1.0
        for j in range(len(centers)):
            d = x[i] - centers[j]
            Phi[i][j + 1] = math.exp(-(d * d) / (2 * width * width))
    return Phi


def sigmoidal(x, centers, width):
    Phi = np.zeros((len(x), len(centers) + 1))
    for i in range(len(x)):
        Phi[i][0] = 1.0
        for j in range(len(centers)):
            Phi[i][j + 1] = sigmoidOfOne((x[i] - centers[j]) / width)
    return Phi


def sigmoidOfOne(a):
    if a >= 0:
        return 1.0 / (1.0 + math.exp(-a))
    else:
        e = math.exp(a)
        return e / (1.0 + e)


def logistic(a):
    a = np.asarray(a, dtype=np.float64)
    result = np.zeros(a.shape)
    for index in np.ndindex(a.shape):
        result[index] = sigmoidOfOne(float(a[index]))
    return result


def least_squares(phi, t):
    # Rotate pairs of columns until all are orthogonal: phi V = U S. Then w = V S^-1 U^T t, without the zeros of S.
    n, M = len(phi), len(phi[0])
    A = [[float(phi[i][j]) for j in range(M)] for i in range(n)]
    V = [[1.0 if i == j else 0.0 for j in range(M)] for i in range(M)]
    for sweep in range(MAX_SWEEPS):
        rotated = False
        for p in range(M):
            for q in range(p + 1, M):
                if rotate(A, V, p, q):
                    rotated = True
        if not rotated:
            break
    squares = []
    for j in range(M):
        squares.append(dot(column(A, j), column(A, j)))
    limit = (max(n, M) * 2.2e-16) ** 2 * max(squares)
    w = np.zeros(M)
    for k in range(M):
        if squares[k] > limit:
            c = dot(column(A, k), t) / squares[k]
            for j in range(M):
                w[j] += V[j][k] * c
    return w


def rotate(A, V, p, q):
    """Makes columns p and q orthogonal; False if they are so already."""
    alpha = dot(column(A, p), column(A, p))
    beta = dot(column(A, q), column(A, q))
    gamma = dot(column(A, p), column(A, q))
    if abs(gamma) <= TINY * math.sqrt(alpha * beta):
        return False
    zeta = (beta - alpha) / (2.0 * gamma)
    tangent = math.copysign(1.0, zeta) / (abs(zeta) + math.hypot(1.0, zeta))
    c = 1.0 / math.hypot(1.0, tangent)
    s = c * tangent
    for matrix in (A, V):
        for row in matrix:
            old = row[p]
            row[p] = c * old - s * row[q]
            row[q] = s * old + c * row[q]
    return True


def column(matrix, j):
    return [row[j] for row in matrix]


def dot(u, v):
    total = 0.0
    for k in range(len(u)):
        total += float(u[k]) * float(v[k])
    return total


def irls_step(phi, t, w):
    n, M = len(phi), len(phi[0])
    H = [[0.0] * M for j in range(M)]
    g = [0.0] * M
    for i in range(n):
        y = sigmoidOfOne(dot(phi[i], w))
        for j in range(M):
            g[j] += phi[i][j] * (t[i] - y)
            for k in range(M):
                H[j][k] += y * (1 - y) * phi[i][j] * phi[i][k]
    d = solveByElimination(H, g)
    result = np.zeros(M)
    for j in range(M):
        result[j] = w[j] + d[j]
    return result


def solveByElimination(A, b):
    m = len(b)
    for k in range(m):
        pivot = k
        for i in range(k + 1, m):
            if abs(A[i][k]) > abs(A[pivot][k]):
                pivot = i
        A[k], A[pivot] = A[pivot], A[k]
        b[k], b[pivot] = b[pivot], b[k]
        for i in range(k + 1, m):
            factor = A[i][k] / A[k][k]
            for j in range(k, m):
                A[i][j] -= factor * A[k][j]
            b[i] -= factor * b[k]
    x = [0.0] * m
    for k in range(m - 1, -1, -1):
        rest = b[k]
        for j in range(k + 1, m):
            rest -= A[k][j] * x[j]
        x[k] = rest / A[k][k]
    return x


class LinearModel:
    def predict(self, x):
        if self.w is None:
            raise RuntimeError("LinearModel.predict: there are no weights yet; call fit first, or set w")
        Phi = self.basis(x)
        a = np.zeros(len(Phi))
        for i in range(len(Phi)):
            for j in range(len(self.w)):
                a[i] += self.w[j] * Phi[i][j]
        return self.f(a)


class ThresholdUnit:
    def fires(self, x):
        if x.ndim == 1:
            return self.firesForOne(x)
        result = np.zeros(len(x))
        for i in range(len(x)):
            result[i] = self.firesForOne(x[i])
        return result

    def firesForOne(self, x):
        total = 0.0
        for j in range(len(self.w)):
            total += self.w[j] * x[j]
        if total >= self.theta:
            return 1
        else:
            return 0


def logical_and(n):
    w = []
    for i in range(n):
        w.append(1.0)
    return ThresholdUnit(w, n - 0.5)


def logical_or(n):
    w = []
    for i in range(n):
        w.append(1.0)
    return ThresholdUnit(w, 0.5)


def logical_not():
    return ThresholdUnit([-1.0], -0.5)


def majority(n):
    w = []
    for i in range(n):
        w.append(2.0)
    return ThresholdUnit(w, n + 1)


def find_unit(x, t, weights, thresholds):
    # Counts through the grid like the wheels of a mileage meter.
    n_in = x.shape[1]
    wheel = [0] * n_in
    while True:
        w = [weights[k] for k in wheel]
        for theta in thresholds:
            unit = ThresholdUnit(w, theta)
            good = True
            for i in range(len(x)):
                if unit.firesForOne(x[i]) != t[i]:
                    good = False
                    break
            if good:
                return unit
        place = 0
        while place < n_in and wheel[place] == len(weights) - 1:
            wheel[place] = 0
            place += 1
        if place == n_in:
            return None
        wheel[place] += 1


def two_layers(hidden, output, x):
    x = np.asarray(x, dtype=np.float64)
    if x.ndim == 1:
        h = np.zeros(len(hidden))
        for k in range(len(hidden)):
            h[k] = hidden[k](x)
        return output(h)
    result = np.zeros(len(x))
    for i in range(len(x)):
        result[i] = two_layers(hidden, output, x[i])
    return result


def xor_units():
    first_only = ThresholdUnit([1.0, -1.0], 0.5)
    second_only = ThresholdUnit([-1.0, 1.0], 0.5)
    either = ThresholdUnit([1.0, 1.0], 0.5)
    return [first_only, second_only], either
