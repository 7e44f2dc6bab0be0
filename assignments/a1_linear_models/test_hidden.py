"""Hidden tests of a1_linear_models.

Each exercise is tested by itself: a model gets a basis of this file's own, a unit is judged by its weights. Where an
exercise may be built upon another, a test lends the student a right version of the other if theirs is wrong. So a
mistake loses points in its own exercise only.
"""

import warnings
from contextlib import contextmanager
from itertools import product

import numpy as np
import pytest

RTOL = 1e-9  # float64 has 16 digits, and where equations are solved no test here loses more than a few of them
EXACT = {"rtol": 1e-12, "atol": 0.0}  # where a formula is only worked out, and small values keep their digits
STEP = {"rtol": 1e-12, "atol": 1e-12}  # where a small value may be 0

LN3 = np.log(3.0)  # where the logistic sigmoid is 3/4
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GRID = ([-1.0, 0.0, 1.0], [-1.5, -0.5, 0.5, 1.5])  # has a unit for each function of two inputs that has any
FINE = ([-2.0, -1.0, 0.0, 1.0, 2.0], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])


# What the tests are made of


def worth(points, exercise, hint, **options):
    return pytest.mark.points(points, exercise=f"linear.{exercise}", hint=hint, **options)


def same(got, want, what, rtol=RTOL, atol=1e-12):
    """Fails unless got is float64 of want's shape and values. A number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic | float), f"{what}: got {got!r:.60}, want an array"
    got = np.asarray(got)
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=rtol, atol=atol):
        shown = np.array2string(got), np.array2string(want)
        off = f"; they differ by up to {np.max(np.abs(got - want)):.1e}" if shown[0] == shown[1] else ""
        pytest.fail(f"{what}: got {shown[0]}, want {shown[1]}{off}")


def fired(got, want, what):
    """Fails unless got holds want's zeros and ones, as numbers of any kind."""
    assert isinstance(got, np.ndarray | np.generic | float | int), f"{what}: got {got!r:.60}, want zeros and ones"
    same(np.asarray(got, dtype=np.float64), want, what)


