"""Shared by the tests of what runs beside student code: values sent through a frame as the two sides do it."""

from collections.abc import Callable
from typing import Any

import pytest

from autograder.inside import messages, values, wire


def _opaque(value: object) -> list[Any]:
    """A handle that says what it stands for."""
    return [values.HANDLE, 1, type(value).__name__]


def _refer(tag: int, fields: list[Any]) -> object:
    if tag == values.HANDLE:
        return ("handle", *fields)
    raise values.FrameError(f"wire: unknown tag {tag}")


@pytest.fixture(scope="session")
def read_frame() -> Callable[[bytes], Any]:
    """read_frame(frame): the value of a worker's reply, read as the trusted side reads it."""

    def read(frame: bytes) -> Any:
        if len(frame) < wire.HEADER.size:
            raise values.FrameError("wire: cut in its header")
        meta_length, blob_length = wire.check_header(frame[: wire.HEADER.size])
        body = frame[wire.HEADER.size :]
        message = wire.decode_message(messages.reply_decoder, body[:meta_length])
        blobs = values.Received(bytearray(body[meta_length : meta_length + blob_length]))
        if isinstance(message, messages.Callback):
            return values.rebuild(message.args, blobs, _refer), values.rebuild(message.kwargs, blobs, _refer)
        return values.rebuild(message.value, blobs, _refer) if isinstance(message, messages.Value) else message

    return read


@pytest.fixture(scope="session")
def write_frame() -> Callable[[object], bytes]:
    """write_frame(value): the frame of a reply with this value; what has no form of its own becomes a handle."""

    def write(value: object) -> bytes:
        blobs = values.Blobs()
        return wire.encode_frame(messages.Value(1, values.pack(value, blobs, _opaque)), blobs)

    return write


@pytest.fixture(scope="session")
def there_and_back(read_frame, write_frame) -> Callable[[object], Any]:
    return lambda value: read_frame(write_frame(value))


@pytest.fixture(scope="session")
def rebuild() -> Callable[..., Any]:
    """rebuild(tree, blobs): the value of a tree that a hostile worker has made up."""
    return lambda tree, blobs=b"": values.rebuild(tree, values.Received(blobs), _refer)
