"""Whatever bytes come, reading them is a value or a FrameError: nothing else ever leaves the reader."""

import contextlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.inside import messages, values, wire

FUZZ = settings(derandomize=True, database=None, deadline=None, max_examples=250)

numbers = st.one_of(st.integers(-2, 9), st.integers(-(2**63), 2**64 - 1))
codes = st.one_of(st.sampled_from(sorted(values.DTYPES)), st.sampled_from(["|O", "f8", ""]))
# Trees that are nearly right reach further than random bytes do.
hostile_arrays = st.tuples(
    st.just(values.ARRAY), codes, numbers, st.lists(st.sampled_from([-1, 0, 1, 2, 3, 2**13, 2**26, 2**63]), max_size=5)
).map(list)
hostile_trees = st.recursive(
    st.one_of(
        st.none(), st.booleans(), numbers, st.floats(), st.text(max_size=3), st.binary(max_size=3), hostile_arrays
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(numbers, st.lists(inner, max_size=4)).map(lambda pair: [pair[0], *pair[1]]),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
    ),
    max_leaves=12,
)


@FUZZ
@given(meta=st.binary(max_size=100), blobs=st.binary(max_size=20), head=st.sampled_from([b"", b"\x93\xa5value\x01"]))
def test_random_bytes_give_a_value_or_a_frame_error(read_frame, meta, blobs, head):
    with contextlib.suppress(values.FrameError):
        read_frame(wire.HEADER.pack(len(head + meta), len(blobs)) + head + meta + blobs)


@pytest.mark.slow
@FUZZ
@given(tree=hostile_trees, blobs=st.binary(max_size=32))
def test_made_up_trees_give_a_value_or_a_frame_error(rebuild, tree, blobs):
    with contextlib.suppress(values.FrameError):
        meta = msgspec.msgpack.encode(["value", 1, tree])
        rebuild(wire.decode_message(messages.reply_decoder, meta).value, blobs)
