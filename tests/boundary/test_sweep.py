"""Many forward values in one message: the same values, errors and verdicts as one by one."""

import numpy as np
import pytest

from autograder.beside import wire
from autograder.boundary.host import Stopped
from autograder.testing import GradcheckError, gradcheck

SUBMISSION = """
import os, sys
import numpy as np

class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None

class Ctx:
    pass

class Mul:
    factor = 1.0
    def forward(self, ctx, a, b, power=1):
        ctx.saved = a.data, b.data
        return Tensor(a.data * b.data ** power)
    def backward(self, ctx, grad_in):
        a, b = ctx.saved
        return [self.factor * grad_in * b, grad_in * a]

class Doubled(Mul):
    factor = 2.0

class Spread(Mul):
    def forward(self, ctx, a):
        ctx.saved = a.data
        return Tensor(np.multiply.outer(a.data, np.ones(100_000)))
    def backward(self, ctx, grad_in):
        return [grad_in.sum(axis=-1)]

class Root(Mul):
    def forward(self, ctx, a):
        if (a.data < 0).any():
            raise ValueError("negative")
        ctx.saved = np.sqrt(a.data)
        return Tensor(ctx.saved)
    def backward(self, ctx, grad_in):
        return [grad_in / (2 * ctx.saved)]

class Moody(Mul):
    calls = 0
    def forward(self, ctx, a, b):
        Moody.calls += 1
        if Moody.calls == 40:
            return None
        return super().forward(ctx, a, b)

class Leaves(Mul):
    calls = 0
    def forward(self, ctx, a, b):
        Leaves.calls += 1
        if Leaves.calls == 40:
            sys.exit()
        return super().forward(ctx, a, b)

spread = Spread()
mul, doubled, root, moody, leaves = Mul(), Doubled(), Root(), Moody(), Leaves()

def product(a, b):
    return Mul().forward(Ctx(), a, b)
"""
A, B = np.arange(1.0, 7.0).reshape(2, 3), np.linspace(-1.0, 2.0, 3)


def checked(session, name, *arrays, sweep=True):
    code = session.root().code
    return gradcheck(
        getattr(code, name),
        *arrays,
        tensor=code.Tensor,
        context=code.Ctx,
        rng=np.random.default_rng(0),
        sweep=session.sweep if sweep else None,
    )


def test_rows_are_computed_as_one_by_one(session):
    code = session.root().code
    rows = [[A + number, B] for number in range(300)]
    found = session.sweep(
        rows,
        context=code.Ctx,
        tensor=code.Tensor,
        function=code.mul.forward,
        params={"power": 2},
        attribute="data",
        answer_bytes=48,
    )
    assert len(found) == 300
    for (a, b), value in zip(rows, found, strict=True):
        np.testing.assert_array_equal(value, a * b**2)
    assert len([answer for answer in session.trace.answers if isinstance(answer.value, np.ndarray)]) == 300


def test_function_without_a_context_is_called_with_the_tensors_alone(session):
    code = session.root().code
    (found,) = session.sweep(
        [[A, B]], context=None, tensor=code.Tensor, function=code.product, params={}, attribute="data", answer_bytes=48
    )
    np.testing.assert_array_equal(found, A * B)


def test_row_that_raises_is_none_and_the_others_are_not(session):
    code = session.root().code
    rows = [[A], [-A], [4 * A]]
    found = session.sweep(
        rows,
        context=code.Ctx,
        tensor=code.Tensor,
        function=code.root.forward,
        params={},
        attribute="data",
        answer_bytes=48,
    )
    assert found[1] is None
    np.testing.assert_array_equal(found[2], 2 * np.sqrt(A))


def test_function_of_the_tests_own_is_not_swept(session):
    code = session.root().code
    own = session.sweep(
        [[A]], context=None, tensor=code.Tensor, function=lambda a: a, params={}, attribute="data", answer_bytes=48
    )
    assert own is None
    assert (
        session.sweep(
            [[A]], context=None, tensor=np.array, function=code.product, params={}, attribute="x", answer_bytes=8
        )
        is None
    )


@pytest.mark.parametrize(("name", "arrays"), [("mul", (A, B)), ("root", (np.array([1e-5, 2.0, 3.0]),))])
def test_gradcheck_measures_the_same_by_far_fewer_messages(open_session, name, arrays):
    sessions = open_session(), open_session()
    reports = [checked(session, name, *arrays, sweep=session is sessions[0]) for session in sessions]
    assert reports[0] == reports[1]
    assert 2 * sessions[0]._seq < sessions[1]._seq


def test_wrong_gradient_is_told_in_the_same_words(open_session):
    told = []
    for sweep in (True, False):
        with pytest.raises(GradcheckError) as caught:
            checked(open_session(), "doubled", A, B, sweep=sweep)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert "gradient of input 0" in told[0]


def test_answers_far_larger_than_their_inputs_come_in_messages_that_hold_them(open_session):
    """Twenty values of 4 MB each: in one message they would be refused, and the submission would pay for it."""
    assert checked(open_session(cpu_s=60, wall_s=120), "spread", np.arange(1.0, 6.0)).worst <= 1


def test_row_that_gives_something_else_is_asked_for_alone(session):
    """By then it may give a tensor again: a value that nobody can use proves nothing."""
    assert checked(session, "moody", A, B).worst <= 1


def test_submission_that_leaves_in_the_middle_is_stopped(session):
    with pytest.raises(Stopped, match=r"sys\.exit"):
        checked(session, "leaves", A, B)


def test_answer_with_another_number_of_values_is_forged(session, monkeypatch):
    code = session.root().code
    makers = {"context": code.Ctx, "tensor": code.Tensor, "function": code.mul.forward}
    monkeypatch.setattr(wire, "Sweep", lambda seq, released, steps, rows: wire.Get(seq, released, 0, "code"))
    with pytest.raises(Stopped, match="not one value for each row came"):
        session.sweep([[A, B]], **makers, params={}, attribute="data", answer_bytes=48)
    assert session.stopped is not None
