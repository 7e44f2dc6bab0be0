"""Derivatives against SymPy's, values and sizes after simplify, and the given parts: operators, postfix, printing."""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from tests import needs

sympy = needs.package("sympy")

X, Y = sympy.symbols("x y", real=True)
POINTS = [{"x": 0.7, "y": 1.3}, {"x": 1.9, "y": 0.2}, {"x": 0.3, "y": 2.4}]
NAMES = {"Exp": sympy.exp, "Log": sympy.log, "Sin": sympy.sin, "Cos": sympy.cos, "Tanh": sympy.tanh}


@pytest.fixture
def symbolic(feedforward):
    return feedforward.symbolic


@pytest.fixture
def var(symbolic):
    return {name: symbolic.Var(name) for name in "xy"}


def random_pair(symbolic, rng, depth):
    """The same random formula as one of our expressions and as one of SymPy's, defined everywhere."""
    if depth == 0:
        kind = rng.integers(3)
        if kind == 0:
            number = float(rng.choice([-2.0, -0.5, 0.0, 1.0, 3.0]))
            return symbolic.Const(number), sympy.Rational(number)
        return (symbolic.Var("x"), X) if kind == 1 else (symbolic.Var("y"), Y)
    kind = str(rng.choice(["Add", "Mul", "Sub", "Div", "Pow", "Exp", "Log", "Sin", "Cos", "Tanh"]))
    u, s = random_pair(symbolic, rng, depth - 1)
    if kind == "Pow":
        n = int(rng.integers(0, 4))
        return u**n, s**n
    if kind == "Log":  # of what is positive
        return symbolic.Log(1 + u * u), sympy.log(1 + s * s)
    if kind == "Exp":  # of what is small
        return symbolic.Exp(symbolic.Tanh(u)), sympy.exp(sympy.tanh(s))
    if kind in NAMES:
        return getattr(symbolic, kind)(u), NAMES[kind](s)
    v, t = random_pair(symbolic, rng, int(rng.integers(depth)))
    if kind == "Div":
        return u / (2 + symbolic.Sin(v)), s / (2 + sympy.sin(t))
    return {"Add": (u + v, s + t), "Mul": (u * v, s * t), "Sub": (u - v, s - t)}[kind]


def exact(formula, point):
    """SymPy's value with thirty digits, as a float."""
    values = {X: sympy.Rational(str(point["x"])), Y: sympy.Rational(str(point["y"]))}
    return float(sympy.N(formula.subs(values), 30))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_random_formula_has_sympys_value_and_derivatives(symbolic, var, seed):
    ours, theirs = random_pair(symbolic, np.random.default_rng(seed), depth=4)
    for name, symbol in [("x", X), ("y", Y)]:
        derivative, wanted = ours.diff(var[name]), sympy.diff(theirs, symbol)
        for point in POINTS:
            tolerance = {"rel": 1e-10, "abs": 1e-10}
            assert ours.evaluate(**point) == pytest.approx(exact(theirs, point), **tolerance)
            assert derivative.evaluate(**point) == pytest.approx(exact(wanted, point), **tolerance)
            simple = symbolic.simplify(derivative)
            assert simple.evaluate(**point) == pytest.approx(exact(wanted, point), **tolerance)
            assert simple.size <= derivative.size


def test_second_derivatives_are_sympys(symbolic, var):
    x, y = var["x"], var["y"]
    ours = symbolic.Tanh(x * y) * symbolic.Log(x) / symbolic.Cos(y) + symbolic.Exp(-(x**2.5))
    theirs = sympy.tanh(X * Y) * sympy.log(X) / sympy.cos(Y) + sympy.exp(-(X ** sympy.Rational(5, 2)))
    for first, second in [("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")]:
        derivative = symbolic.simplify(symbolic.simplify(ours.diff(var[first])).diff(var[second]))
        wanted = sympy.diff(theirs, sympy.Symbol(first, real=True), sympy.Symbol(second, real=True))
        for point in POINTS:
            assert derivative.evaluate(**point) == pytest.approx(exact(wanted, point), rel=1e-10)


