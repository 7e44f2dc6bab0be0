"""Public tests of a7_modes_and_costs: a third of the points. The hidden tests look at the same from more sides.

The functions that are differentiated here make their own dual numbers and operations on tensors, so a mistake in one
exercise costs points of that exercise only.
"""

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and no test here loses more than a few of them


# What the tests are made of


def worth(points, exercise, hint=None, **conditions):
    return pytest.mark.points(points, exercise=exercise, **({"hint": hint} if hint else {}), **conditions)


def show(array):
    """The numbers on one line, long arrays in part."""
    return " ".join(np.array2string(np.asarray(array), precision=6, separator=", ", threshold=24).split())


def same(got, want, what):
    """Fails unless got is an array of want's shape and values. A number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic | float), f"{what}: got {type(got).__name__}, want an array"
    got = np.asarray(got)
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    if not np.allclose(got, want, rtol=RTOL, atol=1e-12):
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


def parts(student, given, name):
    """What a function of dual numbers was given, as two arrays."""
    assert isinstance(given, student.dual.Dual), f"{name}: f was given a {type(given).__name__}, want a Dual"
    return np.array(given.primal), np.array(given.tangent)


def on_duals(student, f, slope, name):
    """A function of a Dual, of which value and derivative along a tangent are known: f(x), slope(x, v)."""

    def g(given):
        x, v = parts(student, given, name)
        return dual(student, f(x), slope(x, v))

    return g


def on_tensors(student, f, back, name):
    """A function of a Tensor, of which value and gradient are known: f(x), back(x, u)."""

    def g(given):
        is_one = isinstance(given, student.tensor.Tensor)
        assert is_one, f"{name}: f was given a {type(given).__name__}, want a Tensor"
        x = np.array(given.data)
        return operation(student, lambda: f(x), lambda u: [back(x, u)])(given)

    return g


def operation(student, forward, backward):
    """An operation on tensors with a known value and known gradients."""
    made = student.functional.Function()
    made.forward = lambda ctx, *inputs: student.tensor.Tensor(np.array(forward(), dtype=np.float64))
    made.backward = lambda ctx, grad_in: backward(np.array(grad_in))
    return made


# The operators of Dual


@worth(1, "dual.Dual", "the derivative of a sum, and of a difference")
def test_dual_sum_and_difference(student):
    a, b = dual(student, 2.0, 3.0), dual(student, 5.0, -1.0)
    same_dual(student, a + b, 7.0, 2.0, "(2 + 3 ε) + (5 - ε)")
    same_dual(student, a - b, -3.0, 4.0, "(2 + 3 ε) - (5 - ε)")
    same_dual(student, 1.0 - a, -1.0, -3.0, "1 - (2 + 3 ε)")


@worth(1, "dual.Dual", "multiply out, with ε² = 0")
def test_dual_product(student):
    a, b = dual(student, 2.0, 3.0), dual(student, 5.0, -1.0)
    same_dual(student, a * b, 10.0, 13.0, "(2 + 3 ε) (5 - ε)")
    same_dual(student, 4.0 * a, 8.0, 12.0, "4 (2 + 3 ε)")


@worth(1, "dual.Dual", "the quotient rule; of a constant over a Dual too")
def test_dual_quotient(student):
    a, b = dual(student, 2.0, 3.0), dual(student, 4.0, -1.0)
    same_dual(student, a / b, 0.5, 0.875, "(2 + 3 ε) / (4 - ε)")
    same_dual(student, 1.0 / a, 0.5, -0.75, "1 / (2 + 3 ε)")


@worth(1, "dual.Dual", "the power rule, with the inner derivative")
def test_dual_power(student):
    same_dual(student, dual(student, 2.0, 3.0) ** 3, 8.0, 36.0, "(2 + 3 ε)³")
    same_dual(student, dual(student, 4.0, 3.0) ** -0.5, 0.5, -0.1875, "(4 + 3 ε)^(-1/2)")


@worth(1, "dual.Dual", "a product rule again: which factor stands on the left?")
def test_dual_matrix_product(student):
    a = dual(student, [[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [0.0, 0.0]])
    b = dual(student, [1.0, -1.0], [2.0, 0.5])
    same_dual(student, a @ b, [-1.0, -1.0], [2.0, 8.0], "[[1, 2 + ε], [3, 4]] @ [1 + 2 ε, -1 + ε / 2]")


# The functions of a Dual


@pytest.mark.parametrize(
    ("name", "primal", "want", "slope"),
    [
        pytest.param("exp", np.log(2.0), 2.0, 2.0, id="exp", marks=worth(1, "dual.exp")),
        pytest.param("log", 4.0, np.log(4.0), 0.25, id="log", marks=worth(1, "dual.log")),
        pytest.param("sin", np.pi / 6, 0.5, np.sqrt(0.75), id="sin", marks=worth(1, "dual.sin")),
        pytest.param("cos", np.pi / 6, np.sqrt(0.75), -0.5, id="cos", marks=worth(1, "dual.cos")),
        pytest.param("tanh", np.log(2.0), 0.6, 0.64, id="tanh", marks=worth(1, "dual.tanh")),
    ],
)
def test_function(student, name, primal, want, slope):
    got = getattr(student.dual, name)(dual(student, [primal, primal], [1.0, -3.0]))
    same_dual(student, got, [want, want], [slope, -3.0 * slope], f"{name} of {primal:.6g} + ε, {primal:.6g} - 3 ε")


# Forward mode and reverse mode. f(x) = (x0 x1, x0 + 3 x1, x1²) has the Jacobian [[x1, x0], [1, 3], [0, 2 x1]].


X = np.array([2.0, 5.0])
J = np.array([[5.0, 2.0], [1.0, 3.0], [0.0, 10.0]])


def f(x):
    return np.array([x[0] * x[1], x[0] + 3.0 * x[1], x[1] ** 2])


def jacobian(x):
    return np.array([[x[1], x[0]], [1.0, 3.0], [0.0, 2.0 * x[1]]])


def f_on_duals(student, name):
    return on_duals(student, f, lambda x, v: jacobian(x) @ v, name)


def f_on_tensors(student, name):
    return on_tensors(student, f, lambda x, u: u @ jacobian(x), name)


@worth(1.5, "modes.derivative", "at which speed has x to move, that the tangent of f is f' itself?")
def test_derivative(student):
    cube = on_duals(student, lambda x: x**3, lambda x, v: 3.0 * x**2 * v, "derivative")
    same(
        student.modes.derivative(cube, np.array([1.0, -2.0, 0.5])), [3.0, 12.0, 0.75], "derivative of x³ at 1, -2, 1/2"
    )


@worth(2.5, "modes.jvp", "which tangent has x, and which has f(x) then?")
def test_jvp(student):
    for v in (np.array([1.0, 0.0]), np.array([-1.0, 4.0])):
        got = student.modes.jvp(f_on_duals(student, "jvp"), X, v)
        same(got, J @ v, f"jvp of (x0 x1, x0 + 3 x1, x1²) at [2, 5] along {show(v)}")


@worth(2.5, "modes.vjp", "backward takes the gradient at the outputs, and leaves that at the inputs in .grad")
def test_vjp(student):
    for u in (np.array([1.0, 0.0, 0.0]), np.array([2.0, -1.0, 0.5])):
        got = student.modes.vjp(f_on_tensors(student, "vjp"), X, u)
        same(got, u @ J, f"vjp of (x0 x1, x0 + 3 x1, x1²) at [2, 5] for u = {show(u)}")


@worth(2, "modes.jacobian_forward", "each direction e_j gives a column: where does it go?")
def test_jacobian_forward(student):
    got = student.modes.jacobian_forward(f_on_duals(student, "jacobian_forward"), X)
    same(got, J, "jacobian_forward of (x0 x1, x0 + 3 x1, x1²) at [2, 5]")


@worth(2, "modes.jacobian_reverse", "each output gives a row; what has the pass before left in .grad?")
def test_jacobian_reverse(student):
    got = student.modes.jacobian_reverse(f_on_tensors(student, "jacobian_reverse"), X)
    same(got, J, "jacobian_reverse of (x0 x1, x0 + 3 x1, x1²) at [2, 5]")


@worth(2.5, "modes.hvp", "the tangent of f is a Tensor: what is its gradient?")
def test_hvp(student):
    # f(x) = x0² x1 has the gradient (2 x0 x1, x0²) and the Hessian [[2 x1, 2 x0], [2 x0, 0]].
    def f(given):
        assert isinstance(given, student.dual.Dual), f"hvp: f was given a {type(given).__name__}, want a Dual"
        for part in (given.primal, given.tangent):
            assert isinstance(part, student.tensor.Tensor), "hvp: f was given a Dual with a part that is no Tensor"
        x, v = np.array(given.primal.data), np.array(given.tangent.data)
        gradient, H = np.array([2.0 * x[0] * x[1], x[0] ** 2]), np.array([[2.0 * x[1], 2.0 * x[0]], [2.0 * x[0], 0.0]])
        value = operation(student, lambda: x[0] ** 2 * x[1], lambda u: [u * gradient])
        slope = operation(student, lambda: gradient @ v, lambda u: [u * (H @ v), u * gradient])
        return student.dual.Dual(value(given.primal), slope(given.primal, given.tangent))

    for v, want in (([1.0, 0.0], [10.0, 4.0]), ([-1.0, 2.0], [-2.0, -4.0])):
        same(student.modes.hvp(f, X, np.array(v)), want, f"hvp of x0² x1 at [2, 5] along {v}")


# Costs


@worth(1.5, "costs.count_calls", "hand the method a function that counts, and passes on what f says")
def test_count_calls(student):
    def method(f, x):
        return [f(x + k) for k in range(2 * len(x) + 1)]

    got = student.costs.count_calls(method, lambda x: 1.0, [3, 1, 4])
    whole_numbers(got, [7, 3, 9], "count_calls of a method with 2 n + 1 calls, sizes 3, 1, 4")


@worth(1.5, "costs.symbolic_sizes", "the gradient has a formula for each variable: add up the sizes of all of them")
def test_symbolic_sizes(student, beside):
    f = beside.formula_of(student, [3, 5, 1, 7])
    got = student.costs.symbolic_sizes(f, [2, 4, 1])
    whole_numbers(got, [8, 16, 3], "symbolic_sizes, derivatives of sizes 3, 5, 1, 7, for n = 2, 4, 1")


@worth(2, "costs.checkpointed_gradient", "the chain rule from the last step to the first, each at its own input")
def test_checkpointed_gradient(student, beside):
    weights, shifts = [2.0, 0.5, -1.0], [0.1, 0.2, 0.3]
    x, states = np.array([0.3, -0.2]), []
    for w, c in zip(weights, shifts, strict=True):
        states.append(x)
        x = np.sin(w * x + c)
    want = np.array([1.0, -2.0])
    for w, c, state in reversed(list(zip(weights, shifts, states, strict=True))):
        want = want * w * np.cos(w * state + c)
    for every in (1, 2, 3):
        chain = beside.Chain(weights, shifts)
        got = chain.gradient(student, states[0], np.array([1.0, -2.0]), every)
        same(got, want, f"checkpointed_gradient of a chain of three steps, every = {every}")


@worth(
    1.5,
    "costs.checkpointed_gradient",
    "which states are still alive when the next part of the chain is run?",
    after="test_checkpointed_gradient",
)
def test_checkpoints_hold_few_states(student, beside):
    n, every = 100, 10
    chain = beside.Chain(np.linspace(0.9, 1.1, n), np.linspace(0.0, 1.0, n))
    chain.gradient(student, np.ones(2), np.ones(2), every)
    forwards, backwards, most = chain.asked()
    assert list(backwards) == list(range(n))[::-1], "checkpointed_gradient: want backward of each step once, last first"
    assert forwards <= 2 * n, (
        f"checkpointed_gradient of {n} steps: got {forwards} calls of forward, want at most {2 * n}"
    )
    least = n // every + 2 * every + 3
    assert most <= least, (
        f"checkpointed_gradient of {n} steps, every = {every}: held {most} states, want at most {least}"
    )


@worth(2.5, "costs.gradient_norms", "back through f first, then through W, from the last layer to the first")
def test_gradient_norms(student):
    weights = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([[1.0, 1.0]])]
    x, grad = np.array([1.0, -1.0]), np.array([2.0])
    # The sums are (3, -4), the states (9, 16), then 25 and 625; slopes are 6, -8 and 50.
    got = student.costs.gradient_norms(weights, x, lambda a: a**2, lambda a: 2.0 * a, grad)
    want = [np.hypot(100 * 6 * 3, 100 * -8 * 4), np.hypot(100, 100), 2.0]
    same(got, want, "gradient_norms of two layers with f(a) = a², W = [[3, 0], [0, 4]] and [[1, 1]], x = [1, -1]")


@worth(1.5, "costs.gradient_factor", "a mean over a normal density, of the squared slope")
def test_gradient_factor(student, beside):
    for gain, spread, slope, want, text in (
        (2.0**0.5, 1.7, beside.step(1.0), 1.0, "ReLU, gain √2, spread 1.7"),
        (3.0, 1.0, beside.bell(1.0, 1.0), 3.0 * 0.2**0.25, "slope exp(-a²), gain 3, spread 1"),
    ):
        got = student.costs.gradient_factor(slope, gain, spread)
        ok = isinstance(got, float) and abs(got - want) <= 0.01 * want
        assert ok, f"gradient_factor of {text}: got {got!r:.40}, want {want:.6g}, right to one percent"


if __name__ == "__main__":  # for whoever runs this file
    raise SystemExit(pytest.main([__file__]))
