"""Right gradients pass, with a margin, also where differences are hard: kinks, edges, steep and flat places."""

import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import autograder.checks.gradients
from autograder.checks.gradients import GradcheckError, GradcheckReport, GradcheckUndecided, gradcheck


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)


class Ctx:
    pass


def operation(forward, backward):
    """An operation by its value and its list of gradients, both functions of arrays."""

    class Operation:
        @staticmethod
        def forward(ctx, *tensors, **params):
            ctx.arrays, ctx.params = [t.data for t in tensors], params
            return Tensor(forward(*ctx.arrays, **params))

        @staticmethod
        def backward(ctx, grad_in):
            return backward(grad_in, *ctx.arrays, **ctx.params)

    return Operation


def check(op, *inputs, **options):
    return gradcheck(op, *inputs, tensor=Tensor, context=Ctx, name="op", **options)


def one_hot_of_max(a, axis):
    """The first of the largest along the axis."""
    chosen = np.zeros(a.shape)
    np.put_along_axis(chosen, a.argmax(axis=axis, keepdims=True), 1.0, axis=axis)
    return chosen


def even_share_of_max(a, axis):
    ties = (a == a.max(axis=axis, keepdims=True)).astype(float)
    return ties / ties.sum(axis=axis, keepdims=True)


def softmax(a):
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(g, a):
    y = softmax(a)
    return [y * (g - (g * y).sum(axis=-1, keepdims=True))]


def matmul_backward(g, a, b):
    return [g @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ g]


def pow_backward(g, a, b):
    safe = np.where(a > 0, a, 1.0)
    return [g * b * a ** (b - 1), g * np.where(a > 0, a**b * np.log(safe), 0.0)]


def max_backward(g, a, axis, share=even_share_of_max):
    return [share(a, axis) * np.expand_dims(g, axis)]


def norm_backward(g, a):
    n = np.sqrt((a * a).sum())
    return [g * a / n if n > 0 else np.zeros(a.shape)]


def getitem_backward(g, a):
    grad = np.zeros(a.shape)
    np.add.at(grad, [0, 0, 2], g)
    return [grad]


add = operation(lambda a, b: a + b, lambda g, a, b: (g, g))
mul = operation(lambda a, b: a * b, lambda g, a, b: [g * b, g * a])
div = operation(lambda a, b: a / b, lambda g, a, b: [g / b, -g * a / b**2])
exp = operation(np.exp, lambda g, a: [g * np.exp(a)])
log = operation(np.log, lambda g, a: [g / a])
sqrt = operation(np.sqrt, lambda g, a: [g / (2 * np.sqrt(a))])
power = operation(lambda a, b: a**b, pow_backward)
tanh = operation(np.tanh, lambda g, a: [g * (1 - np.tanh(a) ** 2)])
absolute = operation(np.abs, lambda g, a: [g * np.sign(a)])
relu = operation(lambda a: np.maximum(a, 0), lambda g, a: [g * (a > 0)])
mean = operation(np.mean, lambda g, a: [np.full(a.shape, g / a.size)])
norm = operation(lambda a: np.sqrt((a * a).sum()), norm_backward)
maximum = operation(lambda a, axis: a.max(axis=axis), max_backward)
soft = operation(softmax, softmax_backward)
matmul = operation(np.matmul, matmul_backward)
getitem = operation(lambda a: a[[0, 0, 2]], getitem_backward)

SMOOTH = {
    "add broadcast": (add, lambda r: [r.normal(size=(3, 4)), r.normal(size=4)]),
    "mul scalar": (mul, lambda r: [r.normal(size=(3, 4)), r.normal()]),
    "mul of numbers far apart": (mul, lambda r: [10.0 ** r.uniform(-6, 6, (3, 2)), r.normal(size=(3, 1))]),
    "div": (div, lambda r: [r.normal(size=(2, 3)), r.normal(size=(2, 1))]),
    "exp": (exp, lambda r: [100 * r.normal(size=5)]),
    "log near zero": (log, lambda r: [10.0 ** r.uniform(-12, 3, 6)]),
    "sqrt near zero": (sqrt, lambda r: [10.0 ** r.uniform(-12, 3, 6)]),
    "pow": (power, lambda r: [r.uniform(0.1, 3, (2, 3)), 3 * r.normal(size=3)]),
    "tanh": (tanh, lambda r: [r.normal(size=(2, 3))]),
    "mean": (mean, lambda r: [r.normal(size=(2, 3))]),
    "norm": (norm, lambda r: [r.normal(size=(2, 3))]),
    "max": (maximum, lambda r: [r.normal(size=(3, 4))]),
    "softmax": (soft, lambda r: [3 * r.normal(size=(2, 4))]),
    "matmul": (matmul, lambda r: [r.normal(size=(2, 3)), r.normal(size=(3, 2))]),
    "getitem": (getitem, lambda r: [r.normal(size=(3, 2))]),
}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["full", "fast"])
@pytest.mark.parametrize("case", SMOOTH)
def test_right_gradient_passes_ten_times_inside_tolerance_for_60_seeds(case, mode):
    op, inputs = SMOOTH[case]
    params = {"axis": 1} if case == "max" else None
    for seed in range(60):
        rng = np.random.default_rng(seed)
        report = check(op, *inputs(rng), params=params, mode=mode, rng=rng)
        assert report.worst < 0.1, f"seed {seed}"


