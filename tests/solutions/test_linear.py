"""Linear models and threshold units: worked by hand, by definition, and against SciPy."""

from itertools import product

import mpmath
import numpy as np
import pytest

from tests import needs

linalg, optimize, special = (needs.package(f"scipy.{name}") for name in ("linalg", "optimize", "special"))

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@pytest.fixture
def linear(feedforward):
    return feedforward.linear


@pytest.fixture
def rng():
    return np.random.default_rng(20)


def corners(n):
    return np.array(list(product([0.0, 1.0], repeat=n)))


def overlapping(rng, n=80):
    """Inputs (n,) and classes that no cut separates."""
    x = rng.normal(size=n)
    return x, (rng.random(n) < special.expit(1.5 * x - 0.4)).astype(float)


# Basis functions


def test_polynomial_worked_by_hand(linear):
    assert linear.polynomial([2, -3, 0], 3).tolist() == [[1, 2, 4, 8], [1, -3, 9, -27], [1, 0, 0, 0]]


def test_polynomial_is_numpys_vandermonde_matrix(linear, rng):
    x = rng.normal(size=7)
    np.testing.assert_allclose(linear.polynomial(x, 9), np.vander(x, 10, increasing=True), rtol=1e-13)


def test_polynomial_of_integers_does_not_overflow(linear):
    np.testing.assert_allclose(linear.polynomial(np.array([10]), 25)[0, 25], 1e25, rtol=1e-14)


def test_gaussian_worked_by_hand(linear):
    got = linear.gaussian([0.0, 3.0], [3.0, -3.0], 3.0)
    np.testing.assert_allclose(got, [[1, np.exp(-0.5), np.exp(-0.5)], [1, 1, np.exp(-2.0)]], rtol=1e-15)


def test_gaussian_by_definition(linear, rng):
    x, centers, width = rng.normal(size=5), rng.normal(size=3), 0.7
    want = [[1.0, *(np.exp(-((xi - mu) ** 2) / (2 * width**2)) for mu in centers)] for xi in x]
    np.testing.assert_allclose(linear.gaussian(x, centers, width), want, rtol=1e-13)


def test_sigmoidal_by_scipy(linear, rng):
    x, centers, width = rng.normal(size=5), rng.normal(size=3), 0.01
    got = linear.sigmoidal(x, centers, width)
    np.testing.assert_allclose(got[:, 1:], special.expit((x[:, None] - centers) / width), rtol=1e-12)
    assert got[:, 0].tolist() == [1] * 5


@pytest.mark.parametrize("name", ["gaussian", "sigmoidal"])
def test_basis_of_no_inputs_or_no_centers(linear, name):
    basis = getattr(linear, name)
    assert basis([], [1.0, 2.0], 1.0).shape == (0, 3)
    assert basis([1.0, 2.0], [], 1.0).tolist() == [[1], [1]]
    assert basis([-1e4, 1e4], [0.0], 0.01)[:, 0].tolist() == [1, 1]  # and no warning


def test_logistic_is_scipys_to_the_last_digits(linear):
    # Below -708 the result has lost digits to underflow, and SciPy gives 0.
    a = np.concatenate([np.linspace(-708, 708, 2001), [-1e4, 1e4, 0.0, -0.0, 5e-324]])
    np.testing.assert_allclose(linear.logistic(a), special.expit(a), rtol=1e-12, atol=5e-324)


def test_logistic_of_one_number_and_of_nothing(linear):
    assert linear.logistic(0).shape == ()
    assert float(linear.logistic(0)) == 0.5
    assert linear.logistic(np.zeros((0, 2))).shape == (0, 2)


# From examples to weights


@pytest.mark.parametrize("shape", [(6, 2), (4, 4), (3, 7), (5, 1)])
def test_least_squares_is_scipys(linear, rng, shape):
    phi, t = rng.normal(size=shape), rng.normal(size=shape[0])
    np.testing.assert_allclose(linear.least_squares(phi, t), linalg.lstsq(phi, t)[0], rtol=1e-9)


def test_least_squares_of_dependent_columns_is_the_shortest(linear, rng):
    phi = rng.normal(size=(6, 2)) @ rng.normal(size=(2, 4))
    t = rng.normal(size=6)
    np.testing.assert_allclose(linear.least_squares(phi, t), linalg.pinv(phi, rtol=1e-10) @ t, rtol=1e-9)


