"""A frame that breaks the format is a FrameError that says how, whatever it claims, and costs no memory."""

import resource

import msgspec
import numpy as np
import pytest

from autograder.inside import messages, values, wire

F8 = "<f8"
VALUE_HEAD = b"\x93\xa5value\x01"  # [value, 1, ...


def decode(meta: bytes) -> object:
    return wire.decode_message(messages.reply_decoder, meta)


@pytest.mark.parametrize(
    "lengths",
    [(wire.MAX_META_BYTES + 1, 0), (0, values.MAX_BLOB_BYTES + 1), (2**32 - 1, 2**32 - 1)],
    ids=["meta", "blobs", "both"],
)
def test_length_over_its_cap_is_refused_before_anything_is_read(lengths):
    with pytest.raises(
        values.FrameError, match=r"wire: a frame claims \d+ \+ \d+ bytes; want at most 1048576 \+ 67108864"
    ):
        wire.check_header(wire.HEADER.pack(*lengths))


def test_lengths_at_their_caps_are_accepted():
    lengths = (wire.MAX_META_BYTES, values.MAX_BLOB_BYTES)
    assert wire.check_header(wire.HEADER.pack(*lengths)) == lengths


MALFORMED = {
    "empty": b"",
    "truncated": VALUE_HEAD,
    "trailing_bytes": VALUE_HEAD + b"\xc0\xc0",
    "unknown_message": b"\x93\xa4evil\x01\xc0",
    "not_an_array": b"\xc0",
    "sequence_number_a_text": b"\x93\xa5value\xa11\xc0",
    "invalid_utf8": VALUE_HEAD + b"\xa2\xff\xfe",
    "surrogate": VALUE_HEAD + b"\xa3\xed\xa0\x80",
    "nesting_bomb": VALUE_HEAD + b"\x91" * 100_000 + b"\xc0",
    "array_of_4_billion": VALUE_HEAD + b"\xdd\xff\xff\xff\xff",
    "map_of_4_billion": VALUE_HEAD + b"\xdf\xff\xff\xff\xff",
    "text_of_4_billion": VALUE_HEAD + b"\xdb\xff\xff\xff\xff",
    "arrays_in_arrays_of_a_million": VALUE_HEAD + b"\xdd\x00\x10\x00\x00" * 800,
    "unhashable_key": VALUE_HEAD + b"\x81\x80\xc0",
    "extension_as_key": VALUE_HEAD + b"\x81\xd4\x05\x00\xc0",
    "time_out_of_range": VALUE_HEAD + b"\xc7\x0c\xff" + b"\xff" * 12,
}


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_meta_that_is_no_message_is_a_frame_error(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(values.FrameError, match=r"wire: a frame is not a message: ."):
        decode(MALFORMED[name])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB


def test_error_quotes_little_of_a_frame():
    """Otherwise a made-up tag would be a way to get a megabyte of one's own words into a message."""
    with pytest.raises(values.FrameError) as caught:
        decode(b"\x93\xda\x10\x00" + b"v" * 4096 + b"\x01\xc0")
    assert len(str(caught.value)) < 200


def raised(**changes: object) -> bytes:
    fields = {"seq": 1, "type_name": "E", "bases": ["object"], "text": "", "where": "", "trace": "", "warnings": []}
    return msgspec.msgpack.encode(["raised", *(fields | changes).values()])


@pytest.mark.parametrize(
    "changes",
    [
        {"type_name": "x" * 81},
        {"bases": ["x"] * 33},
        {"bases": ["x" * 81]},
        {"text": "x" * 4097},
        {"where": "x" * 4097},
        {"trace": "x" * 4097},
        {"warnings": [("UserWarning", "")] * 17},
        {"warnings": [("UserWarning", "x" * 4097)]},
        {"warnings": [("x" * 81, "")]},
    ],
    ids=lambda changes: f"{next(iter(changes))}-{len(str(changes))}",
)
def test_words_past_their_caps_are_a_frame_error(changes):
    """A worker's own caps are in reach of the submission; these are not. A flood of warnings is memory and time."""
    with pytest.raises(values.FrameError, match=r"wire: a frame is not a message: Expected .* of length <= "):
        decode(raised(**changes))


def test_words_at_their_caps_are_accepted():
    warnings = [("x" * 80, "x" * 4096)] * 16
    text = "x" * 4096
    changes = {"type_name": "x" * 80, "bases": ["x" * 80] * 32, "text": text, "where": text, "trace": text}
    assert isinstance(decode(raised(**changes, warnings=warnings)), messages.Raised)


WRONG_VALUES = {
    "bytes": (b"x", "a value holds a bytes"),
    "map": ({}, "a value holds a dict"),
    "empty_list": ([], "a list in a value has no tag"),
    "tag_is_a_text": (["list"], "a list in a value has no tag"),
    "tag_is_a_bool": ([True], "a list in a value has no tag"),
    "tag_is_a_float": ([0.0], "a list in a value has no tag"),
    "tag_unknown": ([99], "unknown tag 99"),
    "tag_negative": ([-1], "unknown tag -1"),
    "callback_from_a_worker": ([values.CALLBACK, 0], "unknown tag 5"),
    "slice_of_two": ([values.SLICE, 1, 2], "unknown tag 6"),
    "ellipsis_with_fields": ([values.ELLIPSIS, 1], "unknown tag 7"),
    "dict_of_one": ([values.DICT, [1]], "a dict holds something other than pairs"),
    "dict_of_values": ([values.DICT, 1, 2], "a dict holds something other than pairs"),
    "dict_key_a_list": ([values.DICT, [[values.LIST], 1]], "a dict holds something other than pairs"),
    "array_without_shape": ([values.ARRAY, F8, 0], "an array has the wrong number of fields"),
    "array_with_offset": ([values.ARRAY, F8, 0, [0], 0], "an array has the wrong number of fields"),
    "dtype_object": ([values.ARRAY, "|O", 0, [0]], "an array has dtype '|O'; want one of |b1, |i1"),
    "dtype_structured": ([values.ARRAY, "f8,f8", 0, [0]], "an array has dtype 'f8,f8'; want"),
    "dtype_long": ([values.ARRAY, "x" * 10_000, 0, [0]], "an array has dtype 'xxxxxxxxxxxxxxxxxxxx'; want"),
    "dtype_a_list": ([values.ARRAY, ["f8"], 0, [0]], "an array has dtype of type list; want"),
    "layout_unknown": ([values.ARRAY, F8, 9, [0]], "an array has an unknown layout"),
    "layout_a_list": ([values.ARRAY, F8, [], [0]], "an array has an unknown layout"),
    "scalar_with_shape": ([values.ARRAY, F8, values.SCALAR, [0]], "an array has an unknown layout"),
    "strided_without_shape": ([values.ARRAY, "|u1", values.STRIDED, []], "an array has an unknown layout"),
    "shape_a_number": ([values.ARRAY, F8, 0, 3], "an array's shape is not a list of at most 8 lengths"),
    "shape_negative": ([values.ARRAY, F8, 0, [-1]], "an array's shape is not a list of at most 8 lengths"),
    "shape_a_bool": ([values.ARRAY, F8, 0, [True]], "an array's shape is not a list of at most 8 lengths"),
    "shape_a_float": ([values.ARRAY, F8, 0, [1.0]], "an array's shape is not a list of at most 8 lengths"),
    "shape_huge": ([values.ARRAY, F8, 0, [2**63]], "an array's shape is not a list of at most 8 lengths"),
    "shape_of_9": ([values.ARRAY, F8, 0, [0] * 9], "an array's shape is not a list of at most 8 lengths"),
    "shape_past_the_bytes": ([values.ARRAY, F8, 0, [2]], "an array of 16 bytes is more than the 8 bytes that are left"),
    "shape_product_huge": ([values.ARRAY, F8, 0, [2**20] * 8], "bytes is more than the 8 bytes that are left"),
    "shape_past_the_address_space": ([values.ARRAY, F8, 0, [0, 2**26, 2**26, 2**26]], "an array's shape is impossible"),
    "gaps_past_the_address_space": ([values.ARRAY, F8, 2, [0, 2**26, 2**26, 2**7]], "an array's shape is impossible"),
}


@pytest.mark.parametrize("name", sorted(WRONG_VALUES))
def test_value_that_no_packer_writes_is_a_frame_error(rebuild, name):
    tree, message = WRONG_VALUES[name]
    with pytest.raises(values.FrameError) as caught:
        rebuild(tree, bytes(8))
    assert message in str(caught.value)


def test_tree_nested_past_the_limit_is_a_frame_error(rebuild):
    tree: object = 1
    for _ in range(values.MAX_DEPTH + 2):
        tree = [values.LIST, tree]
    with pytest.raises(values.FrameError, match="wire: a value is nested deeper than 16 levels"):
        rebuild(tree)


def test_dtype_nested_deep_is_a_frame_error(rebuild):
    """Naming it in the message would be a RecursionError of the trusted side."""
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(values.FrameError, match="an array has dtype of type list"):
        rebuild([values.ARRAY, deep, 0, [0]])
    while deep:  # taken apart by hand: freeing it would recurse as well
        deep = deep.pop()


def test_arrays_cannot_share_their_bytes(rebuild):
    """One frame of 64 MiB named by many arrays would be terabytes on the trusted side."""
    array = [values.ARRAY, "|u1", 0, [8]]
    with pytest.raises(values.FrameError, match="an array of 8 bytes is more than the 0 bytes that are left"):
        rebuild([values.LIST, array, array], bytes(8))


def test_bool_bytes_other_than_0_and_1_are_made_true(rebuild):
    """A bool of byte 2 equals neither True nor False, and np.all may say anything of it."""
    array = rebuild([values.ARRAY, "|b1", 0, [4]], b"\x00\x01\x02\xff")
    assert array.view(np.uint8).tolist() == [0, 1, 1, 1]


def test_rebuilt_array_owns_its_memory(rebuild):
    blobs = bytearray(np.ones(2).tobytes())
    array = rebuild([values.ARRAY, F8, 0, [2]], blobs)
    blobs[:] = bytes(16)
    assert array.tolist() == [1.0, 1.0]


@pytest.mark.slow
def test_frame_of_a_million_small_lists_costs_little(rebuild):
    n = wire.MAX_META_BYTES // 2 - 16
    meta = VALUE_HEAD + b"\xdd" + (n + 1).to_bytes(4, "big") + b"\x00" + b"\x91\x00" * n
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(rebuild(decode(meta).value)) == n
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 << 10  # KiB
