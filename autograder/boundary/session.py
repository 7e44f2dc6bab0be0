"""One test's conversation with a worker: what it asks for becomes steps of programs, and what comes back is rebuilt.

A value of a plain type comes back as that exact type; anything else is a `Remote`, a handle that only the worker can
open.
Trust: names, texts and values that arrive here are the submission's; nothing of it is executed, and what is shown to
people is escaped by whoever shows it.
"""

import builtins
import os
import warnings
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NoReturn, cast

import numpy as np

from autograder.boundary.channels import Channel
from autograder.boundary.ends import HungUp, Stopped, WorkerFault
from autograder.boundary.remote import OpaqueValue, Remote
from autograder.boundary.student_error import student_error
from autograder.boundary.trace import OBJECT, Answer, Trace
from autograder.checks.words import say
from autograder.errors import there
from autograder.inside import messages, values, wire

MAX_CALLBACKS = 100_000
MAX_CALLBACK_BYTES = 4 << 20  # of arrays in one call: whatever the test's function makes of them is made over here
MAX_RELEASED = 10_000  # handles given back with one request; the rest goes with the next
MAX_WAITING_BYTES = wire.MAX_META_BYTES // 2  # of the steps of one program; a single step may have more
SEQ_BYTES = 7


_WARNINGS = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Warning)
}


class Unforeseen(Exception):
    """A step whose answer was not waited for has another than was foreseen: the test has to be asked step by step."""


class Foreseen(IntEnum):
    """What the course's own code answered where a submission is asked now, and how the answer is waited for."""

    VALUE = 0  # at once; also where nothing is known
    CALLBACK = 1  # at once, and what was asked before is sent before: the test's own functions are called meanwhile
    OBJECT = 2  # later: whatever object it is, it stays over there
    NOTHING = 3  # later: None


@dataclass(frozen=True)
class WaitingStep:
    """A step that was not sent yet, its place among all that the test asked, and who stands for its result."""

    step: messages.Step
    written: messages.Written
    place: int
    remote: "weakref.ref[Remote] | None" = None
    name: tuple[int, str] | None = None  # what was looked up where, if it will not change
    n_set: int = 0  # how often something had been set in a module or class by then


