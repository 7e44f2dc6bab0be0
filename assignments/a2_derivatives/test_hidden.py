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


def worth(points, exercise, hint, after=None):
    return pytest.mark.points(points, exercise=exercise, hint=hint, **({"after": after} if after else {}))


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


def by_both_methods(points, hint, after=None):
    marks = {each: worth(points, f"numeric.{each}_difference", hint, after) for each in METHODS}
    return pytest.mark.parametrize("method", [pytest.param(each, marks=marks[each]) for each in METHODS])


def difference(student, method):
    return getattr(student.numeric, f"{method}_difference")


def cubic(x, h, weights, method):
    """What the method must find for f(x) = sum(weights * x^3)."""
    exact = {"forward": 3 * x**2 + 3 * x * h + h * h, "central": 3 * x**2 + h * h}[method]
    return weights * exact


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


@by_both_methods(1, "shapes (), (1,) and (0, 3) are shapes like any others")
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


@by_both_methods(0.5, "what becomes of 0.5 when it is added to an element of an integer array?")
def test_difference_of_integers(student, method):
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    for x in (np.array([[1, 2], [-3, 0]]), np.array([[3, 0], [1, 2]], dtype=np.uint8)):
        f, at = Counted(lambda p: np.sum(weights * p**3), (2, 2)), x.astype(np.float64)
        what = f"{method}_difference at an x of dtype {x.dtype}"
        close(difference(student, method)(f, x, 0.5), cubic(at, 0.5, weights, method), what)


@by_both_methods(1, "x + h - h is not always x: the first commandment", after="test_difference_by_hand")
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


@by_both_methods(
    1.5, "at each coordinate the step that the docstring names: next to 1e8 a step of 1e-8 is no step at all"
)
def test_difference_default_step_is_relative(student, rng, method):
    # The best steps leave up to 2e-7 and 2e-10 here, steps a hundred times as long 1e-5 and 1e-6.
    error, root = {"forward": (3e-6, EPS ** (1 / 2)), "central": (3e-9, EPS ** (1 / 3))}[method]
    drawn = [rng.uniform(0.5, 2.0, size=3) * np.array([1.0, -1.0, 1.0]) for _ in range(2)]
    for x in (drawn[0], -1e3 * drawn[1], np.array([0.0, 1e-3, -0.6, 40.0, -1e8])):
        size = np.maximum(1.0, np.abs(x))
        f = Counted(lambda p, size=size: np.sum((p / size) ** 3), x.shape)
        what = f"{method}_difference of sum((x / s)^3) at {shown(x)}, h = None, s = max(1, |x|)"
        got = difference(student, method)(f, x)
        assert got.shape == x.shape, f"{what}: got shape {got.shape}, want {x.shape}"
        close(got * size, 3 * (x / size) ** 2, f"{what}, multiplied by s", error, error)
        check_steps(f.points, x, root * size, method, what)


@by_both_methods(0.5, "a step that is given is taken as it is, be it large or small, whatever x is")
def test_difference_takes_the_given_step(student, rng, method):
    drawn = rng.uniform(-1.0, 1.0, size=(2, 2))
    for x, h in ((np.array([0.3, -6.0, 50.0]), 3), (drawn, 1e-11), (np.zeros(2), 1e-30)):
        weights = rng.uniform(0.5, 2.0, size=x.shape)
        f = Counted(lambda p, weights=weights: np.sum(weights * p**2), x.shape)
        what = f"{method}_difference of sum(w x^2), h = {h}"
        want = weights * (2 * x + (h if method == "forward" else 0.0))
        loose = 1e-2 if h == 1e-11 else 1e-9  # for the small one rounding leaves four digits; beside 0 all of them
        close(difference(student, method)(f, x, h), want, what, loose, loose)
        check_steps(f.points, x, np.full(x.shape, h), method, what)


@by_both_methods(0.5, "what is left of one call when the next one comes? And f may itself ask for a difference")
def test_difference_of_one_function_after_another(student, rng, method):
    x, y, first, second = rng.normal(size=(4, 2, 2))
    cases = [(first, 1.0, x, 0.25), (second, 1e120, x, 0.25), (second, 1e-120, y, 0.25), (second, 1e-120, y, 0.5)]
    got = [
        difference(student, method)(Counted(lambda p, w=w, units=units: units * np.sum(w * p**3), (2, 2)), point, h)
        for w, units, point, h in cases
    ]
    for each, (w, units, point, h) in zip(got, cases, strict=True):
        what = f"{method}_difference of {units:g} * sum(w x^3), one after another"
        assert each.shape == (2, 2), f"{what}: got shape {each.shape}, want (2, 2)"
        close(each / units, cubic(point, h, w, method), f"{what}, divided by {units:g}")

    def inner(p):
        found = difference(student, method)(lambda q: float(np.sum(first[0] * q**3)), p, 0.5)
        assert found.shape == (2,), f"{method}_difference within f: got shape {found.shape}, want (2,)"
        return float(np.sum(second[0] * found))

    want = first[0] * second[0] * (6 * x[0] + (3 * 0.25 + 3 * 0.5 if method == "forward" else 0.0))
    got = difference(student, method)(inner, x[0], 0.25)
    close(got, want, f"{method}_difference of an f that asks for a difference itself")


