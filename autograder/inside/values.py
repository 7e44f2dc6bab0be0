"""Values on the wire: a tree of None, bool, int, float, str and lists whose first element is a tag.

`rebuild` turns a tree back into exact types: ndarray and numpy scalars of a plain numeric dtype, None, bool, int,
float, str, list, tuple, dict, slice, Ellipsis. Anything else travels as a handle (an integer) or, from the trusted
side only, as a callback. Never pickle, never eval, never dtype=object. The bytes of arrays lie beside the tree.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

MAX_BLOB_BYTES = 64 << 20
MAX_DEPTH = 16
MAX_DIMENSIONS = 8  # printed, an array may show six places of each axis

# Tags of the lists in a value tree.
LIST, TUPLE, DICT, ARRAY, HANDLE, CALLBACK, SLICE, ELLIPSIS = range(8)

# C and F: contiguous. STRIDED: the receiver lays it out with gaps, so that "non-contiguous input" survives the trip.
C_ORDER, F_ORDER, STRIDED, SCALAR = range(4)

DTYPES = {
    code: np.dtype(code)
    for code in (
        "|b1",
        "|i1",
        "<i2",
        "<i4",
        "<i8",
        "|u1",
        "<u2",
        "<u4",
        "<u8",
        "<f2",
        "<f4",
        "<f8",
        "<c8",
        "<c16",
    )
}

_KEY_TYPES = (str, int, float, bool, type(None))
_PLAIN = frozenset({type(None), bool, int, float, str, np.ndarray, list, tuple, dict, slice, type(Ellipsis)})
_INT64 = range(-(1 << 63), 1 << 63)


class FrameError(Exception):
    """A frame or a value that breaks the format; the message says how."""


class Unsendable(Exception):
    """A value that has no form on the wire: nested too deep, or too large."""


class Blobs:
    """The raw bytes of a message's arrays, one after another, as they are packed."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []


class Received:
    """The raw bytes of a received message's arrays.

    Trust: each byte is handed out once, so that what a frame makes us allocate is bounded by what it carries. Arrays
    named by offset could share their bytes: a hundred thousand arrays of 64 MiB from one frame.
    """

    def __init__(self, data: bytes | bytearray) -> None:
        self.data = data
        self.taken = 0

    def take(self, n_bytes: int) -> int:
        """The offset of the next n_bytes; FrameError if fewer are left."""
        left = len(self.data) - self.taken
        if n_bytes > left:
            raise FrameError(f"wire: an array of {n_bytes} bytes is more than the {left} bytes that are left")
        self.taken += n_bytes
        return self.taken - n_bytes


def is_plain(value: object) -> bool:
    """Whether a value of this type goes over the wire as itself, if nothing in it hinders it."""
    kind = type(value)
    return kind in _PLAIN or (isinstance(value, np.generic) and kind is np.dtype(kind).type)


def pack(value: object, blobs: Blobs, other: Callable[[object], list[Any]], depth: int = MAX_DEPTH) -> Any:
    """The tree of `value`; the bytes of its arrays are appended to `blobs`.

    Types are compared exactly: a subclass (of ndarray, of float, of str) is not what it derives from.
    `other` gives the tree of everything that has no form of its own (a handle, a callback) or raises.
    """
    kind = type(value)
    if value is None or kind is bool or kind is float or kind is str:
        return value
    if kind is int:
        return value if value in _INT64 else other(value)
    if kind is np.ndarray or (isinstance(value, np.generic) and kind is np.dtype(kind).type):
        return _pack_array(value, blobs, other)
    if depth == 0:
        raise Unsendable(f"wire: a value is nested deeper than {MAX_DEPTH} levels")
    if kind is list or kind is tuple:
        tag = LIST if kind is list else TUPLE
        return [tag, *(pack(item, blobs, other, depth - 1) for item in value)]  # type: ignore[attr-defined]
    if kind is dict and all(_is_key(key) for key in value):  # type: ignore[attr-defined]
        pairs = value.items()  # type: ignore[attr-defined]
        return [DICT, *([pack(k, blobs, other, 0), pack(v, blobs, other, depth - 1)] for k, v in pairs)]
    if kind is slice:
        parts = (value.start, value.stop, value.step)  # type: ignore[attr-defined]
        return [SLICE, *(pack(part, blobs, other, depth - 1) for part in parts)]
    if value is Ellipsis:
        return [ELLIPSIS]
    return other(value)


def _is_key(key: object) -> bool:
    """Whether a dict may have this key on the wire: as itself, not as a handle."""
    return type(key) in _KEY_TYPES and (type(key) is not int or key in _INT64)


