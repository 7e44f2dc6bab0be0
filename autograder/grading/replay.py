"""A test run once more, on the trusted side, with the course's own code in the place of a submission's.

The test sees no difference: what it asks for is answered by the same code as in the sandbox (inside/objects.py),
values are packed and rebuilt as on the wire, only that nothing travels. Each answer can be held against the one that
a submission gave; the replay ends at the first that differs.
Trust: nothing of the submission runs here and none of its values gets here but to be compared.
"""

import warnings
from types import ModuleType
from typing import Any

import numpy as np

from autograder.boundary.channels import Channel
from autograder.boundary.ends import Stopped
from autograder.boundary.session import Session, WaitingStep
from autograder.boundary.trace import Answer, Trace
from autograder.errors import there
from autograder.grading.pytest_internals import OutcomeException
from autograder.grading.sameness import same
from autograder.inside import messages, values, wire
from autograder.inside.objects import Objects

_NOTHING = object()  # where there was no such name


class Differs(OutcomeException):
    """The replay's answer is not the submission's.

    No test takes it for an answer, since it is no Exception. But pytest knows it, in a fixture too: after a
    BaseException that it does not know its set-up is in pieces, for every test that follows.
    """


class Beside(Trace):
    """The answers of a replay, held against those of a submission as they come."""

    def __init__(self, known: Trace) -> None:
        super().__init__()
        self.known = known
        self.has_ended = False
        self.got: Answer | None = None  # the submission's answer that differs, and the replay's
        self.want: Answer | None = None

    def note(self, answer: Answer) -> None:
        """Keep the answer if it is the submission's; Differs, once, if it is not, or if the submission gave none."""
        if self.has_ended:
            return  # a test that tidies up, in a package that is there for the next replay too
        super().note(answer)
        if self.is_whole and len(self.answers) <= len(self.known.answers):
            got, want = self.known.answers[len(self.answers) - 1], self.answers[-1]
            if same(got, want):
                return
            self.got, self.want = got, want
        self.has_ended = True
        raise Differs("the replay and the submission part here")

    @property
    def is_complete(self) -> bool:
        """Whether every answer of the submission was met by the same one."""
        return not self.has_ended and len(self.answers) == len(self.known.answers)


class Replay(Session):
    """A test's conversation with a package in this process."""

    def __init__(self, package: ModuleType, trace: Trace | None = None) -> None:
        super().__init__(_nowhere, _never)
        self.worker = _InPlaceOfTheWorker(package.__name__, self)
        self.inputs: list[np.ndarray[Any, Any]] = []  # what was sent last comes last
        if trace is not None:
            self.trace = trace
        np.random.seed(0)  # as each test's process begins

    def _written(self, step: messages.Step) -> messages.Written:
        return messages.Written(b"")  # nothing travels

    def _exchange(self, asked: list[WaitingStep], wants: bool) -> tuple[messages.Found, values.Received]:
        blobs, self._blobs = self._blobs, values.Blobs()
        steps = [each.step for each in asked]
        program = messages.Program(0, [], self._next_handle - len(steps), steps, wants)
        return self.worker.reply(program, _carried(blobs))

    def _pack(self, value: object, blobs: values.Blobs) -> Any:
        self.inputs += _arrays(value)
        return super()._pack(value, blobs)

    def restore(self) -> None:
        """Make the package what it was before the test: its next replay finds it as a new process would.

        The test's own undoing does not do: it may be cut off by the first answer that differs.
        """
        for holder, name, before in reversed(self.worker.replaced):
            if before is _NOTHING:
                delattr(holder, name)
            else:
                setattr(holder, name, before)
        self.worker.replaced.clear()

    def call_back(self, message: messages.Callback, blobs: values.Received) -> tuple[Any, values.Received]:
        """What the test's own function returns or why it fails, as a message."""
        frames = wire.Frames()
        frames.buffer += self._call_test_function(message, blobs)
        meta, received = there(frames.take())
        return wire.decode_message(messages.request_decoder, meta), received


class Swapped(Replay):
    """A replay in which one answer is the submission's: is it this one that the test fails by?

    Trust: the value is a plain one, as every test is handed them.
    """

    def __init__(self, package: ModuleType, place: int, value: object) -> None:
        super().__init__(package)
        self.place, self.value = place, value

    def _converse(self, wants: bool) -> Any:
        own = super()._converse(wants)
        return self.value if len(self.trace.answers) == self.place + 1 else own


class _InPlaceOfTheWorker(Objects):
    """Answers as a worker's child does, in this process."""

    def __init__(self, package: str, session: Replay) -> None:
        super().__init__(package)
        self.session = session
        # What the test has set in modules and classes, and what was there: all that lives longer than the replay.
        self.replaced: list[tuple[object, str, object]] = []

    def perform(self, step: messages.Step, blobs: values.Received) -> object:
        """The result of a step; what it replaces in a module or class is kept for `Replay.restore`."""
        holder = self.objects[step.target] if isinstance(step, messages.Set) else None
        if not isinstance(step, messages.Set) or not isinstance(holder, ModuleType | type):
            return super().perform(step, blobs)
        before = vars(holder).get(step.name, _NOTHING)
        result = super().perform(step, blobs)
        self.replaced.append((holder, step.name, before))
        return result

    def reply(self, program: messages.Program, blobs: values.Received) -> tuple[messages.Found, values.Received]:
        """What a worker would send."""
        before, self.warned = self.warned, []
        out, kinds = values.Blobs(), list[Any]()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always")
                warnings.showwarning = self.note_warning
                return self.answer(program, blobs, out, kinds), _carried(out)
        except Exception as error:
            return self.raised(0, error, kinds), values.Received(b"")
        finally:
            self.warned = before

    def _call_back(self, callback: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        blobs = values.Blobs()
        message = messages.Callback(callback, self.pack(args, blobs), self.pack(kwargs, blobs))
        reply, incoming = self.session.call_back(message, _carried(blobs))
        if isinstance(reply, messages.CallbackFailed):
            raise RuntimeError(reply.reason)
        return values.rebuild(reply.value, incoming, self._refer)


def _carried(blobs: values.Blobs) -> values.Received:
    return values.Received(b"".join(blobs.parts))


def _arrays(value: object) -> list["np.ndarray[Any, Any]"]:
    """Copies of the arrays in what is sent: a test may change its own afterwards."""
    if isinstance(value, np.ndarray):
        return [value.copy()]
    if isinstance(value, list | tuple):
        return [array for item in value for array in _arrays(item)]
    return []


def _nowhere() -> Channel:
    raise AssertionError("a replay has no channel")


def _never() -> Stopped:
    raise AssertionError("a replay is never stopped")