@by_both_methods(0.5, "count the calls for one coordinate, for two, for none", after="test_difference_by_hand")
def test_difference_counts_calls_for_every_shape(student, rng, method):
    for shape in [(), (1,), (7,), (2, 1, 2), (0,)]:
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


@study(
    1.5, "the largest distance, whatever its sign and its place; tiny errors and none at all are reported as they are"
)
def test_study_of_random_errors(student, rng):
    hs = rng.uniform(0.01, 1.0, size=4)
    shared = rng.normal(size=(2, 3))  # a point that is studied twice, with another function each time
    for x, units in [(shared, 1.0), (shared, 1e-180), (np.asarray(rng.normal()), 1e180), (rng.normal(size=1), 1.0)]:
        truth = np.asarray(rng.normal(size=x.shape)) if units == 1 else np.zeros(x.shape)
        numerical = {float(h): truth + units * rng.normal(size=x.shape) for h in hs[:3]}
        numerical[float(hs[3])] = truth

        def method(f, x, h, numerical=numerical):
            return np.array(numerical[float(h)])

        want = [np.abs(numerical[float(h)] - truth).max() for h in hs]
        got = student.numeric.step_size_study(lambda p: 0.0, lambda p, truth=truth: truth.copy(), x, hs, method)
        close(got, want, f"step_size_study of errors about {units:g} at x of shape {x.shape}, and of none", atol=0.0)


@study(1.5, "the method under study wants the function, the point and one step, in this order")
def test_study_calls_the_method(student, rng):
    x, hs, seen = rng.normal(size=(2, 2)), [1e-3, 1e-1], []
    point = x.copy()

    def method(f, x, h):
        assert callable(f), f"step_size_study: the method was given a {type(f).__name__} first, want f"
        seen.append((float(f(2.0 * point)), np.array(x), float(h)))
        return x + np.array([[0.0, 2.0], [-3.0, 1.0]]) * h

    got = student.numeric.step_size_study(lambda p: float(np.sum(p)), lambda p: np.array(p), x, hs, method)
    steps = sorted({h for *_, h in seen})  # in which order the method is asked is the student's choice
    assert steps == hs, f"step_size_study: got the steps {steps}, want {hs}"
    for total, given, _ in seen:
        close(given, point, "step_size_study: the point that the method was given")
        close(np.float64(total), 2 * point.sum(), "step_size_study: what f says when the method asks")
    close(got, [3e-3, 3e-1], f"step_size_study of a method with the largest error 3 h, hs = {hs}")


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


@study(0.5, "hs comes in any order and may be a list; the errors keep its order, an h that comes twice has two")
def test_study_keeps_the_order(student):
    f, df = (lambda p: 0.0), (lambda p: p**2)
    x = np.array([0.3, 0.15])
    for hs in ([0.1, 1, 1e-3, 0.5, 0.1], np.array([2, 1])):
        got = student.numeric.step_size_study(f, df, x, hs, lambda f, x, h: x**2 - x * h)
        close(got, 0.3 * np.array(hs), f"step_size_study of a method with the errors 0.3 h and 0.15 h, hs = {hs}")


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


def judged(student, monkeypatch, f, right, grad, x, *tolerance, forward_error=0.0):
    """What gradcheck says about grad, where the numerical gradient is `right` up to the usual error."""
    size = np.abs(right[np.isfinite(right)]).max(initial=0.0)
    numerical, point = right + 1e-9 * size * np.resize([1.0, -1.0, 0.5], right.shape), x.copy()

    def difference(f, x, h=None):
        assert np.array_equal(np.asarray(x), point), "gradcheck: asks for a numerical gradient, want that of f at x"
        return numerical.copy()

    def forward_difference(f, x, h=None):
        return difference(f, x, h) + forward_error

    monkeypatch.setattr(student.numeric, "central_difference", difference)
    monkeypatch.setattr(student.numeric, "forward_difference", forward_difference)
    verdict = student.numeric.gradcheck(f, lambda point: np.array(grad), x.copy(), *tolerance)
    assert isinstance(verdict, bool | np.bool_), f"gradcheck: got {type(verdict).__name__}, want True or False"
    return bool(verdict)


