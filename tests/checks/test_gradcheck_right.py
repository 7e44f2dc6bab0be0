"""Gradients held against a right function: what a forward says of itself is no matter."""

import numpy as np
import pytest

from autograder.checks.gradients import GradcheckError, GradcheckUndecided, Right, gradcheck
from autograder.checks.gradients.gradcheck import Known

A = np.array([[0.5, -1.5, 2.0], [0.25, 3.0, -0.75]])
B = np.array([[1.5, 0.5, -2.0], [-0.25, 1.0, 0.75]])


class Tensor:
    def __init__(self, data, pull=None):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.pull = pull

    def backward(self, grad):
        self.pull(grad)


class Ctx:
    pass


class Mul:
    @staticmethod
    def forward(ctx, a, b):
        ctx.saved = a.data, b.data
        return Tensor(a.data * b.data)

    @staticmethod
    def backward(ctx, grad_in):
        a, b = ctx.saved
        return [grad_in * b, grad_in * a]


class OutsideCtx(Mul):
    """Saves where the next forward overwrites it."""

    saved = ()

    @staticmethod
    def forward(ctx, a, b):
        OutsideCtx.saved = a.data, b.data
        return Tensor(a.data * b.data)

    @staticmethod
    def backward(ctx, grad_in):
        a, b = OutsideCtx.saved
        return [grad_in * b, grad_in * a]


def with_forward(value):
    """Mul with a forward whose output is `value(a, b)`, or what that is."""

    class Wrong(Mul):
        @staticmethod
        def forward(ctx, a, b):
            Mul.forward(ctx, a, b)
            return value(a.data, b.data)

    return Wrong


def with_backward(gradients):
    class Wrong(Mul):
        @staticmethod
        def backward(ctx, grad_in):
            return gradients(grad_in, *ctx.saved)

    return Wrong


def taped(op):
    def f(*tensors):
        ctx = Ctx()
        out = op.forward(ctx, *tensors)

        def pull(grad):
            for t, g in zip(tensors, op.backward(ctx, grad), strict=True):
                t.grad = g

        return Tensor(out.data, pull)

    return f


def check(op, *inputs, known=None, right=Mul, **options):
    right = Right(right, Tensor, Ctx, known or Known())
    return gradcheck(op, *inputs, tensor=Tensor, context=Ctx, name="mul", right=right, **options)


@pytest.mark.parametrize("mode", ["full", "fast"])
@pytest.mark.parametrize(
    "value",
    [
        lambda a, b: Tensor(np.zeros_like(a)),
        lambda a, b: Tensor(a + b),
        lambda a, b: Tensor(np.full_like(a, np.nan)),
        lambda a, b: Tensor((a * b).astype(np.float32)),
        lambda a, b: a * b,
        lambda a, b: None,
        lambda a, b: Tensor(0.0),
    ],
    ids=["zeros", "another operation", "NaN", "float32", "no tensor", "None", "another shape"],
)
def test_right_backward_passes_beside_a_wrong_forward(value, mode):
    assert check(with_forward(value), A, B, mode=mode).worst < 0.1


@pytest.mark.parametrize("mode", ["full", "fast"])
def test_backward_that_agrees_with_a_wrong_forward_fails(mode):
    class Sum(Mul):
        @staticmethod
        def forward(ctx, a, b):
            return Tensor(a.data + b.data)

        @staticmethod
        def backward(ctx, grad_in):
            return [grad_in, grad_in]

    gradcheck(Sum, A, B, tensor=Tensor, context=Ctx, name="sum", mode=mode)  # consistent in itself
    with pytest.raises(GradcheckError, match="mul backward: gradient of input 0"):
        check(Sum, A, B, mode=mode)


