"""a7, each rule from as few others as possible: a difference is a sum, a quotient a product, a cosine a sine."""


class Dual:
    def __add__(self, other):
        other = as_dual(other)
        return Dual(other.primal + self.primal, other.tangent + self.tangent)

    def __sub__(self, other):
        return self + -1.0 * as_dual(other)

    def __mul__(self, other):
        other = as_dual(other)
        product = lambda a, b: a * b
        return Dual(product(self.primal, other.primal), product(self.tangent, other.primal) + product(self.primal, other.tangent))

    def __truediv__(self, other):
        return self * as_dual(other) ** -1

    def __pow__(self, n):
        if not isinstance(n, int | float | np.number):
            raise TypeError("Dual: want a number as the exponent")
        lower = (self.primal ** (n - 1)) if n else 0.0 * self.primal
        return Dual(self.primal**n, lower * (n * self.tangent))

    def __matmul__(self, other):
        other = as_dual(other)
        both = [self.tangent @ other.primal, self.primal @ other.tangent]
        return Dual(self.primal @ other.primal, both[0] + both[1])


def exp(a):
    if isinstance(a, Dual):
        value = exp(a.primal)
        return Dual(1.0 + 0.0 * a.primal, a.tangent) * value
    return _plain("exp", a)


def log(a):
    if isinstance(a, Dual):
        relative = a / a.primal
        return Dual(log(a.primal), relative.tangent)
    return _plain("log", a)


def sin(a):
    if isinstance(a, Dual):
        return Dual(sin(a.primal), sin(a.primal + np.pi / 2) * a.tangent)
    return _plain("sin", a)


def cos(a):
    if isinstance(a, Dual):
        return sin(a + np.pi / 2)
    return _plain("cos", a)


def tanh(a):
    if isinstance(a, Dual):
        t = tanh(a.primal)
        one_at_t = Dual(t, a.tangent)
        return Dual(t, a.tangent) - Dual(0.0 * t, t * t * one_at_t.tangent)
    return _plain("tanh", a)