def tells_right_from_wrong(student, monkeypatch, f, right, wrongs, x, **options):
    got = judged(student, monkeypatch, f, right, right, x, **options)
    assert got is True, f"gradcheck: got False for the right gradient {shown(right)}, want True"
    for wrong in wrongs:
        got = judged(student, monkeypatch, f, right, wrong, x, **options)
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


@check(1.5, "an average hides one wrong element behind many right ones; and each point has a gradient of its own")
def test_gradcheck_of_one_wrong_element_among_many(student, monkeypatch, rng):
    f, x, right = smooth(rng, (4, 10))
    at = tuple(int(size) for size in rng.integers(0, (4, 10)))
    for point, slopes in ((x, right), (x - 0.5, right * np.exp(-0.5))):
        largest = np.abs(slopes).max()
        wrongs = [changed(slopes, at, slopes[at] + error * largest) for error in (1e-4, -1e-4)]
        tells_right_from_wrong(student, monkeypatch, f, slopes, wrongs, point)


@check(1.5, "the largest distance against tolerance times the largest element of both: no sum, no mean, no norm")
def test_gradcheck_draws_the_line_at_the_tolerance(student, monkeypatch, rng):
    f, x, right = smooth(rng, (4, 5))
    largest, at = np.abs(right).max(), np.unravel_index(np.abs(right).argmin(), right.shape)
    one = changed(np.zeros(right.shape), at, largest)
    every = largest * rng.choice([-1.0, 1.0], size=right.shape)
    for error, tolerance, want in [
        (1.5e-6 * one, (), False),
        (0.9e-6 * one, (), True),
        (0.9e-6 * every, (), True),
        (1.5e-3 * one, (1e-3,), False),
        (0.9e-3 * every, (1e-3,), True),
        (4e-9 * every, (1e-8,), True),
        (3e-8 * one, (1e-8,), False),
    ]:
        got = judged(student, monkeypatch, f, right, right + error, x, *tolerance)
        what = f"an error of {np.abs(error).max() / largest:.2g} of the largest element, tolerance {tolerance or 1e-6}"
        assert got is want, f"gradcheck of {what}: got {got}, want {want}"


@check(1, "n is the gradient by central differences: how far off are forward ones where f bends strongly?")
def test_gradcheck_where_forward_differences_are_off(student, monkeypatch, rng):
    forward_error = 1e4 * EPS ** (1 / 2)
    for shape in [(3,), ()]:
        _, x, right = smooth(rng, shape)
        x, right = np.asarray(x), np.asarray(right)
        here, slopes = x.copy(), right.copy()

        def bent(p, here=here, slopes=slopes):
            return float(np.sum(slopes * (p - here)) + 1e4 * np.sum((p - here) ** 2))

        wrongs = [1.001 * right, 0.9 * right]
        tells_right_from_wrong(student, monkeypatch, bent, right, wrongs, x, forward_error=forward_error)


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


@check(1, "zero compared with zero is right; beware of dividing one by the other")
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
    x, other = rng.uniform(-0.5, 0.5, size=(2, 3))
    for point, scale in ((x, 1e-200), (x, 1e-13), (x, 1e12), (other, 1e200)):
        f, right = (lambda p, scale=scale: float(scale * np.sum(np.exp(p)))), scale * np.exp(point)
        tells_right_from_wrong(student, monkeypatch, f, right, [1.001 * right, changed(right, 1, 0.0)], point)


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


@check(1, "shapes first, numbers afterwards; an x may be a single number, or have no elements at all")
def test_gradcheck_of_any_shape(student, monkeypatch, rng):
    for shape in [(), (1,), (2, 1), (2, 3, 2)]:
        f, x, right = smooth(rng, shape)
        right = np.asarray(right)
        wrongs = [1.1 * right, right[None], np.stack([right, right])]
        tells_right_from_wrong(student, monkeypatch, f, right, wrongs, np.asarray(x))
    empty = np.zeros((0, 3))
    wrongs = [np.zeros((3, 0)), np.zeros(0), np.zeros((1, 3))]
    tells_right_from_wrong(student, monkeypatch, lambda p: 1.0, empty, wrongs, empty)