@pytest.mark.parametrize(
    ("build", "wanted"),
    [
        pytest.param(lambda s, u, v: u + v, "u_x + v_x", id="sum"),
        pytest.param(lambda s, u, v: u * v, "u_x*v + u*v_x", id="product"),
        pytest.param(lambda s, u, v: u / v, "(u_x*v + -1*u*v_x)/v**2", id="quotient"),
        pytest.param(lambda s, u, v: u**3, "3*u**2*u_x", id="power"),
        pytest.param(lambda s, u, v: u**0, "0", id="power-zero"),
        pytest.param(lambda s, u, v: s.Exp(u), "exp(u)*u_x", id="exp"),
        pytest.param(lambda s, u, v: s.Log(u), "u_x/u", id="log"),
        pytest.param(lambda s, u, v: s.Sin(u), "cos(u)*u_x", id="sin"),
        pytest.param(lambda s, u, v: s.Cos(u), "-1*sin(u)*u_x", id="cos"),
        pytest.param(lambda s, u, v: s.Tanh(u), "(1 + -1*tanh(u)**2)*u_x", id="tanh"),
        pytest.param(lambda s, u, v: u**v, "exp(v*log(u))*(v_x*log(u) + v*u_x/u)", id="variable-exponent"),
    ],
)
def test_rule_in_letters(symbolic, var, build, wanted):
    derivative = build(symbolic, symbolic.Unknown("u"), symbolic.Unknown("v")).diff(var["x"])
    assert str(symbolic.simplify(derivative)) == wanted


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_power_of_zero_has_a_finite_slope(symbolic, var, n):
    derivative = (var["x"] ** n).diff(var["x"])
    assert derivative.evaluate(x=0.0) == (1.0 if n == 1 else 0.0)


def test_power_of_a_negative_base_needs_no_logarithm(symbolic, var):
    assert (var["x"] ** 3).diff(var["x"]).evaluate(x=-2.0) == 12.0


@pytest.mark.parametrize(
    ("build", "wanted"),
    [
        (lambda s, u: u + 0, "u"),
        (lambda s, u: 0 + u, "u"),
        (lambda s, u: u * 1, "u"),
        (lambda s, u: 1 * u, "u"),
        (lambda s, u: u * 0, "0"),
        (lambda s, u: 0 * u, "0"),
        (lambda s, u: u / 1, "u"),
        (lambda s, u: 0 / u, "0"),
        (lambda s, u: u**1, "u"),
        (lambda s, u: u**0, "1"),
        (lambda s, u: 1 / u, "1/u"),
        (lambda s, u: 0 - u, "-1*u"),
        (lambda s, u: u * 0 + 1, "1"),
        (lambda s, u: (u * 0 + 1) * u, "u"),
        (lambda s, u: s.Exp(u * 0) + 2 * s.Const(3), "7"),
        (lambda s, u: s.Const(1) / 0, "1/0"),
        (lambda s, u: s.Const(0) / 0, "0/0"),
        (lambda s, u: s.Log(s.Const(0) - 1), "log(-1)"),
        (lambda s, u: s.Exp(1000) * u, "exp(1000)*u"),
        (lambda s, u: 0 * s.Log(0), "0"),
    ],
)
def test_simplify_without_a_warning(symbolic, build, wanted):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expression = build(symbolic, symbolic.Unknown("u"))
        before = expression.postfix()
        assert str(symbolic.simplify(expression)) == wanted
        assert expression.postfix() == before


def test_simplify_twice_is_simplify_once(symbolic):
    rng = np.random.default_rng(5)
    for _ in range(50):
        ours, _ = random_pair(symbolic, rng, depth=5)
        once = symbolic.simplify(ours)
        assert symbolic.simplify(once).postfix() == once.postfix()


def test_a_hundred_levels_are_ordinary(symbolic, var):
    total = nested = var["x"]
    for _ in range(100):
        total, nested = total + var["x"], symbolic.Sin(nested)
    assert symbolic.simplify(total.diff(var["x"])).evaluate() == 101.0
    derivative = symbolic.simplify(nested.diff(var["x"]))
    cosines, value = 1.0, 0.5
    for _ in range(100):
        cosines, value = cosines * np.cos(value), np.sin(value)
    assert derivative.evaluate(x=0.5) == pytest.approx(cosines, rel=1e-12)


def test_given_parts_work_at_any_depth(symbolic, var):
    total = var["x"]
    for _ in range(20_000):
        total = total + 1
    assert total.size == 40_001
    assert total.evaluate(x=0.5) == 20_000.5
    assert str(total).startswith("x + 1 + 1")


