"""Hidden tests of a2_derivatives.

Each rule of differentiation meets unknown functions u, v and w, whose derivatives are names, so that no other rule has
a part in it; gradcheck judges against numerical gradients made here; the step-size study studies methods made here.
Expressions come back as postfix lists, and their values are worked out here. So a mistake loses points in its own
exercise alone.
"""

import itertools
import warnings

import numpy as np
import pytest

# What the tests are made of


def worth(points, exercise, hint):
    return pytest.mark.points(points, exercise=exercise, hint=hint)


def shown(array):
    """The numbers in one line, with enough digits to tell right from nearly right."""
    return " ".join(np.array2string(np.asarray(array), precision=10).split())


def close(got, want, what, rtol=1e-9, atol=1e-12):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {type(got).__name__}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=rtol, atol=atol):
        pytest.fail(f"{what}: got {shown(got)}, want {shown(want)}")


class Counted:
    """A function that counts its calls and looks at what it is given."""

    def __init__(self, f, shape):
        self.f, self.shape, self.calls = f, shape, 0

    def __call__(self, point):
        self.calls += 1
        assert isinstance(point, np.ndarray | np.generic), f"f was given a {type(point).__name__}, want an array"
        assert point.shape == self.shape, f"f was given an array of shape {point.shape}, want {self.shape} as x"
        assert point.dtype == np.float64, f"f was given an array of dtype {point.dtype}, want float64"
        return float(self.f(point))


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


def listed(student, expression, what):
    """The expression as its postfix list."""
    is_one = isinstance(expression, student.symbolic.Expr)
    assert is_one, f"{what}: got {type(expression).__name__}, want an expression; a number is written Const(2)"
    items = expression.postfix()
    odd = [item for item in items if not isinstance(item, float | str)]
    assert not odd, f"{what}: got an expression with {odd[:1]} in it, want floats, names and operations"
    return items


def value(items, names, what):
    """The number that a postfix list stands for. It is worked out here, whatever the expression says of itself."""
    stack = []
    with np.errstate(all="ignore"):
        for item in items:
            if item in OPERATIONS:
                count = OPERATIONS[item].nin
                assert len(stack) >= count, f"{what}: got {items}, an operation without its parts"
                stack[-count:] = [OPERATIONS[item](*stack[-count:])]
            else:
                known = isinstance(item, float) or item in names
                assert known, f"{what}: got an expression with {item!r} in it, want only the names {sorted(names)}"
                stack.append(np.float64(names.get(item, item)))
    assert len(stack) == 1, f"{what}: got {items}, which is not one expression"
    return stack[0]


def make(student, form):
    """An expression from a number, a name, or a tuple of a class and its parts."""
    if isinstance(form, tuple):
        return getattr(student.symbolic, form[0])(*(make(student, part) for part in form[1:]))
    if isinstance(form, str):
        return student.symbolic.Var(form) if form in ("x", "y") else student.symbolic.Unknown(form)
    return student.symbolic.Const(form)


# Numerical differentiation

METHODS = ["forward", "central"]


def by_both_methods(points, hint):
    return pytest.mark.parametrize(
        "method", [pytest.param(each, marks=worth(points, f"numeric.{each}_difference", hint)) for each in METHODS]
    )


def difference(student, method):
    return getattr(student.numeric, f"{method}_difference")


def cubic(x, h, weights, method):
    """What the method must find for f(x) = sum(weights * x^3)."""
    exact = {"forward": 3 * x**2 + 3 * x * h + h * h, "central": 3 * x**2 + h * h}[method]
    return weights * exact


@by_both_methods(1.5, "shapes (), (1,) and (0, 3) are shapes like any others")
def test_difference_of_every_shape(student, rng, method):
    for shape in [(), (1,), (5,), (2, 3), (2, 3, 2), (1, 1), (0,), (0, 3)]:
        weights, x = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
        f = Counted(lambda p, weights=weights: np.sum(weights * p**3), shape)
        got = difference(student, method)(f, x, 0.125)
        close(got, cubic(x, 0.125, weights, method), f"{method}_difference at x of shape {shape}, h = 0.125")