@pytest.mark.parametrize("x", [np.linspace(-40, 40, 9), [19.0], [30.0], [-800.0, 800.0]], ids=str)
def test_saturated_function_passes(x):
    for seed in range(10):
        check(tanh, x, rng=np.random.default_rng(seed))
        check(soft, x, rng=np.random.default_rng(seed))


def test_slope_drowned_in_a_large_value_is_still_checked():
    right = operation(lambda a: 1e12 + a, lambda g, a: [g])
    check(right, [1.0, 2.0])
    with pytest.raises(GradcheckError, match=r"by central differences \(relative error 0\.5\)"):
        check(operation(lambda a: 1e12 + a, lambda g, a: [2 * g]), [1.0, 2.0])


def test_large_output_does_not_hide_a_small_one():
    wrong = operation(np.exp, lambda g, a: [g * np.exp(a) * [1, 1.0001]])
    with pytest.raises(GradcheckError, match=r"input 0 at \[1\]: got"):
        check(wrong, [30.0, -20.0])


@pytest.mark.parametrize("slope", [-1.0, -0.3, 0.0, 1.0])
@pytest.mark.parametrize("mode", ["full", "fast"])
def test_any_value_between_the_slopes_passes_at_a_kink(slope, mode):
    op = operation(np.abs, lambda g, a: [g * np.where(a == 0, slope, np.sign(a))])
    for seed in range(20):
        report = check(op, [0.0, 1.5, -2.0, 0.0], mode=mode, rng=np.random.default_rng(seed))
        assert slope == 0 or report.kinks > 0


@pytest.mark.parametrize("slope", [-1.01, 1.01, 2.0, 1e9])
def test_value_outside_the_slopes_fails_at_a_kink(slope):
    op = operation(np.abs, lambda g, a: [g * np.where(a == 0, slope, np.sign(a))])
    between = r"input 0 at \[0\]: got \S+, want between -\S+ and \S+, the slopes on both sides of the kink"
    for seed in range(20):
        with pytest.raises(GradcheckError, match=between):
            check(op, [0.0, 1.5], rng=np.random.default_rng(seed))


def test_nan_fails_at_a_kink():
    with np.errstate(invalid="ignore"), pytest.raises(GradcheckError, match=r"at \[0\] is nan, want a finite number"):
        check(operation(np.abs, lambda g, a: [g * a / np.abs(a)]), [0.0, 1.0])


@pytest.mark.parametrize("op", [absolute, relu], ids=["abs", "relu"])
@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-6, 1e-7, 1e-9])
def test_element_close_to_a_kink_has_the_slope_of_its_side(op, distance):
    check(op, [distance, -distance, 1.0])
    with pytest.raises(GradcheckError, match=r"got \S+, want \S+ by central differences"):
        check(operation(np.abs, lambda g, a: [0.5 * g * np.sign(a)]), [distance, -distance, 0.01 * distance])


def test_norm_of_zero_passes_with_subgradient_zero():
    assert check(norm, np.zeros(3)).worst < 0.1


def test_jump_passes_with_the_slope_of_the_continuous_side():
    step = operation(lambda a: np.where(a >= 0, 1.0, 0.0), lambda g, a: [np.zeros(a.shape)])
    check(step, [0.0, 1.0, -1.0])
    with pytest.raises(GradcheckError, match=r"at \[0\]: got"):
        check(operation(lambda a: np.where(a >= 0, 1.0, 0.0), lambda g, a: [g * (a == 0)]), [0.0, 1.0])


def test_edge_of_the_domain_has_the_slope_of_its_only_side():
    three_halves = operation(lambda a: a**1.5, lambda g, a: [1.5 * g * np.sqrt(a)])
    for mode in ("full", "fast"):
        check(three_halves, [0.0, 1.0, 0.0, 2.0], mode=mode)
    with pytest.raises(GradcheckError, match=r"at \[0\]: got"):
        check(operation(lambda a: a**1.5, lambda g, a: [g * (1.5 * np.sqrt(a) + (a == 0))]), [0.0, 1.0])


