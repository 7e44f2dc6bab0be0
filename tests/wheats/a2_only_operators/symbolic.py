"""a2, in few lines: derivatives by the operators alone, simplify in passes until nothing changes any more."""

D = lambda e, var: e.diff(var)


class Const(Expr):
    diff = lambda self, var: Const(0)


class Var(Expr):
    diff = lambda self, var: Const(int(var.name == self.name))


class Add(Expr):
    diff = lambda self, x: D(self.parts[0], x) + D(self.parts[1], x)


class Mul(Expr):
    diff = lambda self, x: self.parts[0] * D(self.parts[1], x) + self.parts[1] * D(self.parts[0], x)


class Div(Expr):
    diff = lambda self, x: (D(self.parts[0], x) - self * D(self.parts[1], x)) / self.parts[1]


class Pow(Expr):
    diff = lambda self, x: self.parts[1] * self.parts[0] ** (self.parts[1].value - (self.parts[1].value != 0)) * D(self.parts[0], x)


class Exp(Expr):
    diff = lambda self, x: self * D(*self.parts, x)


class Log(Expr):
    diff = lambda self, x: D(*self.parts, x) / self.parts[0]


class Sin(Expr):
    diff = lambda self, x: D(*self.parts, x) * Cos(*self.parts)


class Cos(Expr):
    diff = lambda self, x: D(*self.parts, x) * -Sin(*self.parts)


class Tanh(Expr):
    diff = lambda self, x: D(*self.parts, x) * ((1 - self) * (1 + self))


def one_pass(e):
    p = [one_pass(part) for part in e.parts]
    zero, one = [is_number(q, 0) for q in p], [is_number(q, 1) for q in p]
    s = e.symbol
    new = e.with_parts(*p)
    if p and all(isinstance(q, Const) for q in p):
        return Const(c) if np.isfinite(c := new.evaluate()) else new
    if s == "+" and True in zero:
        return p[1 - zero.index(True)]
    if s == "*" and True in one:
        return p[1 - one.index(True)]
    if s == "*" and True in zero or s == "/" and zero[0]:
        return Const(0)
    if s in ("/", "**") and one[1]:
        return p[0]
    return Const(1) if s == "**" and zero[1] else new


def simplify(expression):
    while (after := one_pass(expression)).postfix() != expression.postfix():
        expression = after
    return after
