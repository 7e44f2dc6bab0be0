"""The worker: the one program that runs inside the sandbox, and the only place where student code runs.

Processes, all of them inside the sandbox's namespaces:

    zygote   pid 1 of its pid namespace. Started once for a submission, has numpy loaded, runs no student code ever.
             Reads control messages (wire.Control) from the trusted process on one socket, the only descriptor that
             it was started with beside the standard three.
    child    forked from the zygote for each test; gets that test's data socket and output pipe (passed over the
             control socket), imports the submission from memory and answers requests until the test ends. It starts
             as the zygote is: no test sees what another test did. Whatever it sends is hostile input to the reader.
    others   whatever student code starts. When a test ends, the zygote kills every process but itself, so nothing
             outlives its test; as pid 1 it cannot be killed from within.

As whom: started by root, the zygote drops to an unprivileged uid for good (setuid, no capabilities) before it
answers for the first time; started by an ordinary user, it is alone in a user namespace. It is not dumpable, so its
children can neither ptrace it nor read its memory, in which there is nothing but the submission anyway.
"""

import contextlib
import ctypes
import gc
import operator
import os
import random
import resource
import select
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from . import loader, wire

MAX_HANDLES = 200_000
MAX_WARNINGS = 16
MAX_CALLBACK_DEPTH = 16
TRACE_FRAMES = 12
COMPILE_CPU_S = 5
SCRATCH = "/tmp"
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38  # <sys/prctl.h>


class _Kept:
    """Marks a value that goes back as a handle although it could go by value."""

    def __init__(self, value: object) -> None:
        self.value = value


OPERATIONS: dict[str, Callable[..., object]] = {
    **{
        name: getattr(operator, name)
        for name in (
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "pos", "abs"),
            *("lt", "le", "gt", "ge", "getitem", "setitem", "delitem", "contains"),
        )
    },
    "len": len,
    "iter": iter,
    "next": next,
    "isinstance": isinstance,
    "keep": _Kept,
    "value": lambda value: value,
}