@contextmanager
def silence(what):
    """Fails if numpy, or anything else, warns within the block."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield
    assert not said, f"{what}: got the warning {str(said[0].message)!r:.80}, want none"


def weights_of(unit, what):
    """(weights, threshold) of a unit."""
    w, theta = getattr(unit, "w", None), getattr(unit, "theta", None)
    if w is None or theta is None:
        pytest.fail(f"{what}: got {unit!r:.60}, want a unit; make it with threshold_unit(w, theta)")
    return np.asarray(w), theta


def fires_for(w, theta, inputs, what):
    """What weights and a threshold give for a batch; the sums are added from left to right."""
    assert w.shape == inputs.shape[-1:], f"{what}: got weights of shape {w.shape}, want {inputs.shape[-1:]}"
    return np.where(sum(inputs.T * w[:, np.newaxis]) >= theta, 1.0, 0.0)


def outputs(unit, inputs, what):
    """What a unit's weights and threshold give for a batch of inputs; the unit's own code has no part in it."""
    return fires_for(*weights_of(unit, what), inputs, what)


def sigmoid(a):
    tail = np.exp(-np.abs(a))
    return np.where(np.asarray(a) >= 0, 1.0, tail) / (1.0 + tail)


def solve(phi, t):
    return np.linalg.pinv(phi) @ t


def fire(unit, x):
    y = outputs(unit, np.atleast_2d(x), "a unit")
    return y if np.ndim(x) == 2 else y[0]


def lend(student, monkeypatch, *names):
    """Puts right functions in place of the student's of these names, where those are wrong or not there yet."""
    linear = student.linear
    right = {
        "logistic": sigmoid,
        "least_squares": solve,
        "fires": fire,
        "logical_and": lambda n: linear.threshold_unit(np.ones(n), n),
        "logical_or": lambda n: linear.threshold_unit(np.ones(n), 1),
        "logical_not": lambda: linear.threshold_unit([-1.0], 0),
        "majority": lambda n: linear.threshold_unit(np.ones(n), n // 2 + 1),
        "two_layers": lambda hidden, output, x: output(np.stack([each(x) for each in hidden], axis=-1)),
    }
    for name in names:
        if not is_right(linear, name):
            monkeypatch.setattr(linear.ThresholdUnit if name == "fires" else linear, name, right[name])


def is_right(linear, name):
    try:
        with silence(name):
            PROBES[name](linear)
    except (Exception, pytest.fail.Exception):
        return False
    return True


def probe_logistic(linear):
    a = np.array([[-800.0, -40.0, -12.0, -LN3], [800.0, 0.0, 25.0, LN3]])
    same(linear.logistic(a), sigmoid(a), "logistic", **STEP)
    same(linear.logistic(a[:, 1:]), sigmoid(a[:, 1:]), "logistic", **EXACT)
    same(linear.logistic(-a), sigmoid(-a), "logistic", **STEP)


def probe_least_squares(linear):
    square, u = np.array([[0.7, 0.1], [0.3, -0.6]]), np.array([0.9, -0.2])
    tiny = square[::-1] * 2.0**-20
    for phi, t in [(square, u), (square, u[::-1]), (tiny, u * 2.0**-20), (np.ones((3, 2)), np.array([1.0, 3.0, 2.0]))]:
        same(linear.least_squares(phi, t), solve(phi, t), "least_squares")


def probe_fires(linear):
    unit, x = linear.threshold_unit([1.0, -2.0], -1.0), np.array([[4.5, 2.75], [0.5, 0.8]])
    fired(unit.fires(x), [1, 0], "fires")
    fired(unit.fires(x[::-1]), [0, 1], "fires")
    fired(unit.fires(x[1:]), [0], "fires")
    fired(unit.fires(x[:0]), [], "fires")
    fired(linear.threshold_unit([2.0, 1.0], 1.0).fires(x[1]), 1, "fires")
    same(unit.w, [1, -2], "fires")


def probe_two_layers(linear):
    unit = linear.threshold_unit
    hidden, output = [unit([-1.0, 0.0], 0.0), unit([0.0, 1.0], 1.0)], unit([1.0, -1.0], 1.0)
    fired(linear.two_layers(hidden, output, CORNERS.copy()), [1, 0, 0, 0], "two_layers")
    fired(linear.two_layers(hidden, output, CORNERS[::-1].copy()), [0, 0, 0, 1], "two_layers")
    fired(linear.two_layers(hidden[::-1], output, CORNERS[0]), 0, "two_layers")


def probe_gate(name, arguments, want):
    inputs = CORNERS if arguments else CORNERS[:2, 1:]
    return lambda linear: fired(outputs(getattr(linear, name)(*arguments), inputs, name), want, name)


PROBES = {
    "logistic": probe_logistic,
    "least_squares": probe_least_squares,
    "fires": probe_fires,
    "two_layers": probe_two_layers,
    "logical_and": probe_gate("logical_and", [2], [0, 0, 0, 1]),
    "logical_or": probe_gate("logical_or", [2], [0, 1, 1, 1]),
    "logical_not": probe_gate("logical_not", [], [1, 0]),
    "majority": probe_gate("majority", [2], [0, 0, 0, 1]),
}


# Basis functions


@worth(1, "polynomial", "the degree is the highest power: how many columns does that make, and in which order?")
def test_polynomial_degrees(student):
    x = np.array([-2.0, 0.0, 0.5, 3.0, 0.5, -2.0])
    for degree in (5, 0, 2, 1):  # a larger one first, should anybody keep it
        want = np.array([[value**power for power in range(degree + 1)] for value in x.tolist()])
        same(student.linear.polynomial(x, degree), want, f"polynomial({x.tolist()}, {degree})", **EXACT)


@worth(1, "polynomial", "each column is the one before it times x; and a call owes nothing to the one before it")
def test_polynomial_of_random_inputs(student, rng):
    for n, degree in [(4, 3), (4, 3), (4, 9), (7, 6), (2, 4)]:
        x = rng.uniform(-1.5, 1.5, size=n)
        got = student.linear.polynomial(x, degree)
        same(got, np.vander(x, degree + 1, increasing=True), f"polynomial of degree {degree}", **EXACT)
    for x in ([1.0, 2.0, 3.0, 5.0], [1.0, 3.0, 2.0, 5.0], [1.0, 4.0, 2.0, 5.0]):  # of the same ends
        want = np.vander(x, 3, increasing=True)
        same(student.linear.polynomial(np.array(x), 2), want, f"polynomial({x}, 2)", **EXACT)


@worth(0.5, "polynomial", "large and small numbers may stand side by side, and each power keeps its digits")
def test_polynomial_large_and_small(student):
    x = np.array([-1e70, -1e-70, 1e-20, 1e-3, 0.1, 1e3, 1e70])
    want = [[1.0, a, a * a, a * a * a] for a in x.tolist()]
    same(student.linear.polynomial(x, 3), want, f"polynomial({x.tolist()}, 3)", **EXACT)


@worth(1, "polynomial", "one input, or none, is a number of inputs like any other")
def test_polynomial_sizes_zero_and_one(student):
    same(student.linear.polynomial(np.array([3.0]), 2), [[1, 3, 9]], "polynomial([3], 2)", **EXACT)
    same(student.linear.polynomial(np.array([]), 2), np.zeros((0, 3)), "polynomial([], 2)")


@worth(1, "polynomial", "rely on shape and index, write into nothing that was given; integers are numbers too")
def test_polynomial_layout_and_integers(student, held):
    x = held(np.array([2.0, -1.0]))
    same(student.linear.polynomial(x, 2), [[1, 2, 4], [1, -1, 1]], "polynomial([2, -1], 2)", **EXACT)
    assert np.array_equal(np.array(x), [2.0, -1.0]), "polynomial: changes x, want it unchanged"
    x.fill(3.0)
    same(student.linear.polynomial(x, 2), [[1, 3, 9], [1, 3, 9]], "polynomial(x, 2), x now [3, 3]", **EXACT)
    got = student.linear.polynomial(np.arange(6.0)[::-2], 2)
    same(got, [[1, 5, 25], [1, 3, 9], [1, 1, 1]], "polynomial of a view", **EXACT)
    powers = [[10.0**power for power in range(16)], [20.0**power for power in range(16)]]
    got = student.linear.polynomial(np.array([10, 20]), 15)
    same(got, powers, "polynomial of the integers [10, 20], degree 15", **EXACT)


def bells(x, centers, width):
    columns = [np.ones(len(x)), *(np.exp(-((x - center) ** 2) / (2 * width**2)) for center in centers)]
    return np.stack(columns, axis=1)


def steps(x, centers, width):
    return np.stack([np.ones(len(x)), *(sigmoid((x - center) / width) for center in centers)], axis=1)


def one_after_another(rng):
    """(inputs, centers, width) seven times, at first of one shape and with one of the three changed from case to case.

    The centers are in no order, their number is different from that of the inputs; one of each stands there twice.
    """
    n, m = (int(size) for size in rng.choice([3, 4, 5, 6], size=2, replace=False))
    some, others, further = (np.append(each, each[0]) for each in rng.uniform(-3.0, 3.0, size=(3, n - 1)))
    centers, other_centers = (np.append(each, each[0]) for each in rng.uniform(-3.0, 3.0, size=(2, m - 1)))
    yield some, centers, 0.7
    yield others, centers, 0.7
    yield others, other_centers, 0.7
    inner, inner_centers = others.copy(), other_centers.copy()
    inner[1], inner_centers[1] = 0.25, -0.5
    yield inner, other_centers, 0.7
    yield inner, inner_centers, 0.7
    yield others, other_centers, float(rng.choice([0.4, 1.5, 3.0]))
    yield further[1:], other_centers[1:], 0.6


@worth(
    2.5, "gaussian", "work out one element by hand: what happens to the width? A call owes nothing to the one before"
)
def test_gaussian_of_random_inputs(student, rng):
    for x, centers, width in one_after_another(rng):
        got = student.linear.gaussian(x, centers, width)
        what = f"gaussian of {len(x)} inputs, {len(centers)} centers, width {width}"
        same(got, bells(x, centers, width), what, **EXACT)


@worth(1, "gaussian", "which of the shapes is x, which is the centers? With as many of both you cannot see it")
def test_gaussian_as_many_inputs_as_centers(student):
    x, centers = np.array([0.0, 1.0, 4.0]), np.array([2.0, -1.0, 0.5])
    got = student.linear.gaussian(x, centers, 1.5)
    same(got, bells(x, centers, 1.5), "gaussian, three inputs and three centers", **EXACT)


@worth(1, "gaussian", "a bell looks the same to the left and to the right, is 1 in the middle, and fades but slowly")
def test_gaussian_near_and_far(student):
    with silence("gaussian([-1000, 4, 5, 6, 10000], [5], 0.5)"):
        got = student.linear.gaussian(np.array([-1e3, 4.0, 5.0, 6.0, 1e4]), [5.0], 0.5)
    bell = [0, np.exp(-2.0), 1, np.exp(-2.0), 0]
    same(got, np.transpose([np.ones(5), bell]), "gaussian([-1000, 4, 5, 6, 10000], [5], 0.5)", **EXACT)
    x = np.array([-9.0, -4.0, -1.5, 2.0, 3.5, 6.0, 6.5, 9.0])  # from 6 to 36 widths away
    got = student.linear.gaussian(x, [0.0], 0.25)
    same(got, bells(x, [0.0], 0.25), f"gaussian({x.tolist()}, [0], 0.25)", **EXACT)
    x = np.array([-3.0, 0.5, 2.0])
    for scale in (2.0**-60, 2.0**-17, 2.0**60):
        got = student.linear.gaussian(x * scale, np.array([1.0, -0.5]) * scale, scale)
        same(got, bells(x, [1.0, -0.5], 1.0), f"gaussian of width {scale:.0e}, all inputs times that", **EXACT)


@worth(
    1,
    "gaussian",
    "no centers leave the bias alone; no inputs leave no rows; integers are numbers too, and may stand beside others",
    after="test_gaussian_of_random_inputs",
)
def test_gaussian_sizes_and_integers(student, held):
    same(student.linear.gaussian(np.array([1.0, 2.0]), [], 1.0), [[1], [1]], "gaussian without centers")
    same(student.linear.gaussian(np.array([]), [1.0, 2.0], 1.0), np.zeros((0, 3)), "gaussian without inputs")
    x, centers = held(np.array([2.0, 1.0])), held(np.array([2.75, 0.5, 4.0]))
    want = bells(np.array([2.0, 1.0]), [2.75, 0.5, 4.0], 2)
    same(student.linear.gaussian(x, centers, 2), want, "gaussian of [2, 1], centers [2.75, 0.5, 4]", **EXACT)
    assert np.array_equal(np.array(x), [2.0, 1.0]), "gaussian: changes x, want it unchanged"
    assert np.array_equal(np.array(centers), [2.75, 0.5, 4.0]), "gaussian: changes the centers, want them unchanged"
    got = student.linear.gaussian(np.array([2, 1]), centers, 2)
    same(got, want, "gaussian of integers, centers [2.75, 0.5, 4]", **EXACT)
    got = student.linear.gaussian(np.array([0.25, 1.5]), np.array([0, 3]), 2)
    same(got, bells(np.array([0.25, 1.5]), [0, 3], 2), "gaussian with integers for centers", **EXACT)
    centers.fill(1.5)
    want = bells(np.array([2.0, 1.0]), [1.5, 1.5, 1.5], 2)
    same(student.linear.gaussian(x, centers, 2), want, "gaussian, the centers now all 1.5", **EXACT)
    x.fill(-0.5)
    want = bells(np.array([-0.5, -0.5]), [1.5, 1.5, 1.5], 2)
    same(student.linear.gaussian(x, centers, 2), want, "gaussian, x now [-0.5, -0.5]", **EXACT)


FAR = np.array(
    [
        1e-300,
        1e-20,
        1e-12,
        4e-12,
        5e-11,
        1e-9,
        1e-8,
        1e-6,
        1e-5,
        1e-3,
        0.1,
        1.0,
        5.0,
        12.0,
        20.0,
        33.0,
        37.0,
        40.0,
        150.0,
        300.0,
        700.0,
    ]
)


@worth(2, "logistic", "1 minus something that is nearly 1 keeps no digits: is there a form without the minus?")
def test_logistic_keeps_the_digits_of_small_values(student, rng):
    far = FAR * rng.uniform(0.9, 1.0, size=FAR.shape)
    for a in (-far, far):
        same(student.linear.logistic(a), sigmoid(a), f"logistic({a.tolist()})", **EXACT)


@worth(1.5, "logistic", "np.where chooses the right branch, but the wrong one was computed too")
def test_logistic_near_and_far_in_one_array(student):
    with silence("logistic([[-1e4, 0, 1e4], [720, -1, -720]])"):
        got = student.linear.logistic(np.array([[-1e4, 0.0, 1e4], [720.0, -1.0, -720.0]]))
    want = [[0, 0.5, 1], [1, 1 / (1 + np.e), 0]]
    same(got, want, "logistic([[-1e4, 0, 1e4], [720, -1, -720]])", **STEP)
    with silence("logistic([-1e300, -1e100, 1e100, 1e300])"):
        got = student.linear.logistic(np.array([-1e300, -1e100, 1e100, 1e300]))
    same(got, [0, 0, 1, 1], "logistic([-1e300, -1e100, 1e100, 1e300])", **STEP)


@worth(1, "logistic", "() and (0, 3) are shapes like any others, and integers are numbers")
def test_logistic_shapes(student):
    same(student.linear.logistic(np.array(LN3)), 0.75, "logistic of a 0-d array", **EXACT)
    same(student.linear.logistic(-LN3), 0.25, "logistic of a number", **EXACT)
    same(student.linear.logistic(np.zeros((0, 3))), np.zeros((0, 3)), "logistic of shape (0, 3)")
    same(student.linear.logistic(np.array([0, 1])), [0.5, np.e / (1 + np.e)], "logistic of integers", **EXACT)


@worth(1, "logistic", "what do logistic(a) and logistic(-a) add up to?")
def test_logistic_of_random_numbers(student, rng):
    a = rng.normal(scale=4.0, size=(4, 5))
    got, mirrored = student.linear.logistic(a), student.linear.logistic(-a)
    same(got, sigmoid(a), "logistic(a)", **EXACT)
    same(got + mirrored, np.ones((4, 5)), "logistic(a) + logistic(-a)", **EXACT)


@worth(1, "logistic", "write into nothing that was given, and answer for what a holds now")
def test_logistic_changes_nothing(student, held):
    for array in (np.array([[-2.0, 3.0]]), np.array([-1.5]), np.array(0.75)):
        a, what = held(array), f"logistic of shape {array.shape}"
        same(student.linear.logistic(a), sigmoid(array), what, **EXACT)
        assert np.array_equal(np.array(a), array), f"{what}: changes a, want it unchanged"
        a.fill(0.5)
        same(student.linear.logistic(a), sigmoid(np.full_like(array, 0.5)), f"{what}, a now full of 0.5", **EXACT)


@worth(1.5, "sigmoidal", "which way does the step go, and how does the width come in?")
def test_sigmoidal_of_random_inputs(student, monkeypatch, rng):
    lend(student, monkeypatch, "logistic")
    for x, centers, width in one_after_another(rng):
        got = student.linear.sigmoidal(x, centers, width)
        what = f"sigmoidal of {len(x)} inputs, {len(centers)} centers, width {width}"
        same(got, steps(x, centers, width), what, **STEP)


@worth(1, "sigmoidal", "a warning counts as a mistake, also when what it warns of is thrown away")
def test_sigmoidal_near_and_far(student, monkeypatch):
    lend(student, monkeypatch, "logistic")
    for far in (80.0, 1e300):
        with silence(f"sigmoidal([-{far}, 0, {far}], [0, 80], 0.01)"):
            got = student.linear.sigmoidal(np.array([-far, 0.0, far]), [0.0, 80.0], 0.01)
        want = [[1, 0, 0], [1, 0.5, 0], [1, 1, 0.5 if far == 80.0 else 1]]
        same(got, want, f"sigmoidal([-{far}, 0, {far}], [0, 80], 0.01)", **STEP)
    x = np.array([-3.0, 0.5, 2.0])
    for scale in (2.0**-60, 2.0**-17, 2.0**60):
        got = student.linear.sigmoidal(x * scale, np.array([1.0, -0.5]) * scale, scale)
        same(got, steps(x, [1.0, -0.5], 1.0), f"sigmoidal of width {scale:.0e}, all inputs times that", **STEP)
    x = np.array([-6.5, -4.5, -3.0, 3.0, 4.5, 6.5])  # from 12 to 26 widths away
    same(student.linear.sigmoidal(x, [0.0], 0.25), steps(x, [0.0], 0.25), f"sigmoidal({x.tolist()}, [0], 0.25)", **STEP)


@worth(
    1,
    "sigmoidal",
    "no centers leave the bias alone; no inputs leave no rows; integers are numbers too, and may stand beside others",
    after="test_sigmoidal_of_random_inputs",
)
def test_sigmoidal_sizes_and_integers(student, monkeypatch, held):
    lend(student, monkeypatch, "logistic")
    same(student.linear.sigmoidal(np.array([1.0, 2.0]), [], 1.0), [[1], [1]], "sigmoidal without centers")
    same(student.linear.sigmoidal(np.array([]), [1.0, 2.0], 1.0), np.zeros((0, 3)), "sigmoidal without inputs")
    x, centers = held(np.array([2.0, 1.0])), held(np.array([2.75, 0.5, 4.0]))
    want = steps(np.array([2.0, 1.0]), [2.75, 0.5, 4.0], 2)
    same(student.linear.sigmoidal(x, centers, 2), want, "sigmoidal of [2, 1], centers [2.75, 0.5, 4]", **STEP)
    assert np.array_equal(np.array(x), [2.0, 1.0]), "sigmoidal: changes x, want it unchanged"
    assert np.array_equal(np.array(centers), [2.75, 0.5, 4.0]), "sigmoidal: changes the centers, want them unchanged"
    got = student.linear.sigmoidal(np.array([2, 1]), centers, 2)
    same(got, want, "sigmoidal of integers, centers [2.75, 0.5, 4]", **STEP)
    got = student.linear.sigmoidal(np.array([0.25, 1.5]), np.array([0, 3]), 2)
    same(got, steps(np.array([0.25, 1.5]), [0, 3], 2), "sigmoidal with integers for centers", **STEP)
    centers.fill(1.5)
    want = steps(np.array([2.0, 1.0]), [1.5, 1.5, 1.5], 2)
    same(student.linear.sigmoidal(x, centers, 2), want, "sigmoidal, the centers now all 1.5", **STEP)
    x.fill(-0.5)
    want = steps(np.array([-0.5, -0.5]), [1.5, 1.5, 1.5], 2)
    same(student.linear.sigmoidal(x, centers, 2), want, "sigmoidal, x now [-0.5, -0.5]", **STEP)


# From examples to weights


def well_conditioned(rng, n, m):
    """A random matrix whose singular values lie between 1/2 and 2."""
    k = min(n, m)
    left, _ = np.linalg.qr(rng.normal(size=(n, k)))
    right, _ = np.linalg.qr(rng.normal(size=(m, k)))
    return left * rng.uniform(0.5, 2.0, size=k) @ right.T


@worth(2.5, "least_squares", "the formulas of section 3.1 have a direct translation into numpy; check the shapes")
def test_least_squares_of_random_examples(student, rng):
    first, second, t1, t2 = *(well_conditioned(rng, 6, 2) for _ in range(2)), *rng.normal(size=(2, 6))
    more = [(well_conditioned(rng, n, m), rng.normal(size=n)) for n, m in [(10, 4), (5, 5)]]
    for phi, t in [(first, t1), (first, t2), (second, t2), *more]:  # a call owes nothing to the one before it
        q, r = np.linalg.qr(phi)
        same(student.linear.least_squares(phi, t), np.linalg.solve(r, q.T @ t), f"least_squares, Phi {phi.shape}")


@worth(1, "least_squares", "one weight, one example, integers, columns of any size: the formulas do not mind")
def test_least_squares_small_sizes_integers_and_scales(student):
    least_squares = student.linear.least_squares
    phi, t = np.array([[1, 0], [1, 1], [1, 2]]), np.array([1, 2, 6])
    same(least_squares(phi, t), [0.5, 2.5], "least_squares of integers")
    same(least_squares(np.array([[1.0], [2.0], [2.0]]), np.array([3.0, 0.0, 3.0])), [1], "least_squares, Phi (3, 1)")
    same(least_squares(np.array([[4.0]]), np.array([2.0])), [0.5], "least_squares, Phi (1, 1)")
    for scale in (2.0**-60, 2.0**60):
        got = least_squares(phi * scale, t.astype(float))
        same(got * scale, [0.5, 2.5], f"least_squares, Phi times {scale:.0e}: the weights times {scale:.0e}")
        got = least_squares(np.array([[1.0], [2.0], [2.0]]) * scale, np.array([3.0, 0.0, 3.0]))
        same(got * scale, [1], f"least_squares, Phi (3, 1) times {scale:.0e}: the weight times {scale:.0e}")


@worth(1.5, "least_squares", "fewer examples than weights: of all w that fit, which is the shortest?")
def test_least_squares_with_fewer_examples_than_weights(student, rng):
    same(student.linear.least_squares(np.array([[1.0, 2.0, 2.0]]), np.array([18.0])), [2, 4, 4], "least_squares, 1 row")
    phi, t = well_conditioned(rng, 3, 6), rng.normal(size=3)
    q, r = np.linalg.qr(phi.T)  # Phi = r^T q^T
    same(student.linear.least_squares(phi, t), q @ np.linalg.solve(r.T, t), "least_squares, Phi (3, 6)")


@worth(1.5, "least_squares", "a matrix that cannot be inverted still has a pseudo-inverse")
def test_least_squares_of_columns_that_depend_on_each_other(student):
    phi = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, 1.0, 1.0]])  # c = a + b
    got = student.linear.least_squares(phi, np.array([2.0, 4.0, 5.0, 7.0]))
    same(got, [0, 3, 3], "least_squares, third column the sum of the first two")
    phi = np.array([[2.0, 5.0, 7.0], [3.0, -4.0, -1.0], [-5.0, -1.0, -6.0]])  # c = a + b, and LU does not see it
    got = student.linear.least_squares(phi, np.array([34.0, -7.0, -24.0]))  # [1, 1, 1] of it is left over
    same(got, [1, 2, 3], "least_squares, Phi (3, 3), third column the sum of the first two")
    zero = np.array([[1.0, 0.0], [2.0, 0.0]])
    same(student.linear.least_squares(zero, np.array([2.0, 4.0])), [2, 0], "least_squares, second column all zeros")
    got = student.linear.least_squares(zero * 0.0, np.array([2.0, 4.0]))
    same(got, [0, 0], "least_squares, both columns all zeros")


