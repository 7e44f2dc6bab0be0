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

RTOL = 1e-9  # float64 has 16 digits, and no test here loses more than a few of them

LN3 = np.log(3.0)  # where the logistic sigmoid is 3/4
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GRID = ([-1.0, 0.0, 1.0], [-1.5, -0.5, 0.5, 1.5])  # has a unit for each function of two inputs that has any
FINE = ([-2.0, -1.0, 0.0, 1.0, 2.0], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])


# What the tests are made of


def worth(points, exercise, hint):
    return pytest.mark.points(points, exercise=f"linear.{exercise}", hint=hint)


def same(got, want, what):
    """Fails unless got is float64 of want's shape and values. A number counts as a 0-d array."""
    want = np.asarray(want, dtype=np.float64)
    assert isinstance(got, np.ndarray | np.generic | float), f"{what}: got {got!r:.60}, want an array"
    got = np.asarray(got)
    assert got.shape == want.shape, f"{what}: got shape {got.shape}, want {want.shape}"
    assert got.dtype == want.dtype, f"{what}: got dtype {got.dtype}, want {want.dtype}"
    if not np.allclose(got, want, rtol=RTOL, atol=1e-12):
        pytest.fail(f"{what}: got {np.array2string(got)}, want {np.array2string(want)}")


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
    assert hasattr(unit, "w"), f"{what}: got {unit!r:.60}, want a unit; make it with threshold_unit(w, theta)"
    assert hasattr(unit, "theta"), f"{what}: got {unit!r:.60}, want a unit; make it with threshold_unit(w, theta)"
    return np.asarray(unit.w), unit.theta


def outputs(unit, inputs, what):
    """What a unit's weights and threshold give for a batch of inputs; the unit's own code has no part in it."""
    w, theta = weights_of(unit, what)
    assert w.shape == inputs.shape[-1:], f"{what}: got weights of shape {w.shape}, want {inputs.shape[-1:]}"
    return np.where(inputs @ w >= theta, 1.0, 0.0)


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
    unit = student.linear.threshold_unit
    right = {
        "logistic": sigmoid,
        "least_squares": solve,
        "fires": fire,
        "logical_and": lambda n: unit(np.ones(n), n),
        "logical_or": lambda n: unit(np.ones(n), 1),
        "logical_not": lambda: unit([-1.0], 0),
        "majority": lambda n: unit(np.ones(n), n // 2 + 1),
        "two_layers": lambda hidden, output, x: output(np.stack([each(x) for each in hidden], axis=-1)),
    }
    for name in names:
        owner = student.linear.ThresholdUnit if name == "fires" else student.linear
        if not is_right(student, name):
            monkeypatch.setattr(owner, name, right[name])


def is_right(student, name):
    try:
        with silence(name):
            PROBES[name](student.linear)
    except (Exception, pytest.fail.Exception):
        return False
    return True


def probe_logistic(linear):
    a = np.array([[-800.0, -40.0, -LN3], [0.0, LN3, 800.0]])
    same(linear.logistic(a), sigmoid(a), "logistic")
    same(np.log(linear.logistic(a[0, 1:])), np.log(sigmoid(a[0, 1:])), "logistic")


def probe_least_squares(linear):
    for phi, t in [([[2.0, 1.0], [1.0, 3.0]], [3.0, -1.0]), ([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]], [1.0, 3.0, 2.0])]:
        phi, t = np.array(phi), np.array(t)
        same(linear.least_squares(phi, t), solve(phi, t), "least_squares")


def probe_fires(linear):
    unit, x = linear.threshold_unit([1.0, -2.0], -1.0), np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    fired(unit.fires(x), [1, 1, 0], "fires")
    fired(unit.fires(x[2]), 0, "fires")


def probe_two_layers(linear):
    unit = linear.threshold_unit
    hidden, output = [unit([-1.0, 0.0], 0.0), unit([0.0, 1.0], 1.0)], unit([1.0, -1.0], 1.0)
    fired(linear.two_layers(hidden, output, CORNERS), [1, 0, 0, 0], "two_layers")
    fired(linear.two_layers(hidden, output, CORNERS[0]), 1, "two_layers")


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


