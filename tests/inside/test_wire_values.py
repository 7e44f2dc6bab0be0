"""Values come out of the wire as they went in: exact types, bytes and layouts; anything else is a handle."""

import collections
import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.inside import messages, values, wire

PROPERTY = settings(derandomize=True, database=None, deadline=None, max_examples=100)

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"])),
)
keys = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text("ab"))
trees = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(keys, inner, max_size=4),
        st.builds(slice, inner, inner, inner),
        st.just(...),
    ),
    max_leaves=20,
)
arrays = npst.arrays(
    st.sampled_from(sorted(values.DTYPES.values(), key=str)),
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


def same(left: object, right: object) -> bool:
    """Equal with equal types all the way down, NaN equal to NaN, and the sign of zero kept."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return math.copysign(1, left) == math.copysign(1, right) and (
            left == right or (left != left and right != right)
        )
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, slice):
        return same([left.start, left.stop, left.step], [right.start, right.stop, right.step])
    return left == right


def identical(left: np.ndarray, right: np.ndarray) -> bool:
    return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()


@pytest.mark.slow
@PROPERTY
@given(value=trees)
def test_plain_values_keep_their_types_and_bits(there_and_back, value):
    assert same(there_and_back(value), value)


@PROPERTY
@given(array=arrays)
def test_arrays_keep_dtype_shape_and_bytes(there_and_back, array):
    back = there_and_back(array)
    assert type(back) is np.ndarray
    assert identical(back, array)
    assert back.flags.writeable
    assert back.flags.aligned


@PROPERTY
@given(array=arrays.filter(lambda a: a.ndim))
def test_layout_of_an_array_survives(there_and_back, array):
    for laid_out in (np.asfortranarray(array), np.repeat(array, 2, axis=-1)[..., ::2], array.T):
        back = there_and_back(laid_out)
        assert identical(np.ascontiguousarray(back), np.ascontiguousarray(laid_out))
        assert back.flags.c_contiguous == laid_out.flags.c_contiguous
        if not laid_out.flags.c_contiguous:
            assert back.flags.f_contiguous == laid_out.flags.f_contiguous


@pytest.mark.parametrize("dtype", sorted(values.DTYPES))
def test_numpy_scalar_stays_a_numpy_scalar(there_and_back, dtype):
    scalar = np.ones((), dtype)[()]
    back = there_and_back(scalar)
    assert type(back) is type(scalar)
    assert back == scalar


def test_zero_dimensional_array_is_no_scalar(there_and_back):
    assert type(there_and_back(np.array(2.0))) is np.ndarray
    assert type(there_and_back(np.float64(2.0))) is np.float64
    assert type(there_and_back(2.0)) is float


def test_big_endian_array_arrives_little_endian_with_its_values(there_and_back):
    back = there_and_back(np.array([1.5, -2.0], ">f8"))
    assert back.dtype == np.dtype("<f8")
    np.testing.assert_array_equal(back, [1.5, -2.0])


def test_arrays_of_one_message_stay_apart(there_and_back):
    """Blobs are taken in the order in which they were packed, empty ones and scalars between them."""
    value = {"a": [np.arange(3), np.zeros((0, 2))], "b": (np.float32(7), np.array([True, False])), "c": np.arange(4.0)}
    back = there_and_back(value)
    np.testing.assert_array_equal(back["a"][0], [0, 1, 2])
    assert back["a"][1].shape == (0, 2)
    assert back["b"][0] == 7
    np.testing.assert_array_equal(back["b"][1], [True, False])
    np.testing.assert_array_equal(back["c"], [0, 1, 2, 3])


class Array(np.ndarray):
    pass


class Float(float):
    pass


class Text(str):
    pass


class Number(np.float64):
    pass


OPAQUE = {
    "longdouble_array": np.zeros(2, np.longdouble),
    "longdouble_scalar": np.longdouble(1),
    "object_array": np.array([1, "a", None], dtype=object),
    "text_array": np.array(["a"]),
    "date_array": np.zeros(2, "M8[s]"),
    "structured_array": np.zeros(2, [("x", "f8")]),
    "void_scalar": np.void(b"abc"),
    "masked_array": np.ma.masked_array([1.0, 2.0], [True, False]),
    "matrix": np.zeros((2, 2)).view(Array),
    "float_subclass": Float(1),
    "text_subclass": Text("a"),
    "numpy_scalar_subclass": Number(1),
    "ordered_dict": collections.OrderedDict(a=1),
    "named_tuple": collections.namedtuple("P", "x")(1),
    "dict_with_tuple_keys": {(1, 2): 3},
    "dict_with_numpy_keys": {np.float64(1): 3},
    "int_beyond_64_bits": 2**63,
    "dict_with_keys_beyond_64_bits": {2**70: 1},
    "bytes": b"ab",
    "set": {1},
    "complex": 1j,
    "range": range(3),
    "function": len,
    "object": object(),
}


@pytest.mark.parametrize("name", sorted(OPAQUE))
def test_anything_else_is_a_handle(there_and_back, name):
    value = OPAQUE[name]
    assert there_and_back(value) == ("handle", 1, type(value).__name__)


def test_handle_inside_a_list_leaves_its_neighbours_alone(there_and_back):
    assert there_and_back([1, b"x", 2.0]) == [1, ("handle", 1, "bytes"), 2.0]


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_nesting_up_to_the_limit_passes(there_and_back):
    assert there_and_back(nested(values.MAX_DEPTH)) == nested(values.MAX_DEPTH)


def test_nesting_past_the_limit_is_unsendable(write_frame):
    with pytest.raises(values.Unsendable, match="wire: a value is nested deeper than 16 levels"):
        write_frame(nested(values.MAX_DEPTH + 1))


def test_list_inside_itself_is_unsendable(write_frame):
    loop: list = []
    loop.append(loop)
    with pytest.raises(values.Unsendable, match="nested deeper"):
        write_frame(loop)


def test_text_over_the_cap_is_unsendable(write_frame):
    with pytest.raises(
        values.Unsendable, match=r"wire: a message of \d+ bytes with 0 bytes of arrays is over the limit"
    ):
        write_frame("x" * wire.MAX_META_BYTES)


def test_arrays_over_the_cap_together_are_unsendable(write_frame):
    half = np.zeros(values.MAX_BLOB_BYTES // 2 + 1, np.uint8)
    with pytest.raises(values.Unsendable, match="bytes of arrays is over the limit; want at most 1048576 and 67108864"):
        write_frame([half, half])


@pytest.mark.parametrize(
    ("shape", "n_bytes"),
    [((1 << 40,), 1 << 43), ((1,) * 9, 8), ((0, values.MAX_BLOB_BYTES + 1), 0)],
    ids=["terabytes", "dimensions", "length"],
)
def test_array_that_the_reader_would_refuse_is_unsendable(write_frame, shape, n_bytes):
    """Found out before its bytes are made, and told as what it is: not as a frame that somebody has forged."""
    array = np.broadcast_to(np.zeros(()), shape)
    with pytest.raises(
        values.Unsendable, match=rf", {n_bytes} bytes, is over the limit; want at most 67108864 bytes and"
    ):
        write_frame(array)


def test_array_of_most_dimensions_comes_back(write_frame, read_frame):
    assert read_frame(write_frame(np.ones((1,) * values.MAX_DIMENSIONS))).shape == (1,) * values.MAX_DIMENSIONS


def test_lone_surrogate_is_unsendable(write_frame):
    with pytest.raises(values.Unsendable, match=r"wire: a value cannot be sent: .*surrogates not allowed"):
        write_frame("\ud800")


def test_control_message_carries_sources_past_the_cap():
    frame = wire.encode_control(messages.Load("p", {"m": b"x" * (2 * wire.MAX_META_BYTES)}, {}))
    meta_length, _ = wire.HEADER.unpack(frame[: wire.HEADER.size])
    message = wire.decode_message(messages.control_decoder, frame[wire.HEADER.size :])
    assert meta_length > wire.MAX_META_BYTES
    assert isinstance(message, messages.Load)
    assert sys.getsizeof(message.files["m"]) > wire.MAX_META_BYTES
