"""The wire between the trusted process and the worker: frames, messages and values.

A frame is `<u32 length of meta> <u32 length of blobs> meta blobs`. `meta` is one msgpack message; `blobs` are the raw
bytes of its arrays, one after another in the order in which the message names them. Both lengths are capped before
anything is allocated, and because arrays lie outside the message and never share their bytes, a megabyte of hostile
msgpack cannot become gigabytes of Python objects.

A value inside a message is a tree of None, bool, int, float, str and lists whose first element is a tag. `rebuild`
turns a tree back into exact types: ndarray and numpy scalars of a plain numeric dtype, None, bool, int, float, str,
list, tuple, dict, slice, Ellipsis. Anything else travels as a handle (an integer) or, from the trusted side only, as
a callback. Never pickle, never eval, never dtype=object.
"""

import struct
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec
import numpy as np

MAX_META_BYTES = 1 << 20
MAX_BLOB_BYTES = 64 << 20
MAX_DEPTH = 16
MAX_DIMENSIONS = 8  # printed, an array may show six places of each axis
MAX_TEXT = 4096
MAX_NAME = 80
MAX_BASES = 32
MAX_WARNINGS = 16
MAX_STEPS = 256  # of a program: until its end what they gave is kept
NOT_LOADED = "not loaded"  # instead of a warning's class: a statement that failed when a module was loaded

HEADER = struct.Struct("<II")

# What a test's process says first on its socket, before anything of the submission can run in it. Another first word is
# why it could not be set up, which is nobody's fault but ours.
BEGUN = b"\0"
# The exit status of one that can no longer answer: the submission has broken or closed what it answers through.
BROKEN_STATUS = 70

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

M = TypeVar("M")

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


class Frames:
    """Cuts a stream of bytes into frames.

    Trust: a header's claim is checked before a byte of its frame is waited for, and nothing is allocated for a claim.
    """

    def __init__(self) -> None:
        self.buffer = bytearray()

    def take(self) -> tuple[bytes, Received] | None:
        """The next frame's message and blobs; None if it has not all come yet. FrameError if it claims too much."""
        buffer = self.buffer
        if len(buffer) < HEADER.size:
            return None
        meta_length, blob_length = check_header(bytes(buffer[: HEADER.size]))
        blobs_start = HEADER.size + meta_length
        end = blobs_start + blob_length
        if len(buffer) < end:
            return None
        frame = bytes(buffer[HEADER.size : blobs_start]), Received(bytes(buffer[blobs_start:end]))
        del buffer[:end]
        return frame


class Boot(msgspec.Struct, kw_only=True):
    """What a nursery is told on its command line.

    `control` is the descriptor of its control socket, -1 to try only whether one can start here. `imports` are the
    packages that submissions may import, which are loaded once for all of them, `with_imports` what these import
    themselves. `uid` is who student code runs as, -1 for whoever we are; `processes` 0 for no limit. Where `shut_in` is
    true no namespace confines it: each of its children is shut in by itself, and may read `readable` and nothing else
    (None: no Landlock here).
    """

    control: int
    uid: int = -1
    memory_bytes: int
    processes: int = 0
    scratch_bytes: int
    shut_in: bool = False
    readable: list[str] | None = None
    imports: tuple[str, ...]
    with_imports: tuple[str, ...]


def encode_boot(boot: Boot) -> str:
    """The command line argument."""
    return msgspec.json.encode(boot).decode()


def decode_boot(argument: str) -> Boot:
    """What the argument says."""
    return msgspec.json.decode(argument, type=Boot)


# Messages of control sockets, between the trusted process and the nursery, or one of its zygotes.


class Fork(msgspec.Struct, tag="fork", array_like=True):
    """To the nursery: a new zygote, whose control socket rides on this message."""


class Load(msgspec.Struct, tag="load", array_like=True):
    """A package's modules (name -> source) and the other files in its folder (path from there -> content).

    Modules that are `broken` raise a SyntaxError of this text when they are imported, in the place of what they hold.
    """

    package: str
    files: dict[str, bytes]
    data: dict[str, bytes]
    broken: dict[str, str] = {}


class Start(msgspec.Struct, tag="start", array_like=True):
    """A process for a test. Where student code is in a pid namespace it gets the process number that goes with `place`,
    whatever the tests before it have started; any if that is None.
    """

    cpu_s: float
    place: int | None = None


class End(msgspec.Struct, tag="end", array_like=True):
    """The test is over; `hung_up` if it is so because nothing listens on the test's socket any more."""

    hung_up: bool


class Ready(msgspec.Struct, tag="ready", array_like=True):
    pass


class Refused(msgspec.Struct, tag="refused", array_like=True):
    """The zygote could not do what it was asked: nothing of the student's has run since it was asked."""

    reason: str


class Overtaken(msgspec.Struct, tag="overtaken", array_like=True):
    """The process number that goes with the test's place has been used up; nothing of the student's has run."""


class Ended(msgspec.Struct, tag="ended", array_like=True):
    """How the test's process ended: `status` as os.waitpid gives it, and whether it touched the scratch folder."""

    status: int
    cpu_s: float
    dirty: bool


Control = Fork | Load | Start | End
ControlReply = Ready | Refused | Overtaken | Ended

