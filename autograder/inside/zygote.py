"""What holds one submission inside the sandbox, and the only place where student code runs.

Processes, all of them inside the sandbox's namespaces:

    zygote   pid 1 of its pid namespace. Forked for a submission from the nursery (nursery.py), with numpy loaded; runs
             no student code ever. Reads control messages (messages.Control) from the trusted process on one socket, the
             only descriptor that it has beside the standard three.
    child    forked from the zygote for each test; gets that test's data socket and output pipe (passed over the
             control socket), imports the submission from memory and answers requests until the test ends. It starts
             as the zygote is: no test sees what another test did. Whatever it sends is hostile input to the reader.
    others   whatever student code starts. When a test ends, the zygote kills every process but itself, so nothing
             outlives its test; as pid 1 it cannot be killed from within.

Where no namespace can be had, the zygote shuts each child in by itself before student code is near
(privileges.confine_alone): one process, that can compute and answer, and nothing else.

As whom: started by root, the zygote drops to an unprivileged uid for good (setuid, no capabilities) before it
answers for the first time; started by an ordinary user, it is alone in a user namespace. It is not dumpable, so its
children can neither ptrace it nor read its memory, in which there is nothing but the submission anyway; and a system
call filter (system_calls.py) closes the ways to reach past a test that need no privilege. See privileges.py.
"""

import contextlib
import gc
import os
import random
import re
import resource
import select
import signal
import socket
import sys
import warnings
from typing import Any, NoReturn

import numpy as np

from . import loader, messages, privileges, system_calls, values, wire
from .control import ControlSocket
from .objects import Objects

RECEIVE_BYTES = 1 << 16  # as in boundary/channels.py
RESERVE_BYTES = 4 << 20
LAST_BREATH_S = 0.5  # from a process's last open socket to its exit status, on a busy machine
COMPILE_CPU_S = 5  # of one module
COMPILE_ALL_CPU_S = 10  # of a submission, so that the trusted side need not wait long for what never compiles
SCRATCH = "/tmp"
STAR = re.compile(rb"\bimport[ \t]*\*")