class Session:
    """One test's conversation with the worker.

    What a test asks for is a step of a program. It is sent when a value is wanted; until then steps wait whose results
    are objects or None. `foreseen` tells which these are: what the course's own code answered at each place. Whether a
    submission answers so is seen when the program has run, and if not, Unforeseen ends the test, and `is_unforeseen`
    says so whatever the test makes of it.

    `stopped` tells, whatever the test made of it, that student code was stopped, and why at first; `fault` that we
    could not give it a worker. `trace` holds what came back, `not_loaded` a line for each statement that failed when a
    module was loaded, which went on without it.
    `unloadable` names the modules that are known not to load, with the error that a look-up of one raises at once.
    """

    def __init__(
        self,
        open_channel: Callable[[], Channel],
        explain_end: Callable[[], Stopped],
        unloadable: dict[str, Exception] | None = None,
        foreseen: bytes = b"",
    ) -> None:
        self._open_channel = open_channel
        self._explain_end = explain_end
        self.unloadable = unloadable or {}
        self.foreseen = foreseen
        self.is_unforeseen = False
        self.answered = bytearray()  # what can be foreseen of the next conversation like this one
        self.channel: Channel | None = None
        self.stopped: Stopped | None = None
        self.fault: WorkerFault | None = None
        self.trace = Trace()
        self.not_loaded: list[str] = []
        self.n_calls = 0
        self.n_callbacks = 0
        self.n_programs = 0
        self.callback_depth = 0
        self._next_handle = 1
        self._waiting: list[WaitingStep] = []
        self._blobs = values.Blobs()
        self._n_bytes = 0
        self._lasting: dict[tuple[int, str], Remote] = {}
        self._n_set = 0
        self._solid = {0}  # handles of modules and classes
        self._released: list[int] = []
        self._callbacks: list[Callable[..., object]] = []
        self._callback_error: Exception | None = None

    def root(self) -> "Remote":
        """The submission's package."""
        return Remote(self, 0, "module")

    def keep(self, array: "np.ndarray[Any, Any]") -> "Remote":
        """`array`, living over there: passed on by reference, read back with np.array."""
        return self._object("keep", array)

    def beside(self, code: bytes) -> "Remote":
        """The assignment's stand-ins (course/stand_ins.py), made over there from their code."""
        module = self._object("beside", np.frombuffer(code, np.uint8))
        self._solid.add(module._handle)
        return module

    def _object(self, operation: str, array: "np.ndarray[Any, Any]") -> "Remote":
        """What an operation gives that our own worker never answers with a value."""
        made = self.operate(operation, array)
        if type(made) is not Remote:
            self.stopped = _forged("a value came for a handle")
            raise self.stopped
        return made

    # The steps

    def get(self, target: int, name: str) -> Any:
        known = self.unloadable.get(name) if target == 0 else None
        if isinstance(known, Stopped):
            self.stopped = known
        if known is not None:
            raise known.with_traceback(None)
        lasting = self._lasting.get((target, name))
        if lasting is not None:
            self._take_down(Foreseen.OBJECT)
            return lasting
        return self._ask(lambda blobs: messages.Get(target, name), (target, name) if target in self._solid else None)

    def set(self, target: int, name: str, value: object) -> None:
        self._ask(lambda blobs: messages.Set(target, name, self._pack(value, blobs)))
        if target in self._solid:
            self._lasting.clear()
            self._n_set += 1

    def call(self, target: int, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        self.n_calls += 1
        return self._ask(lambda blobs: messages.Call(target, self._pack(args, blobs), self._pack(kwargs, blobs)))

    def operate(self, name: str, *args: object) -> Any:
        return self._ask(lambda blobs: messages.Operate(name, self._pack(args, blobs)))

    def release(self, handle: int) -> None:
        """Let the worker forget an object; it is told with the next program."""
        self._released.append(handle)

    # There and back

    def _ask(self, step_of: Callable[[values.Blobs], messages.Step], name: tuple[int, str] | None = None) -> Any:
        """What a step gives; an object or None before it was sent, where that is foreseen."""
        self._check_alive()
        blobs = values.Blobs()
        step = step_of(blobs)
        written = self._written(step)
        n_bytes = len(written) + sum(map(len, blobs.parts))
        place = len(self.answered)
        foreseen = Foreseen(self.foreseen[place]) if place < len(self.foreseen) else Foreseen.VALUE
        is_full = len(self._waiting) == messages.MAX_STEPS or self._n_bytes + n_bytes > MAX_WAITING_BYTES
        if is_full or foreseen is Foreseen.CALLBACK:
            self.flush()
        result = Remote(self, self._next_handle, "") if foreseen is Foreseen.OBJECT else None
        self._next_handle += 1
        stands_for = None if result is None else weakref.ref(result)
        self._waiting.append(WaitingStep(step, written, place, stands_for, name, self._n_set))
        self._blobs.parts += blobs.parts
        self._n_bytes += n_bytes
        if foreseen >= Foreseen.OBJECT:
            self._take_down(foreseen)
            return result
        self.answered.append(Foreseen.VALUE)
        return self._send(wants=True)

    def flush(self) -> None:
        """Send what waits, and see whether it came as foreseen."""
        if self._waiting:
            self._check_alive()
            self._send(wants=False)

    def settle(self) -> None:
        """At the end of a test that passed or failed: see what of its last steps came, which it has not looked at.

        What is wrong with it stands in `is_unforeseen`, `stopped` and `fault`.
        """
        with suppress(Unforeseen, Stopped, WorkerFault):
            self.flush()

    def _take_down(self, foreseen: Foreseen) -> None:
        """An answer that is known before it comes; should another come, nothing of this conversation counts."""
        self.answered.append(foreseen)
        self.trace.note(Answer(OBJECT if foreseen is Foreseen.OBJECT else None))

    def _send(self, wants: bool) -> Any:
        try:
            return self._converse(wants)
        except Stopped as stopped:
            if self.stopped is None:  # what follows from the first cause is not told as a cause
                self.stopped = stopped
                if isinstance(stopped, HungUp):
                    self.stopped = self._explain_end()
            raise self.stopped.with_traceback(None) from None
        except WorkerFault as fault:
            self.fault = fault
            raise

    def _check_alive(self) -> None:
        for end in (self.fault, self.stopped):
            if end is not None:
                raise end.with_traceback(None)
        if self.is_unforeseen:
            raise Unforeseen

    def _converse(self, wants: bool) -> Any:
        asked, self._waiting = self._waiting, []
        n_callbacks = self.n_callbacks
        reply, incoming = self._exchange(asked, wants)
        self._see(asked[:-1] if wants else asked, reply)
        for category, text in reply.warnings:
            if category == messages.NOT_LOADED:
                self.not_loaded.append(text)
            else:
                warnings.warn(text, _WARNINGS.get(category, UserWarning), stacklevel=5)
        if not wants:
            return None
        warned = tuple(category for category, _ in reply.warnings if category != messages.NOT_LOADED)
        n_callbacks = self.n_callbacks - n_callbacks
        if isinstance(reply, messages.Raised):
            self.trace.note(Answer(None, (reply.type_name, reply.text), warned, n_callbacks))
            self._raise(reply)
        self._callback_error = None  # student code has coped with it
        value = self._rebuild(reply.value, incoming)
        answer = Answer(value, None, warned, n_callbacks)
        self.answered[asked[-1].place] = _foreseeable(answer)
        self.trace.note(answer)
        if type(value) is Remote:
            self._remember(asked[-1], value)
        return value

    def _see(self, asked: list[WaitingStep], reply: messages.Value | messages.Raised) -> None:
        """Whether the results that stayed over there are of the kind that was foreseen; Unforeseen if not."""
        if len(reply.kinds) > len(asked):
            raise _forged("more answers than questions came")
        for each, kind in zip(asked, [*reply.kinds, *[True] * (len(asked) - len(reply.kinds))], strict=True):
            if kind is True or (kind is None) != (each.remote is None):
                self._end_unforeseen()
            remote = None if each.remote is None else each.remote()
            if remote is not None:
                object.__setattr__(remote, "_kind", kind)
                self._remember(each, remote)

    def _end_unforeseen(self) -> NoReturn:
        self.is_unforeseen = True
        raise Unforeseen

    def _remember(self, asked: WaitingStep, remote: "Remote") -> None:
        """Modules, classes and functions, looked up in a module or class, stay what they are until a test sets one."""
        if asked.name is not None and asked.n_set == self._n_set and remote._kind in ("module", "type", "function"):
            self._lasting[asked.name] = remote
            self._solid.add(remote._handle)

    def _written(self, step: messages.Step) -> messages.Written:
        return wire.encode_step(step)

    def _exchange(self, asked: list[WaitingStep], wants: bool) -> tuple[messages.Found, values.Received]:
        """Send a program, serve the calls of the test's functions that come meanwhile, and take the answer."""
        if self.channel is None:
            self.channel = self._open_channel()
        # Nobody can answer before the question is asked: its number cannot be guessed.
        seq = int.from_bytes(os.urandom(SEQ_BYTES))
        released = self._released[:MAX_RELEASED]
        del self._released[:MAX_RELEASED]
        blobs, self._blobs, self._n_bytes = self._blobs, values.Blobs(), 0
        steps = cast(list[messages.Step], [each.written for each in asked])
        program = messages.Program(seq, released, self._next_handle - len(steps), steps, wants)
        self.n_programs += 1
        there(self.channel).send(wire.encode_frame(program, blobs))
        while True:
            reply, incoming = self.channel.receive()
            if isinstance(reply, messages.Callback):
                if len(asked) > 1 or not wants:
                    self._end_unforeseen()
                self._serve_callback(reply, incoming)
                continue
            if reply.seq != seq:
                raise _forged("an answer to another question came")
            return reply, incoming

    def _raise(self, raised: messages.Raised) -> NoReturn:
        error, self._callback_error = self._callback_error, None
        if error is not None and raised.text == _reason(error):  # the test's own error, not the echo of it
            raise error
        if "MemoryError" in raised.bases:
            raise Stopped("memory_limit", say("stopped.memory"))
        if "SystemExit" in raised.bases:
            raise Stopped("exit", say("stopped.sys_exit"))
        if "KeyboardInterrupt" in raised.bases:
            raise Stopped("exit", say("stopped.interrupt"))
        raise student_error(raised)

    def _serve_callback(self, message: messages.Callback, blobs: values.Received) -> None:
        frame = self._call_test_function(message, blobs)
        self._check_alive()  # the function may have asked student code for something and not cared how that ended
        there(self.channel).send(frame)

    def _call_test_function(self, message: messages.Callback, blobs: values.Received) -> bytes:
        """The frame that says what the test's function returned, or that it failed."""
        out = values.Blobs()
        self.n_calls += 1
        self.n_callbacks += 1
        if self.n_callbacks > MAX_CALLBACKS:
            raise Stopped("call_limit", say("stopped.calls", n=MAX_CALLBACKS))
        if self.callback_depth >= messages.MAX_CALLBACK_DEPTH:  # the worker counts too; this one it cannot change
            raise _forged(f"a call inside more than {messages.MAX_CALLBACK_DEPTH} others")
        if not 0 <= message.callback < len(self._callbacks):
            raise _forged("a call of a function that was never sent")
        args, kwargs = self._rebuild(message.args, blobs), self._rebuild(message.kwargs, blobs)
        if (
            not isinstance(args, tuple)
            or not isinstance(kwargs, dict)
            or not all(isinstance(key, str) for key in kwargs)
        ):
            raise _forged("a call without arguments")
        self.callback_depth += 1
        try:
            if len(blobs.data) > MAX_CALLBACK_BYTES:
                raise OpaqueValue(say("failed.large_call", got=len(blobs.data), most=MAX_CALLBACK_BYTES))
            try:
                result = self._callbacks[message.callback](*args, **kwargs)
            finally:  # what it has asked for comes before what student code does next
                self.flush()
            frame = wire.encode_frame(messages.Returned(self._pack(result, out)), out)
        except Exception as error:
            self._callback_error = error
            frame = wire.encode_frame(messages.CallbackFailed(_reason(error)))
        finally:
            self.callback_depth -= 1
        return frame

    # Values

    def _pack(self, value: object, blobs: values.Blobs) -> Any:
        return values.pack(value, blobs, self._pack_other)

    def _pack_other(self, value: object) -> list[Any]:
        if type(value) is Remote:
            if value._session is not self:
                raise TypeError("remote: an object of another test or submission cannot be passed on")
            return [values.HANDLE, value._handle]
        if callable(value):
            self._callbacks.append(value)
            return [values.CALLBACK, len(self._callbacks) - 1]
        raise TypeError(
            f"remote: a {type(value).__name__} cannot be sent to the student's side; "
            "want numpy arrays, plain Python values, functions, or objects that came from there"
        )

    def _rebuild(self, tree: Any, blobs: values.Received) -> Any:
        try:
            return values.rebuild(tree, blobs, self._refer)
        except values.FrameError as error:
            raise _forged(str(error)) from None

    def _refer(self, tag: int, fields: list[Any]) -> object:
        if tag != values.HANDLE or len(fields) != 2:
            raise values.FrameError(f"wire: a value has the unknown tag {tag}")
        handle, type_name = fields
        if type(handle) is not int or type(type_name) is not str or len(type_name) > messages.MAX_NAME:
            raise values.FrameError("wire: a handle is not a number and the name of a type")
        return Remote(self, handle, type_name)


def _foreseeable(answer: Answer) -> Foreseen:
    """What this answer lets expect of another conversation at the same place."""
    if answer.n_callbacks:
        return Foreseen.CALLBACK
    if answer.warned or answer.raised or not (answer.value is None or type(answer.value) is Remote):
        return Foreseen.VALUE
    return Foreseen.NOTHING if answer.value is None else Foreseen.OBJECT


def _forged(what: str) -> Stopped:
    """The submission said something to us that our worker would not have said."""
    return Stopped("broken_frame", say("stopped.pipe", what=what))


def _reason(error: Exception) -> str:
    """What student code is told of a test's function that failed: its message could hold expected values."""
    return f"the test's function does not take this: {type(error).__name__}"