@worth(1.5, "least_squares", "what becomes of 1 + 1e-18 in float64? Then what becomes of Phi^T Phi?")
def test_least_squares_of_nearly_equal_columns(student):
    for small, places in [(1e-9, 4), (1e-11, 2)]:  # the condition number, 1.4 / small, costs 9 digits of 16, or 11
        phi = np.array([[1.0, 1.0], [small, 0.0], [0.0, small]])
        got = student.linear.least_squares(phi, np.array([2.0, 3 * small, -small]))
        same(got, [3, -1], f"least_squares, columns that are equal but for {small}", rtol=0.0, atol=10.0**-places)
    powers = np.vander(np.linspace(0.0, 1.0, 20), 10, increasing=True) * 4096.0  # condition number 8e6
    got = student.linear.least_squares(powers, powers.sum(axis=1))
    same(got, np.ones(10), "least_squares, powers 0 to 9 of 20 inputs from 0 to 1, times 4096", rtol=1e-5)


@worth(0.5, "least_squares", "write into nothing that was given, and answer for what it holds now")
def test_least_squares_changes_nothing(student, held):
    arrays = np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]]), np.array([1.0, 2.0, 6.0])
    phi, t = (held(array) for array in arrays)
    same(student.linear.least_squares(phi, t), [3, -0.5], "least_squares")
    for name, kept, array in [("phi", phi, arrays[0]), ("t", t, arrays[1])]:
        assert np.array_equal(np.array(kept), array), f"least_squares: changes {name}, want it unchanged"
    phi.sort(0)  # of the second column: -1, 0, 1
    same(student.linear.least_squares(phi, t), [3, 2.5], "least_squares, the columns of Phi now sorted")
    t.fill(2.0)
    same(student.linear.least_squares(phi, t), [2, 0], "least_squares, t now [2, 2, 2]")


