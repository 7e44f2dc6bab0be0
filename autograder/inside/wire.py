"""The wire between the trusted process and the worker: messages in frames.

A frame is `<u32 length of meta> <u32 length of blobs> meta blobs`. `meta` is one msgpack message; `blobs` are the raw
bytes of its arrays, one after another in the order in which the message names them. Both lengths are capped before
anything is allocated, and because arrays lie outside the message and never share their bytes, a megabyte of hostile
msgpack cannot become gigabytes of Python objects.
"""

import struct
from typing import TypeVar

import msgspec

from . import messages, values

MAX_META_BYTES = 1 << 20

HEADER = struct.Struct("<II")

M = TypeVar("M")
_encode = msgspec.msgpack.Encoder().encode


class Frames:
    """Cuts a stream of bytes into frames.

    Trust: a header's claim is checked before a byte of its frame is waited for, and nothing is allocated for a claim.
    """

    def __init__(self) -> None:
        self.buffer = bytearray()

    def take(self) -> tuple[bytes, values.Received] | None:
        """The next frame's message and blobs; None if it has not all come yet. FrameError if it claims too much."""
        buffer = self.buffer
        if len(buffer) < HEADER.size:
            return None
        meta_length, blob_length = check_header(bytes(buffer[: HEADER.size]))
        blobs_start = HEADER.size + meta_length
        end = blobs_start + blob_length
        if len(buffer) < end:
            return None
        frame = bytes(buffer[HEADER.size : blobs_start]), values.Received(bytes(buffer[blobs_start:end]))
        del buffer[:end]
        return frame


def encode_control(message: messages.Control) -> bytes:
    """The bytes of a control message; uncapped, since it comes from the trusted side and carries whole sources."""
    meta = _encode(message)
    return HEADER.pack(len(meta), 0) + meta


def encode_step(step: messages.Step) -> messages.Written:
    """A step as it is put into a program; Unsendable if a value in it has no form on the wire."""
    try:
        return messages.Written(_encode(step))
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        raise values.Unsendable(f"wire: a value cannot be sent: {error}") from error


def encode_frame(message: msgspec.Struct, blobs: values.Blobs | None = None) -> bytes:
    """The bytes of one frame; Unsendable if it would pass a cap."""
    try:
        meta = _encode(message)
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        raise values.Unsendable(f"wire: a value cannot be sent: {error}") from error
    blob = b"".join(blobs.parts) if blobs is not None else b""
    if len(meta) > MAX_META_BYTES or len(blob) > values.MAX_BLOB_BYTES:
        raise values.Unsendable(
            f"wire: a message of {len(meta)} bytes with {len(blob)} bytes of arrays is over the limit; "
            f"want at most {MAX_META_BYTES} and {values.MAX_BLOB_BYTES}"
        )
    return HEADER.pack(len(meta), len(blob)) + meta + blob


def check_header(header: bytes) -> tuple[int, int]:
    """(length of meta, length of blobs) of a frame's header; FrameError if either is over its cap."""
    meta_length, blob_length = HEADER.unpack(header)
    if meta_length > MAX_META_BYTES or blob_length > values.MAX_BLOB_BYTES:
        raise values.FrameError(
            f"wire: a frame claims {meta_length} + {blob_length} bytes; "
            f"want at most {MAX_META_BYTES} + {values.MAX_BLOB_BYTES}"
        )
    return meta_length, blob_length


def decode_message(decoder: "msgspec.msgpack.Decoder[M]", meta: bytes | bytearray) -> M:
    """The message in `meta`; FrameError if it is not one that `decoder` knows."""
    try:
        return decoder.decode(meta)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, TypeError) as error:
        # It quotes the frame. TypeError: msgspec up to 0.21 meets a key that cannot be hashed.
        raise values.FrameError(f"wire: a frame is not a message: {str(error)[: messages.MAX_NAME]}") from None
