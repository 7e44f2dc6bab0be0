"""a2, with design patterns: derivatives are remembered by name, a decorator does it; simplify is a visitor class."""

from functools import wraps


def remembered(rule):
    """Keeps the derivative with the expression, which never changes: asked twice, answered once."""

    @wraps(rule)
    def diff(self, var):
        known = self.__dict__.setdefault("_derivatives", {})
        if var.name not in known:
            known[var.name] = rule(self, var)
        return known[var.name]

    return diff


class Const(Expr):
    NOTHING = 0.0

    @remembered
    def diff(self, var):
        return Const(self.NOTHING)


class Var(Expr):
    @remembered
    def diff(self, var):
        if self.name != var.name:
            return Const(0)
        return Const(1)


class Add(Expr):
    @remembered
    def diff(self, var):
        return Add(*[p.diff(var) for p in self.parts])


class Mul(Expr):
    @remembered
    def diff(self, var):
        a, b = self.parts
        da, db = a.diff(var), b.diff(var)
        return a * db + b * da


class Div(Expr):
    @remembered
    def diff(self, var):
        top, bottom = self.parts
        return (bottom * top.diff(var) - top * bottom.diff(var)) / (bottom * bottom)


class Pow(Expr):
    @remembered
    def diff(self, var):
        u, n = self.parts
        inner = u.diff(var)
        if n.value == 0:
            return 0 * inner
        return (n * inner) * Pow(u, Const(n.value - 1))


class Exp(Expr):
    @remembered
    def diff(self, var):
        inner = self.parts[0].diff(var)
        return inner * self


class Log(Expr):
    @remembered
    def diff(self, var):
        inner = self.parts[0].diff(var)
        return inner * Pow(self.parts[0], -1)


class Sin(Expr):
    @remembered
    def diff(self, var):
        inner = self.parts[0].diff(var)
        return inner * Cos(self.parts[0])


class Cos(Expr):
    @remembered
    def diff(self, var):
        inner = self.parts[0].diff(var)
        return -(inner * Sin(self.parts[0]))


class Tanh(Expr):
    @remembered
    def diff(self, var):
        inner = self.parts[0].diff(var)
        return inner - inner * self**2


class Simplifier:
    """visit(e) asks the method that is called like e's class."""

    def __init__(self):
        self.seen = {}

    def visit(self, e):
        if id(e) not in self.seen:
            self.seen[id(e)] = e, self.visit_parts(e)
        return self.seen[id(e)][1]

    def visit_parts(self, e):
        if len(e.parts) == 0:
            return e
        parts = [self.visit(p) for p in e.parts]
        constants = [p.value for p in parts if isinstance(p, Const)]
        new = e.with_parts(*parts)
        if len(constants) == len(parts):
            return self.visit_constants(new)
        method = getattr(self, "visit_" + type(e).__name__, lambda *_: None)
        return method(*parts) or new

    def visit_constants(self, e):
        value = e.evaluate()
        return e if np.isnan(value) or np.isinf(value) else Const(value)

    def visit_Add(self, u, v):
        return v if is_number(u, 0) else u if is_number(v, 0) else None

    def visit_Mul(self, u, v):
        for one, other in ((u, v), (v, u)):
            if is_number(one, 0):
                return one
            if is_number(one, 1):
                return other

    def visit_Div(self, u, v):
        if is_number(u, 0) or is_number(v, 1):
            return u

    def visit_Pow(self, u, n):
        return {0.0: Const(1), 1.0: u}.get(n.value)


def simplify(expression):
    return Simplifier().visit(expression)