@check(1, "x belongs to the caller, and the gradient at one point is asked for once")
def test_gradcheck_disturbs_nothing(student, monkeypatch, rng, held):
    for shape in [(6,), (), (1,)]:
        f, x, right = smooth(rng, shape)
        x, right = np.asarray(x), np.asarray(right)
        for method in METHODS:
            monkeypatch.setattr(student.numeric, f"{method}_difference", lambda f, x, h=None, n=right: n.copy())
        for answer, want in ((right, True), (1.1 * right, False)):
            asked, mine = [], held(x)

            def grad(point, asked=asked, answer=answer):
                asked.append(np.array(point))
                return answer.copy()

            got = bool(student.numeric.gradcheck(f, grad, mine))
            assert got is want, f"gradcheck: got {got} for the gradient {shown(answer)}, want {want}"
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


def check_values(got, right, points, what):
    """Fails unless two postfix lists have the same values at these points."""
    for here in points:
        close(value(got, here, what), value(right, here, what), f"{what}{where(here, right)}", 1e-12, 1e-13)


def check_diff(student, reference, form, by, *points):
    """Fails unless one expression's derivatives, one after another, have the values that the reference's have."""
    expression = make(student, form)
    derivatives = [(var, expression.diff(student.symbolic.Var(var))) for var in by]
    for var, derivative in derivatives:
        what = f"derivative of {form} by {var}"
        right = make(reference, form).diff(reference.symbolic.Var(var)).postfix()
        check_values(listed(student, derivative, what), right, points, what)


def asked_once(part, name, answer, what):
    """The part, which from now on has this derivative, and minds being asked for it twice."""
    questions = []

    def diff(var):
        questions.append(var)
        assert len(questions) == 1, f"{what}: asks {name} for its derivative again, want each part asked once"
        return answer

    part.diff = diff
    return part


def rule(points, kind, label, hint, *forms, positive=False, also=()):
    marks = worth(points, f"symbolic.{kind}.diff", hint)
    return pytest.param(forms, positive, also, id=f"{kind.lower()}-{label}", marks=marks)


CHAIN = "an outer function's slope, taken where the inner one stands, times the slope of the inner one"
ANY = "the rule holds for any parts and for any variable: ask the parts for their derivatives by the one that is asked"


ONCE = (
    "a part may be a number, a variable or anything else; what it answers is its derivative, and one question is enough"
)


@pytest.mark.parametrize(
    ("forms", "positive", "also"),
    [
        rule(1, "Const", "any", "a number moves with no variable", 0, 1, -3.5, 1e9, 1e-9),
        rule(0.5, "Var", "by-name", "which variable is asked for? Compare names, whole names", "x", "y"),
        rule(0.5, "Add", "random", ANY, ("Add", "u", "v"), ("Add", ("Add", "u", "v"), "w"), ("Add", "u", "u")),
        rule(1, "Mul", "random", ANY, ("Mul", "u", "v"), ("Mul", ("Mul", "u", "v"), ("Mul", "v", "w"))),
        rule(0.5, "Mul", "square", "both factors move, also if they are the same", ("Mul", "u", "u")),
        rule(1, "Div", "random", ANY, ("Div", "u", "v"), ("Div", "v", "u"), ("Div", "w", "w")),
        rule(
            1,
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
            *(("Pow", "u", n) for n in (2.5, 2, 5, 0.5, -1, -2, 1, 0, -0.75, 12)),
            positive=True,
        ),
        rule(
            1,
            "Pow",
            "nested",
            "the base may be a power itself, and negative: no logarithm is needed where n is a number",
            *(("Pow", "v", -1), ("Pow", ("Pow", "u", 2), 3), ("Pow", ("Pow", "u", 3), -1)),
            *(("Pow", "u", n) for n in (3, 2, -2, 4, -3)),
            also=[{"u": -1.5, "v": -0.75}],
        ),
        rule(0.5, "Exp", "random", CHAIN, ("Exp", "u"), also=[{"u": u} for u in (0.0, -30.0, 20.0)]),
        rule(0.5, "Exp", "nested", CHAIN, ("Exp", ("Exp", "u"))),
        rule(0.5, "Log", "random", CHAIN, ("Log", "u"), positive=True, also=[{"u": u} for u in (1.0, 1e-100, 1e100)]),
        rule(0.5, "Log", "nested", CHAIN, ("Log", ("Log", "u")), positive=True),
        rule(0.5, "Sin", "random", CHAIN, ("Sin", "u"), also=[{"u": u} for u in (0.0, -10.0, 10.0)]),
        rule(0.5, "Sin", "nested", CHAIN, ("Sin", ("Sin", "u"))),
        rule(0.5, "Cos", "random", CHAIN, ("Cos", "u"), also=[{"u": u} for u in (0.0, -10.0, 10.0)]),
        rule(0.5, "Cos", "nested", CHAIN, ("Cos", ("Cos", "u"))),
        rule(1, "Tanh", "random", CHAIN, ("Tanh", "u"), also=[{"u": u} for u in (0.0, -5.0, 20.0, -400.0, 800.0)]),
        rule(0.5, "Tanh", "nested", CHAIN, ("Tanh", ("Tanh", "u"))),
    ],
)
def test_diff(student, reference, rng, forms, positive, also):
    for k, form in enumerate(forms):
        by = "xyx" if k == 0 else "yx"[k % 2]
        drawn = [names(rng, positive), names(rng, positive)]
        check_diff(student, reference, form, by, *drawn, *({**drawn[0], **each} for each in also))


