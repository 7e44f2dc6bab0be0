"""A function of the test's is called by student code as if it were at hand: nested, counted, its errors its own."""

import numpy as np
import pytest

from autograder.boundary import session as conversation
from autograder.boundary.ends import Stopped
from autograder.boundary.student_error import StudentError

SUBMISSION = """
import os, threading

def apply(f, *args, **kwargs):
    return f(*args, **kwargs)
def integrate(f, n):
    return sum(f(i / n) for i in range(n)) / n
def compose(f, g):
    return lambda x: f(g(x))
def swallow(f):
    try:
        f()
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
def own_error():
    raise ValueError("mine")
def swallow_then_raise(f):
    try:
        f()
    except RuntimeError:
        raise KeyError("mine") from None
def recurse(f, n):
    return f(n)
def die():
    os._exit(7)
"""


def test_callback_takes_and_returns_arrays(code):
    seen = []

    def double(x, *, scale):
        seen.append(x)
        return 2 * scale * x

    np.testing.assert_array_equal(code.apply(double, np.arange(3.0), scale=10.0), [0, 20, 40])
    assert type(seen[0]) is np.ndarray


def test_callback_is_called_as_often_as_student_code_likes(session, code):
    before = session.n_calls
    assert code.integrate(lambda x: x, 100) == pytest.approx(0.495)
    assert session.n_calls == before + 101


def test_callback_may_ask_student_code_meanwhile(code):
    """Both ways, nested: the test's function calls student code, which calls the test's function."""
    assert code.apply(lambda x: code.apply(lambda y: code.apply(lambda z: z + 1, y) + 1, x) + 1, 0) == 3


def test_function_made_by_student_code_of_two_callbacks_works(code):
    composed = code.compose(lambda x: x + 1, lambda x: x * 10)
    assert composed(4) == 41


def test_callback_that_raises_raises_its_own_error_in_the_test(code):
    def fail(x):
        raise AssertionError(f"asked at {x}")

    with pytest.raises(AssertionError, match="asked at 0") as caught:
        code.integrate(fail, 4)
    assert not isinstance(caught.value, StudentError)


def test_error_of_a_callback_tells_student_code_nothing_but_its_type(code):
    def fail():
        raise AssertionError("want 42")

    said = code.swallow(fail)
    assert said == "RuntimeError: the test's function does not take this: AssertionError"


def test_error_of_a_callback_that_student_code_caught_does_not_come_back(code):
    """It must not stand in for a later error, which a test may be expecting."""

    def fail():
        raise AssertionError("long ago")

    code.swallow(fail)
    with pytest.raises(ValueError, match="mine"):
        code.own_error()
    with pytest.raises(KeyError, match="mine"):
        code.swallow_then_raise(fail)


def test_callback_returning_what_cannot_be_sent_is_the_tests_own_error(code):
    with pytest.raises(TypeError, match="remote: a set cannot be sent"):
        code.apply(lambda: {1})


def test_error_of_student_code_inside_a_callback_passes_through(code):
    with pytest.raises(ValueError, match="mine"):
        code.apply(lambda: code.own_error())


def test_callbacks_past_their_number_are_stopped(session, code, monkeypatch):
    monkeypatch.setattr(conversation, "MAX_CALLBACKS", 50)
    with pytest.raises(Stopped, match="your code called the test's function more than 50 times") as caught:
        code.integrate(lambda x: x, 51)
    assert caught.value.code == "call_limit"
    assert session.stopped is caught.value


def test_calls_of_the_test_do_not_count_as_callbacks(code, monkeypatch):
    monkeypatch.setattr(conversation, "MAX_CALLBACKS", 3)
    for _ in range(10):
        code.compose(1, 2)
    assert code.apply(lambda: 1) == 1


def test_callbacks_nested_without_end_are_an_error_of_student_code(code):
    def again(n):
        return code.recurse(again, n + 1)

    with pytest.raises(RecursionError, match="the test's function is called inside itself more than 16 times"):
        code.recurse(again, 0)
    assert code.apply(lambda: 1) == 1


def test_stop_inside_a_callback_that_the_test_swallows_stays_the_first_cause(session, code):
    """The process ended in the middle of a nested call: neither a pass, nor a fault, nor told as exit status 0."""

    def careless():
        try:
            code.die()
        except Exception:
            return 1

    with pytest.raises(Stopped, match="your code ended the process itself with exit status 7"):
        code.apply(careless)
    assert session.stopped is not None
    assert "status 7" in str(session.stopped)