def test_forward_that_repeats_its_first_answer_nearby_buys_no_gradient():
    answers = []

    class Lying(Mul):
        @staticmethod
        def forward(ctx, a, b):
            for seen, value in answers:
                if all(np.allclose(x, y, rtol=1e-2) for x, y in zip(seen, (a.data, b.data), strict=True)):
                    return Tensor(value)
            answers.append(((a.data, b.data), a.data * b.data))
            return Tensor(a.data * b.data)

        @staticmethod
        def backward(ctx, grad_in):
            return [np.zeros_like(grad_in), np.zeros_like(grad_in)]

    with pytest.raises(GradcheckError, match="it is zero everywhere"):
        check(Lying, A, B)


def test_tape_needs_an_output_of_the_right_shape_to_be_asked():
    with pytest.raises(GradcheckError, match=r"mul forward: the output's shape: got \(\), want \(2, 3\)"):
        check(taped(with_forward(lambda a, b: Tensor(0.0))), A, B, right=taped(Mul))
    assert check(taped(with_forward(lambda a, b: Tensor(np.zeros((2, 3))))), A, B, right=taped(Mul)).worst < 0.1


@pytest.mark.parametrize("wrap", [lambda op: op, taped], ids=["op", "tape"])
def test_state_outside_ctx_is_found_by_another_forward(wrap):
    with pytest.raises(GradcheckError, match="by a second call with the same upstream, after another forward"):
        check(wrap(OutsideCtx), A, B, right=wrap(Mul))


def test_what_is_known_of_the_right_function_is_not_asked_again():
    asked = []

    class Counted(Mul):
        @staticmethod
        def forward(ctx, a, b):
            asked.append(1)
            return Mul.forward(ctx, a, b)

    known = Known()
    first = check(Mul, A, B, right=Counted, known=known, rng=np.random.default_rng(3))
    n = len(asked)
    assert n > 40
    assert check(Mul, A, B, right=Counted, known=known, rng=np.random.default_rng(3)).worst == first.worst
    assert len(asked) == n + 1  # at the inputs themselves, to see whether it is still the same function


def test_what_is_known_of_one_function_does_not_stand_for_another():
    """A test may make its function anew, and close over other numbers than for the submission before."""
    known = Known()
    check(Mul, A, B, known=known)

    class Tripled(Mul):
        @staticmethod
        def forward(ctx, a, b):
            ctx.saved = a.data, b.data
            return Tensor(3 * a.data * b.data)

        @staticmethod
        def backward(ctx, grad_in):
            a, b = ctx.saved
            return [3 * grad_in * b, 3 * grad_in * a]

    assert check(Tripled, A, B, right=Tripled, known=known).worst < 0.1
    with pytest.raises(GradcheckError):
        check(Mul, A, B, right=Tripled, known=known)


@pytest.mark.parametrize("gradients", [lambda g, a: [g * np.cos(a)], lambda g, a: [g]], ids=["right", "wrong"])
def test_inputs_at_which_the_right_gradient_fails_are_nobodys_mistake(gradients):
    class Sin:
        @staticmethod
        def forward(ctx, a):
            ctx.saved = a.data
            return Tensor(np.sin(a.data))

        @staticmethod
        def backward(ctx, grad_in):
            return [grad_in * np.cos(ctx.saved)]

    class Handed(Sin):
        @staticmethod
        def backward(ctx, grad_in):
            return gradients(grad_in, ctx.saved)

    with pytest.raises(GradcheckUndecided, match=r"cannot be judged at these inputs.*choose others"):
        check(Handed, [1e6, 1e6 + 1], right=Sin)


def test_right_function_that_is_not_finite_is_a_fault_of_the_inputs():
    class Log(Mul):
        @staticmethod
        def forward(ctx, a, b):
            return Tensor(np.where(a.data > 0, 0.0, np.nan))

    with pytest.raises(GradcheckUndecided, match=r"cannot be judged at these inputs, where the right mul forward"):
        check(Mul, A, B, right=Log)


def test_gradient_that_no_difference_confirms_is_wrong_where_the_right_one_passes():
    wrong = with_backward(lambda g, a, b: [g * b * 1.001, g * a])
    with pytest.raises(GradcheckError) as caught:
        check(wrong, A, B)
    assert type(caught.value) is GradcheckError
