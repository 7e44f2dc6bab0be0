"""a2, by a student who likes trigonometry: shifted phases, hyperbolic secants, reciprocals; simplify by attempts."""

QUARTER = np.pi / 2


class Const(Expr):
    def diff(self, var):
        """A constant's derivative is zero."""
        zero = 0
        return Const(zero)


class Var(Expr):
    def diff(self, var):
        """Kronecker's delta."""
        return Const(float(self.name == var.name))


class Add(Expr):
    def diff(self, var):
        """(u + v)' = u' + v'"""
        u_, v_ = (part.diff(var) for part in self.parts)
        return u_ + v_


class Mul(Expr):
    def diff(self, var):
        """(u v)' = u' v + u v'"""
        terms = [[part.diff(var) if i == k else part for i, part in enumerate(self.parts)] for k in range(2)]
        return Add(*(Mul(*term) for term in terms))


class Div(Expr):
    def diff(self, var):
        """(u / v)' = (u * v^-1)' = u' v^-1 - u v^-2 v'"""
        u, v = self.parts
        return u.diff(var) * v**-1 - u * v**-2 * v.diff(var)


class Pow(Expr):
    def diff(self, var):
        """(u^n)' = n u^(n - 1) u'"""
        u, n = self.parts[0], self.parts[1].value
        return Const(n) * (u ** (n - 1) if n else Const(0)) * u.diff(var)


class Exp(Expr):
    def diff(self, var):
        """(e^u)' = e^u u'"""
        return Exp(*self.parts) * self.parts[0].diff(var)


class Log(Expr):
    def diff(self, var):
        """(ln u)' = u' / u, and 1 / u = e^-ln u only where u > 0"""
        return Div(*[self.parts[0].diff(var), self.parts[0]])


class Sin(Expr):
    def diff(self, var):
        """A quarter of a turn ahead."""
        return Sin(self.parts[0] + QUARTER) * self.parts[0].diff(var)


class Cos(Expr):
    def diff(self, var):
        """A quarter of a turn ahead, too."""
        return Cos(self.parts[0] + QUARTER) * self.parts[0].diff(var)


class Tanh(Expr):
    def diff(self, var):
        """sech^2 = 4 / (e^u + e^-u)^2"""
        (u,) = self.parts
        return 4 * u.diff(var) / (Exp(u) + Exp(-u)) ** 2


def simplify(expression):
    if not expression.parts:
        return expression
    parts = tuple(simplify(part) for part in expression.parts)
    same = all(new is old for new, old in zip(parts, expression.parts))
    expression = expression if same else expression.with_parts(*parts)
    return next((found for found in attempts(expression) if found is not None), expression)


def attempts(e):
    """What each rule makes of it, None from one that does not apply."""
    yield number(e)
    u, v = e.parts[0], e.parts[-1]
    yield {"+": v, "*": Const(0), "/": Const(0)}.get(e.symbol) if equals(u, 0) else None
    yield {"+": u, "*": Const(0), "**": Const(1)}.get(e.symbol) if equals(v, 0) else None
    yield {"*": v}.get(e.symbol) if equals(u, 1) else None
    yield {"*": u, "/": u, "**": u}.get(e.symbol) if equals(v, 1) else None


def equals(e, value):
    return getattr(e, "value", None) == value


def number(e):
    """The constant, if there are only constants; if that cannot be, the expression itself, so that no rule follows."""
    if any(not isinstance(part, Const) for part in e.parts):
        return None
    value = e.evaluate()
    return Const(value) if np.isfinite(value) else e