@worth(1.5, "polynomial", "the degree is the highest power: how many columns does that make, and in which order?")
def test_polynomial_degrees(student):
    x = np.array([-2.0, 0.0, 0.5, 3.0])
    for degree in (0, 1, 2, 5):
        want = np.array([[value**power for power in range(degree + 1)] for value in x.tolist()])
        same(student.linear.polynomial(x, degree), want, f"polynomial({x.tolist()}, {degree})")


@worth(2, "polynomial", "each column is the one before it times x")
def test_polynomial_of_random_inputs(student, rng):
    for _ in range(5):
        x, degree = rng.uniform(-1.5, 1.5, size=rng.integers(2, 8)), int(rng.integers(1, 10))
        got = student.linear.polynomial(x, degree)
        same(got, np.vander(x, degree + 1, increasing=True), f"polynomial of degree {degree}")


@worth(1, "polynomial", "one input, or none, is a number of inputs like any other")
def test_polynomial_sizes_zero_and_one(student):
    same(student.linear.polynomial(np.array([3.0]), 2), [[1, 3, 9]], "polynomial([3], 2)")
    same(student.linear.polynomial(np.array([]), 2), np.zeros((0, 3)), "polynomial([], 2)")


@worth(1, "polynomial", "rely on shape and index, write into nothing that was given; integers are numbers too")
def test_polynomial_layout_and_integers(student, held):
    x = held(np.array([2.0, -1.0]))
    same(student.linear.polynomial(x, 2), [[1, 2, 4], [1, -1, 1]], "polynomial([2, -1], 2)")
    assert np.array_equal(np.array(x), [2.0, -1.0]), "polynomial: changes x, want it unchanged"
    same(student.linear.polynomial(np.arange(6.0)[::-2], 2), [[1, 5, 25], [1, 3, 9], [1, 1, 1]], "polynomial of a view")
    powers = [[10.0**power for power in range(16)], [20.0**power for power in range(16)]]
    same(student.linear.polynomial(np.array([10, 20]), 15), powers, "polynomial of the integers [10, 20], degree 15")


def bells(x, centers, width):
    columns = [np.ones(len(x)), *(np.exp(-((x - center) ** 2) / (2 * width**2)) for center in centers)]
    return np.stack(columns, axis=1)


def steps(x, centers, width):
    return np.stack([np.ones(len(x)), *(sigmoid((x - center) / width) for center in centers)], axis=1)


def random_centers(rng):
    """(inputs, centers, width); the centers in no order, their number different from that of the inputs."""
    n, m = (int(size) for size in rng.choice([2, 3, 4, 5, 6], size=2, replace=False))
    return rng.uniform(-3.0, 3.0, size=n), rng.uniform(-3.0, 3.0, size=m), float(rng.choice([0.4, 0.7, 1.5, 3.0]))


@worth(2, "gaussian", "work out one element by hand: what happens to the width?")
def test_gaussian_of_random_inputs(student, rng):
    for _ in range(5):
        x, centers, width = random_centers(rng)
        got = student.linear.gaussian(x, centers, width)
        same(got, bells(x, centers, width), f"gaussian of {len(x)} inputs, {len(centers)} centers, width {width}")


@worth(1, "gaussian", "which of the shapes is x, which is the centers? With as many of both you cannot see it")
def test_gaussian_as_many_inputs_as_centers(student):
    x, centers = np.array([0.0, 1.0, 4.0]), np.array([2.0, -1.0, 0.5])
    same(student.linear.gaussian(x, centers, 1.5), bells(x, centers, 1.5), "gaussian, three inputs and three centers")


@worth(1, "gaussian", "a bell looks the same to the left and to the right, is 1 in the middle, and fades to 0")
def test_gaussian_near_and_far(student):
    with silence("gaussian([-1000, 4, 5, 6, 10000], [5], 0.5)"):
        got = student.linear.gaussian(np.array([-1e3, 4.0, 5.0, 6.0, 1e4]), [5.0], 0.5)
    bell = [0, np.exp(-2.0), 1, np.exp(-2.0), 0]
    same(got, np.transpose([np.ones(5), bell]), "gaussian([-1000, 4, 5, 6, 10000], [5], 0.5)")