class Child:
    """Answers one test's requests: attribute look-ups, calls and operators on the submission's objects."""

    def __init__(self, sock: socket.socket, package: str) -> None:
        self.sock = sock
        self.package = package
        self.objects: dict[int, object] = {}
        self.next_handle = 1
        self.depth = 0
        self.warned: list[tuple[str, str]] = []
        warnings.simplefilter("always")
        warnings.showwarning = self._note_warning

    def _note_warning(self, message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if len(self.warned) < MAX_WARNINGS:
            self.warned.append((category.__name__[:80], str(message)[: wire.MAX_TEXT]))

    # In and out

    def _read(self) -> tuple[Any, bytearray]:
        header = self._read_exactly(wire.HEADER.size)
        meta_length, blob_length = wire.check_header(bytes(header))
        meta = self._read_exactly(meta_length)
        return wire.decode_message(wire.request_decoder, meta), self._read_exactly(blob_length)

    def _read_exactly(self, n: int) -> bytearray:
        data = bytearray(n)
        view, done = memoryview(data), 0
        while done < n:
            got = self.sock.recv_into(view[done:])
            if got == 0:
                os._exit(0)  # the trusted side is done with this test
            done += got
        return data

    def _pack(self, value: object, blobs: wire.Blobs) -> Any:
        if type(value) is _Kept:
            return self._handle(value.value)
        return wire.pack(value, blobs, self._handle)

    def _handle(self, value: object) -> list[Any]:
        if len(self.objects) >= MAX_HANDLES:
            raise wire.Unsendable(f"worker: the test holds more than {MAX_HANDLES} objects of the submission")
        handle = self.next_handle
        self.next_handle += 1
        self.objects[handle] = value
        return [wire.HANDLE, handle, str(type(value).__name__)[:80]]

    def _refer(self, tag: int, fields: list[Any]) -> object:
        if tag == wire.HANDLE:
            return self.objects[fields[0]] if fields[0] else self._root()
        if tag == wire.CALLBACK:
            return lambda *args, **kwargs: self._call_back(fields[0], args, kwargs)
        raise wire.FrameError(f"wire: unknown tag {tag}")

    # Answering

    def serve(self) -> NoReturn:
        """Answer requests until the trusted side closes the socket."""
        while True:
            request, blobs = self._read()
            self._answer(request, blobs)

    def _answer(self, request: Any, blobs: bytearray) -> None:
        for handle in request.released:
            self.objects.pop(handle, None)
        self.warned = []
        out = wire.Blobs()
        try:
            result = self._perform(request, blobs)
            frame = wire.encode_frame(wire.Value(request.seq, self._pack(result, out), self.warned), out)
        except BaseException as error:  # also SystemExit, KeyboardInterrupt and what students derive from BaseException
            frame = wire.encode_frame(self._raised(request.seq, error))
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        self.sock.sendall(frame)

    def _perform(self, request: Any, blobs: bytearray) -> object:
        if isinstance(request, wire.Get):
            if request.target == 0:
                return self._submodule(request.name)
            return getattr(self.objects[request.target], request.name)
        if isinstance(request, wire.Set):
            setattr(self.objects[request.target], request.name, wire.rebuild(request.value, blobs, self._refer))
            return None
        args = wire.rebuild(request.args, blobs, self._refer)
        if isinstance(request, wire.Call):
            return self.objects[request.target](*args, **wire.rebuild(request.kwargs, blobs, self._refer))  # type: ignore[operator]
        if isinstance(request, wire.Operate):
            return OPERATIONS[request.name](*args)
        raise wire.FrameError(f"wire: a {type(request).__name__} is no request")

    def _root(self) -> Any:
        return __import__(self.package)

    def _submodule(self, name: str) -> object:
        """An attribute of the submission's package, or its module of that name, imported now."""
        package = self._root()
        try:
            return getattr(package, name)
        except AttributeError:
            full = f"{self.package}.{name}"
            try:
                __import__(full)
            except ModuleNotFoundError as error:
                if error.name == full:
                    raise AttributeError(f"module {self.package!r} has no attribute {name!r}") from None
                raise
            return sys.modules[full]

    def _call_back(self, callback: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call a function of the test's; requests that it makes of us meanwhile are answered here."""
        if self.depth >= MAX_CALLBACK_DEPTH:
            raise RecursionError(f"the test's function is called inside itself more than {MAX_CALLBACK_DEPTH} times")
        blobs = wire.Blobs()
        message = wire.Callback(callback, self._pack(args, blobs), self._pack(kwargs, blobs))
        warned = self.warned
        self.sock.sendall(wire.encode_frame(message, blobs))
        self.depth += 1
        try:
            while True:
                request, incoming = self._read()
                if isinstance(request, wire.Returned):
                    return wire.rebuild(request.value, incoming, self._refer)
                if isinstance(request, wire.CallbackFailed):
                    raise RuntimeError(request.reason)
                self._answer(request, incoming)
        finally:
            self.depth -= 1
            self.warned = warned

    def _raised(self, seq: int, error: BaseException) -> wire.Raised:
        """What can be said of an exception; its own methods may raise or lie, so each is asked with care."""
        kind = type(error)
        bases = [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
        try:
            text = str(error)
        except BaseException as worse:
            text = f"(its __str__ raised {type(worse).__name__})"
        where, trace = _origin(error)
        limit = wire.MAX_TEXT
        printable = [_utf8(part)[:limit] for part in (str(kind.__name__), text, where, trace)]
        return wire.Raised(seq, printable[0], bases, printable[1], printable[2], printable[3], self.warned)


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _origin(error: BaseException) -> tuple[str, str]:
    """("functional.py:57 in backward", the last frames as text) of the submission's own frames; "" without any."""
    try:
        if isinstance(error, SyntaxError) and error.filename.startswith(loader.ROOT + "/"):
            return f"{os.path.basename(error.filename)}:{error.lineno}", ""  # the line that does not parse
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(loader.ROOT)]
    except BaseException:  # an exception that student code has rebuilt
        return "", ""
    if not frames:
        return "", ""
    last = frames[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno} in {last.name}"
    return where, "".join(traceback.format_list(frames[-TRACE_FRAMES:]))


class Zygote:
    """Forks a fresh child for each test, and makes sure that nothing is left of it when the test ends."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.package = ""
        self.sources: dict[str, bytes] = {}
        self.codes: dict[str, bytes] = {}
        self.child = 0
        self.ended: wire.Ended | None = None
        self.alone = os.getpid() == 1

    def run(self) -> None:
        """Obey control messages until the trusted side closes the socket."""
        self._send(wire.Ready())
        while True:
            self._wait_for_message()
            received = self._receive()
            if received is None:
                return
            message, descriptors = received
            try:
                self._obey(message, descriptors)
            except OSError as error:  # fork or a limit: nothing of the student's ran, so the trusted side may try again
                self._send(wire.Refused(f"{type(message).__name__.lower()}: {error}"))
            finally:
                for descriptor in descriptors:
                    with contextlib.suppress(OSError):
                        os.close(descriptor)

    def _wait_for_message(self) -> None:
        """Sleep until the trusted side says something; meanwhile clean up after a child that ends by itself."""
        while self.child:
            pidfd = os.pidfd_open(self.child)
            try:
                poll = select.poll()
                poll.register(self.control, select.POLLIN)
                poll.register(pidfd, select.POLLIN)
                ready = {descriptor for descriptor, _ in poll.poll()}
            finally:
                os.close(pidfd)
            if pidfd in ready:
                self._end_child()
            if self.control.fileno() in ready:
                return

    def _receive(self) -> tuple[wire.Control, list[int]] | None:
        header, descriptors, _, _ = socket.recv_fds(self.control, wire.HEADER.size, 2)
        if not header:
            return None
        meta_length, _ = wire.HEADER.unpack(header)  # from the trusted side: no cap, sources may be long
        meta = bytearray()
        while len(meta) < meta_length:
            meta += self.control.recv(meta_length - len(meta))
        return wire.decode_message(wire.control_decoder, meta), descriptors

    def _send(self, message: wire.ControlReply) -> None:
        self.control.sendall(wire.encode_frame(message))

    def _obey(self, message: wire.Control, descriptors: list[int]) -> None:
        if isinstance(message, wire.Load):
            self.package, self.sources = message.package, message.files
            self.codes = {module: self._compile(module, source) for module, source in message.files.items()}
            self._send(wire.Ready())
        elif isinstance(message, wire.Start):
            self._start(message, *descriptors)
            self._send(wire.Ready())
        else:
            if self.child:
                os.kill(self.child, signal.SIGKILL)
                self._end_child()
            self._send(self.ended or wire.Ended(0, 0.0, False))
            self.ended = None

    def _compile(self, module: str, source: bytes) -> bytes:
        """Marshalled code of a module; compiled in a process of its own, because hostile source can crash Python."""
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.control.close()
            os.close(read_end)
            _limit(resource.RLIMIT_CPU, COMPILE_CPU_S)
            warnings.simplefilter("ignore")
            with open(write_end, "wb") as pipe:
                pipe.write(loader.compile_module(self.package, module, source))
            os._exit(0)
        os.close(write_end)
        with open(read_end, "rb") as pipe:
            code = pipe.read()
        _, status = os.waitpid(pid, 0)
        if status != 0:
            return loader.code_that_raises("Python itself cannot compile this file", self.package, module)
        return code

    def _start(self, message: wire.Start, data: int, output: int) -> None:
        self.ended = None
        gc.freeze()
        pid = os.fork()
        if pid:
            self.child = pid
            return
        try:
            self.control.close()
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(output)
            if not self.alone:
                os.setpgid(0, 0)
            _limit(resource.RLIMIT_CPU, max(1, round(message.cpu_s)), grace=1)
            sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            loader.install(self.package, self.codes, self.sources)
            Child(socket.socket(fileno=data), self.package).serve()
        finally:
            os._exit(70)  # student code never unwinds into the zygote's own loop

    def _end_child(self) -> None:
        """Reap the test's child and kill whatever it left behind."""
        _, status, usage = os.wait4(self.child, 0)
        if self.alone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # every process of this pid namespace but its pid 1, which we are
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.wait()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child, signal.SIGKILL)
        dirty = self.alone and any(True for _ in os.scandir(SCRATCH))
        self.child = 0
        self.ended = wire.Ended(status, usage.ru_utime + usage.ru_stime, dirty)


def _limit(kind: int, value: int, grace: int = 0) -> None:
    resource.setrlimit(kind, (value, value + grace))


def confine(uid: int, memory_bytes: int, processes: int, scratch_bytes: int) -> None:
    """Put the limits in place, then give up every privilege for good; `uid` -1 keeps the user that we are."""
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, scratch_bytes)
    _limit(resource.RLIMIT_NOFILE, 64)
    _limit(resource.RLIMIT_MSGQUEUE, 0)
    if processes:
        _limit(resource.RLIMIT_NPROC, processes)
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    libc = ctypes.CDLL(None, use_errno=True)
    # PR_SET_PDEATHSIG again, because changing the uid has cleared what bwrap had set.
    for option, value in ((PR_SET_PDEATHSIG, signal.SIGKILL), (PR_SET_DUMPABLE, 0), (PR_SET_NO_NEW_PRIVS, 1)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl failed")


def main(argv: list[str]) -> int:
    """The zygote's life; argv: control descriptor, uid, memory_bytes, processes, scratch_bytes.

    A control descriptor of -1 only tries whether a zygote can start here.
    """
    descriptor, uid, memory_bytes, processes, scratch_bytes = map(int, argv)
    confine(uid, memory_bytes, processes, scratch_bytes)
    # The global generators start every test in one known state, so that unseeded student code grades the same twice.
    np.random.seed(0)
    random.seed(0)
    if descriptor >= 0:
        Zygote(socket.socket(fileno=descriptor)).run()
    return 0