# What the decoder itself refuses to exceed: the submission's words, which are kept and shown to people.
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
Names = Annotated[list[Name], msgspec.Meta(max_length=MAX_BASES)]
Warned = Annotated[list[tuple[Name, Text]], msgspec.Meta(max_length=MAX_WARNINGS)]
# Of a step whose value was not wanted: the name of an object's type, None where it gave None, True where there would
# have been more to say (a plain value, a warning).
Kinds = Annotated[list[Name | bool | None], msgspec.Meta(max_length=MAX_STEPS)]

# Messages of a test's data socket, between the trusted process and the child that runs student code.


class Get(msgspec.Struct, tag="get", array_like=True):
    target: int
    name: str


class Set(msgspec.Struct, tag="set", array_like=True):
    target: int
    name: str
    value: Any


class Call(msgspec.Struct, tag="call", array_like=True):
    target: int
    args: Any
    kwargs: Any


class Operate(msgspec.Struct, tag="operate", array_like=True):
    """One of the worker's OPERATIONS (an operator of the language, len, iter, next, ...) on values."""

    name: str
    args: Any


Step = Get | Set | Call | Operate
Written = msgspec.Raw  # a step that is encoded already


class Program(msgspec.Struct, tag="program", array_like=True):
    """Steps, one after the other, up to the first that raises.

    The result of step i has the handle `first` + i, for the steps that follow and for later programs, until it is among
    the `released`. Where `wants` is true the last step's is not kept but its value is the answer.
    """

    seq: int
    released: list[int]
    first: int
    steps: list[Step]
    wants: bool


class Returned(msgspec.Struct, tag="returned", array_like=True):
    """What a callback of the trusted side returned."""

    value: Any


class CallbackFailed(msgspec.Struct, tag="callback_failed", array_like=True):
    reason: str


class Value(msgspec.Struct, tag="value", array_like=True):
    """The last step's value, if it was wanted, and what those whose values were not wanted gave (see Kinds)."""

    seq: int
    value: Any
    warnings: Warned = []
    kinds: Kinds = []


class Raised(msgspec.Struct, tag="raised", array_like=True):
    """An exception of student code: its type, the builtin types it derives from, its text and where it came from.

    It was raised by the step after those that `kinds` tells of.
    """

    seq: int
    type_name: Name
    bases: Names
    text: Text
    where: Text
    trace: Text
    warnings: Warned = []
    kinds: Kinds = []


class Callback(msgspec.Struct, tag="callback", array_like=True):
    callback: int
    args: Any
    kwargs: Any


Request = Program | Returned | CallbackFailed
Reply = Value | Raised | Callback

_encode = msgspec.msgpack.Encoder().encode
control_decoder = msgspec.msgpack.Decoder(Control)
control_reply_decoder = msgspec.msgpack.Decoder(ControlReply)
request_decoder = msgspec.msgpack.Decoder(Request)
reply_decoder = msgspec.msgpack.Decoder(Reply)


def encode_control(message: Control) -> bytes:
    """The bytes of a control message; uncapped, since it comes from the trusted side and carries whole sources."""
    meta = _encode(message)
    return HEADER.pack(len(meta), 0) + meta


def encode_step(step: Step) -> Written:
    """A step as it is put into a program; Unsendable if a value in it has no form on the wire."""
    try:
        return Written(_encode(step))
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        raise Unsendable(f"wire: a value cannot be sent: {error}") from error


def encode_frame(message: msgspec.Struct, blobs: Blobs | None = None) -> bytes:
    """The bytes of one frame; Unsendable if it would pass a cap."""
    try:
        meta = _encode(message)
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        raise Unsendable(f"wire: a value cannot be sent: {error}") from error
    blob = b"".join(blobs.parts) if blobs is not None else b""
    if len(meta) > MAX_META_BYTES or len(blob) > MAX_BLOB_BYTES:
        raise Unsendable(
            f"wire: a message of {len(meta)} bytes with {len(blob)} bytes of arrays is over the limit; "
            f"want at most {MAX_META_BYTES} and {MAX_BLOB_BYTES}"
        )
    return HEADER.pack(len(meta), len(blob)) + meta + blob


def check_header(header: bytes) -> tuple[int, int]:
    """(length of meta, length of blobs) of a frame's header; FrameError if either is over its cap."""
    meta_length, blob_length = HEADER.unpack(header)
    if meta_length > MAX_META_BYTES or blob_length > MAX_BLOB_BYTES:
        raise FrameError(
            f"wire: a frame claims {meta_length} + {blob_length} bytes; "
            f"want at most {MAX_META_BYTES} + {MAX_BLOB_BYTES}"
        )
    return meta_length, blob_length


def decode_message(decoder: "msgspec.msgpack.Decoder[M]", meta: bytes | bytearray) -> M:
    """The message in `meta`; FrameError if it is not one that `decoder` knows."""
    try:
        return decoder.decode(meta)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, TypeError) as error:
        # It quotes the frame. TypeError: msgspec up to 0.21 meets a key that cannot be hashed.
        raise FrameError(f"wire: a frame is not a message: {str(error)[:MAX_NAME]}") from None


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
    if kind is dict and all(type(key) in _KEY_TYPES for key in value):  # type: ignore[attr-defined]
        pairs = value.items()  # type: ignore[attr-defined]
        return [DICT, *([pack(k, blobs, other, 0), pack(v, blobs, other, depth - 1)] for k, v in pairs)]
    if kind is slice:
        parts = (value.start, value.stop, value.step)  # type: ignore[attr-defined]
        return [SLICE, *(pack(part, blobs, other, depth - 1) for part in parts)]
    if value is Ellipsis:
        return [ELLIPSIS]
    return other(value)


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
