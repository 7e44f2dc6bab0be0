"""a7, by lifting: a rule is a function of the parts and its partial derivatives, and one function applies them all."""


def _lifted(value, *moved):
    """The Dual of this value whose tangent is the sum of what each input adds."""
    tangent = moved[0]
    for each in moved[1:]:
        tangent = tangent + each
    return Dual(value, tangent)


def _unary(name, slope):
    def function(a):
        if not isinstance(a, Dual):
            return _plain(name, a)
        value = _plain(name, a.primal)
        return _lifted(value, slope(a.primal, value) * a.tangent)

    return function


class Dual:
    def __add__(self, other):
        other = as_dual(other)
        return _lifted(self.primal + other.primal, self.tangent, other.tangent)

    def __sub__(self, other):
        other = as_dual(other)
        return _lifted(self.primal - other.primal, self.tangent, -other.tangent)

    def __mul__(self, other):
        other = as_dual(other)
        return _lifted(self.primal * other.primal, other.primal * self.tangent, self.primal * other.tangent)

    def __truediv__(self, other):
        other = as_dual(other)
        by_left, by_right = 1.0 / other.primal, -self.primal / other.primal**2
        return _lifted(self.primal / other.primal, by_left * self.tangent, by_right * other.tangent)

    def __pow__(self, n):
        if n == 0:
            return as_dual(np.ones(self.shape)) if isinstance(self.primal, np.ndarray) else Dual(self.primal**0, self.tangent * 0)
        return _lifted(self.primal**n, self.primal ** (n - 1) * n * self.tangent)

    def __matmul__(self, other):
        other = as_dual(other)
        return _lifted(self.primal @ other.primal, self.tangent @ other.primal, self.primal @ other.tangent)


exp = _unary("exp", lambda a, value: value)
log = _unary("log", lambda a, value: 1 / a)
sin = _unary("sin", lambda a, value: _plain("cos", a))
cos = _unary("cos", lambda a, value: -1 * _plain("sin", a))
tanh = _unary("tanh", lambda a, value: (1 + value) * (1 - value))