def line(x):
    return np.stack([np.ones(len(x)), x], axis=1)


@worth(1.5, "LinearModel", "first the sum over all the basis functions, then f, once")
def test_predict_of_random_model(student, rng):
    frequencies, x, w = rng.normal(size=3), rng.normal(size=5), rng.normal(size=3)
    for name, f in [("identity", lambda a: a), ("logistic", sigmoid), ("1 - a**3", lambda a: 1.0 - np.asarray(a) ** 3)]:
        model = student.linear.LinearModel(lambda x: np.sin(np.outer(x, frequencies) + 1.0), f)
        model.w = w
        want = f(np.sum(w * np.sin(np.outer(x, frequencies) + 1.0), axis=1))
        same(model.predict(x), want, f"predict, f {name}")


@worth(1, "LinearModel", "the bias needs no care of its own: it is the weight of a column of ones")
def test_predict_takes_each_column_once(student):
    model = student.linear.LinearModel(lambda x: np.eye(3)[np.asarray(x, dtype=int)])
    model.w = np.array([100.0, 10.0, 1.0])
    same(model.predict(np.array([2.0, 1.0, 0.0])), [1, 10, 100], "predict, rows of Phi with a single 1, w [100, 10, 1]")


@worth(1, "LinearModel", "x is for the basis alone: it may have any shape that the basis takes")
def test_predict_of_inputs_with_two_coordinates(student):
    seen = []

    def plane(x):
        seen.append(np.array(x))
        return np.stack([np.ones(len(x)), x[:, 0], x[:, 1]], axis=1)

    model = student.linear.LinearModel(plane)
    model.w = np.array([1.0, 2.0, -3.0])
    x = np.array([[1.0, 0.0], [0.0, 1.0], [5.0, 2.0], [0.5, 0.5]])
    same(model.predict(x), [3, -2, 5, 0.5], "predict, inputs (4, 2), w [1, 2, -3]")
    assert np.array_equal(seen[0], x), f"predict: the basis got {seen[0].tolist()}, want x as it is"