@worth(1.5, "gaussian", "no centers leave the bias alone; no inputs leave no rows; integers are numbers too")
def test_gaussian_sizes_and_integers(student, held):
    same(student.linear.gaussian(np.array([1.0, 2.0]), [], 1.0), [[1], [1]], "gaussian without centers")
    same(student.linear.gaussian(np.array([]), [1.0, 2.0], 1.0), np.zeros((0, 3)), "gaussian without inputs")
    x = held(np.array([1, 2]))
    got = student.linear.gaussian(x, np.array([0, 3]), 2)
    same(got, bells(np.array([1.0, 2.0]), [0, 3], 2), "gaussian of integers")
    assert np.array_equal(np.array(x), [1, 2]), "gaussian: changes x, want it unchanged"


@worth(2, "logistic", "1 minus something that is nearly 1 keeps no digits: is there a form without the minus?")
def test_logistic_keeps_the_digits_of_small_values(student):
    a = np.array([-700.0, -300.0, -40.0, -20.0, -5.0])
    got = student.linear.logistic(a)
    same(got, [0, 0, 0, np.exp(-20.0), 1 / (1 + np.exp(5.0))], f"logistic({a.tolist()})")
    same(got[:3] / np.exp(a[:3]), [1, 1, 1], "logistic([-700, -300, -40]) as multiples of exp(a)")


@worth(1.5, "logistic", "np.where chooses the right branch, but the wrong one was computed too")
def test_logistic_near_and_far_in_one_array(student):
    with silence("logistic([[-1e4, 0, 1e4], [720, -1, -720]])"):
        got = student.linear.logistic(np.array([[-1e4, 0.0, 1e4], [720.0, -1.0, -720.0]]))
    same(got, [[0, 0.5, 1], [1, 1 / (1 + np.e), 0]], "logistic([[-1e4, 0, 1e4], [720, -1, -720]])")


@worth(1, "logistic", "() and (0, 3) are shapes like any others, and integers are numbers")
def test_logistic_shapes(student):
    same(student.linear.logistic(np.array(LN3)), 0.75, "logistic of a 0-d array")
    same(student.linear.logistic(-LN3), 0.25, "logistic of a number")
    same(student.linear.logistic(np.zeros((0, 3))), np.zeros((0, 3)), "logistic of shape (0, 3)")
    same(student.linear.logistic(np.array([0, 1])), [0.5, np.e / (1 + np.e)], "logistic of integers")


@worth(1, "logistic", "what do logistic(a) and logistic(-a) add up to?")
def test_logistic_of_random_numbers(student, rng):
    a = rng.normal(scale=4.0, size=(4, 5))
    got, mirrored = student.linear.logistic(a), student.linear.logistic(-a)
    same(got + mirrored, np.ones((4, 5)), "logistic(a) + logistic(-a)")
    same(np.log(got / mirrored), a, "ln(logistic(a) / logistic(-a)), which is a")


@worth(1, "logistic", "write into nothing that was given")
def test_logistic_changes_nothing(student, held):
    a = held(np.array([-2.0, 3.0]))
    same(student.linear.logistic(a), sigmoid([-2.0, 3.0]), "logistic([-2, 3])")
    assert np.array_equal(np.array(a), [-2.0, 3.0]), "logistic: changes a, want it unchanged"


@worth(2, "sigmoidal", "which way does the step go, and how does the width come in?")
def test_sigmoidal_of_random_inputs(student, monkeypatch, rng):
    lend(student, monkeypatch, "logistic")
    for _ in range(4):
        x, centers, width = random_centers(rng)
        got = student.linear.sigmoidal(x, centers, width)
        same(got, steps(x, centers, width), f"sigmoidal of {len(x)} inputs, {len(centers)} centers, width {width}")


@worth(1.5, "sigmoidal", "a warning counts as a mistake, also when what it warns of is thrown away")
def test_sigmoidal_near_and_far(student, monkeypatch):
    lend(student, monkeypatch, "logistic")
    with silence("sigmoidal([-80, 0, 80], [0, 80], 0.01)"):
        got = student.linear.sigmoidal(np.array([-80.0, 0.0, 80.0]), [0.0, 80.0], 0.01)
    same(got, [[1, 0, 0], [1, 0.5, 0], [1, 1, 0.5]], "sigmoidal([-80, 0, 80], [0, 80], 0.01)")