class Child(Objects):
    """Runs one test's programs: attribute look-ups, calls and operators on the submission's objects."""

    def __init__(self, sock: socket.socket, package: str) -> None:
        super().__init__(package)
        self.sock = sock
        self.frames = wire.Frames()
        self.depth = 0
        self.reserve = bytes(RESERVE_BYTES)
        warnings.simplefilter("always")
        warnings.showwarning = self.note_warning

    # In and out

    def _read(self) -> tuple[Any, values.Received]:
        while (frame := self.frames.take()) is None:
            data = self.sock.recv(RECEIVE_BYTES)
            if not data:
                os._exit(0)  # the trusted side is done with this test
            self.frames.buffer += data
        meta, blobs = frame
        return wire.decode_message(messages.request_decoder, meta), blobs

    # Answering

    def serve(self) -> NoReturn:
        """Answer programs until the trusted side closes the socket."""
        while True:
            program, blobs = self._read()
            self._answer(program, blobs)

    def _answer(self, program: messages.Program, blobs: values.Received) -> None:
        self.warned = []
        out, kinds = values.Blobs(), list[Any]()
        try:
            frame = wire.encode_frame(self.answer(program, blobs, out, kinds), out)
        except BaseException as error:  # also SystemExit, KeyboardInterrupt and what students derive from BaseException
            if isinstance(error, MemoryError):
                self.reserve = b""  # room to say so
            frame = wire.encode_frame(self.raised(program.seq, error, kinds))
        self.release(program.released)
        for name in ("stdout", "stderr"):
            with contextlib.suppress(BaseException):  # whatever the submission has put in its place
                getattr(sys, name).flush()
        self.sock.sendall(frame)

    def _call_back(self, callback: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call a function of the test's; programs that it has for us meanwhile are run here."""
        if self.depth >= messages.MAX_CALLBACK_DEPTH:
            raise RecursionError(
                f"the test's function is called inside itself more than {messages.MAX_CALLBACK_DEPTH} times"
            )
        blobs = values.Blobs()
        message = messages.Callback(callback, self.pack(args, blobs), self.pack(kwargs, blobs))
        warned = self.warned
        self.sock.sendall(wire.encode_frame(message, blobs))
        self.depth += 1
        try:
            while True:
                request, incoming = self._read()
                if isinstance(request, messages.Returned):
                    return values.rebuild(request.value, incoming, self._refer)
                if isinstance(request, messages.CallbackFailed):
                    raise RuntimeError(request.reason)
                self._answer(request, incoming)
        finally:
            self.depth -= 1
            self.warned = warned


class Zygote:
    """Forks a fresh child for each test, and makes sure that nothing is left of it when the test ends."""

    def __init__(self, control: ControlSocket, boot: messages.Boot) -> None:
        self.control = control
        self.importable = frozenset(boot.with_imports)
        self.shut_in, self.processes = boot.shut_in, boot.processes
        self.package = ""
        self.sources: dict[str, bytes] = {}
        self.codes: dict[str, bytes] = {}
        self.data: dict[str, bytes] = {}
        self.child = 0
        self.ended: messages.Ended | None = None
        self.alone = os.getpid() == 1
        self.last_number = self.loaded_number = 0  # of the processes that this one has started
        self.compile_cpu_s = 0.0
        self.finders = list(sys.meta_path)
        self.importer: loader.MemoryImporter
        self.scratch_changed_ns = os.stat(SCRATCH).st_ctime_ns if self.alone else 0

    def run(self) -> None:
        """Obey control messages until the trusted side closes the socket."""
        self.control.send(messages.Ready())
        while True:
            self._wait_for_message()
            received = self.control.receive()
            if received is None:
                if self.child:  # where we are not pid 1, nothing else would end it
                    os.kill(self.child, signal.SIGKILL)
                    self._end_child()
                return
            message, descriptors = received
            try:
                self._obey(message, descriptors)
            except OSError as error:  # fork or a limit: nothing of the student's ran, so the trusted side may try again
                self.control.send(messages.Refused(f"{type(message).__name__.lower()}: {error}"))
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

    def _obey(self, message: messages.Control, descriptors: list[int]) -> None:
        if isinstance(message, messages.Load):
            before = (self.package, self.sources, self.codes)
            self.package, self.sources, self.data = message.package, message.files, message.data
            self.compile_cpu_s = 0.0
            self.codes = {
                module: self._code(module, source, *before)
                for module, source in message.files.items()
                if module not in message.broken
            }
            self._prepare(message.broken)
            if self.alone:
                self.last_number = self.loaded_number = _latest_number()
            self.control.send(messages.Ready())
        elif isinstance(message, messages.Start):
            self.control.send(messages.Ready() if self._start(message, *descriptors) else messages.Overtaken())
        elif isinstance(message, messages.End):
            if self.child:
                lives = message.hung_up and not self._ends_by_itself()
                os.kill(self.child, signal.SIGKILL)
                self._end_child()
                if lives and self.ended is not None:  # it closed its socket and went on: not a kill to wonder at
                    self.ended.status = messages.BROKEN_STATUS << 8
            self.control.send(self.ended or messages.Ended(0, 0.0, False))
            self.ended = None

    def _prepare(self, broken: dict[str, str]) -> None:
        """What each test would do anew: make the package importable, and open what it prints to."""
        sys.meta_path[:] = self.finders
        if any(STAR.search(source) for source in self.sources.values()):
            loader.promise(self.importable)
            for name in np.__all__:  # numpy loads some of its parts when they are first asked for
                getattr(np, name)
            sys.meta_path[:] = self.finders
        raising = {module: loader.code_that_raises(why, self.package, module) for module, why in broken.items()}
        self.importer = loader.install(self.package, self.codes | raising, self.sources, self.data, self.importable)
        sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        for name in [name for name in sys.modules if name.partition(".")[0] == "msgspec"]:
            del sys.modules[name]  # ours, and no part of what a course promises
        gc.freeze()

    def _code(
        self, module: str, source: bytes, package: str, sources: dict[str, bytes], codes: dict[str, bytes]
    ) -> bytes:
        """A module's code; that of the submission before it if that had the very same module."""
        is_known = package == self.package and sources.get(module) == source and module in codes
        return codes[module] if is_known else self._compile(module, source)

    def _compile(self, module: str, source: bytes) -> bytes:
        """Marshalled code of a module; compiled in a process of its own, because hostile source can crash Python."""
        if self.compile_cpu_s > COMPILE_ALL_CPU_S:
            return loader.code_that_raises("the files before this one took too long to compile", self.package, module)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self.control.close()
                os.close(read_end)
                os.dup2(0, 2)  # its last words would fill the pipe that our own are read from
                self._shut_in()
                privileges.limit(resource.RLIMIT_CPU, COMPILE_CPU_S)
                warnings.simplefilter("ignore")
                with open(write_end, "wb") as pipe:
                    pipe.write(loader.compile_module(self.package, module, source))
                os._exit(0)
            finally:
                os._exit(1)  # never unwinds into the zygote's own loop
        os.close(write_end)
        with open(read_end, "rb") as pipe:
            code = pipe.read()
        _, status, usage = os.wait4(pid, 0)
        self.compile_cpu_s += usage.ru_utime + usage.ru_stime
        if status != 0:
            return loader.code_that_raises("Python itself cannot compile this file", self.package, module)
        return code

    def _shut_in(self) -> None:
        """Of a process that student code is to run in: what its zygote may, and it may not."""
        if self.shut_in:
            privileges.confine_alone(self.processes)
        elif self.alone:
            system_calls.close_what_is_counted()

    def _start(self, message: messages.Start, data: int, output: int) -> bool:
        """Whether the test's process has begun: it has not if its number is gone."""
        self.ended = None
        number = self._skip_numbers(message.place)
        pid = os.fork()
        if pid:
            self.last_number = pid
            if number not in (None, pid):
                os.waitpid(pid, 0)
                return False
            self.child = pid
            return True
        if number not in (None, os.getpid()):
            os._exit(0)
        try:
            child = self._set_up_child(message, data, output)
            os.write(data, messages.BEGUN)  # from here on what goes wrong is the submission's doing
            child.serve()
        finally:
            os._exit(messages.BROKEN_STATUS)  # student code never unwinds into the zygote's own loop

    def _skip_numbers(self, place: int | None) -> int | None:
        """The process number of the test at this place, up to which others are used up; None if any will do.

        What processes and threads a test starts would tell the next one something, by the number that it gets.
        """
        if place is None or not self.alone:
            return None
        number = self.loaded_number + 1 + place
        while self.last_number + 1 < number:
            with contextlib.suppress(PermissionError):
                os.posix_spawn("/", ["/"], {})  # takes a number, and starts nothing
            self.last_number += 1
        return number

    def _set_up_child(self, message: messages.Start, data: int, output: int) -> Child:
        """What a forked child does before it may run student code; it says why it cannot, and then ends."""
        try:
            self.control.close()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(output)
            if not self.alone:
                os.setpgid(0, 0)
                privileges.die_with_parent()
            self._shut_in()
            privileges.limit(resource.RLIMIT_CPU, max(1, round(message.cpu_s)), grace=1)
            random.seed(0)  # it has seeded itself anew after the fork; numpy's generator has not
            child = Child(socket.socket(fileno=data), self.package)
            self.importer.say = child.note_not_loaded
            return child
        except BaseException as error:
            os.write(data, f"{type(error).__name__}: {error}".encode())
            raise

    def _ends_by_itself(self) -> bool:
        """Whether the child, whose socket is closed, is on its way out: the kernel closes it a moment before."""
        pidfd = os.pidfd_open(self.child)
        try:
            poll = select.poll()
            poll.register(pidfd, select.POLLIN)
            return bool(poll.poll(LAST_BREATH_S * 1000))
        finally:
            os.close(pidfd)

    def _end_child(self) -> None:
        """Reap the test's child and kill whatever it left behind: first, as what traces it would keep it from us."""
        if self.alone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOWAIT)
        if not self.alone:  # before it is reaped, while the number of its group cannot be another's
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child, signal.SIGKILL)
        _, status, usage = os.wait4(self.child, 0)
        if self.alone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # every process of this pid namespace but its pid 1, which we are
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.wait()
        # The time of change tells of files made, of files removed again and of changed modes, and cannot be set back.
        dirty = self.alone and os.stat(SCRATCH).st_ctime_ns != self.scratch_changed_ns
        self.child = 0
        self.ended = messages.Ended(status, usage.ru_utime + usage.ru_stime, dirty)


def _latest_number() -> int:
    """The process number that was given last, counting whatever a library started when it was loaded."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid
