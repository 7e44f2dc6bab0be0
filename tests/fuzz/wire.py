"""Fuzzes the reader of frames: whatever bytes a worker sends, the trusted side gets a value or a FrameError.

pip install atheris && python -m tests.fuzz.wire -runs=10000000     guided by coverage
"""

import struct
import sys
from typing import Any

import numpy as np

from autograder.beside import wire

FRAME, STREAM = 0, 1
KNOWN = (np.ndarray, np.generic, bool, int, float, str, list, tuple, dict, slice, type(None), type(Ellipsis))


def seeds() -> list[bytes]:
    """Frames that a worker does send, in both of the forms that `read` takes."""
    found = []
    values = [
        None,
        {"a": [1, 2.5, "x"], 2: (None, True)},
        [np.arange(6.0).reshape(2, 3), np.float32(1), np.array([True]), slice(1, None, 2), ..., object()],
        np.asfortranarray(np.ones((2, 3)))[:, ::2],
    ]
    for value in values:
        blobs = wire.Blobs()
        tree = wire.pack(value, blobs, lambda _: [wire.HANDLE, 7, "object"])
        found.append(wire.encode_frame(wire.Value(1, tree, [("UserWarning", "w")]), blobs))
    found.append(wire.encode_frame(wire.Raised(1, "E", ["object"], "text", "m.py:1", "trace")))
    found.append(wire.encode_frame(wire.Callback(0, [wire.TUPLE, 1], [wire.DICT, ["k", 2]])))
    found.append(wire.encode_frame(wire.Ended(0, 0.1, False)))
    streams = [bytes([STREAM]) + frame for frame in [*found, b"".join(found)]]
    bodies = []
    for frame in found:
        meta, blob = struct.unpack("<II", frame[:8])
        bodies.append(bytes([FRAME, blob]) + frame[8 : 8 + meta] + frame[8 + meta :])
    return streams + bodies


def read(data: bytes) -> str:
    """What became of it: "read" or "refused". The first byte says whether the rest is a stream or one frame's body."""
    if len(data) < 2:
        return "read"
    if data[0] & 1 == STREAM:
        stream = data[1:]
    else:
        n_blobs = min(data[1], len(data) - 2)
        stream = wire.HEADER.pack(len(data) - 2 - n_blobs, n_blobs) + data[2:]
    frames = wire.Frames()
    frames.buffer += stream
    try:
        while (frame := frames.take()) is not None:
            _read_message(*frame)
    except wire.FrameError:
        return "refused"
    return "read"


def _read_message(meta: bytes, blobs: wire.Received) -> None:
    try:
        message: Any = wire.decode_message(wire.reply_decoder, meta)
    except wire.FrameError:
        message = wire.decode_message(wire.control_reply_decoder, meta)
    trees = [getattr(message, name) for name in ("value", "args", "kwargs") if hasattr(message, name)]
    for tree in trees:
        value = wire.rebuild(tree, blobs, _refer)
        assert isinstance(value, KNOWN), type(value)
        if isinstance(value, np.ndarray):
            assert value.dtype.str in wire.DTYPES or value.dtype == bool
            assert value.nbytes <= 2 * len(blobs.data)


def _refer(tag: int, fields: list[Any]) -> object:
    if tag == wire.HANDLE and len(fields) == 2 and type(fields[0]) is int and isinstance(fields[1], str):
        return None
    raise wire.FrameError(f"wire: unknown tag {tag}")


def main() -> None:
    import tempfile
    from pathlib import Path

    import atheris

    atheris.instrument_func(read)
    for function in (wire.rebuild, wire._rebuild_array, wire._rebuild_dict, wire._lay_out, wire.check_header):
        setattr(wire, function.__name__, atheris.instrument_func(function))
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