@worth(0.75, "LinearModel", "predict looks at the weights of this model as they are now, and at x as it is now")
def test_predict_again(student, held):
    model = student.linear.LinearModel(line, np.negative)
    other = student.linear.LinearModel(lambda x: np.stack([np.asarray(x) ** 2, np.ones(len(x))], axis=1), np.negative)
    other.w = np.array([0.0, -1.0])
    kept = held(np.array([1.0, 2.0]))
    for w, x, want in [
        ([1.0, 2.0], [3.0, 4.0], [-7, -9]),
        ([1.0, 2.0], [4.0, 6.0], [-9, -13]),
        ([1.0, 2.0], [0.0], [-1]),
        ([0.0, -1.0], [3.0, 4.0], [3, 4]),
    ]:
        model.w = np.array(w)
        same(model.predict(np.array(x)), want, f"predict of {x}, w {w}, f(a) = -a")
        same(model.w, w, "the weights after predict")
    same(other.predict(np.array([3.0, 4.0])), [1, 1], "predict of another model, with another basis and the same w")
    same(model.predict(kept), [1, 2], "predict of x = [1, 2], w [0, -1], f(a) = -a")
    assert np.array_equal(np.array(kept), [1.0, 2.0]), "predict: changes x, want it unchanged"
    kept.fill(7.0)
    same(model.predict(kept), [7, 7], "predict of the same x, now [7, 7], w [0, -1], f(a) = -a")


@worth(0.75, "LinearModel", "one input, or none, or one weight: numbers like any others")
def test_predict_sizes_zero_and_one(student):
    model = student.linear.LinearModel(line)
    model.w = np.array([1.0, 2.0])
    same(model.predict(np.array([3.0])), [7], "predict of one input")
    same(model.predict(np.array([])), np.zeros(0), "predict of no input")
    single = student.linear.LinearModel(lambda x: np.stack([np.asarray(x) ** 2], axis=1), np.negative)
    single.w = np.array([3.0])
    same(single.predict(np.array([1.0, 2.0, 0.5])), [-3, -12, -0.75], "predict with one basis function, x**2")
    same(single.predict(np.array([2.0])), [-12], "predict of one input with one basis function, x**2")


def overlapping(rng, n):
    """(Phi, t): a bias and two numbers; which class is a matter of chance, so no cut separates them."""
    phi = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    t = (rng.random(n) < sigmoid(phi @ [0.3, 0.8, -0.5])).astype(float)
    t[:2], phi[1] = [0.0, 1.0], phi[0]  # one input in both classes: always a maximum
    return phi, t


@worth(2, "irls_step", "write out shapes and signs of each factor; R belongs to the old weights")
def test_irls_step_from_random_weights(student, reference, monkeypatch, rng):
    lend(student, monkeypatch, "logistic", "least_squares")
    (first, t1), (second, t2), (larger, t3) = [overlapping(rng, n) for n in (20, 20, 35)]
    w1, w2 = rng.normal(scale=0.5, size=(2, 3))
    for phi, t, w in [(first, t1, w1), (first, t2, w1), (first, t2, w2), (second, t2, w2), (larger, t3, w1)]:
        want = reference.linear.irls_step(phi, t, w)
        same(student.linear.irls_step(phi, t, w), want, f"irls_step, Phi {phi.shape}")


