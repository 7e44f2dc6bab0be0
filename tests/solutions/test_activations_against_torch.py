"""Every activation's value and gradients against PyTorch's and SciPy's, and far out against mpmath's 60 digits."""

import time
import warnings
import zlib

import mpmath
import numpy as np
import pytest

from tests import needs

special = needs.package("scipy.special")
torch = needs.package("torch")

TOLERANCE = 1e-10  # both sides compute in float64, each by its own formula
DIGITS = 1e-12  # what the docstrings promise where a value is tiny

F = torch.nn.functional
SHAPES = [(), (1,), (0,), (5,), (2, 3), (2, 0, 3), (2, 3, 4)]
PARAMS = {
    "leaky_relu": [{}, *({"negative_slope": slope} for slope in (0.2, 0.0, 1.5, -0.5))],
    "elu": [{}, {"alpha": 0.3}, {"alpha": 2.0}],
}
ELEMENTWISE = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softsign": F.softsign,
    # PyTorch's softplus gives up at 20 and takes a itself
    "softplus": lambda a: F.softplus(a, threshold=40.0),
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": F.gelu,
    "silu": F.silu,
}
ALONG_AN_AXIS = {"softmax": torch.softmax, "log_softmax": torch.log_softmax}
AXES = [((1,), 0), ((5,), -1), ((3, 1), -1), ((2, 3), 0), ((2, 3, 4), 1), ((2, 3, 4), -3), ((0, 3), 1), ((2, 0), 0)]
SLOPES = [((), ()), ((2, 3), ()), ((2, 3), (3,)), ((2, 3, 4), (3, 1)), ((3,), (2, 1)), ((4,), (4,)), ((0, 3), (3,))]


def same(got, want, tolerance=TOLERANCE):
    assert isinstance(got, np.ndarray)
    assert got.dtype == np.float64
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


def rng_of(*words):
    return np.random.default_rng(zlib.crc32(repr(words).encode()))


def away_from_zero(rng, shape):
    """Where no activation has its kink; there PyTorch and the lecture choose different slopes."""
    return np.asarray(rng.uniform(0.05, 6.0, size=shape) * rng.choice([-1.0, 1.0], size=shape))


def check(feedforward, rng, name, peer, arrays, params, peer_params):
    inputs = [feedforward.tensor.Tensor(array.copy()) for array in arrays]
    out = getattr(feedforward.functional, name)(*inputs, **params)
    grad = np.asarray(rng.normal(size=out.shape))
    out.backward(grad)

    peers = [torch.tensor(array, requires_grad=True) for array in arrays]
    want = peer(*peers, **peer_params)
    want.backward(torch.tensor(grad))

    same(out.data, want.detach().numpy())
    for ours, theirs, array in zip(inputs, peers, arrays, strict=True):
        same(ours.grad, theirs.grad.numpy())
        assert np.array_equal(ours.data, array)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(
    ("name", "params"), [(name, params) for name in ELEMENTWISE for params in PARAMS.get(name, [{}])], ids=str
)
def test_value_and_gradient_are_torchs(feedforward, name, params, shape):
    rng = rng_of(name, params, shape)
    check(feedforward, rng, name, ELEMENTWISE[name], [away_from_zero(rng, shape)], params, params)


@pytest.mark.parametrize(("shape", "axis"), AXES, ids=str)
@pytest.mark.parametrize("name", ALONG_AN_AXIS)
def test_value_and_gradient_along_an_axis_are_torchs(feedforward, name, shape, axis):
    rng = rng_of(name, shape, axis)
    arrays = [away_from_zero(rng, shape)]
    check(feedforward, rng, name, ALONG_AN_AXIS[name], arrays, {"axis": axis}, {"dim": axis})


@pytest.mark.parametrize("name", ALONG_AN_AXIS)
def test_axis_is_the_last_one_by_default(functional, Tensor, name):
    a = Tensor(np.random.default_rng(0).normal(size=(2, 3, 4)))
    operation = getattr(functional, name)
    assert np.array_equal(operation(a).data, operation(a, axis=2).data)
    assert not np.allclose(operation(a).data, operation(a, axis=1).data)


@pytest.mark.parametrize("name", ALONG_AN_AXIS)
@pytest.mark.parametrize(("shape", "axis"), [((2,), 1), ((2, 0), 1)], ids=str)
def test_no_axis_or_nothing_along_it_is_numpys_error(functional, name, shape, axis):
    with pytest.raises(ValueError, match=r"axis 1 is out of bounds|zero-size array"):
        getattr(functional, name)(np.zeros(shape), axis=axis)


@pytest.mark.parametrize(("shape", "slope_shape"), SLOPES, ids=str)
def test_prelu_is_torchs(feedforward, shape, slope_shape):
    rng = rng_of("prelu", shape, slope_shape)

    def peer(a, slope):
        return torch.clamp(a, min=0) + slope * torch.clamp(a, max=0)

    check(feedforward, rng, "prelu", peer, [away_from_zero(rng, shape), rng.normal(size=slope_shape)], {}, {})


