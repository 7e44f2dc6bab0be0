"""`student` through the boundary reads as the package itself: look-ups, calls, operators, by value or by handle."""

import gc

import numpy as np
import pytest

from autograder.boundary.remote import OpaqueValue, Remote

SUBMISSION = """
import numpy as np

answer = 42
array = np.arange(6.0).reshape(2, 3)

class Tensor:
    __array_ufunc__ = None
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)
    def __add__(self, other):
        return Tensor(self.data + (other.data if isinstance(other, Tensor) else other))
    __radd__ = __add__
    def __matmul__(self, other):
        return Tensor(self.data @ other.data)
    def __neg__(self):
        return Tensor(-self.data)
    def __len__(self):
        return len(self.data)
    def __getitem__(self, index):
        return Tensor(self.data[index])
    def __setitem__(self, index, value):
        self.data[index] = value
    def __iter__(self):
        return (Tensor(x) for x in self.data)

class Liar:
    __class__ = np.ndarray
    def __eq__(self, other):
        return True
    def __array__(self, *args, **kwargs):
        return np.ones(3)
    def __len__(self):
        return length
    def __contains__(self, item):
        return True
    def __lt__(self, other):
        return True
    __le__ = __gt__ = __ge__ = __lt__
    def __sub__(self, other):
        return np.zeros(3)
    __rsub__ = __sub__
    def __abs__(self):
        return 0.0
    def __truediv__(self, other):
        return self

length = 1 << 50
liar = Liar()

def echo(*args, **kwargs):
    return (args, kwargs)
def kind(value):
    return type(value).__name__
def flags(array):
    return (bool(array.flags.c_contiguous), bool(array.flags.f_contiguous))
def double(array):
    array *= 2
def squares(n):
    for i in range(n):
        yield i * i
def broken_squares():
    yield 1
    raise ValueError("no more")
def set_length(n):
    global length
    length = n
def object_array():
    return np.array([object()])
def many(n):
    return [object() for _ in range(n)]
def in_dict(value):
    return {"value": value, "tensor": Tensor(1.0)}
def bad_length():
    class Long:
        def __len__(self):
            raise TypeError("endless")
    return Long()
"""


def test_plain_attribute_comes_back_by_value(code):
    assert type(code.answer) is int
    assert code.answer == 42


def test_array_comes_back_as_a_copy(code):
    code.array[0, 0] = 99  # an item of a fresh copy
    np.testing.assert_array_equal(code.array, [[0, 1, 2], [3, 4, 5]])


def test_missing_attribute_is_an_attribute_error(session, code):
    with pytest.raises(AttributeError, match=r"AttributeError: module 'submission\.code' has no attribute 'nothing'"):
        _ = code.nothing
    assert not hasattr(session.root(), "no_such_module")
    assert session.stopped is None


def test_arguments_arrive_with_their_types(code):
    args = (1, 2.5, "a", None, True, [1, (2, 3)], {"k": 1}, slice(1, 2), ...)
    assert code.echo(*args, name="x") == (args, {"name": "x"})
    assert code.kind(np.float32(1)) == "float32"
    assert code.kind(np.zeros(2)) == "ndarray"


@pytest.mark.parametrize(
    ("array", "flags"),
    [
        (np.zeros((3, 4)), (True, False)),
        (np.zeros((3, 4)).T, (False, True)),
        (np.zeros((3, 8))[:, ::2], (False, False)),
    ],
    ids=["c", "fortran", "strided"],
)
def test_array_argument_keeps_its_layout(code, array, flags):
    assert code.flags(array) == flags


def test_object_of_the_submission_is_a_handle(code):
    tensor = code.Tensor(np.array([1.0, 2.0]))
    assert type(tensor) is Remote
    assert repr(tensor) == "<Tensor of the submission>"
    np.testing.assert_array_equal(tensor.data, [1, 2])
    assert code.kind(tensor) == "Tensor"


def test_handle_inside_a_dict_is_usable(code):
    back = code.in_dict(np.ones(2))
    np.testing.assert_array_equal(back["value"], [1, 1])
    assert back["tensor"].data == 1


def test_operators_travel(code):
    a, b = code.Tensor(np.array([[1.0, 2.0]])), code.Tensor(np.array([[3.0], [4.0]]))
    np.testing.assert_array_equal((a + 1).data, [[2, 3]])
    np.testing.assert_array_equal((1 + a).data, [[2, 3]])
    np.testing.assert_array_equal((np.ones((1, 2)) + a).data, [[2, 3]])
    np.testing.assert_array_equal((a @ b).data, [[11]])
    np.testing.assert_array_equal((-a).data, [[-1, -2]])


def test_items_and_length_travel(code):
    tensor = code.Tensor(np.arange(4.0))
    tensor[1] = 9.0
    assert len(tensor) == 4
    np.testing.assert_array_equal(tensor[1:].data, [9, 2, 3])


def test_attribute_can_be_set(code):
    tensor = code.Tensor(0.0)
    tensor.data = np.ones(3)
    np.testing.assert_array_equal((tensor + 1).data, [2, 2, 2])


