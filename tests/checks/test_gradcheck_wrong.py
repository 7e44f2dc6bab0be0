"""Wrong gradients fail, by operation and on a tape, in both modes, with a message that says what to look at."""

import re

import numpy as np
import pytest

from autograder.checks.gradients import GradcheckError, gradcheck

MODES = pytest.mark.parametrize("mode", ["full", "fast"])
SEEDS = range(10)


class Tensor:
    """An array on a tape: `pull` is what backward does with the upstream gradient."""

    def __init__(self, data, pull=None):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.pull = pull

    def backward(self, grad):
        self.pull(grad)


class Ctx:
    pass


def operation(forward, backward):
    class Operation:
        @staticmethod
        def forward(ctx, *tensors):
            ctx.arrays = [t.data for t in tensors]
            return Tensor(forward(*ctx.arrays))

        @staticmethod
        def backward(ctx, grad_in):
            return backward(grad_in, *ctx.arrays)

    return Operation


def taped(op):
    """The same operation as a function of tensors that records itself."""

    def f(*tensors):
        ctx = Ctx()
        out = op.forward(ctx, *tensors)

        def pull(grad):
            for t, g in zip(tensors, op.backward(ctx, grad), strict=True):
                t.grad = g

        return Tensor(out.data, pull)

    return f


def check_op(op, *inputs, **options):
    return gradcheck(op, *inputs, tensor=Tensor, context=Ctx, name="mul", **options)


def check_tape(op, *inputs, **options):
    return gradcheck(taped(op), *inputs, tensor=Tensor, name="mul", **options)


PROTOCOLS = pytest.mark.parametrize("check", [check_op, check_tape], ids=["op", "tape"])


def multiply(change):
    """Product of two arrays of one shape; `change` spoils the right gradients."""
    return operation(lambda a, b: a * b, lambda g, a, b: change(g, [g * b, g * a]))


def fails(check, op, *inputs, match, seeds=SEEDS, **options):
    for seed in seeds:
        with pytest.raises(GradcheckError, match=match) as caught:
            check(op, *inputs, rng=np.random.default_rng(seed), **options)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300


def spoil_one(grads, factor):
    grads[1] = grads[1].copy()
    grads[1][2, 0] *= factor
    return grads


A = np.random.default_rng(1).normal(size=(3, 2))
B = np.random.default_rng(2).normal(size=(3, 2))
SQUARE = np.random.default_rng(3).normal(size=(3, 3))


@PROTOCOLS
@MODES
def test_right_gradient_passes(check, mode):
    for seed in SEEDS:
        assert check(multiply(lambda g, grads: grads), A, B, mode=mode, rng=np.random.default_rng(seed)).worst < 0.1


@PROTOCOLS
@MODES
@pytest.mark.parametrize("factor", [-1, 2, 0.5, 3])
def test_gradient_off_by_a_factor_is_rejected_and_the_factor_named(check, mode, factor):
    op = multiply(lambda g, grads: [grads[0], factor * grads[1]])
    message = r"mul backward: gradient of input 1 at \[\d, \d\]: got \S+, want \S+ by central differences \(.*"
    fails(check, op, A, B, mode=mode, match=message + rf"; all of it is {factor} times the right one$")


@PROTOCOLS
@MODES
@pytest.mark.parametrize(("factor", "relative"), [(-1, "2"), (1.0001, "0.0001"), (0.5, "0.5"), (0, "1")])
def test_one_wrong_element_is_named(check, mode, factor, relative):
    op = multiply(lambda g, grads: spoil_one(grads, factor))
    message = rf"input 1 at \[2, 0\]: got \S+, want \S+ by central differences \(relative error {relative}\)"
    fails(check, op, A, B, mode=mode, match=message + "; 1 of 6 elements are wrong; there input 0 is ")


def said(check, op, *inputs, mode):
    with pytest.raises(GradcheckError) as caught:
        check(op, *inputs, mode=mode)
    return str(caught.value)


@PROTOCOLS
@MODES
def test_message_gives_the_numbers_to_derive_an_element_by(check, mode):
    text = said(check, operation(lambda a, b: a**3 / b, lambda g, a, b: [g * 3 * a / b, g * a]), A, B, mode=mode)
    found = re.search(
        r"input 0 at \[(\d), (\d)\]: got (\S+), want (\S+) by .*; there input 0 is (\S+), input 1 is (\S+), "
        r"grad_in (\S+): your slope is (\S+), want (\S+)$",
        text,
    )
    row, column = int(found[1]), int(found[2])
    got, want, a, b, grad_in, mine, right = map(float, found.groups()[2:])
    assert (a, b) == pytest.approx((A[row, column], B[row, column]), rel=1e-5)
    assert (mine, right) == pytest.approx((3 * a / b, 3 * a**2 / b), rel=1e-4)
    assert (got, want) == pytest.approx((mine * grad_in, right * grad_in), rel=1e-4)


@PROTOCOLS
@MODES
@pytest.mark.parametrize(
    ("slope", "says"),
    [
        (lambda a: np.where(a > 0, 1.0, 0.3), "wrong where input 0 is negative and right everywhere else; there"),
        (lambda a: np.where(a > 0, 0.3 * a, -1.0), "wrong where input 0 is positive and right everywhere else; there"),
        (lambda a: np.where(a > -0.5, np.sign(a), 0.3 * a), "wrong where input 0 is negative; there"),
    ],
)
def test_message_says_where_the_wrong_elements_lie(check, mode, slope, says):
    x = np.array([[-0.2, 0.7, -1.3], [1.1, -0.9, 0.4]])
    assert f"; it is {says} " in said(check, operation(np.abs, lambda g, a: [g * slope(a)]), x, mode=mode)


@PROTOCOLS
@MODES
def test_message_gives_no_slope_where_outputs_depend_on_several_elements(check, mode):
    op = operation(lambda a: a * a.sum(), lambda g, a: [g * a])
    text = said(check, op, A, mode=mode)
    assert text.endswith("; derive it by hand for this element")


def test_message_gives_got_and_want_of_the_worst_element():
    # One output, and an upstream that the test knows: twice the gradient, 0.7 in place of 0.35.
    seen = []
    op = operation(lambda a: 0.35 * a, lambda g, a: seen.append(g) or [2 * 0.35 * g])
    with pytest.raises(GradcheckError) as caught:
        check_op(op, 1.0)
    upstreams = [g for g in seen if g != 0]
    texts = [
        f"mul backward: gradient of input 0: got {0.7 * g:.6g}, want {0.35 * g:.6g} by central differences "
        "(relative error 0.5); all of it is 2 times the right one"
        for g in upstreams
    ]
    assert str(caught.value) in texts


@PROTOCOLS
@MODES
def test_transposed_gradient_is_rejected(check, mode):
    op = operation(lambda a, b: a * b, lambda g, a, b: [(g * b).T, g * a])
    message = r"input 0 at \[\d, \d\]: .*; it is the transpose of the right one$"
    fails(check, op, SQUARE, SQUARE + 1, mode=mode, match=message)


@PROTOCOLS
@MODES
def test_dropped_upstream_is_rejected(check, mode):
    constant = operation(lambda a: a**2, lambda g, a: [2 * a])
    fails(check, constant, A, mode=mode, match=r"under a zero upstream: got \S+, want 0; multiply every term")
    # Ignored only where it is not zero, so that the comparison has to see it.
    sly = operation(lambda a: a**2, lambda g, a: [2 * a * (g != 0)])
    fails(check, sly, A, mode=mode, match="it does not depend on the upstream gradient, multiply by that$")
    fails(check, sly, 3.0, mode=mode, match="it does not depend on the upstream gradient")


@PROTOCOLS
@MODES
@pytest.mark.parametrize("spoil", [lambda g: 2 * g, lambda g: g * g, np.abs, np.sign, lambda g: g + (g != 0)])
@pytest.mark.parametrize("x", [A, 3.0], ids=["matrix", "scalar"])
def test_upstream_used_wrongly_is_rejected(check, mode, spoil, x):
    op = operation(lambda a: a**2, lambda g, a: [2 * a * spoil(g)])
    fails(check, op, x, mode=mode, match="input 0.*: got .*, want .* by central differences")


@PROTOCOLS
@MODES
def test_gradient_zero_everywhere_is_rejected(check, mode):
    op = operation(lambda a: a**2, lambda g, a: [np.zeros(a.shape)])
    fails(check, op, A, mode=mode, match=r"got 0, want \S+ by .* \(relative error 1\); it is zero everywhere$")


