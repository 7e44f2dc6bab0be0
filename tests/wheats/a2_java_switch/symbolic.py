"""a2, by a student who comes from Java: every diff asks one static method, which switches over all kinds."""


class Rules:
    """Utility class."""

    @staticmethod
    def derive(e, var):
        if isinstance(e, Const):
            return Const(0.0)
        elif isinstance(e, Var):
            if e.name == var.name:
                return Const(1.0)
            else:
                return Const(0.0)
        left = e.parts[0]
        dLeft = left.diff(var)
        if isinstance(e, Add):
            return Add(dLeft, e.parts[1].diff(var))
        elif isinstance(e, Mul):
            right = e.parts[1]
            return Add(Mul(left, right.diff(var)), Mul(dLeft, right))
        elif isinstance(e, Div):
            right = e.parts[1]
            numerator = Add(Mul(dLeft, right), Mul(Const(-1.0), Mul(left, right.diff(var))))
            return Div(numerator, Mul(right, right))
        elif isinstance(e, Pow):
            n = e.parts[1].value
            if n == 0.0:
                return Const(0.0)
            elif n == 1.0:
                return dLeft
            else:
                return Mul(Mul(Const(n), Pow(left, n - 1.0)), dLeft)
        elif isinstance(e, Exp):
            return Mul(Exp(left), dLeft)
        elif isinstance(e, Log):
            return Mul(Div(Const(1.0), left), dLeft)
        elif isinstance(e, Sin):
            return Mul(Cos(left), dLeft)
        elif isinstance(e, Cos):
            return Mul(Mul(Const(-1.0), Sin(left)), dLeft)
        elif isinstance(e, Tanh):
            return Mul(Add(Const(1.0), Mul(Const(-1.0), Mul(Tanh(left), Tanh(left)))), dLeft)
        raise TypeError("unknown kind " + type(e).__name__)


class Const(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Var(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Add(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Mul(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Div(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Pow(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Exp(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Log(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Sin(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Cos(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


class Tanh(Expr):
    def diff(self, var):
        return Rules.derive(self, var)


def simplify(expression):
    # no recursion: a stack of my own, each entry (expression, its parts simplified so far)
    stack = [(expression, [])]
    while True:
        e, done = stack[-1]
        if len(done) < len(e.parts):
            stack.append((e.parts[len(done)], []))
            continue
        stack.pop()
        result = simplifyOne(e, done)
        if len(stack) == 0:
            return result
        stack[-1][1].append(result)


def isConst(e, value):
    return isinstance(e, Const) and e.value == value


def simplifyOne(e, parts):
    if len(parts) == 0:
        return e
    result = e.with_parts(*parts)
    allConst = True
    for p in parts:
        if not isinstance(p, Const):
            allConst = False
    if allConst:
        number = float(result.evaluate())
        if number - number == 0.0:
            return Const(number)
        return result
    if isinstance(e, Add):
        if isConst(parts[0], 0.0):
            return parts[1]
        if isConst(parts[1], 0.0):
            return parts[0]
    elif isinstance(e, Mul):
        if isConst(parts[0], 0.0) or isConst(parts[1], 0.0):
            return Const(0.0)
        if isConst(parts[0], 1.0):
            return parts[1]
        if isConst(parts[1], 1.0):
            return parts[0]
    elif isinstance(e, Div):
        if isConst(parts[0], 0.0):
            return Const(0.0)
        if isConst(parts[1], 1.0):
            return parts[0]
    elif isinstance(e, Pow):
        if isConst(parts[1], 0.0):
            return Const(1.0)
        if isConst(parts[1], 1.0):
            return parts[0]
    return result