def test_least_squares_of_the_handouts_tide(linear):
    x = np.array([0.0, 0.5, 1.0, 1.5]) * np.pi
    phi = np.column_stack([np.ones(4), np.cos(x), np.sin(x)])
    np.testing.assert_allclose(linear.least_squares(phi, np.array([6.0, 4.0, 1.0, 1.0])), [3, 2.5, 1.5], rtol=1e-14)


@pytest.mark.parametrize(("length", "least", "most"), [(0.0, 0.0, 1e-7), (1.0, 1e-4, 1e-1)])
def test_a_large_residual_costs_the_square_of_the_condition_number(linear, rng, length, least, most):
    """The handout's powers up to 11, weights of 1: eight digits, and two beside a residual of length 1."""
    phi = linear.polynomial(np.linspace(0, 1, 20), 11)
    orthogonal, residual = np.linalg.qr(phi)[0], rng.normal(size=20)
    residual -= orthogonal @ (orthogonal.T @ residual)
    t = phi @ np.ones(12) + length * residual / np.linalg.norm(residual)
    with mpmath.workdps(60):
        exact = mpmath.matrix(phi.tolist())
        want = mpmath.lu_solve(exact.T * exact, exact.T * mpmath.matrix(t.tolist()))
    error = linear.least_squares(phi, t) - np.array(want, dtype=np.float64)
    assert least <= np.linalg.norm(error) / np.sqrt(12) < most


def test_irls_steps_of_the_handouts_coin(linear):
    w, seen = np.zeros(1), []
    for _ in range(5):
        w = linear.irls_step(np.ones((4, 1)), np.array([1.0, 1.0, 1.0, 0.0]), w)
        seen.append(float(w[0]))
    assert [f"{value:.6f}" for value in seen[:3]] == ["1.000000", "1.096339", "1.098611"]
    assert seen[4] == pytest.approx(np.log(3), rel=1e-14)


def test_irls_step_is_newtons_for_the_numerical_gradient_and_hessian(linear, rng):
    x, t = overlapping(rng, 30)
    phi, w, h = linear.polynomial(x, 1), np.array([0.2, -0.5]), 1e-4

    def loss(w):
        return -np.sum(special.log_expit(np.where(t == 1, 1.0, -1.0) * (phi @ w)))

    e = h * np.eye(2)
    grad = np.array([(loss(w + d) - loss(w - d)) / (2 * h) for d in e])
    hessian = np.array(
        [[(loss(w + a + b) - loss(w + a - b) - loss(w - a + b) + loss(w - a - b)) / (4 * h * h) for b in e] for a in e]
    )
    np.testing.assert_allclose(linear.irls_step(phi, t, w), w - np.linalg.solve(hessian, grad), rtol=1e-5)


def test_model_fits_and_predicts_a_parabola(linear):
    x = np.linspace(-1, 2, 9)
    model = linear.LinearModel(lambda x: linear.polynomial(x, 2))
    assert model.w is None
    assert model.fit(x, 3 - x + 2 * x**2) is model
    np.testing.assert_allclose(model.w, [3, -1, 2], rtol=1e-12)
    np.testing.assert_allclose(model.predict(np.array([10.0])), [193], rtol=1e-12)


def test_model_of_the_handouts_sine_is_as_near_as_it_says(linear):
    x = np.linspace(0, 6, 30)
    model = linear.LinearModel(lambda x: linear.gaussian(x, [0, 1, 2, 3, 4, 5, 6], 1.0)).fit(x, np.sin(x))
    assert np.abs(model.predict(x) - np.sin(x)).max() < 0.05


def test_model_of_two_classes_is_the_maximum_that_scipy_finds(linear, rng):
    x, t = overlapping(rng)
    model = linear.LinearModel(lambda x: linear.gaussian(x, [-1.0, 1.0], 1.0), linear.logistic).fit(x, t)
    phi = linear.gaussian(x, [-1.0, 1.0], 1.0)
    signs = np.where(t == 1, 1.0, -1.0)
    peer = optimize.minimize(lambda w: -np.sum(special.log_expit(signs * (phi @ w))), np.zeros(3), tol=1e-12)
    np.testing.assert_allclose(model.w, peer.x, rtol=1e-4)
    np.testing.assert_allclose(phi.T @ (t - model.predict(x)), np.zeros(3), atol=1e-9)


def test_model_of_separable_classes_stays_finite_and_gets_all_right(linear):
    x, t = np.arange(6.0), np.array([0, 0, 0, 1, 1, 1])
    model = linear.LinearModel(lambda x: linear.polynomial(x, 1), linear.logistic).fit(x, t)
    assert np.isfinite(model.w).all()
    assert ((model.predict(x) > 0.5) == t).all()


