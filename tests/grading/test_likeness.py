"""What a wrong value looks like: one case for each of the words, and values of which nothing can be said."""

from typing import get_args

import numpy as np
import pytest

from autograder.grading.likeness import LikenessCode, likeness

RNG = np.random.default_rng(7)
X = RNG.normal(size=(3, 4))
X[0, 0], X[1, 1] = 0.0, -50.0
Y = np.cos(RNG.normal(size=(3, 4))) + 0.1
CUBE = RNG.normal(size=(2, 3, 4))


def where(condition, wrong=9.0):
    return np.where(condition, wrong, Y)


CASES = {
    "zero": (np.zeros((3, 4)), Y),
    "not_finite": (np.where(X > 0, np.nan, Y), Y),
    "sign": (-Y, Y),
    "factor": (3 * Y, Y),
    "offset": (Y + 1, Y),
    "transpose": (Y.T, Y),
    "axes": (CUBE.transpose(2, 0, 1), CUBE),
    "exchanged": ([Y, X], [X, Y]),
    "not_summed": (Y, Y.sum(axis=0)),
    "summed": (Y.sum(axis=1), Y),
    "shape": (np.ones(5), Y),
    "one_element": (np.where(X[1, 2] == X, 9.0, Y), Y),
    "kinks": (where(X == 0), Y),
    "negative": (where(X < 0), Y),
    "positive": (where(X >= 0), Y),
    "large": (where(np.abs(X) > 20), Y),
    "float32": (Y.astype(np.float32), Y),
}


@pytest.mark.parametrize("code", get_args(LikenessCode))
def test_likeness_is_found(code):
    got, want = CASES[code]
    assert likeness(got, want, [X]).code == code


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (Y, Y),
        (Y * (1 + 1e-12), Y),
        (np.cos(CUBE), CUBE),
        (3.0, 1.7),
        ("a text", Y),
        ([Y], [Y, Y]),
        (None, Y),
        (Y > 1, "a text"),
    ],
    ids=["same", "rounding", "unlike", "numbers", "text", "lengths", "none", "wanted text"],
)
def test_nothing_is_said_where_nothing_is_alike(got, want):
    assert likeness(got, want, [X]) is None


SIZES = RNG.uniform(0.5, 2.0, size=20)
SINGLE = np.float32(1) / np.float32(3)


@pytest.mark.parametrize(
    ("got", "want", "code"),
    [
        (np.sqrt(SIZES.astype(np.float32)).astype(float) * SIZES, np.sqrt(SIZES) * SIZES, "float32"),
        (float(SINGLE), 1 / 3, "float32"),
        (SIZES / (SIZES**2 + 1e-8), 1 / SIZES, None),
        (-SIZES / (SIZES**2 + 1e-8), -1 / SIZES, None),
        (RNG.choice([-1.0, 1.0], 20) / (SIZES + 1e-8), None, None),
        (SIZES * (1 + 5e-8), SIZES, None),
        (SIZES * 1.0005, SIZES, None),
        (SIZES * 1.01, SIZES, "factor"),
    ],
    ids=[
        "on the way",
        "one number",
        "eps",
        "negative eps",
        "eps of either sign",
        "a little",
        "nearly 1",
        "a hundredth",
    ],
)
def test_float32_and_factors_are_told_of_numbers_that_come_so_and_no_others(got, want, code):
    want = got * (SIZES + 1e-8) / SIZES if want is None else want
    found = likeness(got, want, [X])
    assert (found and found.code) == code


def test_kinks_are_told_only_where_ordinary_elements_are_right():
    ties = np.array([1.0, 1.0, 2.0, 2.0, 0.0, 3.0])
    want = np.arange(1.0, 7.0)
    assert likeness(np.where(ties < 3, 9.0, want), want, [ties]) is None  # wrong everywhere, as far as can be seen
    others = np.array([1.0, 1.0, 2.0, 4.0, 5.0, 3.0])
    assert likeness(np.where(others == 1, 9.0, want), want, [others]).code == "kinks"


def test_array_of_millions_is_not_looked_at():
    assert likeness(np.zeros(1 << 17), np.ones(3), []) is None
    assert likeness(-np.ones(1 << 17), np.ones(1 << 17), []) is None


def test_first_array_that_differs_is_looked_at():
    assert likeness([X, -Y], [X, Y], []).code == "sign"


def test_twice_a_single_number_is_a_factor_and_another_multiple_is_not():
    assert likeness(6.0, 3.0, []).code == "factor"
    assert likeness(7.0, 3.0, []) is None


def test_hidden_words_hold_no_number_and_public_ones_do():
    found = likeness(3 * Y, Y, [])
    assert found.text(public=True) == "it is right but for a constant factor: 3"
    assert found.text(public=False) == "it is right but for a constant factor"


@pytest.mark.parametrize("shape", [(0,), (0, 3), ()])
def test_arrays_without_elements_and_without_axes_are_borne(shape):
    assert likeness(np.ones(shape), np.ones(shape), []) is None
    assert likeness(np.ones((5, 0, 7)), np.ones(shape), []).code in ("shape", "not_summed")
