"""Numerical gradients against SciPy's, and what is promised of steps, calls and errors."""

import warnings

import numpy as np
import pytest

from tests import needs

differentiate = needs.package("scipy.differentiate")
optimize = needs.package("scipy.optimize")
numdiff = needs.package("scipy.optimize._numdiff")

EPS = np.finfo(np.float64).eps
SHAPES = [(), (1,), (5,), (2, 3), (2, 1, 3), (0,), (0, 3)]


@pytest.fixture
def numeric(feedforward):
    return feedforward.numeric


@pytest.fixture
def methods(numeric):
    return {"forward": numeric.forward_difference, "central": numeric.central_difference}


@pytest.fixture
def rng():
    return np.random.default_rng(20250314)


def wavy(p):
    """A smooth function of any array, in which every coordinate matters and all of them mix."""
    return float(np.sum(np.sin(p) * np.exp(0.3 * p)) + 0.1 * np.sum(p) ** 2)


def slope_of_wavy(p):
    return np.exp(0.3 * p) * (np.cos(p) + 0.3 * np.sin(p)) + 0.2 * np.sum(p)


def flat(f, shape):
    """f as SciPy calls it: with a vector."""
    return lambda p: f(np.reshape(p, shape))


@pytest.mark.parametrize("h", [1e-1, 1e-3, 1e-6])
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if 0 not in shape])
def test_forward_difference_is_scipys(numeric, rng, shape, h):
    x = np.asarray(rng.normal(size=shape))
    want = optimize.approx_fprime(x.ravel(), flat(wavy, shape), h).reshape(shape)
    # SciPy divides by the step as rounded, (x + h) - x: they differ by the rounding of x in units of h.
    np.testing.assert_allclose(numeric.forward_difference(wavy, x, h), want, rtol=20 * EPS / h, atol=20 * EPS / h)


@pytest.mark.parametrize("h", [1e-1, 1e-3, 1e-5])
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if 0 not in shape])
def test_central_difference_is_scipys(numeric, rng, shape, h):
    x = np.asarray(rng.normal(size=shape))
    want = numdiff.approx_derivative(flat(wavy, shape), x.ravel(), "3-point", abs_step=h).reshape(shape)
    np.testing.assert_allclose(numeric.central_difference(wavy, x, h), want, rtol=20 * EPS / h, atol=20 * EPS / h)


@pytest.mark.parametrize("scale", [1.0, 1e4, 1e8])
def test_default_steps_reach_the_digits_that_theory_promises(methods, rng, scale):
    x = scale * rng.uniform(0.5, 2.0, size=4) * [1, -1, 1, -1]
    peer = differentiate.derivative(lambda p: np.sin(p / scale), x, initial_step=0.1 * scale)  # extrapolates
    assert np.abs(peer.df - np.cos(x / scale) / scale).max() < 1e-11 / scale
    for name, error in [("forward", 1e-7), ("central", 1e-9)]:
        got = methods[name](lambda p: float(np.sum(np.sin(p / scale))), x)
        assert np.abs(got - peer.df).max() < error * np.abs(peer.df).max(), name


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_calls_shape_and_dtype(methods, rng, shape):
    x = np.asarray(rng.normal(size=shape))
    for name, want in [("forward", x.size + 1), ("central", 2 * x.size)]:
        seen = []
        got = methods[name](lambda p, seen=seen: seen.append(p) or wavy(p), x)
        assert len(seen) == want
        assert all(p.shape == shape and p.dtype == np.float64 and p is not x for p in seen)
        assert got.shape == shape
        assert got.dtype == np.float64


@pytest.mark.parametrize("name", ["forward", "central"])
def test_points_move_in_one_coordinate_by_the_step_given(methods, rng, name):
    x = 100 * rng.normal(size=(2, 3))
    seen = []
    methods[name](lambda p: seen.append(p.copy()) or 0.0, x, 0.5)
    moves = [p - x for p in seen if not np.array_equal(p, x)]
    assert all(np.count_nonzero(move) == 1 for move in moves)
    np.testing.assert_array_equal(np.abs(np.array(moves)).max(axis=(1, 2)), 0.5)


@pytest.mark.parametrize("name", ["forward", "central"])
def test_x_stays_as_it_was_also_when_f_changes_what_it_was_given(methods, name):
    x = np.array([0.1, 1 / 3, -7.0])

    def f(p):
        total = float(np.sum(p**2))
        p[:] = 0.0
        return total

    got = methods[name](f, x)
    np.testing.assert_array_equal(x, [0.1, 1 / 3, -7.0])
    np.testing.assert_allclose(got, 2 * x, rtol=1e-5)


@pytest.mark.parametrize("name", ["forward", "central"])
def test_integers_lists_and_views_are_points_like_any_other(methods, name):
    want = methods[name](wavy, np.array([1.0, -2.0, 3.0]), 0.25)
    for x in ([1, -2, 3], np.array([1, -2, 3]), np.array([1, 0, -2, 0, 3])[::2], np.array([3.0, -2, 1])[::-1]):
        np.testing.assert_array_equal(methods[name](wavy, x, 0.25), want)


def test_error_falls_with_the_first_and_the_second_power_of_h(numeric):
    x, hs = np.array([0.7]), np.array([0.02, 0.01])
    for difference, want in [(numeric.forward_difference, 2), (numeric.central_difference, 4)]:
        coarse, fine = numeric.step_size_study(lambda p: float(np.exp(p[0])), np.exp, x, hs, difference)
        assert coarse / fine == pytest.approx(want, rel=0.05)