def test_prelu_with_a_slope_for_each_channel_is_torchs_own(feedforward):
    rng = rng_of("prelu", "channels")
    a, slope = away_from_zero(rng, (2, 3, 4)), rng.normal(size=3)
    inputs = [feedforward.tensor.Tensor(a), feedforward.tensor.Tensor(slope)]
    feedforward.functional.prelu(inputs[0], inputs[1].reshape(3, 1)).sum().backward()
    peers = [torch.tensor(array, requires_grad=True) for array in (a, slope)]
    F.prelu(*peers).sum().backward()
    for ours, theirs in zip(inputs, peers, strict=True):
        same(ours.grad, theirs.grad.numpy())


def test_prelu_refuses_shapes_that_do_not_broadcast(functional):
    with pytest.raises(ValueError, match="broadcast"):
        functional.prelu(np.zeros((2, 3)), np.zeros(2))


def test_heaviside_is_numpys_with_no_gradient(functional, Tensor):
    a = Tensor([[-2.0, -1e-300, -0.0], [0.0, 1e-300, 3.0]])
    out = functional.heaviside(a)
    out.backward(np.full((2, 3), 5.0))
    same(out.data, np.heaviside(a.data, 1.0), 0.0)
    assert np.array_equal(a.grad, np.zeros((2, 3)))


def test_heaviside_of_nan_is_nan(functional):
    assert np.isnan(functional.heaviside(np.nan).data)


def test_slope_of_softsign_is_silent_as_far_as_float64_goes(functional, Tensor):
    a = Tensor([-1e300, -1e150, 1e150, 1e300])
    functional.softsign(a).backward(np.ones(4))
    np.testing.assert_allclose(a.grad, [0.0, 1e-300, 1e-300, 0.0], rtol=DIGITS)


@pytest.mark.parametrize(
    ("name", "peer"),
    [
        ("sigmoid", special.expit),
        ("softmax", lambda a: special.softmax(a, axis=-1)),
        ("log_softmax", lambda a: special.log_softmax(a, axis=-1)),
        ("gelu", lambda a: a * special.ndtr(a)),
        ("softplus", lambda a: np.logaddexp(0.0, a)),
    ],
)
def test_value_is_scipys_or_numpys_far_out_too(functional, name, peer):
    a = rng_of(name).normal(scale=300.0, size=(50, 7))
    same(getattr(functional, name)(a).data, peer(a))


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_error_function_is_scipys_for_every_shape(functional, name):
    ours, peer = getattr(functional, name), getattr(special, name)
    for shape in [*SHAPES, (40, 50)]:
        x = np.asarray(rng_of(name, shape).normal(scale=4.0, size=shape))
        np.testing.assert_allclose(ours(x), peer(x), rtol=2e-14, atol=0)  # in the tail SciPy is the one that strays
        assert ours(x).shape == shape
    assert ours(np.arange(6).reshape(2, 3).T).shape == (3, 2)
    assert ours(1).dtype == np.float64
    assert np.array_equal(ours([-np.inf, np.inf]), peer([-np.inf, np.inf]))


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_error_function_is_right_to_a_few_units_in_the_last_place(functional, name):
    x = np.concatenate([-np.geomspace(1e-300, 26.0, 60), [0.0], np.geomspace(1e-300, 26.0, 60)])
    with mpmath.workdps(60):
        want = np.array([float(getattr(mpmath, name)(mpmath.mpf(number))) for number in x])
    assert (np.abs(getattr(functional, name)(x) - want) <= 4 * np.spacing(np.abs(want))).all()


def test_error_function_of_a_hundred_thousand_numbers_takes_a_fraction_of_a_second(functional):
    x = np.linspace(-6.0, 6.0, 100_000)
    start = time.process_time()
    functional.erf(x)
    functional.erfc(x)
    assert time.process_time() - start < 0.5


# Far out, against closed forms in 60 digits


def sigma(x):
    return 1 / (1 + mpmath.exp(-x))


EXACT = {
    "sigmoid": (sigma, lambda x: sigma(x) * sigma(-x)),
    "tanh": (mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), sigma),
    "elu": (lambda x: x if x >= 0 else mpmath.expm1(x), lambda x: 1 if x >= 0 else mpmath.exp(x)),
    "gelu": (lambda x: x * mpmath.ncdf(x), lambda x: mpmath.ncdf(x) + x * mpmath.npdf(x)),
    "silu": (lambda x: x * sigma(x), lambda x: sigma(x) * (1 + x * sigma(-x))),
}
# Not near -0.75 and -1.28, where the slopes of gelu and silu pass through 0 as a difference.
SIZES = [1e-300, 1e-10, 1e-3, 0.3, 1.0, 5.0, 20.0, 36.7, 40.0, 300.5, 700.0, 1e3, 1e4]
LEAST = 1e-300  # smaller numbers have fewer digits than twelve, or none