@worth(1.5, "irls_step", "a few of these steps, each from where the last one led, arrive at the maximum")
def test_irls_steps_arrive_at_the_maximum(student, monkeypatch, rng):
    lend(student, monkeypatch, "logistic", "least_squares")
    phi, t = overlapping(rng, 60)
    w, irls_step = np.zeros(3), student.linear.irls_step
    for _ in range(10):
        w = irls_step(phi, t, w)
        assert isinstance(w, np.ndarray), f"irls_step: got {w!r:.60}, want an array"
        assert w.shape == (3,), f"irls_step: got shape {w.shape}, want (3,)"
    same(phi.T @ (t - sigmoid(phi @ w)), np.zeros(3), "Phi^T (t - y), the gradient, after ten steps from 0")


@worth(0.5, "irls_step", "fit keeps the weights before a step beside those after it: return a new array, always")
def test_irls_step_lets_fit_arrive(student, monkeypatch, rng):
    lend(student, monkeypatch, "logistic", "least_squares")
    phi, t = overlapping(rng, 40)
    w = student.linear.LinearModel(lambda x: phi, sigmoid).fit(np.arange(40.0), t).w
    assert np.shape(w) == (3,), f"LinearModel.fit: got weights of shape {np.shape(w)}, want (3,)"
    same(phi.T @ (t - sigmoid(phi @ w)), np.zeros(3), "Phi^T (t - y), the gradient, after LinearModel.fit")


@worth(1, "irls_step", "inputs in other units: where Phi is a million times smaller, steps are as much larger")
def test_irls_step_in_other_units(student, reference, monkeypatch, rng):
    lend(student, monkeypatch, "logistic", "least_squares")
    (phi, t), w = overlapping(rng, 20), rng.normal(scale=0.5, size=3)
    want = reference.linear.irls_step(phi, t, w)
    for scale in (2.0**-20, 2.0**20):
        got = student.linear.irls_step(phi * scale, t, w / scale)
        same(got * scale, want, f"irls_step, Phi times {scale:.0e}: the weights times {scale:.0e}")


@worth(1.5, "irls_step", "an example in the steep part of the sigmoid counts for more than one in its flat part")
def test_irls_step_weighs_examples(student, monkeypatch):
    lend(student, monkeypatch, "logistic", "least_squares")
    phi, t = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 0.0, 1.0])
    y, slope = np.array([0.25, 0.5, 0.75]), np.array([3.0, 4.0, 3.0]) / 16.0
    gradient, curvature = (
        [1 - y[0] - y[1] + 1 - y[2], -y[1] + 2 * (1 - y[2])],
        slope @ [[1, 0, 0], [1, 1, 1], [1, 2, 4]],
    )
    a, b, c = curvature
    move = np.array([c * gradient[0] - b * gradient[1], a * gradient[1] - b * gradient[0]]) / (a * c - b * b)
    w = np.array([-LN3, LN3])
    same(student.linear.irls_step(phi, t, w), w + move, "irls_step from [-ln 3, ln 3]")
    # A step may be too long. It is the step all the same.
    y = sigmoid(3.0)
    got = student.linear.irls_step(np.ones((2, 1)), np.array([1.0, 0.0]), np.array([3.0]))
    same(got, [3 + (1 - 2 * y) / (2 * y * (1 - y))], "irls_step, bias alone, t [1, 0], from w = 3")


@worth(1.5, "irls_step", "an example that the model is sure of has R = 0: nothing may be divided by that")
def test_irls_step_with_an_example_beyond_doubt(student, reference, monkeypatch):
    lend(student, monkeypatch, "logistic", "least_squares")
    phi = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1e5], [1.0, -1e5]])
    t = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    with silence("irls_step"):
        got = student.linear.irls_step(phi, t, np.array([LN3, 1.0]))
    # The last two are right to the last digit. Then each weight has examples of its own.
    same(got, [LN3 - 0.5 / 0.375, 1 + (1 - sigmoid(1.0)) / (sigmoid(1.0) * sigmoid(-1.0))], "irls_step")
    # Nearly sure is not sure: y is 2e-9 in the last one, and phi**2 makes up for it.
    phi, w = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, -1e5]]), np.array([0.0, 2e-4])
    t = np.array([1.0, 0.0, 1.0, 0.0, 0.0])
    same(student.linear.irls_step(phi, t, w), reference.linear.irls_step(phi, t, w), "irls_step, one y of 2e-9")


@worth(0.5, "irls_step", "one weight, one example and integers are ordinary; and write into nothing that was given")
def test_irls_step_changes_nothing(student, monkeypatch, held):
    lend(student, monkeypatch, "logistic", "least_squares")
    arrays = [np.array([[1.0], [1.0], [1.0], [1.0], [1.0]]), np.array([1.0, 1.0, 0.0, 1.0, 1.0]), np.array([0.0])]
    kept = [held(array) for array in arrays]
    same(student.linear.irls_step(*kept), [1.2], "irls_step, bias alone, t [1, 1, 0, 1, 1], from w = 0")
    for name, array, now in zip(("phi", "t", "w"), arrays, kept, strict=True):
        assert np.array_equal(np.array(now), array), f"irls_step: changes {name}, want it unchanged"
    kept[2].fill(LN3)
    same(student.linear.irls_step(*kept), [LN3 + 0.25 / 0.9375], "irls_step, the same arrays, w now [ln 3]")
    got = student.linear.irls_step(np.array([[2.0]]), np.array([0.0]), np.array([0.0]))
    same(got, [-1], "irls_step of one example, Phi [[2]], t [0], from w = 0")
    phi, t, w = arrays
    got = student.linear.irls_step(phi.astype(int), t.astype(int), w)
    same(got, [1.2], "irls_step, Phi and t of integers, bias alone, t [1, 1, 0, 1, 1], from w = 0")


# The neuron of the 1940s


@worth(1.5, "ThresholdUnit", "reaching the threshold is enough, whatever its sign; nearly reaching it is not")
def test_unit_at_its_threshold(student):
    for w, theta, x in [
        ([1.0, -1.0], 0.0, [1.0, 1.0]),
        ([-2.0, 1.0], -1.0, [1.0, 1.0]),
        ([0.5, 0.25], 0.75, [1.0, 1.0]),
    ]:
        unit = student.linear.threshold_unit(w, theta)
        fired(unit(x), 1, f"unit of w {w}, theta {theta}: output for {x}")
        below = [x[0] - 1e-10 * np.sign(w[0]), x[1]]
        fired(unit(np.array([x, below])), [1, 0], f"unit of w {w}, theta {theta}: output for {x}, and for {below}")
        fired(unit(np.array([below])), [0], f"unit of w {w}, theta {theta}: a batch of one, {below}")
        fired(unit(np.array(below)), 0, f"unit of w {w}, theta {theta}: output for {below}")