@PROTOCOLS
@MODES
def test_softmax_right_only_under_equal_upstreams_is_rejected(check, mode):
    def softmax(a):
        e = np.exp(a - a.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    right = operation(softmax, lambda g, a: [softmax(a) * (g - (g * softmax(a)).sum(-1, keepdims=True))])
    check(right, SQUARE, mode=mode)
    zero = operation(softmax, lambda g, a: [np.zeros(a.shape)])
    fails(check, zero, SQUARE, mode=mode, match="it is zero everywhere")
    plain_mean = operation(softmax, lambda g, a: [softmax(a) * (g - g.mean(-1, keepdims=True))])
    fails(check, plain_mean, SQUARE, mode=mode, match="by central differences")


@PROTOCOLS
def test_gradients_in_the_wrong_order_are_named(check):
    op = multiply(lambda g, grads: grads[::-1])
    fails(check, op, A, B, match="it is the gradient of input 1, check the order$")


@PROTOCOLS
@MODES
def test_nan_and_infinity_are_rejected(check, mode):
    for bad in (np.nan, np.inf):
        op = multiply(lambda g, grads, bad=bad: [grads[0], np.where(A[1, 1] == A, bad, grads[1])])
        message = rf"^mul backward: gradient of input 1 at \[1, 1\] is {bad}, want a finite number$"
        fails(check, op, A, B, mode=mode, match=message)


@PROTOCOLS
def test_nan_under_a_zero_upstream_is_rejected(check):
    def backward(g, a):
        with np.errstate(invalid="ignore"):
            return [2 * a * g * (g / g)]

    op = operation(lambda a: a**2, backward)
    fails(check, op, A, match=r"at \[0, 0\] is nan, want a finite number under a zero upstream too$")


@PROTOCOLS
@MODES
def test_wrong_shape_is_rejected(check, mode):
    transposed = multiply(lambda g, grads: [grads[0].T, grads[1]])
    message = r"^mul backward: gradient of input 0 has shape \(2, 3\), want \(3, 2\); its transpose would fit$"
    fails(check, transposed, A, B, mode=mode, match=message)
    flat = multiply(lambda g, grads: [grads[0], grads[1].ravel()])
    message = r"gradient of input 1 has shape \(6,\), want \(3, 2\), the shape of that input$"
    fails(check, flat, A, B, mode=mode, match=message)
    summed = multiply(lambda g, grads: [grads[0].sum(), grads[1]])
    fails(check, summed, A, B, mode=mode, match=r"gradient of input 0 has shape \(\), want \(3, 2\)")


def test_gradient_that_no_broadcasting_explains_is_rejected():
    op = operation(lambda a, b: a * b, lambda g, a, b: [g * b, (g * a).sum(axis=1)])
    fails(check_op, op, A, B[0], match=r"input 1 has shape \(3,\), want \(2,\), the shape of that input$")


def test_tape_must_sum_over_broadcast_axes_itself():
    op = operation(lambda a, b: a * b, lambda g, a, b: [g * b, g * a])
    check_op(op, A, B[0])
    message = r"input 1 has shape \(3, 2\), want \(2,\); sum it over the axes that broadcasting added or stretched$"
    fails(check_tape, op, A, B[0], match=message)


@PROTOCOLS
def test_wrong_dtype_is_rejected(check):
    single = multiply(lambda g, grads: [grads[0].astype(np.float32), grads[1]])
    fails(check, single, A, B, match="^mul backward: gradient of input 0 has dtype float32, want float64$")
    integer = multiply(lambda g, grads: [grads[0], np.zeros(B.shape, dtype=int)])
    fails(check, integer, A, B, match="gradient of input 1 has dtype int64, want float64$")


@PROTOCOLS
def test_gradient_that_is_no_array_is_rejected(check):
    as_list = multiply(lambda g, grads: [grads[0].tolist(), grads[1]])
    fails(check, as_list, A, B, match="^mul backward: gradient of input 0 is list, want ndarray$")
    number = operation(lambda a: a**2, lambda g, a: [float(2 * a * g)])
    fails(check, number, 3.0, match="gradient of input 0 is float, want ndarray$")


def test_missing_gradient_is_rejected():
    op = multiply(lambda g, grads: [grads[0], None])
    fails(check_op, op, A, B, match="gradient of input 1 is NoneType, want ndarray$")
    fails(check_tape, op, A, B, match=r"want \S+ by .*; its \.grad is None, the backward pass did not reach it$")
    # An input that nothing depends on is not on the tape, its .grad rightly None.
    check_tape(operation(lambda a, b: 2 * a, lambda g, a, b: [2 * g, None]), A, B)


def test_wrong_number_of_gradients_is_rejected():
    one = multiply(lambda g, grads: grads[:1])
    want = "want a list of 2, one array per input"
    fails(check_op, one, A, B, match=f"^mul backward: returned 1 gradients, {want}$")
    fails(check_op, multiply(lambda g, grads: (*grads, A)), A, B, match=f"returned 3 gradients, {want}$")
    fails(check_op, multiply(lambda g, grads: None), A, B, match=f"returned None, {want}; is a return missing?")
    fails(check_op, multiply(lambda g, grads: {0: A, 1: B}), A, B, match=f"returned dict, {want}$")


def test_bare_array_is_rejected():
    op = operation(lambda a: a**2, lambda g, a: 2 * a * g)
    want = r"returned a bare array, want a list of 1, one array per input; put it in brackets: \[\.\.\.\]$"
    fails(check_op, op, A, match=want)


@PROTOCOLS
def test_gradient_that_depends_on_the_number_of_calls_is_rejected(check):
    calls = []

    def backward(g, a):
        calls.append(1)
        return [2 * a * g * len(calls)]

    message = r"input 0 at \[\d, \d\] by a second call with the same upstream, .*: got \S+, want \S+ as the first time"
    fails(check, operation(lambda a: a**2, backward), A, match=message, seeds=[0])


def test_buffer_that_grows_with_each_call_is_rejected():
    buffer = np.zeros(A.shape)

    def backward(g, a):
        buffer[...] += 2 * a * g
        return [buffer]

    fails(check_op, operation(lambda a: a**2, backward), A, match="by a second call", seeds=[0])


def test_saved_data_spoilt_by_backward_are_found():
    def backward(g, a):
        a *= 2
        return [a * g]

    message = r"by a second call with the same upstream, .*; is all that it needs saved in ctx, and left as it was\?$"
    fails(check_op, operation(lambda a: a**2, backward), A, match=message)


@MODES
def test_random_forward_makes_no_wrong_gradient_pass(mode):
    for size in (1e-2, 1e-4, 1e-6, 1e-8):
        rng = np.random.default_rng(0)
        noisy = operation(
            lambda a, size=size, rng=rng: a**2 + size * rng.normal(size=a.shape), lambda g, a: [3 * a * g]
        )
        message = "two steps of central differences disagree|by central differences"
        fails(check_op, noisy, A, mode=mode, match=message)


def test_noisy_forward_is_named_as_such():
    single = operation(lambda a: (a.astype(np.float32) ** 2).astype(float), lambda g, a: [2 * a * g])
    message = (
        r"input 0 at \[\d, \d\]: got \S+, but it cannot be judged here: two steps of central differences disagree, "
        r"\S+ and \S+; is forward noisy"
    )
    fails(check_op, single, A, match=message)


@MODES
@pytest.mark.parametrize("factor", [0, -1, 2, 1.001])
def test_forward_in_single_precision_makes_no_wrong_gradient_pass(mode, factor):
    # It is flat between two float32 numbers: a gradient of zero must not pass for that.
    single = operation(
        lambda a: np.tanh(a.astype(np.float32)).astype(float), lambda g, a: [factor * g / np.cosh(a) ** 2]
    )
    for x in (A, 3 + A, 5.0):
        fails(check_op, single, x, mode=mode, match="two steps of central differences disagree|by central differences")


def test_wrong_forward_output_is_named():
    def check(out, match):
        class Operation:
            @staticmethod
            def forward(ctx, a):
                return out(a.data)

            @staticmethod
            def backward(ctx, grad_in):
                return [grad_in]

        with pytest.raises(GradcheckError, match=match):
            check_op(Operation, [1.0, 2.0])

    def tensor_with(data):
        out = Tensor(0.0)
        out.data = data
        return out

    check(lambda a: a, r"^mul forward: returned ndarray, want a Tensor; wrap it: Tensor\(\.\.\.\)$")
    check(lambda a: None, "^mul forward: returned NoneType, want a Tensor")
    check(lambda a: tensor_with([1.0]), "^mul forward: the output's data is list, want ndarray$")
    check(lambda a: tensor_with(a.astype(np.float32)), "^mul forward: the output has dtype float32, want float64$")
    check(lambda a: Tensor(a / [1, np.inf] * [1, np.nan]), r"^mul forward: output at \[1\] is nan, want a finite")
    shapes = iter([(2,), (2,), (1, 2)])
    check(
        lambda a: Tensor(a.reshape(next(shapes))),
        r"^mul forward: the output's shape changes between calls: got \(1, 2\), want \(2,\)$",
    )


def test_fast_mode_does_not_search_a_large_input():
    op = operation(lambda a: a**2, lambda g, a: [2 * a * g * 1.01])
    message = r"input 0 along random direction 1: got \S+, want \S+ by .*; try a smaller input$"
    fails(check_op, op, np.linspace(1, 2, 2000), mode="fast", match=message, seeds=[0])


def test_operation_is_named_after_the_function_or_its_class():
    def cube(a):
        return Tensor(a.data**3, lambda g: setattr(a, "grad", g * a.data**2))

    with pytest.raises(GradcheckError, match=r"^cube backward: gradient of input 0: got"):
        gradcheck(cube, 2.0, tensor=Tensor)

    class Negation:
        def forward(self, ctx, a):
            return Tensor(-a.data)

        def backward(self, ctx, grad_in):
            return [grad_in]

    with pytest.raises(GradcheckError, match=r"^Negation backward: .* -1 times the right one$"):
        gradcheck(Negation(), 2.0, tensor=Tensor, context=Ctx)


def test_exception_of_the_code_under_test_comes_through():
    def stub(ctx, a):
        raise NotImplementedError("a3_autograd, exercise functional.Mul")

    with pytest.raises(NotImplementedError, match=r"exercise functional\.Mul"):
        check_op(type("Stub", (), {"forward": staticmethod(stub), "backward": staticmethod(stub)}), 1.0)
