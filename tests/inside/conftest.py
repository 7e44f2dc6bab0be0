"""Shared by the tests of what runs beside student code: values sent through a frame as the two sides do it."""

from collections.abc import Callable
from typing import Any

import pytest

from autograder.inside import wire


def _opaque(value: object) -> list[Any]:
    """A handle that says what it stands for."""
    return [wire.HANDLE, 1, type(value).__name__]


def _refer(tag: int, fields: list[Any]) -> object:
    if tag == wire.HANDLE:
        return ("handle", *fields)
    raise wire.FrameError(f"wire: unknown tag {tag}")


@pytest.fixture(scope="session")
def read_frame() -> Callable[[bytes], Any]:
    """read_frame(frame): the value of a worker's reply, read as the trusted side reads it."""

    def read(frame: bytes) -> Any:
        if len(frame) < wire.HEADER.size:
            raise wire.FrameError("wire: cut in its header")
        meta_length, blob_length = wire.check_header(frame[: wire.HEADER.size])
        body = frame[wire.HEADER.size :]
        message = wire.decode_message(wire.reply_decoder, body[:meta_length])
        blobs = wire.Received(bytearray(body[meta_length : meta_length + blob_length]))
        if isinstance(message, wire.Callback):
            return wire.rebuild(message.args, blobs, _refer), wire.rebuild(message.kwargs, blobs, _refer)
        return wire.rebuild(message.value, blobs, _refer) if isinstance(message, wire.Value) else message

    return read


@pytest.fixture(scope="session")
def write_frame() -> Callable[[object], bytes]:
    """write_frame(value): the frame of a reply with this value; what has no form of its own becomes a handle."""

    def write(value: object) -> bytes:
        blobs = wire.Blobs()
        return wire.encode_frame(wire.Value(1, wire.pack(value, blobs, _opaque)), blobs)

    return write


@pytest.fixture(scope="session")
def there_and_back(read_frame, write_frame) -> Callable[[object], Any]:
    return lambda value: read_frame(write_frame(value))


@pytest.fixture(scope="session")
def rebuild() -> Callable[..., Any]:
    """rebuild(tree, blobs): the value of a tree that a hostile worker has made up."""
    return lambda tree, blobs=b"": wire.rebuild(tree, wire.Received(blobs), _refer)