@worth(1, "ThresholdUnit", "weights and thresholds may be less than zero, and each unit has its own, as they are now")
def test_unit_beside_another(student, held):
    unit, other = student.linear.threshold_unit([-1.0, -1.0], -1.5), student.linear.threshold_unit([1.0, -1.0], 0.5)
    x, backwards = held(CORNERS), held(CORNERS[::-1])
    got, beside = unit(x), other(x)
    fired(got, [1, 1, 1, 0], "unit of w [-1, -1], theta -1.5: all inputs")
    fired(beside, [0, 0, 1, 0], "unit of w [1, -1], theta 0.5: all inputs")
    fired(unit(backwards), [0, 1, 1, 1], "unit of w [-1, -1], theta -1.5: all inputs, from last to first")
    assert np.array_equal(np.array(x), CORNERS), "a unit changes its inputs, want them unchanged"
    unit.theta = -0.5
    fired(unit(x), [1, 0, 0, 0], "unit of w [-1, -1], theta set to -0.5: all inputs")
    unit.w = np.array([0.0, -1.0])
    fired(unit(x), [1, 0, 1, 0], "unit of w set to [0, -1], theta -0.5: all inputs")
    x.fill(1.0)
    fired(unit(x), [0, 0, 0, 0], "unit of w set to [0, -1], theta -0.5: the same x, now full of ones")


@worth(1.5, "ThresholdUnit", "work out w.x for one row by hand; a batch is many of them")
def test_unit_of_random_batches(student, rng):
    for n_in in (2, 3, 5, 8):
        w, x = rng.integers(-3, 4, size=n_in).astype(float), rng.integers(-2, 3, size=(8, n_in)).astype(float)
        w[0], x[0, 0], x[1] = rng.choice([-2.0, 2.0]), 1.0, x[0]
        x[1, 0] = -1.0  # so that not all the sums are equal
        sums = np.sum(x * w, axis=1)
        theta = float(rng.choice(sums[sums > sums.min()]))
        got = student.linear.threshold_unit(w, theta)(x)
        fired(got, np.where(sums >= theta, 1, 0), f"unit of w {w}, theta {theta}: a batch")


@worth(1, "ThresholdUnit", "one weight, one example, none at all: shapes like any others")
def test_unit_of_small_shapes(student):
    unit = student.linear.threshold_unit([2.0], 1.0)
    fired(unit([1.0]), 1, "unit of w [2], theta 1: output for [1]")
    fired(unit(np.array([[0.0], [0.5], [1.0]])), [0, 1, 1], "unit of w [2], theta 1: a batch")
    fired(unit(np.array([[0.0]])), [0], "unit of w [2], theta 1: a batch of one")
    fired(unit(np.zeros((0, 1))), np.zeros(0), "unit of w [2], theta 1: an empty batch")


def logic(student, name, sizes, rule):
    """Fails unless the unit of each number of inputs gives rule(number of ones, number of inputs) for all of them."""
    for n in sizes:
        what = f"{name}({n})"
        inputs = np.array(list(product([0.0, 1.0], repeat=n)))
        got, want = outputs(getattr(student.linear, name)(n), inputs, what), rule(inputs.sum(axis=1), n)
        first = np.argmax(got != want)  # 0 if there is none
        fired(got[first], want[first], f"{what} of {inputs[first].astype(int).tolist()}")


def each_its_own(student, name, sizes, inputs, want):
    """Fails unless a second unit is as good as the first, whatever has become of the first."""
    getattr(student.linear, name)(*sizes).w = np.zeros(inputs.shape[-1])
    what = f"{name}({', '.join(map(str, sizes))}), after the weights of an earlier one were set to 0"
    fired(outputs(getattr(student.linear, name)(*sizes), inputs, what), want, f"{what}: all inputs")


@worth(1.5, "logical_and", "the threshold depends on how many inputs there are")
def test_and_of_many(student):
    logic(student, "logical_and", (1, 2, 3, 6, 10), lambda ones, n: ones == n)
    each_its_own(student, "logical_and", [2], CORNERS, [0, 0, 0, 1])


@worth(1.5, "logical_or", "does the threshold depend on how many inputs there are?")
def test_or_of_many(student):
    logic(student, "logical_or", (1, 2, 3, 6, 10), lambda ones, n: ones > 0)
    each_its_own(student, "logical_or", [2], CORNERS, [0, 1, 1, 1])


@worth(1.25, "logical_not", "the input must speak against firing; without it the unit fires")
def test_not_by_its_weights(student):
    got = outputs(student.linear.logical_not(), np.array([[1.0], [0.0], [0.0], [1.0]]), "logical_not()")
    fired(got, [0, 1, 1, 0], "logical_not() of 1, 0, 0, 1")
    each_its_own(student, "logical_not", [], np.array([[1.0], [0.0]]), [0, 1])


@worth(1.25, "majority", "half of an odd number is not a whole number")
def test_majority_of_odd_numbers(student):
    logic(student, "majority", (1, 7, 9), lambda ones, n: 2 * ones > n)
    each_its_own(student, "majority", [1], np.array([[0.0], [1.0]]), [0, 1])


@worth(1, "majority", "exactly half is not more than half")
def test_majority_of_even_numbers(student, rng):
    logic(student, "majority", (2, 4, int(rng.choice([6, 8, 10]))), lambda ones, n: 2 * ones > n)


def from_grid(unit, weights, thresholds, inputs, want, what):
    """Fails unless the unit is one of the grid and gives want."""
    assert unit is not None, f"{what}: got None, want a unit"
    w, theta = weights_of(unit, what)
    fired(fires_for(w, theta, inputs, what), want, f"{what}: what the unit found gives")
    assert set(w.tolist()) <= set(weights), f"{what}, weights from {weights}: got {w.tolist()}"
    assert theta in thresholds, f"{what}, thresholds from {thresholds}: got {theta}"