def test_study_shows_a_v_with_its_lowest_point_near_the_default_step(numeric):
    hs = 10.0 ** -np.arange(1, 16)
    x = np.array([0.4, -1.1, 2.0])
    for difference, step, least in [
        (numeric.forward_difference, np.sqrt(EPS), 1e-7),
        (numeric.central_difference, np.cbrt(EPS), 1e-9),
    ]:
        errors = numeric.step_size_study(wavy, slope_of_wavy, x, hs, difference)
        best = int(np.argmin(errors))
        assert abs(np.log10(hs[best] / step)) < 1.5
        assert errors[best] < least
        assert errors[0] > 1e4 * errors[best]
        assert errors[-1] > 1e4 * errors[best]


def test_study_uses_forward_differences_if_nothing_is_said(numeric):
    x, hs = np.array([0.4, 2.0]), [0.1, 0.01]
    want = numeric.step_size_study(wavy, slope_of_wavy, x, hs, numeric.forward_difference)
    np.testing.assert_array_equal(numeric.step_size_study(wavy, slope_of_wavy, x, hs), want)


def test_handouts_table_of_errors(numeric):
    f, df = (lambda p: np.exp(np.sin(p[0]))), (lambda p: np.exp(np.sin(p)) * np.cos(p))
    hs, x = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5], np.array([1.0])
    forward = numeric.step_size_study(f, df, x, hs)
    central = numeric.step_size_study(f, df, x, hs, numeric.central_difference)
    np.testing.assert_allclose(forward, [7.0e-2, 6.4e-3, 6.4e-4, 6.4e-5, 6.4e-6], rtol=0.02)
    np.testing.assert_allclose(central[:4], [6.7e-3, 6.8e-5, 6.8e-7, 6.8e-9], rtol=0.02)
    assert central[4] < 1e-9


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradcheck_takes_the_right_gradient(numeric, rng, shape, scale):
    x = np.asarray(rng.normal(size=shape))
    assert numeric.gradcheck(lambda p: scale * wavy(p), lambda p: scale * slope_of_wavy(p), x) is True


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda g: -g, id="sign"),
        pytest.param(lambda g: 2 * g, id="factor"),
        pytest.param(lambda g: 0 * g, id="zero"),
        pytest.param(lambda g: g * (1 + 1e-5), id="fifth-digit"),
        pytest.param(lambda g: g + np.eye(3) * 1e-4, id="diagonal"),
        pytest.param(lambda g: g.T, id="transposed"),
        pytest.param(lambda g: g[None], id="an-axis-more"),
        pytest.param(lambda g: g.ravel(), id="flat"),
        pytest.param(lambda g: np.where(g == g.max(), np.nan, g), id="nan"),
        pytest.param(lambda g: np.where(g == g.max(), np.inf, g), id="infinity"),
    ],
)
def test_gradcheck_refuses_a_wrong_gradient_without_a_warning(numeric, rng, spoil):
    x = rng.normal(size=(3, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert numeric.gradcheck(wavy, lambda p: spoil(slope_of_wavy(p)), x) is False


def test_gradcheck_obeys_its_tolerance(numeric, rng):
    x = rng.normal(size=4)
    for error, tolerance, want in [(1e-3, 1e-2, True), (1e-3, 1e-4, False), (1e-8, 1e-6, True)]:
        got = numeric.gradcheck(wavy, lambda p, error=error: slope_of_wavy(p) * (1 + error), x, tolerance)
        assert got is want


def test_gradcheck_of_a_function_that_does_not_move(numeric):
    assert numeric.gradcheck(lambda p: 4.0, np.zeros_like, np.ones(3)) is True
    assert numeric.gradcheck(lambda p: 4.0, np.ones_like, np.ones(3)) is False


def test_gradcheck_at_a_minimum_is_noise_as_the_handout_says(numeric):
    assert numeric.gradcheck(lambda p: float(np.sum(np.exp(p) - p)), lambda p: np.exp(p) - 1, np.zeros(3)) is False


def test_gradcheck_has_the_limits_that_the_handout_names(numeric):
    def verdict(f, grad, *x):
        return numeric.gradcheck(f, grad, np.array(x))

    assert verdict(lambda v: 1e7 * v[0] + v[1], lambda v: np.array([1e7, 0.0]), 0.3, 0.7) is True
    assert verdict(lambda x: np.sin(x[0]), np.cos, 400.0) is True
    assert verdict(lambda x: np.sin(x[0]), np.cos, 410.0) is False
    with np.errstate(invalid="ignore"):
        assert verdict(lambda x: np.log(x[0]), lambda x: 1.0 / x, 1e-9) is False


def test_handouts_step_of_1e_12_is_as_far_off_as_it_says(numeric):
    x, h = np.array([1.0]), 1e-12
    taken = (1.0 + h) - 1.0
    assert f"{taken:.22f}" == "0.0000000000010000889006"
    slope = np.exp(np.sin(1.0)) * np.cos(1.0)
    got = numeric.forward_difference(lambda p: np.exp(np.sin(p[0])), x, h)[0]
    assert abs(got - slope) == pytest.approx(2.8e-4, rel=0.1)
    assert abs(got * h / taken - slope) == pytest.approx(1.7e-4, rel=0.1)  # 1.1e-4 of it was the rounding of x + h
