"""Hidden tests of a7_modes_and_costs.

The functions that are differentiated make their own dual numbers and operations on tensors, from formulas for their
value and their derivative that are written out here. So a mistake in Dual costs nothing in jvp, one in vjp nothing in
hvp, and so on. Of a3 a pass back needs the tape itself; where the parts of a Dual are Tensors, a3's operations too.
"""

import contextlib
import warnings
from itertools import pairwise
from math import prod

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and no test here loses more than a few of them


# What the tests are made of


def worth(points, exercise, hint, **conditions):
    return pytest.mark.points(points, exercise=exercise, hint=hint, **conditions)


def show(array):
    """The numbers on one line, long arrays in part."""
    return " ".join(np.array2string(np.asarray(array), precision=6, separator=", ", threshold=24).split())


def same(got, want, what, atol=1e-12):
    """Fails unless got is a float64 array of want's shape and values. A number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic | float), f"{what}: got {type(got).__name__}, want an array"
    got = np.asarray(got)
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=RTOL, atol=atol):
        pytest.fail(f"{what}: got {show(got)}, want {show(want)}")


def whole_numbers(got, want, what):
    """Fails unless got are these whole numbers."""
    assert isinstance(got, list | tuple | np.ndarray), f"{what}: got {type(got).__name__}, want a list of whole numbers"
    assert list(got) == want, f"{what}: got {list(got)}, want {want}"


def dual(student, primal, tangent):
    return student.dual.Dual(np.array(primal, dtype=np.float64), np.array(tangent, dtype=np.float64))


def same_dual(student, got, primal, tangent, what):
    """Fails unless got is a Dual with these parts."""
    assert isinstance(got, student.dual.Dual), f"{what}: got {type(got).__name__}, want a Dual"
    same(got.primal, primal, f"{what}: primal")
    same(got.tangent, tangent, f"{what}: tangent")


class Sines:
    """f(x) = sin(A x + c) + B x, for x of any shape and values of any shape: its derivatives, and who asks for them.

    A Dual, a Tensor, or a Dual of Tensors is answered without any operation of the student's.
    """

    def __init__(self, student, rng, inputs, outputs, name, constant=False):
        self.student, self.name, self.inputs, self.outputs, self.constant = student, name, inputs, outputs, constant
        size = 0.0 if constant else 1.0
        self.A, self.B = size * rng.normal(size=(2, prod(outputs), prod(inputs)))
        self.c, self.calls = rng.normal(size=prod(outputs)), 0

    def value(self, x):
        return (np.sin(self.A @ x.ravel() + self.c) + self.B @ x.ravel()).reshape(self.outputs)

    def matrix(self, x):
        """The Jacobian of the flattened values by the flattened inputs."""
        return np.cos(self.A @ x.ravel() + self.c)[:, np.newaxis] * self.A + self.B

    def along(self, x, v):
        return (self.matrix(x) @ v.ravel()).reshape(self.outputs)

    def back(self, x, u):
        return (u.ravel() @ self.matrix(x)).reshape(self.inputs)

    def jacobian(self, x):
        return self.matrix(x).reshape(self.outputs + self.inputs)

    def second(self, x, v):
        """H v, where there is one output."""
        phase = self.A @ x.ravel() + self.c
        return (-np.sin(phase) * (self.A @ v.ravel()) @ self.A).reshape(self.inputs)

    def _seen(self, part):
        array = np.array(part)
        assert array.shape == self.inputs, f"{self.name}: f was given shape {array.shape}, want {self.inputs}, as x"
        assert array.dtype == np.float64, f"{self.name}: f was given dtype {array.dtype}, want float64"
        return array

    def on_duals(self, given):
        self.calls += 1
        is_one = isinstance(given, self.student.dual.Dual)
        assert is_one, f"{self.name}: f was given a {type(given).__name__}, want a Dual"
        x, v = self._seen(given.primal), self._seen(given.tangent)
        return self.value(x) if self.constant else dual(self.student, self.value(x), self.along(x, v))

    def on_tensors(self, given):
        self.calls += 1
        is_one = isinstance(given, self.student.tensor.Tensor)
        assert is_one, f"{self.name}: f was given a {type(given).__name__}, want a Tensor"
        x = self._seen(given.data)
        if self.constant:
            return self.student.tensor.Tensor(self.value(x))
        return operation(self.student, self.value(x), lambda u: [self.back(x, u)])(given)

    def on_duals_of_tensors(self, given):
        self.calls += 1
        is_one = isinstance(given, self.student.dual.Dual)
        assert is_one, f"{self.name}: f was given a {type(given).__name__}, want a Dual"
        for part in (given.primal, given.tangent):
            is_one = isinstance(part, self.student.tensor.Tensor)
            assert is_one, f"{self.name}: f was given a Dual with a part that is no Tensor"
        x, v = self._seen(given.primal.data), self._seen(given.tangent.data)
        if self.constant:
            return self.student.tensor.Tensor(self.value(x))
        value = operation(self.student, self.value(x), lambda u: [self.back(x, u)])
        slope = operation(self.student, self.along(x, v), lambda u: [u * self.second(x, v), self.back(x, u)])
        return self.student.dual.Dual(value(given.primal), slope(given.primal, given.tangent))


def operation(student, value, backward):
    """An operation on tensors with a known value and known gradients."""
    made = student.functional.Function()
    made.forward = lambda ctx, *inputs: student.tensor.Tensor(np.array(value, dtype=np.float64))
    made.backward = lambda ctx, grad_in: backward(np.array(grad_in))
    return made


def called(f, want):
    assert f.calls == want, f"{f.name}: got {f.calls} calls of f, want {want}"


def kept(array, before, name):
    after = np.array(array)
    assert np.array_equal(after, before), f"{name} afterwards: got {show(after)}, want {show(before)}, unchanged"


@contextlib.contextmanager
def no_warning(what):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        pytest.fail(f"{what}: got the warning {str(warning.message)!r}, want none")


# The operators of Dual


OPERATORS = {
    "sum": (lambda a, b: a + b, lambda a, b, s, t: (a + b, s + t)),
    "difference": (lambda a, b: a - b, lambda a, b, s, t: (a - b, s - t)),
    "product": (lambda a, b: a * b, lambda a, b, s, t: (a * b, s * b + a * t)),
    "quotient": (lambda a, b: a / b, lambda a, b, s, t: (a / b, s / b - a * t / b**2)),
    "matrix-product": (lambda a, b: a @ b, lambda a, b, s, t: (a @ b, s @ b + a @ t)),
}
HINTS = {
    "sum": "both parts add up, of whatever shape",
    "difference": "both parts are subtracted, of whatever shape",
    "product": "two products for the tangent: each factor moves while the other stands still",
    "quotient": "write the quotient rule for numbers first; which of the two is squared below?",
    "matrix-product": "as the product rule, and the order of the factors stays",
}
ELEMENTWISE = [((), ()), ((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (3,)), ((), (2, 2)), ((3, 1), (1, 4)), ((0,), (1,))]
MATRICES = [((2, 3), (3, 4)), ((3,), (3, 2)), ((2, 3), (3,)), ((3,), (3,)), ((5, 2, 3), (3, 2))]


def by_operator(points):
    """Points for each operator: a number for all, or one for each."""
    each = points if isinstance(points, dict) else dict.fromkeys(OPERATORS, points)
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=worth(each[name], "dual.Dual", HINTS[name])) for name in OPERATORS]
    )


def drawn(rng, shape):
    """Numbers from -2 to 2, none of them near 0."""
    return rng.uniform(0.5, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


@by_operator({"sum": 0.75, "difference": 0.75, "product": 1.5, "quotient": 1.5, "matrix-product": 1.5})
def test_dual_of_random_numbers(student, rng, name):
    apply, formula = OPERATORS[name]
    for left, right in MATRICES if name == "matrix-product" else ELEMENTWISE:
        a, s, b, t = (np.asarray(drawn(rng, shape)) for shape in (left, left, right, right))
        what = f"{name} of Duals of shapes {left} and {right}"
        same_dual(student, apply(dual(student, a, s), dual(student, b, t)), *formula(a, b, s, t), what)
        if left == right:  # one Dual twice
            both = dual(student, a, s)
            same_dual(student, apply(both, both), *formula(a, a, s, s), f"{name} of a Dual of shape {left} with itself")


@by_operator(0.5)
def test_dual_and_constants(student, rng, name):
    apply, formula = OPERATORS[name]
    shapes = MATRICES if name == "matrix-product" else ELEMENTWISE
    for left, right in shapes:
        a, s, b, t = (np.asarray(drawn(rng, shape)) for shape in (left, left, right, right))
        what = f"{name} of a Dual and a constant, of shapes {left} and {right}"
        same_dual(student, apply(dual(student, a, s), b), *formula(a, b, s, 0.0 * t), what)
        what = f"{name} of a constant and a Dual, of shapes {left} and {right}"
        same_dual(student, apply(a, dual(student, b, t)), *formula(a, b, 0.0 * s, t), what)


@worth(1.5, "dual.Dual", "for which n, and at which primals, does n a^(n-1) go wrong as it stands?")
def test_dual_powers(student, rng):
    a, s = drawn(rng, (3, 2)), drawn(rng, (3, 2))
    for n in (2, 3, -1, -2, 1, 1.0, 4.0):
        same_dual(student, dual(student, a, s) ** n, a**n, n * a ** (n - 1.0) * s, f"a Dual to the power {n}")
    for n in (0.5, -1.5, 2.25):
        want = np.abs(a) ** n, n * np.abs(a) ** (n - 1) * s
        same_dual(student, dual(student, np.abs(a), s) ** n, *want, f"a positive Dual to the power {n}")
    zero = np.array([0.0, -3.0, 2.0])
    t = np.append(drawn(rng, 2), 0.0)
    with no_warning("[0, -3, 2] to the powers 0, 1 and 2"):
        same_dual(student, dual(student, zero, t) ** 0, np.ones(3), np.zeros(3), "[0, -3, 2] to the power 0")
        same_dual(student, dual(student, zero, t) ** 1, zero, t, "[0, -3, 2] to the power 1")
        same_dual(student, dual(student, zero, t) ** 2, zero**2, 2 * zero * t, "[0, -3, 2] to the power 2")


def of_tensors(student, primal, tangent):
    """A Dual of two Tensors."""
    return student.dual.Dual(*(student.tensor.Tensor(np.array(each, dtype=np.float64)) for each in (primal, tangent)))


@worth(2, "dual.Dual", "parts may be Tensors: compute with them as they are, and not with their .data")
def test_dual_of_tensors(student, rng):
    """Value and tangent are on the tape: both are differentiated once more."""
    A = rng.normal(size=(3, 3))
    cases = {
        # f, and of f(x) summed: the derivative along v, and its gradient by x
        "x * x * x": (lambda x: x * x * x, lambda x, v: 3 * x**2 * v, lambda x, v: 6 * x * v),
        "1 / x - x": (lambda x: 1.0 / x - x, lambda x, v: -v / x**2 - v, lambda x, v: 2 * v / x**3),
        "x ** 4 + x": (lambda x: x**4 + x, lambda x, v: 4 * x**3 * v + v, lambda x, v: 12 * x**2 * v),
        "x * (A @ x)": (
            lambda x: x * (A @ x),
            lambda x, v: v * (A @ x) + x * (A @ v),
            lambda x, v: A @ v + A.T @ v,
        ),
    }
    for text, (f, slope, second) in cases.items():
        x, v = drawn(rng, 3), drawn(rng, 3)
        given = of_tensors(student, x, v)
        out = f(given)
        assert isinstance(out, student.dual.Dual), f"{text} of a Dual of Tensors: got {type(out).__name__}, want a Dual"
        assert isinstance(out.tangent, student.tensor.Tensor), f"{text} of a Dual of Tensors: its tangent is no Tensor"
        same(out.tangent.data, slope(x, v), f"{text} of a Dual of Tensors: tangent")
        out.tangent.sum().backward()
        grad = given.primal.grad
        assert grad is not None, f"{text} of a Dual of Tensors: its tangent does not come from x by the tape"
        same(grad, second(x, v), f"{text} of a Dual of Tensors: gradient of the tangent by x")


@worth(1, "dual.Dual", "a Dual is used again: make new arrays, and change none", after="test_dual_of_random_numbers")
def test_dual_operands_stay(student, rng, held):
    for name, (apply, _) in OPERATORS.items():
        arrays = [np.asarray(drawn(rng, (3, 3))) for _ in range(4)]
        a, s, b, t = map(held, arrays)
        first, second = student.dual.Dual(a, s), student.dual.Dual(b, t)
        same_dual(student, apply(first, second) - apply(first, second), np.zeros((3, 3)), np.zeros((3, 3)), name)
        for array, before in zip((a, s, b, t), arrays, strict=True):
            kept(array, before, f"{name} of Duals: a part of an operand")


# The functions of a Dual


FUNCTIONS = {
    "exp": (np.exp, np.exp, np.exp, "the exponential is its own derivative, and then comes the inner one"),
    "log": (np.log, lambda a: 1 / a, lambda a: -1 / a**2, "one over the primal, times the tangent"),
    "sin": (np.sin, np.cos, lambda a: -np.sin(a), "the chain rule with the sine outside"),
    "cos": (np.cos, lambda a: -np.sin(a), lambda a: -np.cos(a), "the chain rule with the cosine outside: its sign?"),
    "tanh": (
        np.tanh,
        lambda a: 1 / np.cosh(a) ** 2,
        lambda a: -2 * np.tanh(a) / np.cosh(a) ** 2,
        "the derivative by the value alone: a4 has it",
    ),
}


def by_function(points, hint=None):
    """Points for each function, with a hint for all, or with its own."""
    return pytest.mark.parametrize(
        "name",
        [pytest.param(name, marks=worth(points, f"dual.{name}", hint or FUNCTIONS[name][-1])) for name in FUNCTIONS],
    )


def drawn_for(rng, name, shape):
    """Numbers that the function takes."""
    return np.asarray(np.abs(drawn(rng, shape)) if name == "log" else drawn(rng, shape))


@by_function(1)
def test_function_of_random_numbers(student, rng, name):
    value, slope, *_ = FUNCTIONS[name]
    for shape in [(), (4,), (2, 3), (0, 2), (1, 1)]:
        a, t = drawn_for(rng, name, shape), np.asarray(drawn(rng, shape))
        got = getattr(student.dual, name)(dual(student, a, t))
        same_dual(student, got, value(a), slope(a) * t, f"{name} of a Dual of shape {shape}")


@by_function(0.5, "a part may be a Tensor, which numpy's functions do not know: this file's functions know both")
def test_function_of_a_dual_of_tensors(student, rng, name):
    value, slope, second, _ = FUNCTIONS[name]
    a, t, u = drawn_for(rng, name, 4), drawn(rng, 4), drawn(rng, 4)
    given = of_tensors(student, a, t)
    out = getattr(student.dual, name)(given)
    what = f"{name} of a Dual of Tensors"
    assert isinstance(out, student.dual.Dual), f"{what}: got {type(out).__name__}, want a Dual"
    for part in (out.primal, out.tangent):
        assert isinstance(part, student.tensor.Tensor), f"{what}: a part is no Tensor, want both on the tape"
    same(out.primal.data, value(a), f"{what}: primal")
    same(out.tangent.data, slope(a) * t, f"{what}: tangent")
    out.tangent.backward(u)
    for part, want, of in ((given.primal, second(a) * t * u, "primal"), (given.tangent, slope(a) * u, "tangent")):
        assert part.grad is not None, f"{what}: its tangent does not come from the {of} by the tape"
        same(part.grad, want, f"{what}: gradient of its tangent by the {of}")


@worth(0.5, "dual.tanh", "far from 0 the slope is 0, and no power of e may become too large on the way")
def test_tanh_far_from_zero(student, rng):
    a = np.array([-1e4, -800.0, -30.0, 30.0, 800.0, 1e4])
    t = drawn(rng, 6)
    with no_warning(f"tanh of a Dual at {show(a)}"):
        got = student.dual.tanh(dual(student, a, t))
        same_dual(student, got, np.sign(a), 0.0 * t, f"tanh of a Dual at {show(a)}")


# Forward and reverse mode


SHAPES = [((3,), (2,)), ((2,), (5,)), ((1,), (1,)), ((4,), ()), ((), (3,)), ((), ())]
OF_MATRICES = [((2, 3), (4,)), ((3,), (2, 2)), ((2, 2), (3, 1)), ((1, 3, 2), ())]


@worth(2, "modes.derivative", "each element moves at speed 1, and so the tangent is the derivative")
def test_derivative_of_random_functions(student, rng):
    for shape, size in [((), 1.0), ((5,), 1e4), ((2, 3), 1.0), ((1,), 1e4), ((0,), 1.0)]:
        w, c, x = rng.normal(size=(3, *shape))
        x = x * size  # far out a difference of values has few digits

        def f(given, w=w, c=c, shape=shape):
            is_one = isinstance(given, student.dual.Dual)
            assert is_one, f"derivative: f was given a {type(given).__name__}, want a Dual"
            at, v = np.array(given.primal), np.array(given.tangent)
            assert at.shape == shape, f"derivative: f was given shape {at.shape}, want {shape}, as x"
            return dual(student, np.sin(w * at + c), w * np.cos(w * at + c) * v)

        same(student.modes.derivative(f, x), w * np.cos(w * x + c), f"derivative of sin(w x + c), x of shape {shape}")


@worth(
    0.5,
    "modes.derivative",
    "a constant is a function too: what is its derivative, and of which shape?",
    after="test_derivative_of_random_functions",
)
def test_derivative_of_constants_and_integers(student, rng):
    def square(given):
        at, v = np.array(given.primal), np.array(given.tangent)
        return dual(student, at**2, 2 * at * v)

    for x in (np.array([3, -1, 4]), [1, 2], 5):
        want = 2.0 * np.asarray(x)
        same(student.modes.derivative(square, x), want, f"derivative of x² at the integers {x}")
    x = rng.normal(size=(2, 3))
    for constant in (3.0, rng.normal(size=(2, 3))):
        same(student.modes.derivative(lambda given, c=constant: c, x), np.zeros((2, 3)), "derivative of a constant")


@worth(1, "modes.derivative", "one run does all elements, and x stays", after="test_derivative_of_random_functions")
def test_derivative_calls_once(student, rng, held):
    calls, x = [], rng.normal(size=6)

    def f(given):
        calls.append(1)
        return dual(student, np.exp(np.array(given.primal)), np.exp(np.array(given.primal)) * given.tangent)

    mine = held(x)
    same(student.modes.derivative(f, mine), np.exp(x), "derivative of exp")
    assert len(calls) == 1, f"derivative at six elements: got {len(calls)} calls of f, want 1"
    kept(mine, x, "derivative: x")


@worth(2, "modes.jvp", "the tangent of x is v, and what is wanted is the tangent of f(x)")
def test_jvp_of_random_functions(student, rng):
    for inputs, outputs in SHAPES:
        f = Sines(student, rng, inputs, outputs, "jvp")
        x = np.asarray(rng.normal(size=inputs))
        for v in (np.asarray(rng.normal(size=inputs)), np.zeros(inputs), 1e6 * np.asarray(rng.normal(size=inputs))):
            what = f"jvp of a function from shape {inputs} to {outputs}"
            same(student.modes.jvp(f.on_duals, x.copy(), v.copy()), f.along(x, v), what)


@worth(1, "modes.jvp", "x and f(x) have any shapes; a Dual takes them as they are")
def test_jvp_of_matrices(student, rng):
    for inputs, outputs in OF_MATRICES:
        f = Sines(student, rng, inputs, outputs, "jvp")
        x, v = rng.normal(size=(2, *inputs))
        got = student.modes.jvp(f.on_duals, x.copy(), v.copy())
        same(got, f.along(x, v), f"jvp of a function from shape {inputs} to {outputs}")


@worth(
    0.5,
    "modes.jvp",
    "what has not met x is a number or an array, and its derivative is 0",
    after="test_jvp_of_random_functions",
)
def test_jvp_of_constants(student, rng):
    for inputs, outputs in [((3,), (2,)), ((2,), ()), ((), (2, 2))]:
        f = Sines(student, rng, inputs, outputs, "jvp", constant=True)
        x, v = rng.normal(size=(2, *inputs))
        same(student.modes.jvp(f.on_duals, x, v), np.zeros(outputs), f"jvp of a constant of shape {outputs}")
    same(student.modes.jvp(lambda given: 7, np.ones(3), np.ones(3)), 0.0, "jvp of the number 7")


@worth(1, "modes.jvp", "one run of f, with float64 inside; x and v stay", after="test_jvp_of_random_functions")
def test_jvp_calls_once_and_keeps(student, rng, held):
    f = Sines(student, rng, (3,), (4,), "jvp")
    x, v = np.array([1, -2, 3]), np.array([0, 5, -1])
    mine, direction = held(x), held(v)
    same(student.modes.jvp(f.on_duals, mine, direction), f.along(x, v), "jvp at integers")
    called(f, 1)
    kept(mine, x, "jvp: x")
    kept(direction, v, "jvp: v")


@worth(2, "modes.vjp", "u is the gradient at the outputs: where does the tape leave the one at the inputs?")
def test_vjp_of_random_functions(student, rng):
    for inputs, outputs in SHAPES:
        f = Sines(student, rng, inputs, outputs, "vjp")
        x = np.asarray(rng.normal(size=inputs))
        for u in (np.asarray(rng.normal(size=outputs)), np.zeros(outputs), 1e6 * np.asarray(rng.normal(size=outputs))):
            what = f"vjp of a function from shape {inputs} to {outputs}"
            same(student.modes.vjp(f.on_tensors, x.copy(), u.copy()), f.back(x, u), what)


@worth(1, "modes.vjp", "x and f(x) have any shapes, and u that of f(x)")
def test_vjp_of_matrices(student, rng):
    for inputs, outputs in OF_MATRICES:
        f = Sines(student, rng, inputs, outputs, "vjp")
        x, u = rng.normal(size=inputs), np.asarray(rng.normal(size=outputs))
        got = student.modes.vjp(f.on_tensors, x.copy(), u.copy())
        same(got, f.back(x, u), f"vjp of a function from shape {inputs} to {outputs}")


@worth(
    0.5,
    "modes.vjp",
    "where the pass back has not come by, .grad is None: which number does it stand for?",
    after="test_vjp_of_random_functions",
)
def test_vjp_of_constants(student, rng):
    for inputs, outputs in [((3,), (2,)), ((2, 2), ()), ((), (2,))]:
        f = Sines(student, rng, inputs, outputs, "vjp", constant=True)
        x, u = np.asarray(rng.normal(size=inputs)), np.asarray(rng.normal(size=outputs))
        same(student.modes.vjp(f.on_tensors, x, u), np.zeros(inputs), f"vjp of a constant, x of shape {inputs}")


@worth(1, "modes.vjp", "one run of f, with float64 inside; x and u stay", after="test_vjp_of_random_functions")
def test_vjp_calls_once_and_keeps(student, rng, held):
    f = Sines(student, rng, (3,), (4,), "vjp")
    x, u = np.array([1, -2, 3]), np.array([0, 5, -1, 2])
    mine, weights = held(x), held(u)
    same(student.modes.vjp(f.on_tensors, mine, weights), f.back(x, u), "vjp at integers")
    called(f, 1)
    kept(mine, x, "vjp: x")
    kept(weights, u, "vjp: u")


MODES = {"jacobian_forward": "on_duals", "jacobian_reverse": "on_tensors"}


def by_mode(points, forward_hint, reverse_hint, **conditions):
    hints = zip(MODES, (forward_hint, reverse_hint), strict=True)
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=worth(points, f"modes.{name}", hint, **conditions)) for name, hint in hints]
    )


@by_mode(
    2,
    "the direction e_j gives column j: rows count outputs, columns inputs",
    "the weights e_i give row i: rows count outputs, columns inputs, and each pass begins with nothing",
)
def test_jacobian_of_random_functions(student, rng, name):
    for inputs, outputs in SHAPES:
        f = Sines(student, rng, inputs, outputs, name)
        x = np.asarray(rng.normal(size=inputs))
        got = getattr(student.modes, name)(getattr(f, MODES[name]), x.copy())
        same(got, f.jacobian(x), f"{name} of a function from shape {inputs} to {outputs}")


@by_mode(
    1,
    "an entry for each pair of an output and an input: first the axes of f(x), then those of x",
    "an entry for each pair of an output and an input: first the axes of f(x), then those of x",
)
def test_jacobian_of_matrices(student, rng, name):
    for inputs, outputs in OF_MATRICES:
        f = Sines(student, rng, inputs, outputs, name)
        x = np.asarray(rng.normal(size=inputs))
        got = getattr(student.modes, name)(getattr(f, MODES[name]), x.copy())
        same(got, f.jacobian(x), f"{name} of a function from shape {inputs} to {outputs}")


@by_mode(
    0.5,
    "a column of zeros is a column, too",
    "a row of zeros is a row, too: what if .grad is None?",
    after="test_jacobian_of_random_functions",
)
def test_jacobian_of_constants(student, rng, name):
    for inputs, outputs in [((3,), (2,)), ((2,), (2, 2))]:
        f = Sines(student, rng, inputs, outputs, name, constant=True)
        got = getattr(student.modes, name)(getattr(f, MODES[name]), rng.normal(size=inputs))
        same(got, np.zeros(outputs + inputs), f"{name} of a constant of shape {outputs}, x of shape {inputs}")


@by_mode(
    0.5,
    "how many runs of f, for how many columns?",
    "the tape of one run serves for all rows",
    after="test_jacobian_of_random_functions",
)
def test_jacobian_counts_calls(student, rng, held, name):
    for inputs, outputs in [((5,), (2,)), ((2,), (5,)), ((2, 2), ())]:
        f = Sines(student, rng, inputs, outputs, name)
        x = np.arange(1, prod(inputs) + 1).reshape(inputs)
        mine = held(x)
        same(getattr(student.modes, name)(getattr(f, MODES[name]), mine), f.jacobian(x), f"{name} at integers")
        called(f, prod(inputs) if name == "jacobian_forward" else 1)
        kept(mine, x, f"{name}: x")


@worth(2.5, "modes.hvp", "a Dual of two Tensors goes in; the tangent that comes out has a gradient")
def test_hvp_of_random_functions(student, rng):
    for inputs in [(3,), (1,), (6,), ()]:
        f = Sines(student, rng, inputs, (), "hvp")
        x = np.asarray(rng.normal(size=inputs))
        for v in (np.asarray(rng.normal(size=inputs)), np.zeros(inputs), 1e6 * np.asarray(rng.normal(size=inputs))):
            got = student.modes.hvp(f.on_duals_of_tensors, x.copy(), v.copy())
            same(got, f.second(x, v), f"hvp of a function of shape {inputs}")


@worth(1, "modes.hvp", "x has any shape, and H v the same; a tiny H has digits, too")
def test_hvp_of_matrices(student, rng):
    for inputs, size in [((2, 3), 1.0), ((3, 1, 2), 1.0), ((4,), 1e-9), ((2, 2), 1e9)]:
        f = Sines(student, rng, inputs, (), "hvp")
        f.A *= np.sqrt(size)
        x, v = rng.normal(size=(2, *inputs)) / max(1.0, np.sqrt(size))
        want = f.second(x, v)
        got = student.modes.hvp(f.on_duals_of_tensors, x.copy(), v.copy())
        same(got, want, f"hvp of a function of shape {inputs}, H of size {size:g}", atol=1e-12 * np.abs(want).max())


@worth(
    1,
    "modes.hvp",
    "a slope that is the same everywhere has a gradient, too: which?",
    after="test_hvp_of_random_functions",
)
def test_hvp_of_flat_functions(student, rng):
    for inputs in [(3,), (2, 2)]:
        x, v, w = rng.normal(size=(3, *inputs))
        f = Sines(student, rng, inputs, (), "hvp", constant=True)
        same(student.modes.hvp(f.on_duals_of_tensors, x, v), np.zeros(inputs), f"hvp of a constant, shape {inputs}")

        def linear(given, w=w):
            primal, tangent = (
                operation(student, np.sum(w * np.array(part.data)), lambda u: [u * w])(part)
                for part in (given.primal, given.tangent)
            )
            return student.dual.Dual(primal, tangent)

        same(student.modes.hvp(linear, x, v), np.zeros(inputs), f"hvp of the linear function w x, shape {inputs}")


@worth(1, "modes.hvp", "one run of f and one pass back, and never H itself", after="test_hvp_of_random_functions")
def test_hvp_calls_once_and_keeps(student, rng, held):
    f = Sines(student, rng, (3,), (), "hvp")
    x, v = np.array([1, -2, 3]), np.array([0, 5, -1])
    mine, direction = held(x), held(v)
    same(student.modes.hvp(f.on_duals_of_tensors, mine, direction), f.second(x, v), "hvp at integers")
    called(f, 1)
    kept(mine, x, "hvp: x")
    kept(direction, v, "hvp: v")


# What it costs


@worth(1.5, "costs.count_calls", "each size is counted anew; the method gets what f answers, whatever it asks with")
def test_count_calls_of_random_methods(student, rng):
    sizes = [int(n) for n in rng.permutation([0, 1, 2, 5, 9, 20])]
    per_size = {n: int(rng.integers(0, 12)) for n in sizes}
    seen = []

    def f(point):
        return np.sum(np.array(point)) + 0.5

    def method(given, x):
        x = np.array(x)
        seen.append(x)
        for k in range(per_size[len(x)]):
            got = given(x + k)
            assert got == np.sum(x + k) + 0.5, f"count_calls: the method got {got!r} from f, want what f returns"
        return x

    got = student.costs.count_calls(method, f, sizes)
    want = [per_size[n] for n in sizes]
    whole_numbers(got, want, f"count_calls, sizes {sizes}")
    assert len(seen) == len(sizes), (
        f"count_calls: asks the method {len(seen)} times, want {len(sizes)}, once for each n"
    )
    for n, x in zip(sizes, seen, strict=True):
        same(x, np.ones(n), f"count_calls: the point at which the method was asked, n = {n}")


@worth(1, "costs.count_calls", "f may be called with anything, and the method may call it from within another function")
def test_count_calls_of_other_methods(student, rng):
    asked = []

    def method(given, x):
        n = len(np.array(x))
        return list(map(given, ["a text", 3, None, [1.0, 2.0]] * n)), given(np.eye(2))

    got = student.costs.count_calls(method, lambda point: asked.append(point) or 1.0, (2, 3, 2))
    whole_numbers(got, [9, 13, 9], "count_calls of a method with 4 n + 1 calls, sizes 2, 3, 2")
    assert asked[:3] == ["a text", 3, None], f"count_calls: f was given {asked[:3]!r}, want what the method gives it"
    whole_numbers(student.costs.count_calls(method, lambda point: 1.0, []), [], "count_calls of no sizes")


@worth(2.5, "costs.symbolic_sizes", "one formula for each n, a derivative by each of its variables, all sizes added")
def test_symbolic_sizes_of_random_formulas(student, beside, rng):
    for _ in range(3):
        by_variable = [int(2 * k + 1) for k in rng.integers(0, 40, size=12)]
        sizes = [int(n) for n in rng.permutation([1, 2, 5, 12, 12])]
        asked = []
        formula = beside.formula_of(student, by_variable)

        def f(variables, formula=formula, asked=asked):
            names = [variable.name for variable in variables]
            kinds = [isinstance(variable, student.symbolic.Var) for variable in variables]
            assert all(kinds), "symbolic_sizes: f was given what is no Var"
            assert len(set(names)) == len(names), f"symbolic_sizes: got the names {names}, want each once"
            asked.append(len(names))
            return formula(variables)

        got = student.costs.symbolic_sizes(f, sizes)
        want = [sum(by_variable[:n]) for n in sizes]
        whole_numbers(got, want, f"symbolic_sizes, n = {sizes}, derivatives of sizes {by_variable}")
        assert asked == sizes, f"symbolic_sizes: f was asked for n = {asked}, want {sizes}"


def chain_gradient(weights, shifts, x, grad):
    """The gradient of a chain by its first state, with all its states held."""
    states = []
    for w, c in zip(weights, shifts, strict=True):
        states.append(x)
        x = np.sin(w * x + c)
    for w, c, state in zip(weights[::-1], shifts[::-1], states[::-1], strict=True):
        grad = grad * w * np.cos(w * state + c)
    return grad


def check_chain(student, beside, rng, n, every, shape=(2,)):
    """Fails unless the gradient of a chain of n steps is right. Returns what was asked of the chain."""
    weights, shifts = rng.uniform(0.8, 1.6, size=n) * rng.choice([-1.0, 1.0], size=n), rng.normal(size=n)
    x, grad = np.asarray(rng.normal(size=shape)), np.asarray(rng.normal(size=shape))
    chain = beside.Chain(weights, shifts)
    got = chain.gradient(student, x, grad, every)
    want = chain_gradient(weights, shifts, x, grad)
    what = f"checkpointed_gradient of {n} steps, every = {every}"
    same(got, want, what, atol=1e-12 * np.abs(want).max(initial=0.0))
    return chain.asked(), what


@worth(2, "costs.checkpointed_gradient", "each backward at the state that its own forward was given")
def test_checkpointed_gradient_of_random_chains(student, beside, rng):
    for n, every in [(1, 1), (5, 1), (6, 2), (7, 3), (12, 4), (12, 12), (20, 7)]:
        check_chain(student, beside, rng, n, every)


@worth(
    1, "costs.checkpointed_gradient", "the last part may be short, the only part shorter than `every`, or none there"
)
def test_checkpointed_gradient_of_odd_lengths(student, beside, rng):
    for n, every, shape in [(3, 5, (2,)), (7, 6, (3, 2)), (9, 8, ()), (2, 1000, (1,)), (13, 5, (2,))]:
        check_chain(student, beside, rng, n, every, shape)
    (forwards, _, _), _ = check_chain(student, beside, rng, 0, 3)
    assert forwards == 0, "checkpointed_gradient of no steps: calls forward, want it not to"


@worth(
    1.5,
    "costs.checkpointed_gradient",
    "a part of the chain is run once more, and from it come all the states that its backwards need",
    after="test_checkpointed_gradient_of_random_chains",
)
def test_checkpoints_cost_at_most_a_second_run(student, beside, rng):
    for n, every in [(60, 12), (50, 1), (40, 40), (61, 8), (10, 30)]:
        (forwards, backwards, _), what = check_chain(student, beside, rng, n, every)
        assert forwards <= 2 * n, f"{what}: got {forwards} calls of forward, want at most {2 * n}"
        assert list(backwards) == list(range(n))[::-1], f"{what}: want backward of each step once, from the last on"


@worth(
    2,
    "costs.checkpointed_gradient",
    "which states are alive at once: those kept, those of one part, and no other",
    after="test_checkpointed_gradient_of_random_chains",
)
def test_checkpoints_hold_few_states_for_every_size(student, beside, rng):
    for n, every in [(120, 10), (90, 3), (90, 30), (121, 11), (80, 5)]:
        (*_, most), what = check_chain(student, beside, rng, n, every)
        limit = n / every + 2 * every + 3
        assert most <= limit, f"{what}: held {most} states at once, want at most {limit:g}"


# Depth


ACTIVATIONS = {
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
    "ReLU": (lambda a: np.maximum(a, 0.0), lambda a: np.where(a > 0, 1.0, 0.0)),
}


def norms_on_paper(weights, x, slope, f, grad):
    sums = []
    for W in weights:
        sums.append(W @ x)
        x = f(sums[-1])
    norms = [np.sqrt(np.sum(grad**2))]
    for W, a in zip(weights[::-1], sums[::-1], strict=True):
        grad = (np.diag(slope(a)) @ W).T @ grad
        norms.append(np.sqrt(np.sum(grad**2)))
    return np.array(norms[::-1])


def matrices(rng, sizes, gain):
    return [rng.normal(size=(m, n)) * gain / np.sqrt(n) for n, m in pairwise(sizes)]


@worth(2.5, "costs.gradient_norms", "the slope at the layer's sum, then the transposed matrix, and a length after each")
def test_gradient_norms_of_random_networks(student, rng):
    for name, (f, slope) in ACTIVATIONS.items():
        for sizes in ([3, 4, 2], [5, 1, 5, 3], [2, 2], [4, 6, 6, 6, 1]):
            weights, x, grad = matrices(rng, sizes, 1.5), rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
            got = student.costs.gradient_norms([W.copy() for W in weights], x.copy(), f, slope, grad.copy())
            same(got, norms_on_paper(weights, x, slope, f, grad), f"gradient_norms, {name}, layers of sizes {sizes}")


@worth(1, "costs.gradient_norms", "the last number is the length of grad itself, and without layers it is the only one")
def test_gradient_norms_of_few_layers(student, rng):
    f, slope = ACTIVATIONS["tanh"]
    grad = rng.normal(size=3)
    same(student.costs.gradient_norms([], rng.normal(size=3), f, slope, grad), [np.sqrt(np.sum(grad**2))], "no layers")
    W, x = rng.normal(size=(3, 2)), rng.normal(size=2)
    got = student.costs.gradient_norms([W], x, f, slope, grad)
    same(got, norms_on_paper([W], x, slope, f, grad), "gradient_norms of one layer")


@worth(
    1, "costs.gradient_norms", "thirty layers may leave 1e-30: no rounding, no floor, and one pass back for all of them"
)
def test_gradient_norms_of_deep_networks(student, rng):
    for name, gain in (("sigmoid", 0.3), ("ReLU", 4.0), ("tanh", 1.0)):
        f, slope = ACTIVATIONS[name]
        counts = {"f": 0, "slope": 0}

        def counted(kind, function, counts=counts):
            def call(a):
                counts[kind] += 1
                return function(a)

            return call

        weights, x, grad = matrices(rng, [30] * 31, gain), rng.normal(size=30), rng.normal(size=30)
        got = student.costs.gradient_norms(weights, x, counted("f", f), counted("slope", slope), grad)
        want = norms_on_paper(weights, x, slope, f, grad)
        assert isinstance(got, np.ndarray), f"gradient_norms: got {type(got).__name__}, want an array"
        assert got.shape == want.shape, f"gradient_norms of 30 layers: got shape {got.shape}, want {want.shape}"
        same(got / want, np.ones(31), f"gradient_norms of 30 layers, {name}, gain {gain}, by the right ones")
        for kind, count in counts.items():
            assert count <= 30, f"gradient_norms of 30 layers: calls {kind} {count} times, want at most 30"


@worth(
    1,
    "costs.gradient_norms",
    "weights, x and grad belong to the caller",
    after="test_gradient_norms_of_random_networks",
)
def test_gradient_norms_keep_their_inputs(student, rng, held):
    f, slope = ACTIVATIONS["ReLU"]
    weights, x, grad = matrices(rng, [4, 4, 4, 4], 1.4), rng.normal(size=4), rng.normal(size=4)
    mine = [held(W) for W in weights], held(x), held(grad)
    got = student.costs.gradient_norms(mine[0], mine[1], f, slope, mine[2])
    same(got, norms_on_paper(weights, x, slope, f, grad), "gradient_norms of three layers")
    for array, before in zip([*mine[0], *mine[1:]], [*weights, x, grad], strict=True):
        kept(array, before, "gradient_norms: an input")


@worth(
    2.5, "costs.gradient_factor", "E g(Z) is the integral of g times the normal density: of which g, and times what?"
)
def test_gradient_factor_of_known_integrals(student, beside, rng):
    for _ in range(8):
        gain, spread, b = float(rng.uniform(0.2, 5.0)), float(rng.uniform(0.1, 3.0)), float(rng.uniform(0.05, 1.0))
        size = float(drawn(rng, ()))
        for text, slope, mean in [
            (f"{size:.3g} exp(-{b:.3g} a²)", beside.bell(size, b), 1 / np.sqrt(1 + 4 * b * spread**2)),
            (f"ReLU times {size:.3g}", beside.step(size), 0.5),
            (f"the constant {size:.3g}", beside.bell(size, 0.0), 1.0),
        ]:
            want = gain * abs(size) * np.sqrt(mean)
            check_factor(student, slope, gain, spread, want, text)
    check_factor(student, beside.bell(1.0, 1.0, 0.5), 2.0, 0.0, 2 * np.exp(-0.25), "exp(-(a - 1/2)²)")


def check_factor(student, slope, gain, spread, want, text):
    what = f"gradient_factor of slope {text}, gain {gain:.4g}, spread {spread:.4g}"
    got = student.costs.gradient_factor(slope, gain, spread)
    assert isinstance(got, float), f"{what}: got {type(got).__name__}, want a float"
    assert abs(got - want) <= 0.01 * want, f"{what}: got {got:.6g}, want {want:.6g}, right to one percent"
