"""Whatever bytes come, reading them is a value or a FrameError: nothing else ever leaves the reader."""

import contextlib
import random
import tracemalloc

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.beside import wire

FUZZ = settings(derandomize=True, database=None, deadline=None, max_examples=250)

numbers = st.one_of(st.integers(-2, 9), st.integers(-(2**63), 2**64 - 1))
codes = st.one_of(st.sampled_from(sorted(wire.DTYPES)), st.sampled_from(["|O", "f8", ""]))
# Trees that are nearly right reach further than random bytes do.
hostile_arrays = st.tuples(
    st.just(wire.ARRAY), codes, numbers, st.lists(st.sampled_from([-1, 0, 1, 2, 3, 2**13, 2**26, 2**63]), max_size=5)
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

REAL = [
    None,
    {"a": [1, 2.5, "x"], 2: (None, True)},
    [np.arange(6.0).reshape(2, 3), np.float32(1), np.array([True]), slice(1, None, 2), ...],
    object(),
]


@FUZZ
@given(meta=st.binary(max_size=100), blobs=st.binary(max_size=20), head=st.sampled_from([b"", b"\x93\xa5value\x01"]))
def test_random_bytes_give_a_value_or_a_frame_error(read_frame, meta, blobs, head):
    with contextlib.suppress(wire.FrameError):
        read_frame(wire.HEADER.pack(len(head + meta), len(blobs)) + head + meta + blobs)


@FUZZ
@given(tree=hostile_trees, blobs=st.binary(max_size=32))
def test_made_up_trees_give_a_value_or_a_frame_error(rebuild, tree, blobs):
    with contextlib.suppress(wire.FrameError):
        meta = msgspec.msgpack.encode(["value", 1, tree])
        rebuild(wire.decode_message(wire.reply_decoder, meta).value, blobs)


def test_mutated_real_frames_give_a_value_or_a_frame_error(read_frame, write_frame):
    """Four thousand frames with bytes changed, cut out, doubled and swapped; none costs more than 32 MiB."""
    rng = random.Random(0)
    frames = [write_frame(value) for value in REAL]
    frames.append(wire.encode_frame(wire.Raised(1, "E", ["object"], "text", "m.py:1", "trace", [("UserWarning", "w")])))
    frames.append(wire.encode_frame(wire.Callback(0, [wire.TUPLE, 1], [wire.DICT, ["k", 2]])))
    outcomes = set()
    tracemalloc.start()
    try:
        for _ in range(4000):
            frame = bytearray(rng.choice(frames))
            for _ in range(rng.randint(1, 4)):
                at = rng.randrange(wire.HEADER.size, len(frame))
                change = rng.randrange(4)
                if change == 0:
                    frame[at] = rng.choice([0, 1, 0x7F, 0x80, 0x90, 0xC1, 0xDD, 0xDF, 0xFF, rng.randrange(256)])
                elif change == 1:
                    del frame[at : at + rng.randint(1, 4)]
                elif change == 2:
                    frame[at:at] = frame[at : at + rng.randint(1, 8)]
                else:
                    frame[at:] = frame[at:] + rng.randbytes(2)
                if len(frame) <= wire.HEADER.size:
                    break
            try:
                read_frame(bytes(frame))
                outcomes.add("read")
            except wire.FrameError:
                outcomes.add("refused")
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()
    assert outcomes == {"read", "refused"}