@worth(1, "sigmoidal", "no centers leave the bias alone; no inputs leave no rows; integers are numbers too")
def test_sigmoidal_sizes_and_integers(student, monkeypatch):
    lend(student, monkeypatch, "logistic")
    same(student.linear.sigmoidal(np.array([1.0, 2.0]), [], 1.0), [[1], [1]], "sigmoidal without centers")
    same(student.linear.sigmoidal(np.array([]), [1.0, 2.0], 1.0), np.zeros((0, 3)), "sigmoidal without inputs")
    got = student.linear.sigmoidal(np.array([1, 2]), np.array([0, 3]), 2)
    same(got, steps(np.array([1.0, 2.0]), [0, 3], 2), "sigmoidal of integers")


# From examples to weights


@worth(2, "least_squares", "the formulas of section 3.1 have a direct translation into numpy; check the shapes")
def test_least_squares_of_random_examples(student, rng):
    for n, m in [(6, 2), (10, 4), (5, 5), (3, 1)]:
        phi, t = rng.normal(size=(n, m)), rng.normal(size=n)
        q, r = np.linalg.qr(phi)
        same(student.linear.least_squares(phi, t), np.linalg.solve(r, q.T @ t), f"least_squares, Phi {phi.shape}")


@worth(1, "least_squares", "what is left over has nothing in common with any column: their inner products are 0")
def test_least_squares_leaves_nothing_that_a_column_could_explain(student, rng):
    phi, t = rng.normal(size=(8, 3)), rng.normal(size=8)
    left_over = t - phi @ student.linear.least_squares(phi, t)
    same(phi.T @ left_over, np.zeros(3), "least_squares: Phi^T (t - Phi w)")


@worth(1.5, "least_squares", "fewer examples than weights: of all w that fit, which is the shortest?")
def test_least_squares_with_fewer_examples_than_weights(student, rng):
    same(student.linear.least_squares(np.array([[1.0, 2.0, 2.0]]), np.array([18.0])), [2, 4, 4], "least_squares, 1 row")
    phi, t = rng.normal(size=(3, 6)), rng.normal(size=3)
    q, r = np.linalg.qr(phi.T)  # Phi = r^T q^T
    same(student.linear.least_squares(phi, t), q @ np.linalg.solve(r.T, t), "least_squares, Phi (3, 6)")


@worth(1.5, "least_squares", "a matrix that cannot be inverted still has a pseudo-inverse")
def test_least_squares_of_columns_that_depend_on_each_other(student):
    phi = np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, 1.0, 1.0]])  # c = a + b
    got = student.linear.least_squares(phi, np.array([2.0, 4.0, 5.0, 7.0]))
    same(got, [0, 3, 3], "least_squares, third column the sum of the first two")
    zero = np.array([[1.0, 0.0], [2.0, 0.0]])
    same(student.linear.least_squares(zero, np.array([2.0, 4.0])), [2, 0], "least_squares, second column all zeros")


@worth(1.5, "least_squares", "what becomes of 1 + 1e-18 in float64? Then what becomes of Phi^T Phi?")
def test_least_squares_of_nearly_equal_columns(student):
    small = 1e-9
    phi = np.array([[1.0, 1.0], [small, 0.0], [0.0, small]])
    got = student.linear.least_squares(phi, np.array([2.0, 3 * small, -small]))
    what = "least_squares, columns that are equal but for 1e-9"
    assert isinstance(got, np.ndarray), f"{what}: got {got!r:.60}, want an array"
    assert got.shape == (2,), f"{what}: got shape {got.shape}, want (2,)"
    if not np.allclose(got, [3.0, -1.0], rtol=0.0, atol=1e-4):  # the condition number, 1.4e9, costs 9 digits of 16
        pytest.fail(f"{what}: got {got}, want [3, -1]")


@worth(1, "least_squares", "write into nothing that was given")
def test_least_squares_changes_nothing(student, held):
    arrays = np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 0.0]]), np.array([1.0, 2.0, 6.0])
    phi, t = (held(array) for array in arrays)
    same(student.linear.least_squares(phi, t), [3, -0.5], "least_squares")
    for name, kept, array in [("phi", phi, arrays[0]), ("t", t, arrays[1])]:
        assert np.array_equal(np.array(kept), array), f"least_squares: changes {name}, want it unchanged"


@worth(1.5, "LinearModel", "first the sum over all the basis functions, then f, once")
def test_predict_of_random_model(student, rng):
    phi, w = rng.normal(size=(5, 3)), rng.normal(size=3)
    for name, f in [("identity", lambda a: a), ("logistic", sigmoid), ("1 - a**3", lambda a: 1.0 - np.asarray(a) ** 3)]:
        model = student.linear.LinearModel(lambda x: phi, f)
        model.w = w
        same(model.predict(np.arange(5.0)), f(np.sum(w * phi, axis=1)), f"predict, f {name}")