@pytest.mark.slow
def test_handouts_numbers(symbolic, var):
    x, y = var["x"], var["y"]
    e = x * symbolic.Sin(2 * x) + y
    assert (e.size, e.diff(x).size, symbolic.simplify(e.diff(x)).size) == (8, 23, 13)
    assert str(e) == "x*sin(2*x) + y"
    assert e.postfix() == ["x", 2.0, "x", "*", "sin", "*", "y", "+"]
    assert str(e.diff(x)) == "1*sin(2*x) + x*cos(2*x)*(0*x + 2*1) + 0"
    assert str(symbolic.simplify(e.diff(x))) == "sin(2*x) + x*cos(2*x)*2"
    assert str(e.evaluate(x=0.5, y=1)).startswith("1.42")
    for n, sizes in [(1, (2, 8, 9, 13)), (3, (4, 29, 57, 177)), (5, (6, 54, 249, 1217)), (10, (11, 134, 8185, 79873))]:
        tanh = logistic = x
        for _ in range(n):
            tanh, logistic = symbolic.Tanh(tanh), 3.6 * logistic * (1 - logistic)
        slopes = [symbolic.simplify(each.diff(x)).size for each in (tanh, logistic)]
        assert (tanh.size, slopes[0], logistic.size, slopes[1]) == sizes


@pytest.mark.parametrize("handout", ["handout.md", "handout.ru.md"])
def test_handouts_code_runs_and_says_what_its_comments_say(symbolic, monkeypatch, handout):
    folder = Path(__file__).parents[2] / "assignments" / "a2_derivatives"
    text = (folder / handout).read_text(encoding="utf-8")
    arctan, check = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.setattr(symbolic, "OPERATIONS", dict(symbolic.OPERATIONS))
    names = dict(vars(symbolic))
    exec(arctan, names)
    slope = names["Arctan"](symbolic.Var("x") * symbolic.Var("x")).diff(symbolic.Var("x"))
    assert (str(slope), slope.size, slope.evaluate(x=1.0)) == ("(1*x + x*1)/(1 + (x*x)**2)", 15, 1.0)
    assert str(names["Arctan"](symbolic.Unknown("u")).diff(symbolic.Var("x"))) == "u_x/(1 + u**2)"
    names = {}
    exec(check, names)
    said = re.findall(r"^(gradcheck\(.*\))  # (True|False)$", check, re.MULTILINE)
    assert [str(eval(call, names)) for call, _ in said] == [want for _, want in said] == ["True", "False"]


def test_operators_take_numbers_on_either_side(symbolic, var):
    x = var["x"]
    for got, want in [
        (2 + x, 5.0),
        (x + 2, 5.0),
        (2 - x, -1.0),
        (x - 2, 1.0),
        (2 * x, 6.0),
        (np.float64(2) * x, 6.0),
        (x * 2, 6.0),
        (2 / x, 2 / 3),
        (x / 2, 1.5),
        (x**2, 9.0),
        (2**x, 8.0),
        (-x, -3.0),
    ]:
        assert got.evaluate(x=3.0) == pytest.approx(want, rel=1e-15)


def test_evaluate_takes_arrays_and_never_warns(symbolic, var):
    got = symbolic.Log(var["x"]).evaluate(x=np.array([1.0, 0.0, -1.0]))
    np.testing.assert_array_equal(got, [0.0, -np.inf, np.nan])


def test_text_means_the_same_formula_to_python(symbolic, var):
    functions = {name: getattr(np, name) for name in ("exp", "log", "sin", "cos", "tanh")}
    rng = np.random.default_rng(3)
    for _ in range(60):
        ours, _ = random_pair(symbolic, rng, depth=4)
        point = POINTS[int(rng.integers(3))]
        got = eval(str(ours), {"__builtins__": {}}, functions | point)
        assert got == pytest.approx(ours.evaluate(**point), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda s: s.Var("x").evaluate(), ValueError, "evaluate: no value for x; got values for []"),
        (
            lambda s: s.Var("2x"),
            ValueError,
            "expression: got the name '2x', want one such as 'x', and not an operation's",
        ),
        (
            lambda s: s.Var("sin"),
            ValueError,
            "expression: got the name 'sin', want one such as 'x', and not an operation's",
        ),
        (
            lambda s: s.Unknown(""),
            ValueError,
            "expression: got the name '', want one such as 'x', and not an operation's",
        ),
        (lambda s: s.Var("x") + "1", TypeError, "expression: got str, want an expression or a number"),
        (lambda s: s.Sin(1, 2), TypeError, "Sin: got 2 parts, want 1"),
        (lambda s: s.Expr(), TypeError, "expression: Expr is no operation; use one of its subclasses"),
        (
            lambda s: s.Pow(2, s.Var("x")),
            TypeError,
            "Pow: got the exponent x, want a number; for others, Exp(n * Log(u))",
        ),
    ],
)
def test_wrong_use_is_said_in_one_line(symbolic, make, error, message):
    with pytest.raises(error) as caught:
        make(symbolic)
    assert str(caught.value) == message