# Parts of which the derivative by x is given here, so that no other rule is asked. Two of them look the same in print.
LIKE, ALIKE = (("Mul", "w", ("Add", number, "w")) for number in (1.0000001, 1.0000002))
FAR = ("Add", 800, "far")  # 1 where far is -799; what is made of its two terms one by one may have no value there
SLOPES = {
    "x": 1,
    "y": 0,
    1: 0,
    2: 0,
    "v": "v_x",
    ("Sin", "w"): ("Mul", "w_x", ("Cos", "w")),
    FAR: "far_x",
    LIKE: ("Mul", "w_x", ("Add", 1.0000001, ("Mul", 2, "w"))),
    ALIKE: ("Mul", "w_x", ("Add", 1.0000002, ("Mul", 2, "w"))),
}
OF_TWO = [
    (2, "v"),
    ("v", 2),
    ("x", ("Sin", "w")),
    ("y", "x"),
    ("x", "y"),
    (1, "v"),
    (LIKE, ALIKE),
    (LIKE, "v"),
    (ALIKE, "v"),
]
OF_ONE = [(2,), ("x",), ("y",), (LIKE,), (ALIKE,), (FAR,)]
OF_BASE = [
    ("v", 3),
    (2, 3),
    ("x", -1),
    ("y", 3),
    (("Sin", "w"), 2),
    (LIKE, 2),
    (ALIKE, 2),
    *(("v", n) for n in (2.0000001, 2.0000002)),
]


@pytest.mark.parametrize(
    ("kind", "cases"),
    [
        pytest.param(kind, cases, id=kind.lower(), marks=worth(0.5, f"symbolic.{kind}.diff", ONCE))
        for kinds, cases in [
            (("Add", "Mul", "Div"), OF_TWO),
            (("Pow",), OF_BASE),
            (("Exp", "Log", "Sin", "Cos", "Tanh"), OF_ONE),
        ]
        for kind in kinds
    ],
)
def test_diff_of_any_parts(student, reference, rng, kind, cases):
    here = {**names(rng, positive=True), "far": -799.0, "far_x": 0.75}
    operation, x, prepared = getattr(student.symbolic, kind), student.symbolic.Var("x"), []
    for parts in cases:
        what = f"derivative of {(kind, *parts)} by x"
        moving = parts[:1] if kind == "Pow" else parts
        made = [asked_once(make(student, part), part, make(student, SLOPES[part]), what) for part in moving]
        prepared.append((what, [*made, *parts[len(made) :]]))
    for parts, (what, made) in zip(cases, prepared, strict=True):
        expression = operation(*made)
        items = listed(student, expression.diff(x), what)
        right = make(reference, (kind, *parts)).diff(reference.symbolic.Var("x")).postfix()
        check_values(items, right, [here], what)
        del expression  # the next one may stand where it stood, and is another one nevertheless


@worth(0.5, "symbolic.Var.diff", "x1 and x are two variables, and two objects called x are one")
def test_diff_of_variables_with_like_names(student):
    Var = student.symbolic.Var
    for name, var, want in [
        ("x", "x", 1.0),
        ("x1", "x", 0.0),
        ("x", "x1", 0.0),
        ("X", "x", 0.0),
        ("xy", "yx", 0.0),
        ("yx", "x", 0.0),
        ("x_", "x", 0.0),
        ("x1", "x1", 1.0),
    ]:
        what = f"derivative of {name} by {var}"
        derivative = Var(name).diff(Var("".join(list(var))))  # a text of its own: equal, and not the same object
        close(value(listed(student, derivative, what), {"x": 2.0}, what), want, what)