@worth(1, "LinearModel", "the bias needs no care of its own: it is the weight of a column of ones")
def test_predict_takes_each_column_once(student):
    model = student.linear.LinearModel(lambda x: np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    model.w = np.array([100.0, 10.0, 1.0])
    same(model.predict(np.zeros(3)), [1, 10, 100], "predict, rows of Phi with a single 1, w [100, 10, 1]")


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


@worth(0.75, "LinearModel", "predict looks at the weights as they are now, and at x as it is now")
def test_predict_again(student):
    model = student.linear.LinearModel(lambda x: np.stack([np.ones(len(x)), x], axis=1), np.negative)
    for w, x, want in [
        ([1.0, 2.0], [3.0, 4.0], [-7, -9]),
        ([1.0, 2.0], [0.0], [-1]),
        ([0.0, -1.0], [3.0, 4.0], [3, 4]),
    ]:
        model.w = np.array(w)
        same(model.predict(np.array(x)), want, f"predict of {x}, w {w}, f(a) = -a")
        same(model.w, w, "the weights after predict")


@worth(0.75, "LinearModel", "one input, or none, is a number of inputs like any other")
def test_predict_sizes_zero_and_one(student):
    model = student.linear.LinearModel(lambda x: np.stack([np.ones(len(x)), x], axis=1))
    model.w = np.array([1.0, 2.0])
    same(model.predict(np.array([3.0])), [7], "predict of one input")
    same(model.predict(np.array([])), np.zeros(0), "predict of no input")


def overlapping(rng, n):
    """(Phi, t): a bias and two numbers; which class is a matter of chance, so no cut separates them."""
    phi = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    t = (rng.random(n) < sigmoid(phi @ [0.3, 0.8, -0.5])).astype(float)
    t[:2], phi[1] = [0.0, 1.0], phi[0]  # one input in both classes: always a maximum
    return phi, t


@worth(2, "irls_step", "write out shapes and signs of each factor; R belongs to the old weights")
def test_irls_step_from_random_weights(student, reference, monkeypatch, rng):
    lend(student, monkeypatch, "logistic", "least_squares")
    for n in (20, 35):
        phi, t = overlapping(rng, n)
        w = rng.normal(scale=0.5, size=3)
        same(student.linear.irls_step(phi, t, w), reference.linear.irls_step(phi, t, w), f"irls_step, Phi ({n}, 3)")


@worth(2.5, "irls_step", "a few of these steps, each from where the last one led, arrive at the maximum")
def test_irls_steps_arrive_at_the_maximum(student, monkeypatch, rng):
    lend(student, monkeypatch, "logistic", "least_squares")
    phi, t = overlapping(rng, 60)
    w = np.zeros(3)
    for _ in range(10):
        w = student.linear.irls_step(phi, t, w)
        assert isinstance(w, np.ndarray), f"irls_step: got {w!r:.60}, want an array"
        assert w.shape == (3,), f"irls_step: got shape {w.shape}, want (3,)"
    same(phi.T @ (t - sigmoid(phi @ w)), np.zeros(3), "Phi^T (t - y), the gradient, after ten steps from 0")


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


@worth(1.5, "irls_step", "an example that the model is sure of has R = 0: nothing may be divided by that")
def test_irls_step_with_an_example_beyond_doubt(student, monkeypatch):
    lend(student, monkeypatch, "logistic", "least_squares")
    phi = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 800.0], [1.0, -800.0]])
    t = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    with silence("irls_step"):
        got = student.linear.irls_step(phi, t, np.array([LN3, 1.0]))
    # The last two are right to the last digit. Then each weight has examples of its own.
    same(got, [LN3 - 0.5 / 0.375, 1 + (1 - sigmoid(1.0)) / (sigmoid(1.0) * sigmoid(-1.0))], "irls_step")


