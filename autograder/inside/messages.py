"""What the two ends say to each other: nursery and zygotes on control sockets, a test's process on its data socket."""

from typing import Annotated, Any

import msgspec

MAX_TEXT = 4096
MAX_NAME = 80
MAX_BASES = 32
MAX_WARNINGS = 16
MAX_CALLBACK_DEPTH = 16  # of the test's functions called inside each other
MAX_STEPS = 256  # of a program: until its end what they gave is kept
NOT_LOADED = "not loaded"  # instead of a warning's class: a statement that failed when a module was loaded

# What a test's process says first on its socket, before anything of the submission can run in it. Another first word is
# why it could not be set up, which is nobody's fault but ours.
BEGUN = b"\0"
# The exit status of one that can no longer answer: the submission has broken or closed what it answers through.
BROKEN_STATUS = 70


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


Found = Value | Raised  # what a program came to

Request = Program | Returned | CallbackFailed
Reply = Found | Callback

control_decoder = msgspec.msgpack.Decoder(Control)
control_reply_decoder = msgspec.msgpack.Decoder(ControlReply)
request_decoder = msgspec.msgpack.Decoder(Request)
reply_decoder = msgspec.msgpack.Decoder(Reply)