@worth(2, "find_unit", "of the 16 functions of two inputs a single unit computes 14; which two are left?")
def test_find_unit_for_all_functions_of_two_inputs(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    find_unit = student.linear.find_unit
    for targets in product([0.0, 1.0], repeat=4):
        unit = find_unit(CORNERS.copy(), np.array(targets), *GRID)
        if targets in [(0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0)]:
            assert unit is None, f"find_unit of {targets}: got {unit!r:.60}, want None"
        else:
            from_grid(unit, *GRID, CORNERS, targets, f"find_unit of {targets}")


@worth(1, "find_unit", "there are as many weights as an input has coordinates, not always two")
def test_find_unit_for_inputs_of_other_sizes(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    for n_in, rule, there_is_one in [
        (1, lambda x: x[:, 0] == 0, True),
        (3, lambda x: x[:, 0] + x[:, 1] - x[:, 2] > 0, True),
        (3, lambda x: x.sum(axis=1) % 2 == 1, False),
    ]:
        x = np.array(list(product([0.0, 1.0], repeat=n_in)))
        t = rule(x).astype(float)
        unit = student.linear.find_unit(x, t, *FINE)
        if there_is_one:
            from_grid(unit, *FINE, x, t, f"find_unit of {t.tolist()}")
        assert (unit is not None) == there_is_one, f"find_unit of {t.tolist()}: got {unit!r:.60}"


@worth(1, "find_unit", "try every weight and every threshold of the grid, and no others")
def test_find_unit_keeps_to_the_grid(student, monkeypatch, held):
    lend(student, monkeypatch, "fires")
    inputs, t = np.array([[3, 1], [1, 1], [1, 2]]), np.array([1, 0, 0])
    for x, thresholds, want in [
        (inputs.astype(float), [9.0, 11.0, 3.0], [4, -7]),
        (inputs[:, ::-1].astype(float), [9.0, 11.0, 3.0], [-7, 4]),
        (inputs, (9.0, 5.0, 11.0), [4, -7]),  # whose sum for the first input is 5
    ]:
        what = f"find_unit of {t.tolist()} for {x.tolist()}, weights from [-7, 4], thresholds from {thresholds}"
        kept = held(x), held(t)
        unit = student.linear.find_unit(*kept, [-7.0, 4.0], thresholds)
        from_grid(unit, [-7.0, 4.0], thresholds, x, t, what)
        same(weights_of(unit, what)[0], want, f"{what}: the only weights that will do")
        for name, array, now in zip(("x", "t"), (x, t), kept, strict=True):
            assert np.array_equal(np.array(now), array), f"find_unit: changes {name}, want it unchanged"
    unit = student.linear.find_unit(inputs, t, [-7.0, 4.0], [9.0, -4.0])  # what would do lies between the two
    assert unit is None, f"find_unit, thresholds from [9, -4]: got {unit!r:.60}, want None"


@worth(1, "two_layers", "each row of the batch is one input: along which axis do the units stand side by side?")
def test_two_layers_of_a_batch(student, monkeypatch, rng, held):
    lend(student, monkeypatch, "fires")
    unit = student.linear.threshold_unit
    hidden, output = [unit([1.0, 1.0, 1.0], 2.0), unit([0.0, 0.0, 1.0], 1.0)], unit([1.0, -1.0], 1.0)
    inputs = rng.integers(0, 2, size=(5, 3)).astype(float)
    inputs[:2] = [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]  # one that fires and one that does not
    other = hidden[::-1], unit([-1.0, 1.0], 1.0)  # as many units, in the other order
    for x, units in [(inputs, (hidden, output)), (inputs[::-1], (hidden, output)), (inputs, other)]:
        kept, want = held(x), (x.sum(axis=1) >= 2) & (x[:, 2] == 0)
        fired(student.linear.two_layers(*units, kept), want, f"two_layers: a batch, {x.astype(int).tolist()}")
        assert np.array_equal(np.array(kept), x), "two_layers: changes x, want it unchanged"


@worth(0.75, "two_layers", "as many hidden units as examples, one unit, one example, none: the axes stay what they are")
def test_two_layers_of_small_sizes(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    unit, two_layers = student.linear.threshold_unit, student.linear.two_layers
    hidden, output = (unit([1.0, 0.0], 1.0), unit([1.0, 0.0], 1.0)), unit([1.0, 1.0], 1.0)
    fired(two_layers(hidden, output, np.array([[1.0, 0.0], [0.0, 1.0]])), [1, 0], "two_layers, 2 of 2")
    fired(two_layers(hidden, output, np.array([[1.0, 0.0]])), [1], "two_layers, a batch of one")
    fired(two_layers(hidden, output, np.zeros((0, 2))), np.zeros(0), "two_layers, an empty batch")
    fired(two_layers(hidden[:1], unit([1.0], 1.0), np.array([1.0, 0.0])), 1, "two_layers, one unit")
    fired(two_layers(hidden[:1] * 2, unit([1.0, 1.0], 2.0), CORNERS), [0, 0, 1, 1], "two_layers, one unit twice")


@worth(0.75, "two_layers", "unit 0 gives input 0, unit 1 gives input 1, and so on")
def test_two_layers_keeps_the_order(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    unit = student.linear.threshold_unit
    hidden = [unit([1.0, 0.0], 1.0), unit([0.0, 1.0], 1.0), unit([-1.0, 1.0], 2.0)]
    output = unit([2.0, -1.0, 3.0], 2.0)
    x = np.array([[1.5, 0.75], [0.75, 1.5], [1.0, 1.0], [-3.0, 4.0], [-1.5, 0.5]])
    got = student.linear.two_layers(hidden, output, x)
    fired(got, [1, 0, 0, 1, 1], "two_layers, output weights [2, -1, 3], threshold 2: a batch of any numbers")


@worth(2, "xor_units", "each hidden unit sees both inputs; the output unit sees the hidden units and nothing else")
def test_xor_units_fit_together(student, monkeypatch):
    lend(student, monkeypatch, "logical_and", "logical_or", "logical_not", "majority")
    hidden, output = student.linear.xor_units()
    layer = np.stack([outputs(unit, CORNERS[::-1], "xor_units: a hidden unit") for unit in hidden], axis=-1)
    fired(outputs(output, layer, "xor_units: the output unit"), [0, 1, 1, 0], "XOR of [1, 1], [1, 0], [0, 1], [0, 0]")
    for unit in (*hidden, output):
        unit.w = 0.0 * weights_of(unit, "xor_units: a unit")[0]
    hidden, output = student.linear.xor_units()
    layer = np.stack([outputs(unit, CORNERS, "xor_units: a hidden unit") for unit in hidden], axis=-1)
    got = outputs(output, layer, "xor_units: the output unit")
    fired(got, [0, 1, 1, 0], "XOR by new xor_units, after the weights of earlier ones were set to 0: all inputs")


@worth(4, "xor_units", "what must the hidden units tell the output unit, so that it need only cut along one line?")
def test_xor(student, monkeypatch, rng):
    lend(student, monkeypatch, "logical_and", "logical_or", "logical_not", "majority", "fires", "two_layers")
    for x in CORNERS.tolist():
        fired(student.linear.xor(np.array(x)), float(x[0] != x[1]), f"xor({x})")
    x = rng.integers(0, 2, size=(9, 2)).astype(float)
    x[:2] = [[1.0, 1.0], [0.0, 1.0]]  # one of each
    want, what = x[:, 0] != x[:, 1], f"xor of the batch {x.astype(int).tolist()}"
    fired(student.linear.xor(x), want, what)