@worth(1, "irls_step", "the old weights may still be needed by whoever passed them: return new ones")
def test_irls_step_changes_nothing(student, monkeypatch, held):
    lend(student, monkeypatch, "logistic", "least_squares")
    arrays = [np.array([[1.0], [1.0], [1.0], [1.0]]), np.array([1.0, 1.0, 1.0, 0.0]), np.array([0.0])]
    kept = [held(array) for array in arrays]
    same(student.linear.irls_step(*kept), [1], "irls_step, bias alone, t [1, 1, 1, 0], from w = 0")
    for name, array, now in zip(("phi", "t", "w"), arrays, kept, strict=True):
        assert np.array_equal(np.array(now), array), f"irls_step: changes {name}, want it unchanged"


# The neuron of the 1940s


@worth(1.5, "ThresholdUnit", "reaching the threshold is enough, whatever its sign")
def test_unit_at_its_threshold(student):
    for w, theta, x in [
        ([1.0, -1.0], 0.0, [1.0, 1.0]),
        ([-2.0, 1.0], -1.0, [1.0, 1.0]),
        ([0.5, 0.25], 0.75, [1.0, 1.0]),
    ]:
        unit = student.linear.threshold_unit(w, theta)
        fired(unit(x), 1, f"unit of w {w}, theta {theta}: output for {x}")
        fired(unit(np.array([[0.0, 0.0], x])), [float(theta <= 0), 1], f"unit of w {w}, theta {theta}: a batch")


@worth(
    1, "ThresholdUnit", "weights and thresholds may be less than zero: does the comparison still say what it should?"
)
def test_unit_with_negative_weights(student):
    unit = student.linear.threshold_unit([-1.0, -1.0], -1.5)
    fired(unit(CORNERS), [1, 1, 1, 0], "unit of w [-1, -1], theta -1.5: all inputs")


@worth(1.5, "ThresholdUnit", "work out w.x for one row by hand; a batch is many of them")
def test_unit_of_random_batches(student, rng):
    for n_in in (2, 3, 5):
        w, theta = rng.integers(-3, 4, size=n_in).astype(float), float(rng.integers(-3, 4))
        x = rng.integers(-2, 3, size=(8, n_in)).astype(float)
        got = student.linear.threshold_unit(w, theta)(x)
        fired(got, np.where(np.sum(x * w, axis=1) >= theta, 1, 0), f"unit of w {w}, theta {theta}: a batch")


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
        got = outputs(getattr(student.linear, name)(n), inputs, what)
        for x, is_one in zip(inputs, got, strict=True):
            fired(is_one, float(rule(x.sum(), n)), f"{what} of {x.astype(int).tolist()}")


@worth(2, "logical_and", "the threshold depends on how many inputs there are")
def test_and_of_many(student):
    logic(student, "logical_and", (1, 2, 3, 5, 8), lambda ones, n: ones == n)


@worth(2, "logical_or", "does the threshold depend on how many inputs there are?")
def test_or_of_many(student):
    logic(student, "logical_or", (1, 2, 3, 5, 8), lambda ones, n: ones > 0)


@worth(1.25, "logical_not", "the input must speak against firing; without it the unit fires")
def test_not_by_its_weights(student):
    got = outputs(student.linear.logical_not(), np.array([[1.0], [0.0], [0.0], [1.0]]), "logical_not()")
    fired(got, [0, 1, 1, 0], "logical_not() of 1, 0, 0, 1")


@worth(1.25, "majority", "half of an odd number is not a whole number")
def test_majority_of_odd_numbers(student):
    logic(student, "majority", (1, 5, 7), lambda ones, n: 2 * ones > n)


@worth(1.5, "majority", "exactly half is not more than half")
def test_majority_of_even_numbers(student):
    logic(student, "majority", (2, 4, 6), lambda ones, n: 2 * ones > n)