def test_point_outside_the_domain_is_named():
    isolated = operation(lambda a: np.where(a == 1, 1.0, np.nan), lambda g, a: [g])
    with pytest.raises(GradcheckError, match="cannot be judged here: forward is not finite on either side"):
        check(isolated, [1.0])


HARD = {
    "relu squared at 0": (
        operation(lambda a: np.maximum(a, 0) ** 2, lambda g, a: [2 * g * np.maximum(a, 0)]),
        [[0.0, 1.0, -1.0]],
    ),
    "x|x| at 0": (operation(lambda a: a * np.abs(a), lambda g, a: [2 * g * np.abs(a)]), [[0.0, 2.0, -0.5]]),
    "power 1.1 at 0": (operation(lambda a: a**1.1, lambda g, a: [1.1 * g * a**0.1]), [[0.0, 1.0]]),
    "1/x over 18 decades": (operation(lambda a: 1 / a, lambda g, a: [-g / a**2]), [[1e-9, 1e9]]),
    **{
        f"{name} {distance} beside the kink": (op, inputs(distance))
        for distance in (1e-10, 1e-9, 3e-9, 1e-8)
        for name, op, inputs in (
            (
                "max",
                operation(lambda a: a.max(), lambda g, a: [g * np.eye(3)[a.argmax()]]),
                lambda d: [[1.0, 1.0 + d, 0.2]],
            ),
            (
                "distance",
                operation(lambda a, b: np.abs(a - b), lambda g, a, b: [g * np.sign(a - b), -g * np.sign(a - b)]),
                lambda d: [[1.0, 2.0], [1.0 + d, 2.0 - 2 * d]],
            ),
            (
                "hinge",
                operation(lambda a: np.maximum(1 - a, 0), lambda g, a: [-g * (a < 1)]),
                lambda d: [[1.0 + d, 1.0 - d, 0.3]],
            ),
        )
    },
}


def times(op, factor):
    """The operation with its gradients multiplied."""

    class Changed:
        forward = staticmethod(op.forward)

        @staticmethod
        def backward(ctx, grad_in):
            return [factor * grad for grad in op.backward(ctx, grad_in)]

    return Changed


@pytest.mark.parametrize("mode", ["full", "fast"])
@pytest.mark.parametrize("case", HARD)
def test_right_gradient_passes_where_differences_are_hardest_and_its_double_fails(case, mode):
    op, inputs = HARD[case]
    for seed in range(10):
        check(op, *inputs, mode=mode, rng=np.random.default_rng(seed))
        with pytest.raises(GradcheckError):
            check(times(op, 2.0), *inputs, mode=mode, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("op", "x"),
    [
        (operation(np.sin, lambda g, a: [g * np.cos(a)]), [1e6, 1e6 + 1]),
        (operation(lambda a: (a - 1e8) ** 3, lambda g, a: [3 * g * (a - 1e8) ** 2]), [1e8 + 3, 1e8 - 2]),
    ],
    ids=["sin of a million", "a cube far out"],
)
def test_length_scale_far_below_the_input_cannot_be_judged(op, x):
    with pytest.raises(GradcheckUndecided, match=r"cannot be judged here: .*Choose another point"):
        check(op, x)


@pytest.mark.parametrize("share", [even_share_of_max, one_hot_of_max])
@pytest.mark.parametrize("mode", ["full", "fast"])
def test_max_with_ties_passes_with_split_or_chosen_gradient(share, mode):
    op = operation(lambda a, axis: a.max(axis=axis), lambda g, a, axis: max_backward(g, a, axis, share))
    for seed in range(20):
        rng = np.random.default_rng(seed)
        check(op, rng.integers(0, 3, (3, 4)), params={"axis": seed % 2}, mode=mode, rng=rng)