@worth(1, "symbolic.Div.diff", "where the numerator is zero the quotient still has a slope")
def test_diff_of_a_quotient_with_numerator_zero(student, reference, rng):
    check_diff(student, reference, ("Div", "u", "v"), "x", {**names(rng), "u": 0.0})


@worth(1.5, "symbolic.Pow.diff", "try u = 0 with n = 2, 1 and 0: what is the slope, and is 0 times infinity anywhere?")
def test_diff_of_a_power_of_zero(student, rng):
    for n, want in [(3, 0.0), (2, 0.0), (1, 1.0), (0, 0.0), (1.5, 0.0), (12, 0.0)]:
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


def derivative_of_chain(student, kind, depth, what):
    """The derivative by x of u0 + u1 + ..., in which u0, the deepest part, may be asked for its own once."""
    whole = asked_once(make(student, "u0"), "u0", make(student, "u0_x"), what)
    symbolic = student.symbolic
    operation, Unknown = getattr(symbolic, kind), symbolic.Unknown
    for k in range(1, depth):
        whole = operation(whole, Unknown(f"u{k}"))
    return listed(student, whole.diff(symbolic.Var("x")), what)


@worth(0.5, "symbolic.Add.diff", "a sum of a hundred terms is a hundred levels deep, and nothing special")
def test_diff_of_a_hundred_terms(student, rng):
    here = {f"u{k}_x": float(rng.normal()) for k in range(100)}
    what = "derivative of u0 + u1 + ... + u99 by x"
    close(value(derivative_of_chain(student, "Add", 100, what), here, what), sum(here.values()), what)


@worth(1, "symbolic.Mul.diff", "in a product of many factors each one moves once while the others stay")
def test_diff_of_twenty_factors(student, rng):
    here = {f"u{k}": float(rng.uniform(0.8, 1.25) * rng.choice([-1.0, 1.0])) for k in range(20)}
    here["u7"] = 0.0
    slopes = {f"u{k}_x": float(rng.uniform(0.5, 2.0)) for k in range(20)}
    what = "derivative of u0 * u1 * ... * u19 by x, where u7 = 0"
    want = slopes["u7_x"] * np.prod([here[f"u{k}"] for k in range(20) if k != 7])
    close(value(derivative_of_chain(student, "Mul", 20, what), here | slopes, what), want, what)


# simplify: the value stays, and not more is left than the rules leave


def check_simplify(student, form, largest, *points, rtol=1e-12, atol=1e-14):
    what = f"simplify of {form}"
    items = listed(student, student.symbolic.simplify(make(student, form)), what)
    check_simplified(items, form, largest, *points, rtol=rtol, atol=atol)


def check_simplified(items, form, largest, *points, rtol=1e-12, atol=1e-14):
    """Fails unless these items are not more than the rules leave of the form, and have its value where it has one."""
    what = f"simplify of {form}"
    odd = [item for item in items if isinstance(item, float) and not np.isfinite(item)]
    assert not odd, f"{what}: got {items}, want no constant in it that is not a finite number"
    for here in points:
        want = value(form_items(form), here, what)
        if np.isfinite(want):
            close(value(items, here, what), want, f"{what}: value{where(here, form_items(form))}", rtol, atol)
    assert len(items) <= largest, f"{what}: got {items}, of size {len(items)}, want a size of at most {largest}"


SYMBOLS = {"Add": "+", "Mul": "*", "Div": "/", "Pow": "**"}


def form_items(form):
    """A form as the postfix list of its expression."""
    if isinstance(form, tuple):
        return [item for part in form[1:] for item in form_items(part)] + [SYMBOLS.get(form[0], form[0].lower())]
    return [form if isinstance(form, str) else float(form)]


def simplified(points, hint, after=None):
    return worth(points, "symbolic.simplify", hint, after)


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


STAYS = {  # beside each pair of rules an operation that they have nothing to say of
    "plus": ("Add", -1, SOMETHING),
    "times": ("Mul", SOMETHING, -1),
    "zero": ("Mul", SOMETHING, "w"),
    "over": ("Div", 1, SOMETHING),
    "power": ("Pow", SOMETHING, -1),
}


@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=simplified(0.5, ONE_BY_ONE)) for kind in STAYS],
)
def test_simplify_rule(student, rng, kind):
    both = {
        "plus": ("zero-plus", "plus-zero"),
        "times": ("one-times", "times-one"),
        "zero": ("zero-times", "times-zero"),
        "over": ("over-one", "zero-over"),
        "power": ("power-one", "power-zero"),
    }[kind]
    for form, left in [*(RULES[name] for name in both), (STAYS[kind], len(form_items(STAYS[kind])))]:
        check_simplify(student, form, left, names(rng), names(rng))


