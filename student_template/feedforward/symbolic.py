"""Formulas as trees, and rules that turn the tree of a function into the tree of its derivative.

An expression is a constant, a variable, or an operation on smaller expressions, its `parts`. Operators build it:

    x, y = Var("x"), Var("y")
    e = x * Sin(2 * x) + y          # Add(Mul(x, Sin(Mul(Const(2), x))), y)
    e.evaluate(x=0.5, y=1)          # 1.42...
    str(e.diff(x))                  # a tree again, and so a formula
    e.postfix()                     # ['x', 2.0, 'x', '*', 'sin', '*', 'y', '+'], as a pocket calculator reads it

There is no class for a difference, for a minus sign or for a power with a variable exponent: a - b is built as
a + (-1) * b, -a as (-1) * a, and a ** b as Exp(b * Log(a)) unless b is a number. Expressions are never changed: an
operation makes a new one and shares the old ones, which may so stand in several trees.

Yours to write: the method `diff` of every kind of expression, and `simplify`. The rest is given, and works on trees
of any depth. Your own functions may call themselves: up to a hundred levels of parts within parts are ordinary.
"""

from typing import Any

import numpy as np

OPERATIONS = {
    "+": np.add,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
}


def as_expression(value: Any) -> "Expr":
    """An expression as it is, a number as a constant; TypeError for anything else."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, int | float | np.number):
        return Const(value)
    raise TypeError(f"expression: got {type(value).__name__}, want an expression or a number")


def as_name(text: str) -> str:
    """The text, if a variable can be called so; ValueError if not."""
    if not text.isidentifier() or text in OPERATIONS:
        raise ValueError(f"expression: got the name {text!r}, want one such as 'x', and not an operation's")
    return text


class Expr:
    """An expression: an operation (its `symbol`) on smaller expressions (its `parts`, a tuple)."""

    __array_ufunc__ = None  # so that `np.float64(2) * expression` is left to Expr.__rmul__
    symbol = ""

    def __init__(self, *parts: Any) -> None:
        if self.symbol not in OPERATIONS:
            raise TypeError(f"expression: {type(self).__name__} is no operation; use one of its subclasses")
        if len(parts) != OPERATIONS[self.symbol].nin:
            raise TypeError(f"{type(self).__name__}: got {len(parts)} parts, want {OPERATIONS[self.symbol].nin}")
        self.parts: tuple[Expr, ...] = tuple(as_expression(part) for part in parts)

    def diff(self, var: "Var") -> "Expr":
        """The derivative with respect to var, as an expression."""
        raise NotImplementedError(f"{type(self).__name__}.diff: every kind of expression has its own")

    def with_parts(self, *parts: Any) -> "Expr":
        """The same operation on other parts."""
        return type(self)(*parts)

    def postfix(self) -> list[Any]:
        """The expression as a list: constants (floats), names, and each operation's symbol after its parts."""
        items, waiting = [], [self]
        while waiting:
            expression = waiting.pop()
            items.append(expression.token())
            waiting.extend(expression.parts)
        return items[::-1]

    def token(self) -> Any:
        """What stands for this expression itself in a postfix list."""
        return self.symbol

    @property
    def size(self) -> int:
        """How many constants, names and operations it takes to write the expression."""
        return len(self.postfix())

    def evaluate(self, **values: Any) -> Any:
        """The value, given one for each name: numbers or arrays. NaN or infinity where it is not defined.

        Raises: ValueError for a name without a value
        """
        stack: list[Any] = []
        with np.errstate(all="ignore"):
            for item in self.postfix():
                if item in OPERATIONS:
                    operation = OPERATIONS[item]
                    arguments = stack[-operation.nin :]
                    stack[-operation.nin :] = [operation(*arguments)]
                elif isinstance(item, float):
                    stack.append(np.float64(item))
                elif item in values:
                    stack.append(np.asarray(values[item], dtype=np.float64)[()])
                else:
                    raise ValueError(f"evaluate: no value for {item}; got values for {sorted(values)}")
        return stack.pop()

    def __str__(self) -> str:
        """The expression as a formula, with the brackets that it needs."""
        stack: list[tuple[str, int]] = []
        for item in self.postfix():
            if item not in OPERATIONS:
                text = f"{item:g}" if isinstance(item, float) else item
                stack.append((text, 4 if text[0] != "-" else 2))
            elif OPERATIONS[item].nin == 1:
                stack.append((f"{item}({stack.pop()[0]})", 4))
            else:
                level = {"+": 1, "*": 2, "/": 2, "**": 3}[item]
                (left, left_level), (right, right_level) = stack[-2:]
                left = f"({left})" if left_level < level + (item == "**") else left
                right = f"({right})" if right_level < level + (item in ("/", "**")) else right
                gap = " " if item == "+" else ""
                stack[-2:] = [(f"{left}{gap}{item}{gap}{right}", level)]
        return stack.pop()[0]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __add__(self, other: Any) -> "Expr":
        return Add(self, other)

    def __radd__(self, other: Any) -> "Expr":
        return Add(other, self)

    def __sub__(self, other: Any) -> "Expr":
        return Add(self, Mul(-1, other))

    def __rsub__(self, other: Any) -> "Expr":
        return Add(other, Mul(-1, self))

    def __neg__(self) -> "Expr":
        return Mul(-1, self)

    def __mul__(self, other: Any) -> "Expr":
        return Mul(self, other)

    def __rmul__(self, other: Any) -> "Expr":
        return Mul(other, self)

    def __truediv__(self, other: Any) -> "Expr":
        return Div(self, other)

    def __rtruediv__(self, other: Any) -> "Expr":
        return Div(other, self)

    def __pow__(self, other: Any) -> "Expr":
        other = as_expression(other)
        return Pow(self, other) if isinstance(other, Const) else Exp(other * Log(self))

    def __rpow__(self, other: Any) -> "Expr":
        return as_expression(other) ** self


