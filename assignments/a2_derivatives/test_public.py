"""Public tests of a2_derivatives: a third of the points. The hidden tests look at the same from more sides.

Each rule of differentiation is tested by itself, on unknown functions u and v whose derivatives have names, and your
gradcheck on a numerical gradient that is right. So a mistake in one exercise costs points of that exercise only.
"""

import numpy as np
import pytest

X = "x"
HERE = {"u": 2.0, "v": -4.0, "u_x": 5.0, "v_x": 7.0}  # the values of names in the tests of rules


# What the tests are made of


def worth(points, exercise, hint=None, after=None):
    given = {"hint": hint, "after": after}
    return pytest.mark.points(points, exercise=exercise, **{key: text for key, text in given.items() if text})


def shown(array, digits=10):
    """The numbers in one line, with enough digits to tell right from nearly right."""
    return " ".join(np.array2string(np.asarray(array), precision=digits).split())


def close(got, want, what, rtol=1e-9, atol=1e-12):
    """Fails unless got is a float64 array of want's shape and values. A numpy number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic), f"{what}: got {type(got).__name__}, want an array"
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=rtol, atol=atol):
        digits = 10 if shown(got) != shown(want) else 17
        pytest.fail(f"{what}: got {shown(got, digits)}, want {shown(want, digits)}")


class Counted:
    """A function that looks at what it is given, and keeps it."""

    def __init__(self, f, shape):
        self.f, self.shape, self.points = f, shape, []

    def __call__(self, point):
        assert isinstance(point, np.ndarray | np.generic), f"f was given a {type(point).__name__}, want an array"
        assert point.shape == self.shape, f"f was given an array of shape {point.shape}, want {self.shape} as x"
        assert point.dtype == np.float64, f"f was given an array of dtype {point.dtype}, want float64"
        self.points.append(np.array(point))
        return float(self.f(point))

    @property
    def calls(self):
        return len(self.points)


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
    """An expression from a number, a name, or a tuple of a class and its parts. What has one name is one object."""
    symbolic, classes, named = student.symbolic, {}, {}

    def made(form):
        if isinstance(form, tuple):
            return kind(form[0])(*(made(part) for part in form[1:]))
        if isinstance(form, str):
            if form not in named:
                named[form] = kind("Var" if form in ("x", "y") else "Unknown")(form)
            return named[form]
        return kind("Const")(form)

    def kind(name):
        if name not in classes:
            classes[name] = getattr(symbolic, name)
        return classes[name]

    return made(form)


# Numerical differentiation

METHODS = ["forward", "central"]
EPS = 2.220446049250313e-16


def by_both_methods(points, hint=None, after=None):
    marks = {each: worth(points, f"numeric.{each}_difference", hint, after) for each in METHODS}
    return pytest.mark.parametrize("method", [pytest.param(each, marks=marks[each]) for each in METHODS])


def difference(student, method):
    return getattr(student.numeric, f"{method}_difference")


def check_steps(points, x, steps, method, what):
    """Fails unless f was looked at one step from x in each coordinate, on the side or sides that the method has."""
    signs = {"forward": (1,), "central": (1, -1)}[method]
    wanted = {(index, sign) for index in np.ndindex(x.shape) for sign in signs}
    for point in points:
        moved = np.argwhere(np.abs(point - x) > 1e-3 * steps)  # less is what rounding leaves
        if len(moved) == 0:
            continue  # f(x) itself
        assert len(moved) == 1, f"{what}: got f of a point with {len(moved)} coordinates moved, want one at a time"
        index = tuple(moved[0].tolist())
        step = point[index] - x[index]
        near = abs(abs(step) - steps[index]) <= 0.02 * steps[index]
        assert near, f"{what}: got a step of {step:.6g} from {x[index]:.6g}, want one of {steps[index]:.6g}"
        wanted.discard((index, np.sign(step)))
    assert not wanted, f"{what}: never looks at f a step from x in coordinate {sorted(wanted)[0][0]}, want it to"


@by_both_methods(1)
def test_difference_by_hand(student, method):
    f = Counted(lambda p: p[0] ** 2 * p[1], (2,))
    want = {"forward": [7.5, 1.0], "central": [6.0, 1.0]}[method]
    got = difference(student, method)(f, np.array([1.0, 3.0]), 0.5)
    close(got, want, f"{method}_difference of x0^2 x1 at [1, 3], h = 0.5")


@by_both_methods(1, "walk over the index of every element: the gradient has the shape of x")
def test_difference_in_a_matrix(student, method):
    weights = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
    f = Counted(lambda p: np.sum(weights * p**2), (2, 3))
    x = np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 3.0]])
    want = 2 * weights * x + (0.25 * weights if method == "forward" else 0.0)
    close(difference(student, method)(f, x, 0.25), want, f"{method}_difference of a matrix, h = 0.25")


@by_both_methods(
    1,
    "each call costs as much as a whole run of the network: which value is needed again and again?",
    after="test_difference_by_hand",
)
def test_difference_counts_calls(student, method):
    f = Counted(lambda p: np.sum(np.sin(p)), (3, 4))
    difference(student, method)(f, np.linspace(-1.0, 1.0, 12).reshape(3, 4))
    want = {"forward": 13, "central": 24}[method]
    assert f.calls == want, f"{method}_difference at x of shape (3, 4): got {f.calls} calls of f, want {want}"


@by_both_methods(1, "h = None stands for a step that the docstring names, not for a very small one")
def test_difference_default_step(student, method):
    x = np.array([0.3, -1.2, 2.0])
    f = Counted(lambda p: np.sum(np.exp(np.sin(p))), (3,))
    error = {"forward": 3e-7, "central": 3e-9}[method]
    want = np.exp(np.sin(x)) * np.cos(x)
    what = f"{method}_difference of exp(sin(x)), h = None"
    close(difference(student, method)(f, x), want, what, error, error)
    root = {"forward": EPS ** (1 / 2), "central": EPS ** (1 / 3)}[method]
    check_steps(f.points, x, root * np.array([1.0, 1.2, 2.0]), method, what)


# The step-size study. The method under study is made here: it answers with the truth and an error of its own.


@worth(2.5, "numeric.step_size_study")
def test_study_of_known_errors(student):
    def method(f, x, h):
        return np.array([2.0 + 3.0 * h])

    hs = np.array([0.5, 0.25, 1.0])
    f, df = (lambda p: 2.0 * p[0]), (lambda p: np.array([2.0]))
    got = student.numeric.step_size_study(f, df, np.array([1.0]), hs, method)
    close(got, [1.5, 0.75, 3.0], "step_size_study of a method with the error 3 h, h = 0.5, 0.25, 1")


@worth(1, "numeric.step_size_study", "an error of -3 is worse than one of 2")
def test_study_takes_the_largest_error(student):
    def method(f, x, h):
        return np.array([[1.0 + h, 1.0 - 3 * h], [1.0, 1.0 + 2 * h]])

    f, df = (lambda p: float(np.sum(p))), (lambda p: np.ones((2, 2)))
    got = student.numeric.step_size_study(f, df, np.zeros((2, 2)), np.array([0.1, 0.01]), method)
    close(got, [0.3, 0.03], "step_size_study of a method with errors h, -3 h, 0, 2 h, h = 0.1, 0.01")


# gradcheck. The numerical gradient is put in its place by the test, right to nine digits: your gradcheck has to judge.


def judged(student, monkeypatch, f, right, grad, x, *tolerance):
    """What gradcheck says about grad, where the numerical gradient is `right` up to the usual error."""
    size = np.abs(right).max(initial=0.0)
    numerical, point = right + 1e-9 * size * np.resize([1.0, -1.0, 0.5], right.shape), x.copy()

    def difference(f, x, h=None):
        assert np.array_equal(np.asarray(x), point), "gradcheck: asks for a numerical gradient, want that of f at x"
        return numerical.copy()

    for method in METHODS:
        monkeypatch.setattr(student.numeric, f"{method}_difference", difference)
    verdict = student.numeric.gradcheck(f, lambda point: np.array(grad), x.copy(), *tolerance)
    assert isinstance(verdict, bool | np.bool_), f"gradcheck: got {type(verdict).__name__}, want True or False"
    return bool(verdict)


A = np.array([1.0, -2.0, 0.5, 3.0])
AT = np.array([0.4, -0.7, 1.5, 1.1])


def quadratic(scale=1.0):
    """f(x) = scale * sum(a x^2) and its gradient at AT."""
    return (lambda p: float(scale * np.sum(A * p**2))), scale * 2 * A * AT


def changed(grad, index, new):
    grad = grad.copy()
    grad[index] = new
    return grad


def tells_right_from_wrong(student, monkeypatch, f, right, wrongs, x):
    got = judged(student, monkeypatch, f, right, right, x)
    assert got is True, f"gradcheck: got False for the right gradient {shown(right)}, want True"
    for wrong in wrongs:
        got = judged(student, monkeypatch, f, right, wrong, x)
        told = f"gradcheck: got True for the gradient {shown(wrong)} of shape {wrong.shape}, want False"
        assert got is False, f"{told}: right is {shown(right)} of shape {right.shape}"


@worth(1, "numeric.gradcheck")
def test_gradcheck_of_a_forgotten_factor(student, monkeypatch):
    f, right = quadratic()
    tells_right_from_wrong(student, monkeypatch, f, right, [right / 2, -right, 0 * right], AT)


@worth(1, "numeric.gradcheck", "one wrong element among many must be seen")
def test_gradcheck_of_one_wrong_element(student, monkeypatch):
    f, right = quadratic()
    wrongs = [changed(right, k, 1.01 * right[k]) for k in range(4)]
    tells_right_from_wrong(student, monkeypatch, f, right, wrongs, AT)


@worth(1, "numeric.gradcheck", "numpy stretches shapes without a word")
def test_gradcheck_of_a_wrong_shape(student, monkeypatch):
    f, x = (lambda p: 3.0 * float(np.sum(p))), np.array([0.2, 0.4, 0.8])
    right = np.full(3, 3.0)
    tells_right_from_wrong(student, monkeypatch, f, right, [np.full((3, 1), 3.0), np.array(3.0)], x)


@worth(1, "numeric.gradcheck", "every comparison with NaN is false, also the one with your tolerance")
def test_gradcheck_of_nan(student, monkeypatch):
    f, right = quadratic()
    tells_right_from_wrong(student, monkeypatch, f, right, [changed(right, 2, np.nan), right + np.nan], AT)


@worth(1, "numeric.gradcheck", "a loss in other units is as right or wrong as before: compare with what?")
def test_gradcheck_in_small_units(student, monkeypatch):
    f, right = quadratic(1e-9)
    tells_right_from_wrong(student, monkeypatch, f, right, [1.5 * right, changed(right, 0, 0.0)], AT)


@worth(1, "numeric.gradcheck")
def test_gradcheck_tolerance(student, monkeypatch):
    f, right = quadratic()
    cases = [(1e-4, 1e-2, True), (1e-4, 1e-6, False), (1e-2, 1e-3, False), (1.5, 0.7, True), (-0.6, 0.7, True)]
    for error, tolerance, want in cases:  # in the last two the larger gradient counts, one's and the other's
        got = judged(student, monkeypatch, f, right, right * (1 + error), AT, tolerance)
        assert got is want, f"gradcheck of an error of {error}, tolerance {tolerance}: got {got}, want {want}"


# Rules of differentiation

T = np.tanh(2.0)


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(cases, id=kind.lower(), marks=worth(points, f"symbolic.{kind}.diff"))
        for kind, points, *cases in [
            ("Const", 0.5, (7, 0.0)),
            ("Var", 0.5, ("x", 1.0), ("y", 0.0)),
            ("Add", 0.5, (("Add", "u", "v"), 12.0)),
            ("Mul", 1, (("Mul", "u", "v"), -6.0)),
            ("Div", 1, (("Div", "u", "v"), -2.125)),
            ("Pow", 1, (("Pow", "v", 3), 336.0)),
            ("Exp", 0.5, (("Exp", "u"), 5 * np.exp(2.0))),
            ("Log", 0.5, (("Log", "u"), 2.5)),
            ("Sin", 0.5, (("Sin", "u"), 5 * np.cos(2.0))),
            ("Cos", 0.5, (("Cos", "u"), -5 * np.sin(2.0))),
            ("Tanh", 0.5, (("Tanh", "u"), 5 * (1 - T * T))),
        ]
    ],
)
def test_diff(student, cases):
    for form, want in cases:
        what = f"derivative of {form} by x, u = 2, v = -4, u_x = 5, v_x = 7"
        derivative = make(student, form).diff(student.symbolic.Var(X))
        close(value(listed(student, derivative, what), HERE, what), want, what)


# simplify: the value stays, and not more is left than the rules leave. How it is written is yours.


def by_rules(name, points, *cases, hint=None):
    return pytest.param(cases, id=name, marks=worth(points, "symbolic.simplify", hint))


@pytest.mark.parametrize(
    "cases",
    [
        by_rules("zero-added", 1, (("Add", "u", 0), 1), (("Add", 0, "u"), 1), (("Add", 1, "u"), 3)),
        by_rules("one-multiplied", 1, (("Mul", "u", 1), 1), (("Mul", 1, "u"), 1), (("Mul", -1, "u"), 3)),
        by_rules("zero-multiplied", 1, (("Mul", "u", 0), 1), (("Mul", 0, "u"), 1), (("Mul", "u", "v"), 3)),
        by_rules("quotient", 1, (("Div", "u", 1), 1), (("Div", 0, "u"), 1), (("Div", 1, "u"), 3)),
        by_rules("power", 1, (("Pow", "u", 1), 1), (("Pow", "u", 0), 1), (("Pow", "u", 2), 3)),
        by_rules("constants", 1, (("Add", 2, 3), 1), (("Mul", ("Sin", 1), ("Div", 1, 4)), 1), (("Pow", 3, 2), 1)),
        by_rules(
            "one-rule-after-another",
            1.5,
            (("Mul", ("Add", ("Mul", "u", 0), 1), "v"), 1),
            (("Exp", ("Add", ("Mul", ("Sin", 0), "u"), ("Mul", 1, "v"))), 2),
            (("Add", ("Mul", 1, ("Sin", "x")), ("Mul", "x", ("Mul", ("Cos", "x"), ("Add", 1, 0)))), 7),
            hint="what is left of the parts decides what can be done with the whole: which of them first?",
        ),
    ],
)
def test_simplify(student, cases):
    here = {"u": 2.5, "v": -4.0, "x": 0.5}
    for form, largest in cases:
        what = f"simplify of {form}"
        expression = make(student, form)
        before = listed(student, expression, what)
        items = listed(student, student.symbolic.simplify(expression), what)
        close(value(items, here, what), value(before, here, what), f"{what}: value at {here}")
        assert len(items) <= largest, f"{what}: got {items}, of size {len(items)}, want a size of at most {largest}"


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
