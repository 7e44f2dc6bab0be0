"""Fuzzes the reader of frames: whatever bytes a worker sends, the trusted side gets a value or a FrameError.

pip install atheris && python -m tests.fuzz.wire -runs=10000000 [CORPUS]     guided by coverage

With a folder CORPUS what was found is kept there, and the next run begins with it.
"""

import struct
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.inside import messages, values, wire

STREAM, FRAME, TREE = range(3)
KNOWN = (np.ndarray, np.generic, bool, int, float, str, list, tuple, dict, slice, type(None), type(Ellipsis))
# What a tree ends in: all that an array may be made of, and numbers on which a reader of lengths stumbles.
LEAVES = (
    *(None, True, False, 0, 1, 2, 3, -1, 7, 1 << 26, 1 << 31, (1 << 63) - 1, (1 << 64) - 1, -(1 << 63)),
    *(0.0, -0.0, float("nan"), float("inf"), "", "x", "x" * 81, "\x00", b"bytes"),
    *([], [0], [2], [2, 3], [3, 0], [1 << 26], [1 << 13, 1 << 13], [0, 1 << 26, 1 << 26, 1 << 26], [1] * 33, [-1]),
    *([0] * 32, [1 << 26] * 32),
    *("|O", ">f8", "<f16", "<M8[s]", "<U4", "|V8", "|S1", *values.DTYPES),
)
BLOB = bytes(range(96))


def seeds() -> list[bytes]:
    """Frames that a worker does send, in the forms that `read` takes, and a tree of every kind."""
    found = []
    some = [
        None,
        {"a": [1, 2.5, "x"], 2: (None, True)},
        [np.arange(6.0).reshape(2, 3), np.float32(1), np.array([True]), slice(1, None, 2), ..., object()],
        np.asfortranarray(np.ones((2, 3)))[:, ::2],
    ]
    for value in some:
        blobs = values.Blobs()
        tree = values.pack(value, blobs, lambda _: [values.HANDLE, 7, "object"])
        found.append(wire.encode_frame(messages.Value(1, tree, [("UserWarning", "w")]), blobs))
    found.append(wire.encode_frame(messages.Raised(1, "E", ["object"], "text", "m.py:1", "trace")))
    found.append(wire.encode_frame(messages.Callback(0, [values.TUPLE, 1], [values.DICT, ["k", 2]])))
    found.append(wire.encode_frame(messages.Ended(0, 0.1, False)))
    streams = [bytes([STREAM]) + frame for frame in [*found, b"".join(found)]]
    bodies = []
    for frame in found:
        meta, blob = struct.unpack("<II", frame[:8])
        bodies.append(bytes([FRAME, blob]) + frame[8 : 8 + meta] + frame[8 + meta :])
    return streams + bodies + _trees()


def _trees() -> list[bytes]:
    """The bytes from which `grow` makes an array of every dtype and layout, and one list of every tag."""
    leaf = {repr(value): 16 + number for number, value in enumerate(LEAVES)}
    arrays = [
        bytes([TREE, values.ARRAY, 3, leaf[repr(code)], leaf[repr(layout)], leaf[repr(shape)]])
        for code in values.DTYPES
        for layout, shape in (
            (values.C_ORDER, [2, 3]),
            (values.F_ORDER, [2, 3]),
            (values.STRIDED, [2]),
            (values.SCALAR, []),
        )
    ]
    none = leaf["None"]
    return [
        *arrays,
        bytes([TREE, values.LIST, 2, none, none]),
        bytes([TREE, values.TUPLE, 2, values.LIST, 0, none]),
        bytes([TREE, values.DICT, 1, 15, 2, leaf["'x'"], none]),
        bytes([TREE, values.SLICE, 3, none, none, none]),
        bytes([TREE, values.ELLIPSIS, 0]),
        bytes([TREE, values.HANDLE, 2, leaf["7"], leaf["'x'"]]),
    ]


def grow(source: Iterator[int], depth: int = 0) -> Any:
    """A value's tree, made as the numbers in `source` say, so that every change of one is a change of the tree."""
    kind = next(source, 16)
    if kind >= 16 or depth > values.MAX_DEPTH + 2:
        return LEAVES[(kind - 16) % len(LEAVES)]
    fields = [grow(source, depth + 1) for _ in range(next(source, 0) % 8)]
    return fields if kind == 15 else [kind, *fields]  # 15: a list without a tag, as the pairs of a dict are


def read(data: bytes) -> str:
    """What became of it: "read" or "refused".

    The first byte says what the rest is: a stream, one frame's body, or what a value's tree grows from.
    """
    if len(data) < 2:
        return "read"
    form = data[0] % 3
    if form == STREAM:
        stream = data[1:]
    elif form == FRAME:
        n_blobs = min(data[1], len(data) - 2)
        stream = wire.HEADER.pack(len(data) - 2 - n_blobs, n_blobs) + data[2:]
    else:
        meta = wire._encode(messages.Value(1, grow(iter(data[1:]))))
        stream = wire.HEADER.pack(len(meta), len(BLOB)) + meta + BLOB
    frames = wire.Frames()
    frames.buffer += stream
    try:
        while (frame := frames.take()) is not None:
            _read_message(*frame)
    except values.FrameError:
        return "refused"
    return "read"


def _read_message(meta: bytes, blobs: values.Received) -> None:
    try:
        message: Any = wire.decode_message(messages.reply_decoder, meta)
    except values.FrameError:
        message = wire.decode_message(messages.control_reply_decoder, meta)
    trees = [getattr(message, name) for name in ("value", "args", "kwargs") if hasattr(message, name)]
    for tree in trees:
        _check(values.rebuild(tree, blobs, _refer), len(blobs.data))


def _check(value: Any, n_bytes: int) -> None:
    """A value and all that it holds are of exact types, and its arrays no larger than what came."""
    assert type(value) in KNOWN or isinstance(value, np.generic), type(value)
    if isinstance(value, np.ndarray | np.generic):
        assert value.dtype.str in values.DTYPES
        assert value.nbytes <= n_bytes
    elif isinstance(value, dict):
        _check([*value.keys(), *value.values()], n_bytes)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, n_bytes)


def _refer(tag: int, fields: list[Any]) -> object:
    if tag == values.HANDLE and len(fields) == 2 and type(fields[0]) is int and isinstance(fields[1], str):
        return None
    raise values.FrameError(f"wire: unknown tag {tag}")


def main() -> None:
    import tempfile
    from pathlib import Path

    import atheris

    guides: list[Any] = [read, grow, _read_message, _check, _refer, wire.Frames.take, values.Received.take]
    guides += [each for each in (*vars(wire).values(), *vars(values).values()) if isinstance(each, types.FunctionType)]
    for function in guides:
        atheris.instrument_func(function)  # in its place
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds()):
            (Path(folder) / f"{number:02}").write_bytes(seed)
        atheris.Setup([*sys.argv, folder], read_quietly)
        atheris.Fuzz()


def read_quietly(data: bytes) -> None:
    """As atheris wants its target."""
    read(data)


if __name__ == "__main__":
    main()