@pytest.mark.parametrize("name", EXACT)
def test_value_and_slope_have_twelve_digits_and_no_warning_up_to_ten_thousand(functional, Tensor, name):
    x = np.array([sign * size for size in SIZES for sign in (-1, 1)])
    with mpmath.workdps(60):
        want, slope = (np.array([float(f(mpmath.mpf(number))) for number in x]) for f in EXACT[name])
    a = Tensor(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = getattr(functional, name)(a)
        out.backward(np.ones(x.shape))
    np.testing.assert_allclose(out.data, want, rtol=DIGITS, atol=LEAST)
    np.testing.assert_allclose(a.grad, slope, rtol=DIGITS, atol=LEAST)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "heaviside"])
def test_pieces_of_straight_lines_are_exact_up_to_ten_thousand(functional, Tensor, name):
    x = np.array([-1e4, -1e-300, 1e-300, 1e4])
    left = {"relu": 0.0, "leaky_relu": 0.01, "heaviside": 0.0}[name]
    a = Tensor(x)
    out = getattr(functional, name)(a)
    out.backward(np.ones(4))
    right = 0.0 if name == "heaviside" else 1.0
    assert np.array_equal(out.data, [0, 0, 1, 1] if name == "heaviside" else np.where(x > 0, x, left * x))
    assert np.array_equal(a.grad, [left, left, right, right])


LOGITS = [
    [0.0, -40.0],
    [0.0, -700.0, 1.0],
    [1e4, -1e4, 0.0],
    [1e4, 1e4, 1e4],
    [-1e4, -1e4 + 1, -1e4],
    [3.0],
    [0.0, -36.0, -37.0, -40.0, -50.0],
    [5.0, 5.0, -30.0],
]


@pytest.mark.parametrize("logits", LOGITS, ids=str)
def test_softmax_and_its_logarithm_have_twelve_digits(functional, Tensor, logits):
    with mpmath.workdps(60), warnings.catch_warnings():
        warnings.simplefilter("error")
        top = mpmath.mpf(max(logits))
        rest = sorted(mpmath.exp(mpmath.mpf(logit) - top) for logit in logits)[:-1]
        log_sum = mpmath.log1p(mpmath.fsum(rest))
        log_want = [mpmath.mpf(logit) - top - log_sum for logit in logits]
        want = np.array([float(mpmath.exp(value)) for value in log_want])
        np.testing.assert_allclose(functional.softmax(logits).data, want, rtol=DIGITS, atol=LEAST)
        # The logarithm too, also of the largest: PyTorch and SciPy give 0 for the first of [0, -40]
        log_want = np.array([float(value) for value in log_want])
        np.testing.assert_allclose(functional.log_softmax(logits).data, log_want, rtol=DIGITS, atol=LEAST)
        for name, slope in [("softmax", want * (1.0 - want)), ("log_softmax", 1.0 - want)]:
            a = Tensor(logits)
            getattr(functional, name)(a)[0].backward()
            np.testing.assert_allclose(a.grad[0], slope[0], rtol=DIGITS, atol=DIGITS)


def test_log_softmax_of_two_is_minus_softplus_of_their_difference(functional):
    x = np.concatenate([-np.geomspace(1e-3, 700.0, 30), np.geomspace(1e-3, 700.0, 30)])
    pairs = np.stack([np.zeros_like(x), x], axis=1)
    np.testing.assert_allclose(functional.log_softmax(pairs).data[:, 0], -functional.softplus(x).data, rtol=DIGITS)


# Kinks


@pytest.mark.parametrize(
    ("name", "arrays", "params", "low", "high"),
    [
        ("relu", [[0.0, -0.0]], {}, 0.0, 1.0),
        ("leaky_relu", [[0.0, -0.0]], {"negative_slope": 0.3}, 0.3, 1.0),
        ("leaky_relu", [[0.0, -0.0]], {"negative_slope": 2.0}, 1.0, 2.0),
        ("prelu", [[0.0, -0.0], 0.3], {}, 0.3, 1.0),
        ("elu", [[0.0, -0.0]], {"alpha": 0.5}, 0.5, 1.0),
        ("elu", [[0.0, -0.0]], {"alpha": 2.0}, 1.0, 2.0),
    ],
    ids=str,
)
def test_slope_at_a_kink_lies_between_both_sides(functional, Tensor, name, arrays, params, low, high):
    inputs = [Tensor(array) for array in arrays]
    out = getattr(functional, name)(*inputs, **params)
    out.backward(np.ones(2))
    assert np.array_equal(out.data, [0.0, 0.0])
    assert (low <= inputs[0].grad).all()
    assert (inputs[0].grad <= high).all()
    if name == "prelu":
        assert inputs[1].grad == 0.0


def test_relu_takes_the_lectures_slope_at_zero(functional, Tensor):
    a = Tensor(0.0)
    functional.relu(a).backward()
    assert a.grad == 1.0


@pytest.mark.parametrize(("name", "left"), [("sigmoid", 9e-14), ("tanh", 0.016), ("relu", 1.0)])
def test_gradient_through_twenty_in_a_row_is_what_the_handout_says(functional, Tensor, name, left):
    a = Tensor(1.0)
    out = a
    for _ in range(20):
        out = getattr(functional, name)(out)
    out.backward()
    assert a.grad == pytest.approx(left, rel=0.05)