@simplified(0.75, "every part of a part is simplified too, however deep it lies")
def test_simplify_within_others(student, rng):
    for form, left in RULES.values():
        if left > 1:
            check_simplify(student, ("Add", "w", ("Exp", ("Div", form, "w"))), left + 5, names(rng), names(rng))


@simplified(0.75, "a part that has become a constant may make a constant of what it stands in")
def test_simplify_to_constants_within_others(student, rng):
    for form, left in RULES.values():
        if left == 1:
            check_simplify(student, ("Add", "w", ("Exp", form)), 3, names(rng), names(rng))


@simplified(1, "an operation whose parts are all numbers is a number, exactly the one that it makes")
def test_simplify_constants(student):
    for form in [
        ("Div", 7, 2),
        ("Exp", -50),
        ("Log", 2),
        ("Cos", 3),
        ("Tanh", 0.5),
        ("Pow", -2, 3),
        ("Pow", 4, 0.5),
        ("Sin", ("Add", ("Mul", 2, 3), ("Div", -1, 4))),
        ("Div", ("Pow", 0, 3), ("Exp", 0)),
        ("Mul", 1e-300, 3),
        ("Mul", 1e154, -1e154),
        ("Pow", 0, 0),
        -2.5,
    ]:
        check_simplify(student, form, 1, {}, rtol=1e-14, atol=0.0)


@simplified(0.75, "what looks like 0 or like 1 in print need not be it: look at the number itself")
def test_simplify_of_numbers_near_zero_and_one(student):
    tiny, near = 1e-20, 1 + 1e-12
    points = [{"u": 3e-20, "v": 2.0}, {"u": -0.75, "v": -1e-20}]
    for form in [
        *(("Add", tiny, "u"), ("Add", "u", -0.5), ("Mul", tiny, "v"), ("Mul", "v", near), ("Mul", -1, "v")),
        *(("Mul", 1.5, "v"), ("Div", "v", near), ("Div", tiny, "v"), ("Div", "v", -1), ("Pow", "u", -1)),
        *(("Pow", "v", near), ("Pow", "u", tiny), ("Pow", "v", 1e-3)),
    ]:
        check_simplify(student, ("Mul", form, 1), 3, *points, rtol=1e-13, atol=0.0)


@simplified(
    1, "whoever does more than the rules say: is the value the same at every point, below zero and at zero too?"
)
def test_simplify_keeps_the_value_at_every_point(student):
    points = [{"u": -0.5, "v": -2.0}, {"u": 4.0, "v": 0.25}, {"u": 0.0, "v": 1.5}, {"u": 1e-300, "v": 1e-9}]
    for form in [
        ("Pow", ("Pow", "u", 2), 0.5),
        ("Pow", ("Mul", "u", "u"), 0.5),
        ("Pow", ("Mul", "u", "v"), 0.5),
        ("Log", ("Mul", "u", "v")),
        ("Sin", ("Mul", -1, "v")),
        ("Tanh", ("Mul", -1, "v")),
        ("Pow", ("Add", "u", "v"), 2),
        ("Div", "v", ("Div", "u", "v")),
        ("Log", ("Pow", "u", 2)),
        ("Div", ("Mul", 1.0000001, "v"), ("Mul", 1.0000002, "v")),
        ("Add", ("Mul", 1234567.5, "u"), ("Mul", -1, ("Mul", 1234567.25, "u"))),
        ("Add", ("Mul", "v", "v"), ("Mul", -1, ("Mul", "u", "u"))),
        ("Mul", 1e200, ("Mul", 1e200, "u")),
        ("Mul", ("Mul", "u", 1e200), 1e200),
        ("Div", ("Div", "u", 1e200), 1e200),
        ("Add", 1e308, ("Add", 1e308, ("Mul", -1e308, "v"))),
        ("Div", ("Div", "u", "v"), ("Add", "u", "v")),
        ("Mul", ("Add", "u", "v"), ("Add", "u", ("Mul", -1, "v"))),
    ]:
        check_simplify(student, ("Add", form, 0), len(form_items(form)), *points)
    points = [{"u": 0.0}, {"u": 1e-300}, {"u": -1e300}]
    for form in [
        ("Div", ("Div", "u", 1e-200), 1e-200),
        ("Mul", 1e-200, ("Mul", "u", 1e-200)),
        ("Div", ("Mul", 1e-200, "u"), 1e200),
    ]:
        check_simplify(student, ("Add", form, 0), len(form_items(form)), *points, atol=0.0)