def test_isinstance_asks_the_other_side(code):
    assert isinstance(code.Tensor(1.0), code.Tensor)
    assert not isinstance(code.liar, code.Tensor)
    assert not isinstance(code.liar, np.ndarray)


def test_iteration_ends_where_the_generator_does(code):
    assert list(code.squares(4)) == [0, 1, 4, 9]
    assert [float(x.data) for x in code.Tensor(np.arange(3.0))] == [0, 1, 2]


def test_error_inside_a_generator_is_no_end_of_it(code):
    with pytest.raises(ValueError, match="no more"):
        list(code.broken_squares())


def test_handle_is_no_value_whatever_its_eq_says(code):
    with pytest.raises(OpaqueValue, match="got an object of type Liar, want a plain value"):
        assert code.liar == 1
    with pytest.raises(OpaqueValue, match="want a plain value"):
        assert code.liar
    with pytest.raises(OpaqueValue, match="want a plain value"):
        float(code.liar)
    with pytest.raises(OpaqueValue, match=r"got an object of type Liar, want an array: is \.data missing somewhere\?"):
        np.asarray(code.liar)
    with pytest.raises(OpaqueValue, match="want an array"):
        np.testing.assert_allclose(code.liar, np.ones(3))


@pytest.mark.parametrize(
    "compare",
    [
        lambda got: got != 1,
        lambda got: got < 1e-9,
        lambda got: got >= 2,
        lambda got: np.ones(3) > got,
        lambda got: 1.0 in got,
        lambda got: max(got, 1),
    ],
    ids=["ne", "lt", "ge", "reflected", "contains", "max"],
)
def test_comparison_is_never_asked_of_the_other_side(code, compare):
    with pytest.raises(OpaqueValue, match="got an object of type Liar, want a plain value"):
        compare(code.liar)


@pytest.mark.parametrize(
    "distance",
    [
        lambda got: np.abs(got - np.ones(3)).max(),
        lambda got: np.linalg.norm(np.ones(3) - got),
        lambda got: abs(got - 1.0),
        lambda got: abs(got),
        lambda got: abs(got / 2.0),
    ],
    ids=["array", "reflected", "number", "abs", "object_then_abs"],
)
def test_distance_is_never_the_other_sides_word(code, distance):
    """Else an object that makes up its differences would be as near to every expected value as a test wants."""
    with pytest.raises(OpaqueValue, match=r"(sub|abs) with an object of type Liar: got \w+, want an object again; "):
        distance(code.liar)


def test_object_array_is_a_handle(code):
    assert type(code.object_array()) is Remote
    with pytest.raises(OpaqueValue, match="got an object of type ndarray of object, want an array"):
        np.asarray(code.object_array())


def test_held_array_lives_over_there(session, code):
    held = session.keep(np.ones(3))
    code.double(held)
    np.testing.assert_array_equal(np.array(held), [2, 2, 2])
    assert np.asarray(held, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("length", [1 << 50, (1 << 24) + 1])
def test_length_that_would_fill_the_memory_is_not_believed(code, length):
    """list() makes room for len() items before it takes the first."""
    code.set_length(length)
    with pytest.raises(OpaqueValue, match=f"got a length of {length}, want an int from 0 to 16777216"):
        list(code.liar)


def test_length_that_student_code_refuses_is_its_error(code):
    with pytest.raises(TypeError, match="endless"):
        len(code.bad_length())


def test_value_that_cannot_be_sent_is_the_tests_own_error(session, code):
    with pytest.raises(TypeError, match="remote: a set cannot be sent to the student's side; want numpy arrays"):
        code.echo({1})
    assert session.stopped is None
    assert code.answer == 42


def test_object_of_another_session_cannot_be_passed_on(session_of, worker, code):
    other = Remote(session_of(worker), 1, "Tensor")
    with pytest.raises(TypeError, match="remote: an object of another test or submission cannot be passed on"):
        code.echo(other)


@pytest.mark.slow
def test_forgotten_handles_are_released_over_there(open_session):
    """Else a long test would run into the cap on handles; given back in portions, they never burst a frame."""
    session = open_session(wall_s=300)
    code = session.root().code
    for _ in range(4):
        assert len(code.many(60_000)) == 60_000
        gc.collect()
        while session._released:
            assert code.answer == 42
    assert session.stopped is None


@pytest.mark.slow
def test_too_many_objects_at_once_are_refused(open_session):
    code = open_session(wall_s=300).root().code
    kept = [code.many(60_000) for _ in range(3)]
    with pytest.raises(Exception, match="worker: the test holds more than 200000 objects of the submission"):
        code.many(60_000)
    assert [len(part) for part in kept] == [60_000] * 3


@pytest.mark.slow
def test_handle_that_outlives_its_session_is_harmless(session_of, start_worker):
    with start_worker(SUBMISSION) as worker:
        session = session_of(worker)
        kept = session.root().code.Tensor(1.0)
    del session
    del kept
    assert gc.collect() >= 0
