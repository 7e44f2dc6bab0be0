"""Dual numbers and both modes: against PyTorch, against each other, and what is given with them."""

import re

import numpy as np
import pytest

from tests import needs

torch = needs.package("torch")

TOLERANCE = 1e-10  # both sides compute in float64


@pytest.fixture
def dual(feedforward):
    return feedforward.dual


@pytest.fixture
def modes(feedforward):
    return feedforward.modes


@pytest.fixture
def rng():
    return np.random.default_rng(17)


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=TOLERANCE, atol=TOLERANCE)


def network(library, A, B):
    """A function of three numbers to two, written once: `library` has exp, log, sin, cos, tanh."""

    def f(x):
        h = library.tanh(A @ x) * library.sin(x[0]) + x**3 / (1.0 + x[1] ** 2)
        return B @ (library.exp(0.3 * h) - library.cos(h) / (2.0 + library.log(1.0 + h * h)))

    return f


@pytest.fixture
def functions(dual, rng):
    """The function for the course's types, the same for PyTorch's, and where to look at it."""
    A, B, x = rng.normal(size=(3, 3)), rng.normal(size=(2, 3)), rng.normal(size=3)
    return network(dual, A, B), network(torch, *map(torch.tensor, (A, B))), x


def test_all_products_agree_with_torchs_jacobian(modes, functions, rng):
    ours, theirs, x = functions
    J = torch.autograd.functional.jacobian(theirs, torch.tensor(x)).numpy()
    close(modes.jacobian_forward(ours, x), J)
    close(modes.jacobian_reverse(ours, x), J)
    for v, u in zip(rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), strict=True):
        close(modes.jvp(ours, x, v), J @ v)
        close(modes.vjp(ours, x, u), u @ J)


def test_hvp_agrees_with_torchs_hessian(modes, functions, rng):
    ours, theirs, x = functions
    H = torch.autograd.functional.hessian(lambda at: theirs(at).sum(), torch.tensor(x)).numpy()
    for v in rng.normal(size=(3, 3)):
        close(modes.hvp(lambda at: ours(at).sum(), x, v), H @ v)


def test_derivative_agrees_with_torch_in_a_matrix(modes, dual, rng):
    x = rng.uniform(0.5, 2.0, size=(2, 3))
    theirs = torch.tensor(x, requires_grad=True)
    (torch.log(theirs) * theirs**-1.5 - torch.cos(theirs)).sum().backward()
    close(modes.derivative(lambda at: dual.log(at) * at**-1.5 - dual.cos(at), x), theirs.grad)


def test_one_function_is_differentiated_in_four_ways(feedforward, dual, modes, rng):
    def f(x):
        return dual.exp(dual.sin(x[0])) * x[1] + x[1] ** 2 / dual.tanh(x[0])

    x = rng.uniform(0.5, 2.0, size=2)
    variables = [feedforward.symbolic.Var(name) for name in "ab"]
    formula = f(variables)
    symbolic = [formula.diff(variable).evaluate(a=x[0], b=x[1]) for variable in variables]
    close(modes.jacobian_forward(f, x), symbolic)
    close(modes.jacobian_reverse(f, x), symbolic)
    np.testing.assert_allclose(feedforward.numeric.central_difference(f, x), symbolic, rtol=1e-8)


def test_functions_of_tensors_that_are_given_have_right_gradients(dual, Tensor, rng):
    x = rng.normal(size=4)
    for name in ("sin", "cos"):
        ours, theirs = Tensor(x), torch.tensor(x, requires_grad=True)
        getattr(dual, name)(ours).sum().backward()
        getattr(torch, name)(theirs).sum().backward()
        close(ours.grad, theirs.grad)


def test_reflected_operators_sum_and_items(dual, rng):
    a, b = rng.normal(size=(2, 3))
    x = dual.Dual(a, b)
    for got, primal, tangent in [
        (2 + x, 2 + a, b),
        (2 - x, 2 - a, -b),
        (2 * x, 2 * a, 2 * b),
        (2 / x, 2 / a, -2 * b / a**2),
        (np.arange(6.0).reshape(2, 3) @ x, np.arange(6.0).reshape(2, 3) @ a, np.arange(6.0).reshape(2, 3) @ b),
        (-x, -a, -b),
        (x[1:], a[1:], b[1:]),
        (x.sum(), a.sum(), b.sum()),
    ]:
        close(got.primal, primal)
        close(got.tangent, tangent)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        pytest.param(
            lambda dual: dual.Dual([1.0, 2.0], 3.0),
            ValueError,
            "Dual: got parts of shapes (2,) and (), want one shape",
            id="shapes",
        ),
        pytest.param(
            lambda dual: dual.Dual(dual.Dual(1.0, 2.0), 3.0),
            TypeError,
            "Dual: got a Dual for one of its parts, want an array or a Tensor; take .primal or .tangent",
            id="dual-in-dual",
        ),
        pytest.param(
            lambda dual: dual.Dual(1.0, 2.0) ** dual.Dual(1.0, 2.0),
            TypeError,
            "Dual: got an exponent of type Dual, want a number; else exp(n * log(a))",
            id="exponent",
        ),
        pytest.param(
            lambda dual: dual.Tensor(2.0) * dual.Dual(1.0, 2.0),
            TypeError,
            "Dual: no array can be made of one; take .primal or .tangent, or write a Tensor to its right",
            id="tensor-on-the-left",
        ),
    ],
)
def test_what_is_no_dual_number_is_refused(dual, make, error, message):
    with pytest.raises(error, match=re.escape(message)):
        make(dual)


@pytest.mark.parametrize("name", ["jvp", "hvp"])
def test_direction_of_another_shape_is_refused(modes, name):
    with pytest.raises(ValueError, match=re.escape(f"{name}: got v of shape (1,), want (2,)")):
        getattr(modes, name)(lambda x: x.sum(), np.zeros(2), np.zeros(1))
