"""a7, in as few lines as possible: lambdas that are called where they are defined, the walrus, tables."""


class Dual:
    def __add__(self, other):
        return Dual(self.primal + (o := as_dual(other)).primal, self.tangent + o.tangent)

    __sub__ = lambda self, other: self + -as_dual(other)

    def __mul__(self, other):
        return Dual(self.primal * (o := as_dual(other)).primal, self.primal * o.tangent + o.primal * self.tangent)

    def __truediv__(self, other):
        return Dual(q := self.primal / (o := as_dual(other)).primal, self.tangent / o.primal - q / o.primal * o.tangent)

    def __pow__(self, n):
        return Dual(self.primal**n, n * self.primal ** (n - (n != 0)) * self.tangent)

    def __matmul__(self, other):
        return Dual(self.primal @ (o := as_dual(other)).primal, self.tangent @ o.primal + self.primal @ o.tangent)


exp = lambda a: Dual(e := exp(a.primal), e * a.tangent) if isinstance(a, Dual) else _plain("exp", a)
log = lambda a: Dual(log(a.primal), a.primal**-1.0 * a.tangent) if isinstance(a, Dual) else _plain("log", a)
sin = lambda a: Dual(sin(a.primal), a.tangent * cos(a.primal)) if isinstance(a, Dual) else _plain("sin", a)
cos = lambda a: Dual(cos(a.primal), -a.tangent * sin(a.primal)) if isinstance(a, Dual) else _plain("cos", a)
tanh = lambda a: Dual(t := tanh(a.primal), a.tangent - t**2 * a.tangent) if isinstance(a, Dual) else _plain("tanh", a)
