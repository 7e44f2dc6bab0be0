"""a7, as somebody who has learnt Java writes it: a variable for each step, getters, and no expression too long."""


class Dual:
    def getValue(self):
        return self.primal

    def getRate(self):
        return self.tangent

    def __add__(self, other):
        other = as_dual(other)
        newValue = self.getValue() + other.getValue()
        newRate = self.getRate() + other.getRate()
        result = Dual(newValue, newRate)
        return result

    def __sub__(self, other):
        other = as_dual(other)
        newValue = self.getValue() - other.getValue()
        newRate = self.getRate() - other.getRate()
        result = Dual(newValue, newRate)
        return result

    def __mul__(self, other):
        other = as_dual(other)
        u = self.getValue()
        v = other.getValue()
        firstTerm = self.getRate() * v
        secondTerm = u * other.getRate()
        result = Dual(u * v, firstTerm + secondTerm)
        return result

    def __truediv__(self, other):
        other = as_dual(other)
        u = self.getValue()
        v = other.getValue()
        numerator = self.getRate() * v - u * other.getRate()
        denominator = v * v
        result = Dual(u / v, numerator / denominator)
        return result

    def __pow__(self, n):
        if not isinstance(n, (int, float, np.number)):
            raise TypeError("exponent must be a number")
        if n == 0:
            value = self.getValue() * 0.0 + 1.0
            rate = self.getRate() * 0.0
        elif n == 1:
            value = self.getValue()
            rate = self.getRate()
        else:
            value = self.getValue() ** n
            outer = (self.getValue() ** (n - 1)) * float(n)
            rate = outer * self.getRate()
        return Dual(value, rate)

    def __matmul__(self, other):
        other = as_dual(other)
        product = self.getValue() @ other.getValue()
        leftMoves = self.getRate() @ other.getValue()
        rightMoves = self.getValue() @ other.getRate()
        return Dual(product, leftMoves + rightMoves)


def exp(a):
    if not isinstance(a, Dual):
        return _plain("exp", a)
    value = _plain("exp", a.getValue())
    rate = a.getRate() * value
    return Dual(value, rate)


def log(a):
    if not isinstance(a, Dual):
        return _plain("log", a)
    value = _plain("log", a.getValue())
    rate = a.getRate() / a.getValue()
    return Dual(value, rate)


def sin(a):
    if not isinstance(a, Dual):
        return _plain("sin", a)
    value = _plain("sin", a.getValue())
    outer = _plain("cos", a.getValue())
    return Dual(value, outer * a.getRate())


def cos(a):
    if not isinstance(a, Dual):
        return _plain("cos", a)
    value = _plain("cos", a.getValue())
    outer = _plain("sin", a.getValue()) * -1.0
    return Dual(value, outer * a.getRate())


def tanh(a):
    if not isinstance(a, Dual):
        return _plain("tanh", a)
    value = _plain("tanh", a.getValue())
    outer = 1.0 - value**2
    return Dual(value, outer * a.getRate())