class Const(Expr):
    """A number: `value`, a float."""

    def __init__(self, value: float) -> None:
        self.value = float(value) + 0.0  # -0.0 becomes 0.0
        self.parts = ()

    def with_parts(self) -> "Const":
        return self

    def token(self) -> float:
        return self.value

    def diff(self, var: "Var") -> Expr:
        """The derivative of a number."""
        raise NotImplementedError("a2_derivatives, exercise symbolic.Const.diff: handout section 3.3")


class Var(Expr):
    """A variable: `name`. Two Var of one name are the same variable."""

    def __init__(self, name: str) -> None:
        self.name = as_name(name)
        self.parts = ()

    def with_parts(self) -> "Var":
        return self

    def token(self) -> str:
        return self.name

    def diff(self, var: "Var") -> Expr:
        """The derivative of a variable: with respect to itself, or to another one."""
        raise NotImplementedError("a2_derivatives, exercise symbolic.Var.diff: handout section 3.4")


class Unknown(Expr):
    """A function of all variables of which only the name is known, "u", and so is that of its derivative, "u_x".

    Given, to try one rule by itself: (Unknown("u") * Unknown("v")).diff(Var("x")) is the product rule in letters.
    """

    def __init__(self, name: str) -> None:
        self.name = as_name(name)
        self.parts = ()

    def with_parts(self) -> "Unknown":
        return self

    def token(self) -> str:
        return self.name

    def diff(self, var: Var) -> "Unknown":
        """u_x: the derivative's name, as if it were known."""
        return Unknown(f"{self.name}_{var.name}")


class Add(Expr):
    """u + v, where u, v = self.parts."""

    symbol = "+"

    def diff(self, var: Var) -> Expr:
        """The sum rule."""
        u, v = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Add.diff: handout section 3.5")


class Mul(Expr):
    """u * v, where u, v = self.parts."""

    symbol = "*"

    def diff(self, var: Var) -> Expr:
        """The product rule."""
        u, v = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Mul.diff: handout section 3.6")


class Div(Expr):
    """u / v, where u, v = self.parts."""

    symbol = "/"

    def diff(self, var: Var) -> Expr:
        """The quotient rule; right where u is 0, too."""
        u, v = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Div.diff: handout section 3.7")


class Pow(Expr):
    """u ** n, where u, n = self.parts, and n is a Const; its value is n.value.

    Raises: TypeError if n is any other expression: write Exp(n * Log(u))
    """

    symbol = "**"

    def __init__(self, base: Any, exponent: Any) -> None:
        super().__init__(base, exponent)
        if not isinstance(self.parts[1], Const):
            raise TypeError(f"Pow: got the exponent {exponent}, want a number; for others, Exp(n * Log(u))")

    def diff(self, var: Var) -> Expr:
        """The power rule with its inner derivative; right for every number n, and where u is 0 or negative, too."""
        u, n = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Pow.diff: handout section 3.8")


class Exp(Expr):
    """e to the u, where (u,) = self.parts."""

    symbol = "exp"

    def diff(self, var: Var) -> Expr:
        """The chain rule, where the outer function is its own derivative."""
        (u,) = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Exp.diff: handout section 3.9")


class Log(Expr):
    """The natural logarithm of u, where (u,) = self.parts."""

    symbol = "log"

    def diff(self, var: Var) -> Expr:
        """The chain rule with the logarithm outside."""
        (u,) = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Log.diff: handout section 3.10")


class Sin(Expr):
    """The sine of u, where (u,) = self.parts."""

    symbol = "sin"

    def diff(self, var: Var) -> Expr:
        """The chain rule with the sine outside."""
        (u,) = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Sin.diff: handout section 3.11")


class Cos(Expr):
    """The cosine of u, where (u,) = self.parts."""

    symbol = "cos"

    def diff(self, var: Var) -> Expr:
        """The chain rule with the cosine outside."""
        (u,) = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Cos.diff: handout section 3.12")


class Tanh(Expr):
    """The hyperbolic tangent of u, where (u,) = self.parts."""

    symbol = "tanh"

    def diff(self, var: Var) -> Expr:
        """The chain rule with the hyperbolic tangent outside."""
        (u,) = self.parts
        raise NotImplementedError("a2_derivatives, exercise symbolic.Tanh.diff: handout section 3.13")


def is_number(expression: Expr, value: float) -> bool:
    """True if the expression is a constant of this value."""
    return isinstance(expression, Const) and expression.value == value


def simplify(expression: Expr) -> Expr:
    """An expression of the same value, in which nothing is left to do by these rules, anywhere in the tree:

        an operation on constants only    becomes the constant that it makes, if that is a finite number
        u + 0, 0 + u                      become u
        u * 1, 1 * u                      become u
        u * 0, 0 * u                      become 0
        u / 1                             becomes u
        0 / u                             becomes 0, unless u is the constant 0
        u ** 1                            becomes u
        u ** 0                            becomes 1

    u is any expression; where it is not defined itself, 0 * u, 0 / u and u ** 0 become so all the same. What a rule
    makes may be what the next one looks for: (x * 0 + 1) * y becomes y. Doing more than this is allowed, where the
    value stays the same and every constant is a finite number.

    Keeps:  the expression as it was; the result may share parts with it
    Raises: nothing and warns of nothing; 1 / 0 and log(-1) stay as they are
    """
    raise NotImplementedError("a2_derivatives, exercise symbolic.simplify: handout section 3.14")