@pytest.mark.parametrize("mode", ["full", "fast"])
def test_max_with_ties_fails_if_each_gets_the_whole_upstream(mode):
    op = operation(
        lambda a, axis: a.max(axis=axis),
        lambda g, a, axis: [(a == a.max(axis=axis, keepdims=True)) * np.expand_dims(g, axis)],
    )
    for seed in range(20):
        with pytest.raises(GradcheckError, match=r"along (the all-ones|random) direction"):
            check(op, [[1.0, 2, 2], [3, 3, 3]], params={"axis": 1}, mode=mode, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
@pytest.mark.parametrize("mode", ["full", "fast"])
def test_empty_input_passes(shape, mode):
    check(exp, np.zeros(shape), mode=mode)
    check(mul, np.zeros(shape), 2.0, mode=mode)


def test_empty_output_asks_for_gradient_zero():
    check(operation(lambda a: a[:0], lambda g, a: [np.zeros(a.shape)]), [1.0, 2.0])
    with pytest.raises(GradcheckError, match="under a zero upstream: got 1, want 0"):
        check(operation(lambda a: a[:0], lambda g, a: [np.ones(a.shape)]), [1.0, 2.0])


@pytest.mark.parametrize("x", [3, -2.5, np.array(0.0), True], ids=str)
def test_0d_and_integer_inputs_pass(x):
    check(mul, x, [2, 3])
    check(tanh, x)


def test_tuple_of_gradients_and_numpy_scalars_pass():
    check(operation(lambda a, b: a * b, lambda g, a, b: (np.float64(g * b), np.float64(g * a))), 2.0, 3.0)


@pytest.mark.parametrize(
    ("a", "b"), [((3, 4), (4,)), ((3, 1), (1, 4)), ((), (2, 3)), ((2, 1, 3), (5, 1)), ((1, 1), (2, 2))], ids=str
)
def test_gradient_in_the_broadcast_shape_is_summed(a, b):
    rng = np.random.default_rng(1)
    check(mul, rng.normal(size=a), rng.normal(size=b))


def test_batched_matmul_gradient_in_its_stretched_shape_is_summed():
    rng = np.random.default_rng(1)
    check(matmul, rng.normal(size=(2, 5, 3, 4)), rng.normal(size=(5, 4, 2)))
    check(matmul, rng.normal(size=(3, 4)), rng.normal(size=(1, 4, 2)))


def test_inputs_are_not_changed_and_keep_their_layout():
    seen = set()

    def forward(a):
        seen.add((a.flags.c_contiguous, a.flags.f_contiguous))
        a += 1.0
        return np.exp(a)

    op = operation(forward, lambda g, a: [g * np.exp(a)])
    for x in (np.ones((3, 4)), np.ones((3, 4)).T, np.ones((6, 8))[::2, ::2], np.broadcast_to(1.0, (3, 4))):
        seen.clear()
        before = x.copy()
        check(op, x)
        assert np.array_equal(x, before)
        assert seen == {(x.flags.c_contiguous, x.flags.f_contiguous)}


def test_displaced_points_raise_no_warnings():
    # With a step by the largest element, log of the smallest one is taken of a negative number.
    check(log, [1e-9, 1.0])


def test_forward_that_raises_outside_its_domain_is_taken_for_not_finite():
    def forward(a):
        if (a < 0).any():
            raise ValueError("negative")
        return np.sqrt(a)

    check(operation(forward, lambda g, a: [g / (2 * np.sqrt(a))]), [1e-9, 1.0])


def test_report_counts_forward_evaluations():
    calls = []
    op = operation(lambda a: calls.append(1) or np.exp(a), lambda g, a: [g * np.exp(a)])
    report = check(op, np.arange(6.0))
    assert isinstance(report, GradcheckReport)
    assert report.evaluations == len(calls) == 3 + 4 * 6 + 4 * 3
    assert 0 < report.worst < 0.1
    assert report.kinks == 0
    calls.clear()
    assert check(op, np.arange(600.0) / 100, mode="fast").evaluations == len(calls) == 3 + 4 * 4


def test_same_seed_gives_the_same_report():
    x = np.arange(4.0)
    assert check(exp, x, rng=np.random.default_rng(3)) == check(exp, x, rng=np.random.default_rng(3))
    assert check(exp, x) == check(exp, x)


def test_wrong_use_is_refused():
    with pytest.raises(ValueError, match="gradcheck: unknown mode: got 'quick', want 'full' or 'fast'"):
        check(exp, 1.0, mode="quick")
    with pytest.raises(ValueError, match="gradcheck: input 1 has elements that are not finite"):
        check(add, 1.0, [1.0, np.inf])
    with pytest.raises(ValueError, match="gradcheck: input 0 has dtype complex128, want real numbers"):
        check(exp, [1j])


def test_copy_under_another_package_name_works(tmp_path, monkeypatch):
    source = Path(autograder.checks.__file__).parent
    shutil.copytree(source, tmp_path / "other_name", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.syspath_prepend(tmp_path)
    spec = importlib.util.find_spec("other_name")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "other_name", module)
    spec.loader.exec_module(module)
    try:
        module = importlib.import_module("other_name.gradients")
        assert module.gradcheck is not gradcheck
        module.gradcheck(exp, [1.0], tensor=Tensor, context=Ctx)
        assert {name for name in sys.modules if name.startswith("other_name.")}
    finally:
        for name in [name for name in sys.modules if name.startswith("other_name.")]:
            del sys.modules[name]