@simplified(0.5, "how often is simplify called for the innermost part of a formula? First the parts, each once")
def test_simplify_each_part_once(student):
    symbolic = student.symbolic
    of_two = {"Add": 0, "Mul": 1, "Div": 1, "Pow": 1}
    for around in [*([kind] * 6 for kind in of_two), ["Exp", "Sin", "Cos", "Sin", "Tanh", "Exp"]]:
        asked, form = [], ("Tanh", "u")
        whole = innermost = make(student, form)
        Tanh, u = symbolic.Tanh, innermost.parts[0]

        def with_parts(*parts, asked=asked, Tanh=Tanh, u=u):
            asked.append(parts)
            # Several passes over the tree are as good; whoever asks each part twice comes here 2**6 times.
            assert len(asked) <= 20, f"simplify: asks a part at a depth of 6 {len(asked)} times, want once"
            return Tanh(u)

        innermost.with_parts = with_parts
        for kind in around:
            other = [of_two[kind]] if kind in of_two else []
            whole, form = getattr(symbolic, kind)(whole, *other), (kind, form, *other)
        items = listed(student, symbolic.simplify(whole), "simplify")
        check_simplified(items, form, 2 if around[0] in of_two else 8, {"u": 0.75})


@simplified(1.75, "what a rule makes of the parts may be what the next one waits for")
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


@simplified(2, "a constant that is not a finite number helps nobody: leave the operation as it is, without a warning")
def test_simplify_of_what_is_not_defined(student, rng):
    infinite = ("Div", 1, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for form in [
            infinite,
            ("Div", 0, 0),
            ("Div", ("Mul", 0, "u"), ("Add", -1, 1)),
            ("Log", 0),
            ("Log", -1),
            ("Pow", 0, -1),
            ("Exp", 1000),
            ("Pow", -8, 0.5),
            ("Pow", 10, 400),
            ("Mul", 1e200, -1e200),
            ("Add", 1e308, 1e308),
            ("Div", "u", 0),
            ("Mul", infinite, "u"),
        ]:
            what = f"simplify of {form}"
            items = listed(student, student.symbolic.simplify(make(student, form)), what)
            check_simplified(items, form, len(form_items(form)))
            with np.errstate(all="ignore"):
                got, want = (value(each, {"u": 2.0}, what) for each in (items, form_items(form)))
            assert np.array_equal(got, want, equal_nan=True), f"{what}: got {items}, of value {got}, want {want}"
        check_simplify(student, ("Mul", ("Add", "u", 0), ("Exp", ("Mul", "v", ("Log", 0)))), 7, names(rng))
        for form, left in [
            (("Add", infinite, 0), 3),
            (("Mul", 1, infinite), 3),
            (("Mul", 0, infinite), 1),
            (("Div", 0, ("Log", -1)), 1),
            (("Pow", infinite, 0), 1),
        ]:
            check_simplify(student, form, left)


@simplified(1, "expressions are shared: make a new one and leave the old one alone, and what was given back before too")
def test_simplify_keeps_its_argument(student, rng):
    form = ("Add", ("Mul", ("Add", ("Mul", 1, "u"), 0), ("Pow", ("Mul", "v", 1), 1)), ("Add", ("Mul", 1, 2), 3))
    alike = [("Mul", ("Add", LIKE, 0), "v"), ("Mul", ("Add", ALIKE, 0), "v")]  # in print they are the same
    forms = [form, *alike, ("Div", ("Exp", ("Add", 0, "w")), ("Mul", ("Div", "v", 1), 1))]
    expressions = [make(student, each) for each in forms]
    results = [student.symbolic.simplify(each) for each in expressions]
    again = student.symbolic.simplify(results[0])
    for each, result, left in zip([*forms, form], [*results, again], [5, 7, 7, 4, 5], strict=True):
        check_simplified(listed(student, result, f"simplify of {each}"), each, left, names(rng))
    for each, expression in zip(forms, expressions, strict=True):
        after = listed(student, expression, "simplify")
        assert after == form_items(each), f"simplify: changes its argument from {form_items(each)} to {after}"


@simplified(0.75, "a hundred levels are ordinary", after="test_simplify_each_part_once")
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


@simplified(1.25, "the parts first, then the whole, and a rule applies wherever its pattern stands: 1 / u is not u")
def test_simplify_random_trees(student, reference, rng):
    for _ in range(12):
        form = random_form(rng, 5)
        largest = reference.symbolic.simplify(make(reference, form)).size
        check_simplify(student, form, largest, names(rng), names(rng), rtol=1e-9, atol=1e-9)