@worth(2, "find_unit", "of the 16 functions of two inputs a single unit computes 14; which two are left?")
def test_find_unit_for_all_functions_of_two_inputs(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    for targets in product([0.0, 1.0], repeat=4):
        unit, want = student.linear.find_unit(CORNERS, np.array(targets), *GRID), np.array(targets)
        if targets in [(0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0)]:
            assert unit is None, f"find_unit of {targets}: got {unit!r:.60}, want None"
        else:
            assert unit is not None, f"find_unit of {targets}: got None, want a unit"
            fired(outputs(unit, CORNERS, f"the unit found for {targets}"), want, f"the unit found for {targets}")


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
        assert (unit is not None) == there_is_one, f"find_unit of {t.tolist()}: got {unit!r:.60}"
        if there_is_one:
            fired(outputs(unit, x, f"the unit found for {t.tolist()}"), t, f"the unit found for {t.tolist()}")


@worth(1, "find_unit", "try every weight and every threshold of the grid, and no others")
def test_find_unit_keeps_to_the_grid(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    x, t = np.array([[3.0, 1.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 0.0, 0.0])
    unit = student.linear.find_unit(x, t, [-7.0, 4.0], [9.0, 11.0, 3.0])
    assert unit is not None, "find_unit, weights from [-7, 4], thresholds from [9, 11, 3]: got None, want a unit"
    w, theta = weights_of(unit, "the unit found")
    same(w, [4, -7], "find_unit, weights from [-7, 4]: the only weights that will do")
    assert theta == 3.0, f"find_unit, thresholds from [9, 11, 3]: got threshold {theta}, want 3"
    unit = student.linear.find_unit(x, t, [-7.0, 4.0], [9.0, 11.0])
    assert unit is None, f"find_unit, thresholds from [9, 11]: got {unit!r:.60}, want None"


@worth(1, "two_layers", "each row of the batch is one input: along which axis do the units stand side by side?")
def test_two_layers_of_a_batch(student, monkeypatch, rng):
    lend(student, monkeypatch, "fires")
    unit = student.linear.threshold_unit
    x = rng.integers(0, 2, size=(5, 3)).astype(float)
    hidden, output = [unit([1.0, 1.0, 1.0], 2.0), unit([0.0, 0.0, 1.0], 1.0)], unit([1.0, -1.0], 1.0)
    want = (x.sum(axis=1) >= 2) & (x[:, 2] == 0)
    fired(student.linear.two_layers(hidden, output, x), want, f"two_layers: a batch, {x.astype(int).tolist()}")


@worth(0.75, "two_layers", "as many hidden units as examples: rows and columns must not be exchanged")
def test_two_layers_with_as_many_units_as_inputs(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    unit = student.linear.threshold_unit
    hidden, output = [unit([1.0, 0.0], 1.0), unit([1.0, 0.0], 1.0)], unit([1.0, 1.0], 1.0)
    fired(student.linear.two_layers(hidden, output, np.array([[1.0, 0.0], [0.0, 1.0]])), [1, 0], "two_layers, 2 of 2")
    fired(student.linear.two_layers(hidden[:1], unit([1.0], 1.0), np.array([1.0, 0.0])), 1, "two_layers, one unit")


@worth(0.75, "two_layers", "unit 0 gives input 0, unit 1 gives input 1, and so on")
def test_two_layers_keeps_the_order(student, monkeypatch):
    lend(student, monkeypatch, "fires")
    unit = student.linear.threshold_unit
    hidden = [unit([1.0, 0.0], 1.0), unit([0.0, 1.0], 1.0), unit([0.0, 0.0], 0.0)]
    output = unit([4.0, 2.0, 1.0], 5.0)
    got = student.linear.two_layers(hidden, output, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    fired(got, [1, 0, 1], "two_layers, output weights [4, 2, 1], threshold 5")


@worth(1, "xor_units", "each hidden unit sees both inputs; the output unit sees the hidden units and nothing else")
def test_xor_units_fit_together(student, monkeypatch):
    lend(student, monkeypatch, "logical_and", "logical_or", "logical_not", "majority")
    hidden, output = student.linear.xor_units()
    assert len(hidden) >= 2, f"xor_units: got {len(hidden)} hidden units, want at least 2"
    layer = np.stack([outputs(unit, CORNERS[::-1], "xor_units: a hidden unit") for unit in hidden], axis=-1)
    fired(outputs(output, layer, "xor_units: the output unit"), [0, 1, 1, 0], "XOR of [1, 1], [1, 0], [0, 1], [0, 0]")


@worth(2, "xor_units", "what must the hidden units tell the output unit, so that it need only cut along one line?")
def test_xor(student, monkeypatch, rng):
    lend(student, monkeypatch, "logical_and", "logical_or", "logical_not", "majority", "fires", "two_layers")
    for x in CORNERS:
        fired(student.linear.xor(x), float(x[0] != x[1]), f"xor({x.tolist()})")
    x = rng.integers(0, 2, size=(9, 2)).astype(float)
    fired(student.linear.xor(x), x[:, 0] != x[:, 1], f"xor of the batch {x.astype(int).tolist()}")
