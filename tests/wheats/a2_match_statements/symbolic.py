"""a2, in modern Python: simplify is one match statement with a case for each line of the docstring."""


class Const(Expr):
    __match_args__ = ("value",)

    def diff(self, var):
        return Const(0)


class Var(Expr):
    __match_args__ = ("name",)

    def diff(self, var):
        match var:
            case Var(self.name):
                return Const(1)
            case _:
                return Const(0)


class Add(Expr):
    def diff(self, var):
        match self.parts:
            case u, v:
                return Add(u.diff(var), v.diff(var))


class Mul(Expr):
    def diff(self, var):
        match self.parts:
            case u, v if u is v:
                return 2 * u * u.diff(var)
            case u, v:
                return Add(Mul(v, u.diff(var)), Mul(u, v.diff(var)))


class Div(Expr):
    def diff(self, var):
        u, v = self.parts
        return (du := u.diff(var)) / v - self * (v.diff(var) / v)


class Pow(Expr):
    def diff(self, var):
        match self.parts:
            case u, Const(0):
                return Const(0)
            case u, Const(1):
                return u.diff(var)
            case u, Const(2):
                return 2 * (u * u.diff(var))
            case u, Const(n):
                return u.diff(var) * Pow(u, n - 1) * n


class Exp(Expr):
    def diff(self, var):
        return self.parts[0].diff(var) * self


class Log(Expr):
    def diff(self, var):
        return self.parts[0] ** -1 * self.parts[0].diff(var)


class Sin(Expr):
    def diff(self, var):
        return (u := self.parts[0]).diff(var) * Cos(u)


class Cos(Expr):
    def diff(self, var):
        return 0 - (u := self.parts[0]).diff(var) * Sin(u)


class Tanh(Expr):
    def diff(self, var):
        return (u := self.parts[0]).diff(var) * (1 - self * self)


def simplify(expression: Expr) -> Expr:
    match expression.with_parts(*map(simplify, expression.parts)):
        case Const() | Var() | Unknown() as leaf:
            return leaf
        case Expr(parts=parts) as e if all(isinstance(p, Const) for p in parts) and np.isfinite(v := e.evaluate()):
            return Const(v)
        case Add(parts=(Const(0), u)) | Add(parts=(u, Const(0))):
            return u
        case Mul(parts=(Const(1), u)) | Mul(parts=(u, Const(1))) | Div(parts=(u, Const(1))) | Pow(parts=(u, Const(1))):
            return u
        case Mul(parts=(Const(0), _)) | Mul(parts=(_, Const(0))):
            return Const(0)
        case Pow(parts=(_, Const(0))):
            return Const(1)
        case Div(parts=(Const(0), u)) if not isinstance(u, Const):
            return Const(0)
        case other:
            return other