def test_model_without_weights_says_what_to_do(linear):
    with pytest.raises(RuntimeError, match="no weights yet; call fit first"):
        linear.LinearModel(lambda x: x).predict([1.0])


# Threshold units


def test_unit_reaches_its_threshold(linear):
    unit = linear.threshold_unit([1, -2], -1)
    assert unit([1, 1]).tolist() == 1
    assert unit([[1, 1], [0, 1], [0, 0]]).tolist() == [1, 0, 1]
    assert unit(np.zeros((0, 2))).shape == (0,)


def test_unit_is_a_linear_model_with_the_threshold_as_bias(linear, rng):
    x = rng.integers(-2, 3, size=(20, 3)).astype(float)
    unit = linear.threshold_unit([1.0, -2.0, 0.5], 0.5)
    model = linear.LinearModel(lambda x: np.column_stack([np.ones(len(x)), x]), lambda a: np.heaviside(a, 1.0))
    model.w = np.array([-unit.theta, *unit.w])
    assert np.array_equal(model.predict(x), unit(x))


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_gates_are_pythons(linear, n):
    x = corners(n)
    assert linear.logical_and(n)(x).tolist() == [float(all(row)) for row in x]
    assert linear.logical_or(n)(x).tolist() == [float(any(row)) for row in x]
    assert linear.majority(n)(x).tolist() == [float(sum(row) > n / 2) for row in x]


def test_not_is_pythons(linear):
    assert linear.logical_not()([[0], [1]]).tolist() == [1, 0]


def separable(x, t):
    """Whether one unit computes t, by linear programming: w.x - theta >= 1 where t, <= -1 elsewhere."""
    signs = np.where(t, 1.0, -1.0)
    rows = -signs[:, None] * np.column_stack([x, -np.ones(len(x))])
    found = optimize.linprog(np.zeros(x.shape[1] + 1), A_ub=rows, b_ub=-np.ones(len(x)), bounds=(None, None))
    return found.status == 0


def test_single_units_compute_14_of_the_16_functions_of_two_inputs(linear):
    left = []
    for t in product([0.0, 1.0], repeat=4):
        unit = linear.find_unit(CORNERS, np.array(t), [-1, 0, 1], [-1.5, -0.5, 0.5, 1.5])
        assert (unit is not None) == separable(CORNERS, np.array(t)), t
        if unit is None:
            left.append(t)
        else:
            assert tuple(unit(CORNERS)) == t
    assert left == [(0, 1, 1, 0), (1, 0, 0, 1)]


def test_single_units_compute_104_of_the_256_functions_of_three_inputs(linear):
    """The handout's number; by units with these weights and thresholds, and with no others (linear programming)."""
    x = corners(3)
    grid = np.array(list(product([-2, -1, 0, 1, 2], repeat=3)))
    thresholds = np.arange(-4.5, 5)
    tables = {tuple(row) for theta in thresholds for row in (grid @ x.T >= theta)}
    assert len(tables) == 104
    assert {t for t in product([False, True], repeat=8) if separable(x, np.array(t))} == tables
    majority = linear.find_unit(x, x.sum(axis=1) >= 2, [0, 1], [0.5, 1.5])
    assert majority.w.tolist() == [1, 1, 1]


def test_no_single_unit_of_a_finer_grid_computes_xor(linear):
    w, theta = np.linspace(-3, 3, 25), np.linspace(-6, 6, 49)
    assert linear.find_unit(CORNERS, np.array([0, 1, 1, 0]), w, theta) is None


def test_two_layers_compute_xor(linear):
    assert linear.xor(CORNERS).tolist() == [0, 1, 1, 0]
    assert [float(linear.xor(row)) for row in CORNERS] == [0, 1, 1, 0]
    hidden, output = linear.xor_units()
    assert [unit(CORNERS).tolist() for unit in hidden] == [[0, 1, 1, 1], [0, 0, 0, 1]]
    assert output([[0, 0], [1, 0], [1, 1]]).tolist() == [0, 1, 0]


def test_two_layers_keep_the_order_of_units(linear):
    hidden = [linear.threshold_unit(w, 1) for w in ([1, 0], [0, 1], [1, 1])]
    got = linear.two_layers(hidden, lambda h: h @ [100, 10, 1], CORNERS)
    assert got.tolist() == [0, 11, 101, 111]