def _pack_array(value: Any, blobs: Blobs, other: Callable[[object], list[Any]]) -> list[Any]:
    """The tree of an ndarray or a numpy scalar, [ARRAY, dtype, layout, shape]; its bytes follow those before it."""
    array = np.asarray(value)
    code = array.dtype.newbyteorder("<").str
    if code not in DTYPES:
        return other(value)
    # Before its bytes are made: repeated by a stride of 0, a number is as large as anybody says.
    if array.nbytes > MAX_BLOB_BYTES or array.ndim > MAX_DIMENSIONS or max(array.shape, default=0) > MAX_BLOB_BYTES:
        raise Unsendable(
            f"wire: an array of shape {array.shape}, {array.nbytes} bytes, is over the limit; "
            f"want at most {MAX_BLOB_BYTES} bytes and {MAX_DIMENSIONS} dimensions"
        )
    if type(value) is not np.ndarray:
        layout = SCALAR
    elif array.flags.c_contiguous:
        layout = C_ORDER
    else:
        layout = F_ORDER if array.flags.f_contiguous else STRIDED
    blobs.parts.append(array.astype(DTYPES[code], copy=False).tobytes("C"))
    return [ARRAY, code, layout, list(array.shape)]


def rebuild(tree: Any, blobs: Received, reference: Callable[[int, list[Any]], object], depth: int = MAX_DEPTH) -> Any:
    """The value of a tree, of exact types; FrameError for anything that `pack` would not have written.

    The trees of one message are rebuilt in the order in which they were packed: they share its blobs.

    `reference(tag, fields)` resolves handles and callbacks, or raises FrameError.
    Trust: a worker's tree is hostile input; every field is checked before it is used.
    """
    if not isinstance(tree, list):
        if tree is None or isinstance(tree, bool | int | float | str):
            return tree
        raise FrameError(f"wire: a value holds a {type(tree).__name__}")
    if not tree or type(tree[0]) is not int:
        raise FrameError("wire: a list in a value has no tag")
    if depth < 0:
        raise FrameError(f"wire: a value is nested deeper than {MAX_DEPTH} levels")
    tag, fields = tree[0], tree[1:]
    if tag == LIST:
        return [rebuild(item, blobs, reference, depth - 1) for item in fields]
    if tag == TUPLE:
        return tuple(rebuild(item, blobs, reference, depth - 1) for item in fields)
    if tag == DICT:
        return _rebuild_dict(fields, blobs, reference, depth)
    if tag == ARRAY:
        return _rebuild_array(fields, blobs)
    if tag == SLICE and len(fields) == 3:
        return slice(*(rebuild(part, blobs, reference, depth - 1) for part in fields))
    if tag == ELLIPSIS and not fields:
        return Ellipsis
    return reference(tag, fields)


def _rebuild_dict(fields: list[Any], blobs: Received, reference: Any, depth: int) -> dict[Any, Any]:
    result = {}
    for pair in fields:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], _KEY_TYPES):
            raise FrameError("wire: a dict holds something other than pairs of a plain key and a value")
        result[pair[0]] = rebuild(pair[1], blobs, reference, depth - 1)
    return result


def _rebuild_array(fields: list[Any], blobs: Received) -> Any:
    """A fresh, writable array (or numpy scalar) whose every field was checked against the bytes that came."""
    if len(fields) != 3:
        raise FrameError("wire: an array has the wrong number of fields")
    code, layout, shape = fields
    dtype = DTYPES.get(code) if isinstance(code, str) else None
    if dtype is None:
        # Only a text is quoted: the str of a list nested deep would be a RecursionError of ours.
        given = repr(code[:20]) if isinstance(code, str) else f"of type {type(code).__name__}"
        raise FrameError(f"wire: an array has dtype {given}; want one of {', '.join(DTYPES)}")
    if (
        not isinstance(shape, list)
        or len(shape) > MAX_DIMENSIONS
        or not all(type(n) is int and 0 <= n <= MAX_BLOB_BYTES for n in shape)
    ):
        raise FrameError(f"wire: an array's shape is not a list of at most {MAX_DIMENSIONS} lengths")
    size = 1
    for length in shape:
        size *= length
    offset = blobs.take(size * dtype.itemsize)
    if dtype.kind == "b":  # any byte but 0 and 1 would be a bool that equals neither True nor False
        flat = np.frombuffer(blobs.data, np.uint8, size, offset) != 0
    else:
        flat = np.frombuffer(blobs.data, dtype, size, offset).copy()
    try:
        return _lay_out(flat.reshape(shape), layout)
    except ValueError as error:  # lengths that multiply past the address space although one of them is 0
        raise FrameError(f"wire: an array's shape is impossible: {error}") from None


def _lay_out(array: "np.ndarray[Any, Any]", layout: object) -> Any:
    if layout == C_ORDER:
        return array
    if layout == F_ORDER:
        return np.asfortranarray(array)
    if layout == STRIDED and array.ndim:
        gapped = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        view = gapped[..., ::2]
        view[...] = array
        return view
    if layout == SCALAR and array.ndim == 0:
        return array[()]
    raise FrameError("wire: an array has an unknown layout")
