"""Reads what is hostile in a process of its own, under limits and a clock: what parsers make of it is not ours to say.

Which processes: the grader forks for each hand-in, which takes a few milliseconds and no import; a reader that is kept
would have to be fed, watched and replaced, and could keep something of one hand-in for the next. The fork lets go of
all that is open, takes its limits, does its work, and says in one message over a pipe (msgpack) what came of it.
Whatever ends it ends nothing else, and is a reason why the hand-in cannot be read. Bytes are parsed there and never
run, so that it may have the grader's rights; no file takes a byte of it.

A deadline and a kill may be the machine's doing: they are tried a second time before they count.
"""

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from autograder.inside.privileges import die_with_parent, limit
from autograder.intake import HandIn, SeveralHandIns, UnreadableHandIn, read_hand_in
from autograder.intake.names import show

CPU_S = 10  # half a megabyte of code that is made to be dear takes three
WALL_S = 60.0  # whatever else the machine does beside
MEMORY_BYTES = 768 << 20  # beside what the grader has
RESULT_BYTES = 16 << 20  # more than the sources of a hand-in and the lines of its notebook may come to
TRIES = 2
LONGEST_S = TRIES * WALL_S

_FORK = get_context("fork")
Result = TypeVar("Result")


class _Done(msgspec.Struct, tag=True):
    result: msgspec.Raw


class _Unreadable(msgspec.Struct, tag=True):
    reason: str
    is_several: bool = False


class _Fault(msgspec.Struct, tag=True):
    number: int
    text: str


def read_apart(paths: Sequence[Path], **options: Any) -> HandIn:
    """What `read_hand_in` gives for these paths and options, or raises, read in a process of its own.

    Trust: everything at the paths is hostile. Whatever it makes the reader do (compute without end, fill the memory,
        crash, raise anything) is an UnreadableHandIn.
    """
    return apart(partial(read_hand_in, paths, **options), HandIn, f"hand-in {show(paths[0].name)}")


def apart(work: Callable[[], Result], kind: type[Result], what: str) -> Result:
    """The result of `work`, which looks at something hostile, from a process of its own.

    kind: the result's type, as msgspec has it
    what: how messages call what is read
    Raises: UnreadableHandIn, SeveralHandIns and OSError as `work` does; UnreadableHandIn for whatever else ends it
    """
    for _ in range(TRIES):
        said, status = _ask(work, what)
        if said or status != -signal.SIGKILL:
            break
    if not said:
        raise UnreadableHandIn(_with_step(what, _ended(status)))
    answer = msgspec.msgpack.decode(said, type=_Done | _Unreadable | _Fault)
    if isinstance(answer, _Fault):
        raise OSError(answer.number, answer.text)
    if isinstance(answer, _Unreadable):
        raise (SeveralHandIns if answer.is_several else UnreadableHandIn)(answer.reason)
    return msgspec.msgpack.decode(answer.result, type=kind)


def _ask(work: Callable[[], object], what: str) -> tuple[bytes, int]:
    """What the process says, and the status with which it ended: minus a signal's number if one ended it."""
    ours, theirs = _FORK.Pipe(duplex=False)
    with ours:
        process = _FORK.Process(target=_answer, args=(theirs, work, what))
        with theirs:
            process.start()
        try:
            said = ours.recv_bytes(2 * RESULT_BYTES) if ours.poll(WALL_S) else b""
        except (EOFError, OSError):  # it ended before it had said all, or says more than it may
            said = b""
        finally:
            process.kill()
            process.join()
        return said, process.exitcode or 0


def _ended(status: int) -> str:
    if status == -signal.SIGXCPU:
        return f"took more than {CPU_S} s of computing"
    if status == -signal.SIGKILL:
        return f"took more than {WALL_S:.0f} s, or more memory than there is, {TRIES} times"
    if status < 0:
        return f"crashed ({signal.Signals(-status).name})"
    return f"ended without a word (status {status})"


def _with_step(what: str, problem: str) -> str:
    return f"{what}: reading it {problem}; hand in the modules alone, as .py files"


# --- in the process -----------------------------------------------------------------------------------------


def _answer(pipe: Connection, work: Callable[[], object], what: str) -> None:
    # Who waits for the grader's end, or a sandbox for its own, waits for these to be closed, in us too.
    for descriptor in {*map(int, os.listdir("/proc/self/fd"))} - {0, 1, 2, pipe.fileno()}:
        with contextlib.suppress(OSError):  # that of the list itself
            os.close(descriptor)
    pipe.send_bytes(msgspec.msgpack.encode(_outcome(work, what)))


def _outcome(work: Callable[[], object], what: str) -> _Done | _Unreadable | _Fault:
    try:
        _limit_itself()
        result = msgspec.msgpack.encode(work())
    except UnreadableHandIn as error:
        return _Unreadable(str(error), is_several=isinstance(error, SeveralHandIns))
    except OSError as error:
        return _Fault(error.errno or 0, f"{error.strerror or error}{_of_file(error)}")
    except MemoryError:
        return _Unreadable(_with_step(what, f"takes more than {MEMORY_BYTES >> 20} MiB of memory"))
    except Exception as error:  # of a parser that is not ours, or of ours on what nobody thought of: not to be graded
        return _Unreadable(_with_step(what, f"ended in {type(error).__name__}: {show(str(error), 200)}"))
    if len(result) > RESULT_BYTES:
        return _Unreadable(_with_step(what, f"gives more than {RESULT_BYTES >> 20} MiB of code"))
    return _Done(msgspec.Raw(result))


def _of_file(error: OSError) -> str:
    return f": {error.filename!r}" if error.filename is not None else ""


def _limit_itself() -> None:
    die_with_parent()
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    limit(resource.RLIMIT_CPU, CPU_S, grace=1)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CORE, 0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MEMORY_BYTES
    allowed = [each for each in resource.getrlimit(resource.RLIMIT_AS) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([most, *allowed]),) * 2)