@by_both_methods(0.5, "x.ravel() and x.reshape(-1) are sometimes a view of x and sometimes a copy: index x itself")
def test_difference_of_any_layout(student, rng, method):
    x, weights = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    f = Counted(lambda p: np.sum(weights * p**3), (3, 4))
    for each in (np.asfortranarray(x), np.repeat(x, 2, axis=1)[:, ::2], x[::-1, ::-1][::-1, ::-1]):
        got = difference(student, method)(f, each, 0.25)
        close(got, cubic(x, 0.25, weights, method), f"{method}_difference at an x that is not contiguous")


@by_both_methods(1, "what becomes of 0.5 when it is added to an element of an integer array?")
def test_difference_of_integers(student, method):
    x, weights = np.array([[1, 2], [-3, 0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    f = Counted(lambda p: np.sum(weights * p**3), (2, 2))
    close(difference(student, method)(f, x, 0.5), cubic(x, 0.5, weights, method), f"{method}_difference at integers")


@by_both_methods(1, "x + h - h is not always x: the first commandment")
def test_difference_keeps_x(student, rng, held, method):
    for x in (np.array([0.1, 1 / 3, -0.7, 1e-3, 1e5]), rng.normal(size=(2, 3))):
        for step in ([0.1], [1e-7], []):
            mine = held(x)
            difference(student, method)(lambda p: float(np.sum(p**2)), mine, *step)
            after = np.array(mine)
            moved = f"by {shown(after - x)}" if after.shape == x.shape else f"to shape {after.shape}"
            assert np.array_equal(after, x), f"{method}_difference: changes x {moved}, want it unchanged, bit for bit"


@by_both_methods(1, "on which side, or sides, of x is f looked at, and what is divided by?")
def test_difference_error_falls_with_h(student, rng, method):
    x = rng.uniform(0.2, 1.2, size=3)
    f, df = (lambda p: float(np.sum(np.exp(p)))), np.exp(x)
    order = {"forward": 1, "central": 2}[method]
    errors = []
    for h in (0.04, 0.02, 0.01):
        got = difference(student, method)(f, x, h)
        exact = df * {"forward": np.expm1(h), "central": np.sinh(h)}[method] / h  # rounding: 1e-16 / h
        close(got, exact, f"{method}_difference of exp, h = {h}", rtol=1e-11)
        errors.append(np.abs(got - df))
    for coarse, fine in itertools.pairwise(errors):
        worst = np.abs(coarse / np.maximum(fine, 1e-300) / 2**order - 1).max()
        what = f"{method}_difference of exp: errors {shown(coarse)} at h, {shown(fine)} at h / 2"
        assert worst < 0.1, f"{what}; want them {2**order} to 1"


@by_both_methods(1.5, "next to 1e8 a step of 1e-8 is no step at all: the first commandment again")
def test_difference_default_step_is_relative(student, rng, method):
    # The best steps leave up to 2e-7 and 2e-10 here, steps a hundred times as long 1e-5 and 1e-6.
    error = {"forward": 3e-6, "central": 3e-9}[method]
    for size, third in ((1.0, 0.0), (1e3, 1.0), (1e8, 1.0)):  # at 0 a step that is only relative is none
        x = size * rng.uniform(0.5, 2.0, size=3) * np.array([1.0, -1.0, third])
        f = Counted(lambda p, size=size: np.sum((p / size) ** 3) * size, (3,))
        want = 3 * (x / size) ** 2
        what = f"{method}_difference of sum(x^3) / {size:g}^2 at {shown(x)}, h = None"
        close(difference(student, method)(f, x), want, what, error, error)


@by_both_methods(0.5, "count the calls for one coordinate, for two, for none")
def test_difference_counts_calls_for_every_shape(student, rng, method):
    for shape in [(), (1,), (7,), (2, 5), (0,)]:
        size = int(np.prod(shape))
        want = {"forward": size + 1, "central": 2 * size}[method]
        for step in ([1e-4], []):
            f = Counted(lambda p: np.sum(np.cos(p)), shape)
            difference(student, method)(f, np.asarray(rng.normal(size=shape)), *step)
            where = f"{method}_difference at x of shape {shape}"
            assert f.calls == want, f"{where}: got {f.calls} calls of f, want {want}"


# The step-size study


def study(points, hint):
    return worth(points, "numeric.step_size_study", hint)


@study(1, "the largest distance, whatever its sign and its place")
def test_study_of_random_errors(student, rng):
    x, truth = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    hs = rng.uniform(0.01, 1.0, size=5)
    errors = {float(h): rng.normal(size=(2, 3)) for h in hs}

    def method(f, x, h):
        return truth + errors[float(h)]

    got = student.numeric.step_size_study(lambda p: 0.0, lambda p: truth, x, hs, method)
    close(got, [np.abs(errors[float(h)]).max() for h in hs], "step_size_study of random errors")


@study(1, "the method under study wants the function, the point and one step, in this order")
def test_study_calls_the_method(student, rng):
    x, hs, seen = rng.normal(size=(2, 2)), [1e-3, 1e-1], []

    def method(f, x, h):
        assert callable(f), f"step_size_study: the method was given a {type(f).__name__} first, want f"
        seen.append((float(f(2.0 * x)), np.array(x), float(h)))
        return np.zeros((2, 2))

    student.numeric.step_size_study(lambda p: float(np.sum(p)), lambda p: np.zeros((2, 2)), x, hs, method)
    assert [h for _, _, h in seen] == hs, f"step_size_study: got the steps {[h for *_, h in seen]}, want {hs}"
    for total, point, _ in seen:
        close(point, x, "step_size_study: the point that the method was given")
        close(np.float64(total), 2 * x.sum(), "step_size_study: what f says when the method asks")


@study(1, "the true gradient is the same for every h")
def test_study_asks_for_the_true_gradient_once(student):
    asked = []

    def df(p):
        asked.append(p)
        return np.ones(2)

    hs = np.array([0.1, 0.01, 0.001])
    got = student.numeric.step_size_study(lambda p: 0.0, df, np.zeros(2), hs, lambda f, x, h: np.array([1.0, 1 - h]))
    close(got, hs, "step_size_study of a method with the error h")
    assert len(asked) == 1, f"step_size_study: got {len(asked)} calls of df, want 1"


@study(0.5, "hs comes in any order and may be a list; the errors keep its order")
def test_study_keeps_the_order(student):
    hs = [0.1, 1, 1e-3, 0.5]
    f, df = (lambda p: 0.0), (lambda p: np.array([1.0]))
    got = student.numeric.step_size_study(f, df, np.array([3.0]), hs, lambda f, x, h: np.array([1.0 - h]))
    close(got, hs, f"step_size_study of a method with the error h, hs = {hs}")


@study(1, "compare the numerical gradient with df(x), nothing else, and not relative to anything")
def test_study_of_a_real_function(student):
    def method(f, x, h):
        return np.array([(f(x + np.array([h])) - f(x)) / h])

    hs, x = 10.0 ** -np.arange(1, 13), np.array([0.75])
    f, df = (lambda p: float(100 * np.sin(p[0]))), (lambda p: 100 * np.cos(p))
    want = [abs((100 * np.sin(0.75 + h) - 100 * np.sin(0.75)) / h - 100 * np.cos(0.75)) for h in hs]
    got = student.numeric.step_size_study(f, df, x, hs, method)
    close(got, want, "step_size_study of 100 sin at 0.75", rtol=0.1, atol=1e-2)


# gradcheck. Whatever it calls for a numerical gradient, it finds one that is right to nine digits.


def judged(student, monkeypatch, f, right, grad, x, *tolerance):
    """What gradcheck says about grad, where the numerical gradient is `right` up to the usual error."""
    size = np.abs(right[np.isfinite(right)]).max(initial=0.0)
    numerical, point = right + 1e-9 * size * np.resize([1.0, -1.0, 0.5], right.shape), x.copy()

    def difference(f, x, h=None):
        assert np.array_equal(np.asarray(x), point), "gradcheck: asks for a numerical gradient, want that of f at x"
        return numerical.copy()

    for method in METHODS:
        monkeypatch.setattr(student.numeric, f"{method}_difference", difference)
    verdict = student.numeric.gradcheck(f, lambda point: np.array(grad), x.copy(), *tolerance)
    assert isinstance(verdict, bool | np.bool_), f"gradcheck: got {type(verdict).__name__}, want True or False"
    return bool(verdict)


def tells_right_from_wrong(student, monkeypatch, f, right, wrongs, x):
    got = judged(student, monkeypatch, f, right, right, x)
    assert got is True, f"gradcheck: got False for the right gradient {shown(right)}, want True"
    for wrong in wrongs:
        got = judged(student, monkeypatch, f, right, wrong, x)
        told = f"gradcheck: got True for the gradient {shown(wrong)} of shape {wrong.shape}, want False"
        assert got is False, f"{told}: right is {shown(right)} of shape {right.shape}"


def check(points, hint):
    return worth(points, "numeric.gradcheck", hint)


def smooth(rng, shape, scale=1.0):
    """A function of arrays of this shape, a point, and the gradient there; no element of it is near zero."""
    weights = rng.uniform(0.5, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    x = rng.uniform(-0.5, 0.5, size=shape)
    return (lambda p: float(scale * np.sum(weights * np.exp(p)))), x, scale * weights * np.exp(x)


def changed(grad, index, new):
    grad = grad.copy()
    grad[index] = new
    return grad


@check(1.5, "an average hides one wrong element behind many right ones")
def test_gradcheck_of_one_wrong_element_among_many(student, monkeypatch, rng):
    f, x, right = smooth(rng, (4, 10))
    at = tuple(int(size) for size in rng.integers(0, (4, 10)))
    largest = np.abs(right).max()
    wrongs = [changed(right, at, right[at] + error * largest) for error in (1e-4, -1e-4, 0.5)]
    tells_right_from_wrong(student, monkeypatch, f, right, wrongs, x)


@check(1, "two mistakes of opposite sign are two mistakes")
def test_gradcheck_of_errors_that_cancel(student, monkeypatch, rng):
    f, x, right = smooth(rng, (5,))
    error = np.array([0.01, -0.01, 0.0, 0.02, -0.02])
    tells_right_from_wrong(student, monkeypatch, f, right, [right + error, right - error], x)


@check(1, "the right numbers in the wrong places are wrong")
def test_gradcheck_of_numbers_in_the_wrong_places(student, monkeypatch, rng):
    f, x, right = smooth(rng, (3, 3))
    wrongs = [right.T.copy(), right[::-1].copy(), np.sort(right, axis=None).reshape(3, 3)]
    tells_right_from_wrong(student, monkeypatch, f, right, wrongs, x)


@check(1.5, "zero compared with zero is right; beware of dividing one by the other")
def test_gradcheck_of_zeros(student, monkeypatch, rng):
    x, zeros = rng.normal(size=3), np.zeros(3)
    wrongs = [np.array([0.0, 1e-3, 0.0]), np.array([-1e-9, 0.0, 0.0])]
    tells_right_from_wrong(student, monkeypatch, lambda p: 4.0, zeros, wrongs, x)
    tells_right_from_wrong(student, monkeypatch, lambda p: float(p[0]), np.array([1.0, 0.0, 0.0]), [zeros], x)


@check(1.5, "the numerical error of a small element is as large as that of its large neighbour")
def test_gradcheck_of_elements_of_different_size(student, monkeypatch):
    weights, x = np.array([1.0, 1e-7, 1e-5, 0.0]), np.array([0.5, 0.25, 0.75, 1.5])
    right = 2 * weights * x
    wrongs = [changed(right, 0, 0.999), changed(right, 3, 0.01), changed(right, 2, 1e-3)]
    tells_right_from_wrong(student, monkeypatch, lambda p: float(np.sum(weights * p**2)), right, wrongs, x)


@check(1, "measure the loss in other units: f and its gradient change together, the verdict must not")
def test_gradcheck_in_any_units(student, monkeypatch, rng):
    for scale in (1e-12, 1e-6, 1e6, 1e12):
        f, x, right = smooth(rng, (3,), scale)
        tells_right_from_wrong(student, monkeypatch, f, right, [1.001 * right, changed(right, 1, 0.0)], x)


@check(0.5, "infinity is not the gradient of anything, and infinity minus infinity is NaN")
def test_gradcheck_of_infinity(student, monkeypatch, rng):
    f, x, right = smooth(rng, (3,))
    specials = (np.inf, -np.inf, np.nan)
    wrongs = [changed(right, k, special) for k in range(3) for special in specials]
    tells_right_from_wrong(student, monkeypatch, f, right, wrongs, x)
    for special in specials:
        numerical = changed(right, 1, special)
        got = judged(student, monkeypatch, lambda p, s=special: s if p[1] > x[1] else f(p), numerical, right, x)
        assert got is False, f"gradcheck: got True for a numerical gradient with {special} in it, want False"


@check(1.5, "shapes first, numbers afterwards; an x may be a single number, or have no elements at all")
def test_gradcheck_of_any_shape(student, monkeypatch, rng):
    for shape in [(), (1,), (2, 1), (2, 3, 2)]:
        f, x, right = smooth(rng, shape)
        right = np.asarray(right)
        wrongs = [1.1 * right, right[None], np.stack([right, right])]
        tells_right_from_wrong(student, monkeypatch, f, right, wrongs, np.asarray(x))
    empty = np.zeros((0, 3))
    wrongs = [np.zeros((3, 0)), np.zeros(0), np.zeros((1, 3))]
    tells_right_from_wrong(student, monkeypatch, lambda p: 1.0, empty, wrongs, empty)


@check(1.5, "x belongs to the caller, and the gradient at one point is asked for once")
def test_gradcheck_disturbs_nothing(student, monkeypatch, rng, held):
    f, x, right = smooth(rng, (3,))
    for method in METHODS:
        monkeypatch.setattr(student.numeric, f"{method}_difference", lambda f, x, h=None: right.copy())
    asked, mine = [], held(x)

    def grad(point):
        asked.append(np.array(point))
        return right.copy()

    assert student.numeric.gradcheck(f, grad, mine), "gradcheck: got False for the right gradient, want True"
    assert np.array_equal(np.array(mine), x), "gradcheck: changes x, want it unchanged"
    assert len(asked) == 1, f"gradcheck: got {len(asked)} calls of grad, want 1"
    close(asked[0], x, "gradcheck: the point at which it asks for the gradient")


# Rules of differentiation. In a form, numbers are constants, x and y variables, other names unknown functions.


def names(rng, positive=False):
    """Values for x, y, for unknown functions (if positive, above 1) and for their derivatives; away from zero."""
    drawn = {}
    for name in ("x", "y", "u", "v", "w"):
        drawn[name] = float(rng.uniform(1.2, 2.8) if positive else rng.uniform(0.4, 1.6) * rng.choice([-1.0, 1.0]))
        for var in ("x", "y"):
            drawn[f"{name}_{var}"] = float(rng.uniform(0.5, 2.0) * rng.choice([-1.0, 1.0]))
    return drawn


def where(here, items):
    """The point, as far as the names in these items go: " at u = 2, u_x = -1"."""
    named = ", ".join(f"{name} = {here[name]:.4g}" for name in sorted(here.keys() & set(items)))
    return f" at {named}" if named else ""


def check_diff(student, reference, form, var, here):
    """Fails unless the derivative of this form has the value that the reference's has."""
    right = make(reference, form).diff(reference.symbolic.Var(var)).postfix()
    what = f"derivative of {form} by {var}{where(here, right)}"
    items = listed(student, make(student, form).diff(student.symbolic.Var(var)), what)
    close(value(items, here, what), value(right, here, what), what)


def rule(points, kind, label, hint, *forms, positive=False):
    marks = worth(points, f"symbolic.{kind}.diff", hint)
    return pytest.param(forms, positive, id=f"{kind.lower()}-{label}", marks=marks)


CHAIN = "an outer function's slope, taken where the inner one stands, times the slope of the inner one"
ANY = "the rule holds for any parts and for any variable: ask the parts for their derivatives by the one that is asked"


@pytest.mark.parametrize(
    ("forms", "positive"),
    [
        rule(1, "Const", "any", "a number moves with no variable", 0, 1, -3.5, 1e9),
        rule(1, "Var", "by-name", "which variable is asked for? Compare names, whole names", "x", "y"),
        rule(1, "Add", "random", ANY, ("Add", "u", "v"), ("Add", "v", "u"), ("Add", ("Add", "u", "v"), "w")),
        rule(1, "Mul", "random", ANY, ("Mul", "u", "v"), ("Mul", ("Mul", "u", "v"), ("Mul", "v", "w"))),
        rule(1, "Mul", "square", "both factors move, also if they are the same", ("Mul", "u", "u")),
        rule(1, "Div", "random", ANY, ("Div", "u", "v"), ("Div", "v", "u"), ("Div", "w", "w")),
        rule(
            1.5,
            "Div",
            "nested",
            "numerator and denominator may be quotients themselves",
            *(("Div", ("Div", "u", "v"), "w"), ("Div", "u", ("Div", "v", "w"))),
        ),
        rule(
            1.5,
            "Pow",
            "exponents",
            "one rule for every n: whole, negative, between; with the derivative of the base",
            *(("Pow", "u", n) for n in (2, 5, 0.5, -1, -2, 2.5, 1, 0)),
            positive=True,
        ),
        rule(
            1,
            "Pow",
            "nested",
            "the base may be a power itself, and negative: no logarithm is needed where n is a number",
            *(("Pow", "u", 3), ("Pow", "v", -1), ("Pow", ("Pow", "u", 2), 3), ("Pow", ("Pow", "u", 3), -1)),
        ),
        rule(0.5, "Exp", "random", CHAIN, ("Exp", "u"), ("Exp", "v")),
        rule(1, "Exp", "nested", CHAIN, ("Exp", ("Exp", "u"))),
        rule(0.5, "Log", "random", CHAIN, ("Log", "u"), ("Log", "v"), positive=True),
        rule(1, "Log", "nested", CHAIN, ("Log", ("Log", "u")), positive=True),
        rule(0.5, "Sin", "random", CHAIN, ("Sin", "u"), ("Sin", "v")),
        rule(1, "Sin", "nested", CHAIN, ("Sin", ("Sin", "u"))),
        rule(0.5, "Cos", "random", CHAIN, ("Cos", "u"), ("Cos", "v")),
        rule(1, "Cos", "nested", CHAIN, ("Cos", ("Cos", "u"))),
        rule(1, "Tanh", "random", CHAIN, ("Tanh", "u"), ("Tanh", "v")),
        rule(1, "Tanh", "nested", CHAIN, ("Tanh", ("Tanh", "u"))),
    ],
)
def test_diff(student, reference, rng, forms, positive):
    for form in forms:
        for var in ("x", "y"):
            check_diff(student, reference, form, var, names(rng, positive))


@worth(0.5, "symbolic.Var.diff", "x1 and x are two variables, and two objects called x are one")
def test_diff_of_variables_with_like_names(student):
    Var = student.symbolic.Var
    for name, var, want in [("x", "x", 1.0), ("x1", "x", 0.0), ("x", "x1", 0.0), ("X", "x", 0.0), ("x1", "x1", 1.0)]:
        what = f"derivative of {name} by {var}"
        close(value(listed(student, Var(name).diff(Var(var)), what), {"x": 2.0}, what), want, what)


@worth(1, "symbolic.Div.diff", "where the numerator is zero the quotient still has a slope")
def test_diff_of_a_quotient_with_numerator_zero(student, reference, rng):
    check_diff(student, reference, ("Div", "u", "v"), "x", {**names(rng), "u": 0.0})


@worth(2, "symbolic.Pow.diff", "try u = 0 with n = 2, 1 and 0: what is the slope, and is 0 times infinity anywhere?")
def test_diff_of_a_power_of_zero(student, rng):
    for n, want in [(3, 0.0), (2, 0.0), (1, 1.0), (0, 0.0)]:
        here = {**names(rng), "u": 0.0}
        what = f"derivative of u ** {n} by x at u = 0"
        items = listed(student, make(student, ("Pow", "u", n)).diff(student.symbolic.Var("x")), what)
        close(value(items, here, what), want * here["u_x"], what)


def chain(kind, depth):
    """u0 + u1 + ... or u0 * u1 * ..., each level one part deeper."""
    form = "u0"
    for k in range(1, depth):
        form = (kind, form, f"u{k}")
    return form


@worth(1, "symbolic.Add.diff", "a sum of a hundred terms is a hundred levels deep, and nothing special")
def test_diff_of_a_hundred_terms(student, rng):
    here = {f"u{k}_x": float(rng.normal()) for k in range(100)}
    what = "derivative of u0 + u1 + ... + u99 by x"
    items = listed(student, make(student, chain("Add", 100)).diff(student.symbolic.Var("x")), what)
    close(value(items, here, what), sum(here.values()), what)


@worth(1.5, "symbolic.Mul.diff", "in a product of many factors each one moves once while the others stay")
def test_diff_of_twenty_factors(student, rng):
    here = {f"u{k}": float(rng.uniform(0.8, 1.25) * rng.choice([-1.0, 1.0])) for k in range(20)}
    here["u7"] = 0.0
    slopes = {f"u{k}_x": float(rng.uniform(0.5, 2.0)) for k in range(20)}
    what = "derivative of u0 * u1 * ... * u19 by x, where u7 = 0"
    items = listed(student, make(student, chain("Mul", 20)).diff(student.symbolic.Var("x")), what)
    want = slopes["u7_x"] * np.prod([here[f"u{k}"] for k in range(20) if k != 7])
    close(value(items, here | slopes, what), want, what)


# simplify: the value stays, and not more is left than the rules leave


def check_simplify(student, form, largest, *points):
    what = f"simplify of {form}"
    items = listed(student, student.symbolic.simplify(make(student, form)), what)
    for here in points:
        want = value(form_items(form), here, what)
        if np.isfinite(want):
            close(value(items, here, what), want, f"{what}: value{where(here, form_items(form))}", atol=1e-9)
    assert len(items) <= largest, f"{what}: got {items}, of size {len(items)}, want a size of at most {largest}"


SYMBOLS = {"Add": "+", "Mul": "*", "Div": "/", "Pow": "**"}


def form_items(form):
    """A form as the postfix list of its expression."""
    if isinstance(form, tuple):
        return [item for part in form[1:] for item in form_items(part)] + [SYMBOLS.get(form[0], form[0].lower())]
    return [form if isinstance(form, str) else float(form)]


def simplified(points, hint):
    return worth(points, "symbolic.simplify", hint)


SOMETHING = ("Add", ("Sin", "u"), ("Mul", "v", "x"))  # of size 6
ONE_BY_ONE = "go through the table of rules, one by one, from the left and from the right"
RULES = {
    "zero-plus": (("Add", 0, SOMETHING), 6),
    "plus-zero": (("Add", SOMETHING, 0), 6),
    "one-times": (("Mul", 1, SOMETHING), 6),
    "times-one": (("Mul", SOMETHING, 1), 6),
    "over-one": (("Div", SOMETHING, 1), 6),
    "power-one": (("Pow", SOMETHING, 1), 6),
    "zero-times": (("Mul", 0, SOMETHING), 1),
    "times-zero": (("Mul", SOMETHING, 0), 1),
    "zero-over": (("Div", 0, SOMETHING), 1),
    "power-zero": (("Pow", SOMETHING, 0), 1),
}


@pytest.mark.parametrize(
    ("form", "left"), [pytest.param(*RULES[name], id=name, marks=simplified(0.25, ONE_BY_ONE)) for name in RULES]
)
def test_simplify_rule(student, rng, form, left):
    check_simplify(student, form, left, names(rng), names(rng))


@simplified(1.25, "every part of a part is simplified too, however deep it lies")
def test_simplify_within_others(student, rng):
    for form, left in RULES.values():
        if left > 1:
            check_simplify(student, ("Add", "w", ("Exp", ("Div", form, "w"))), left + 5, names(rng), names(rng))


@simplified(1.25, "a part that has become a constant may make a constant of what it stands in")
def test_simplify_to_constants_within_others(student, rng):
    for form, left in RULES.values():
        if left == 1:
            check_simplify(student, ("Add", "w", ("Exp", form)), 3, names(rng), names(rng))


@simplified(1, "an operation whose parts are all numbers is a number")
def test_simplify_constants(student):
    for form in [
        ("Div", 7, 2),
        ("Exp", 1),
        ("Log", 2),
        ("Cos", 3),
        ("Tanh", 0.5),
        ("Pow", -2, 3),
        ("Pow", 4, 0.5),
        ("Sin", ("Add", ("Mul", 2, 3), ("Div", -1, 4))),
        ("Div", ("Pow", 0, 3), ("Exp", 0)),
        -2.5,
    ]:
        check_simplify(student, form, 1, {})


@simplified(1.5, "what a rule makes of the parts may be what the next one waits for")
def test_simplify_one_rule_after_another(student, rng):
    for form, left in [
        (("Mul", ("Pow", ("Sin", "u"), 0), ("Add", ("Mul", 0, "v"), "w")), 1),
        (("Div", ("Mul", "u", ("Mul", 0, "v")), ("Exp", "w")), 1),
        (("Add", ("Log", ("Pow", "u", 0)), ("Mul", ("Cos", ("Mul", "v", 0)), "w")), 1),
        (("Div", ("Mul", "v", 1), ("Add", ("Add", 0, 0.5), 0.5)), 1),
        (("Pow", ("Add", 0, ("Mul", "u", ("Div", "v", 1))), 1), 3),
        (("Mul", ("Add", 3, ("Mul", -1, 3)), ("Tanh", "u")), 1),
    ]:
        check_simplify(student, form, left, names(rng), names(rng))


@simplified(1.5, "a constant that is not a finite number helps nobody: leave the operation as it is, without a warning")
def test_simplify_of_what_is_not_defined(student, rng):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for form in [
            ("Div", 1, 0),
            ("Log", 0),
            ("Log", -1),
            ("Pow", 0, -1),
            ("Exp", 1000),
            ("Pow", -8, 0.5),
            ("Div", "u", 0),
        ]:
            what = f"simplify of {form}"
            items = listed(student, student.symbolic.simplify(make(student, form)), what)
            odd = [item for item in items if isinstance(item, float) and not np.isfinite(item)]
            assert not odd, f"{what}: got {items}, want it as it is: its value is no finite number"
            with np.errstate(all="ignore"):
                got, want = (value(each, {"u": 2.0}, what) for each in (items, form_items(form)))
            assert np.array_equal(got, want, equal_nan=True), f"{what}: got {items}, of value {got}, want {want}"
        check_simplify(student, ("Mul", ("Add", "u", 0), ("Exp", ("Mul", "v", ("Log", 0)))), 7, names(rng))


@simplified(1, "expressions are shared: make a new one and leave the old one alone")
def test_simplify_keeps_its_argument(student, rng):
    form = ("Add", ("Mul", ("Add", "u", 0), ("Pow", ("Mul", 1, "v"), 1)), ("Add", 2, 3))
    expression = make(student, form)
    check_simplify(student, form, 5, names(rng))
    student.symbolic.simplify(expression)
    after = listed(student, expression, "simplify")
    assert after == form_items(form), f"simplify: changes its argument from {form_items(form)} to {after}"


@simplified(1, "a hundred levels are ordinary")
def test_simplify_of_a_hundred_levels(student):
    form = "u"
    for k in range(33):
        form = ("Mul", ("Add", ("Sin", form), 0), 1) if k % 2 else ("Pow", ("Add", 0, ("Tanh", form)), 1)
    check_simplify(student, form, 34, {"u": 1.25})
    check_simplify(student, chain("Add", 100), 199, {f"u{k}": 0.5 * k for k in range(100)})


def random_form(rng, depth):
    """A random tree with many zeros and ones in it."""
    if depth == 0 or rng.random() < 0.1:
        return [0, 1, 0, 1, 2, -0.5, "u", "v", "x", "y"][int(rng.integers(10))]
    kind = ["Add", "Add", "Mul", "Mul", "Mul", "Div", "Pow", "Tanh"][int(rng.integers(8))]
    left = random_form(rng, depth - 1)
    if kind == "Pow":
        return kind, left, [0, 1, 2, 3][int(rng.integers(4))]
    if kind == "Tanh":
        return kind, left
    right = random_form(rng, depth - 1)
    if kind == "Div":  # by what is never zero
        right = 1 if rng.random() < 0.4 else ("Exp", right)
    return kind, left, right


@simplified(1.5, "the parts first, then the whole, and a rule applies wherever its pattern stands: 1 / u is not u")
def test_simplify_random_trees(student, reference, rng):
    for _ in range(12):
        form = random_form(rng, 5)
        largest = reference.symbolic.simplify(make(reference, form)).size
        check_simplify(student, form, largest, names(rng), names(rng))
