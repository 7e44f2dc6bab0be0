"""The trusted end of a worker: starts it, gives each test a channel of its own, and says how a test's process ended.

A worker is one sandbox holding one submission. Everything it sends is hostile input: frames are checked by wire.py,
waiting is bounded by the test's wall clock, and what student code prints is drained while we wait and cut at a cap.

Two kinds of trouble, never mixed: `Stopped` is the submission's doing (it ran, and crashed, hung or broke the
protocol); `WorkerFault` is ours (nothing of the student's ran since the request), and the caller may start afresh.
"""

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from autograder.boundary.runtime import Confinement
from autograder.boundary.sandbox import Sandbox
from autograder.errors import there
from autograder.inside import wire

START_S = 30.0
ANSWER_S = 10.0  # for the zygote, which runs our code only; more than 100 times what it takes
RECEIVE_BYTES = 1 << 16  # more than most answers; a buffer of 256 KiB costs five times what the call does
END_S = 1.0  # for a sandbox told to end; then it is killed


class WorkerFault(Exception):
    """The worker could not be started or lost its zygote: a fault of the machine or of ours, not of the submission."""


# Why student code did not come back with an answer, for programs.
StopCode = Literal[
    "cpu_limit",
    "wall_limit",
    "memory_limit",
    "call_limit",
    "crash",
    "killed",
    "exit",
    "broken_frame",
    "submission_limit",
]


class Stopped(Exception):
    """Student code ran and did not come back with an answer: `code` for programs, the message for people."""

    def __init__(self, code: StopCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class HungUp(Stopped):
    """Nobody listens over there any more; how that came about, Worker.end finds out."""


@dataclass(frozen=True)
class TestLimits:
    """What one test may use; `output_bytes` is what is kept of what the submission prints."""

    __test__ = False

    cpu_s: float
    wall_s: float
    output_bytes: int


class Channel:
    """One test's connection to the process that runs student code for it."""

    def __init__(self, sock: socket.socket, output: int, limits: TestLimits) -> None:
        self.sock = sock
        self.frames = wire.Frames()
        self.output = output
        self.limits = limits
        self.deadline = time.monotonic() + limits.wall_s
        self.printed = bytearray()
        self.n_printed = 0
        self.silent = False
        self.closed = False
        self.hung_up = False
        self.poll = select.poll()
        self.poll.register(sock, select.POLLIN)
        self.poll.register(output, select.POLLIN)
        sock.setblocking(False)
        os.set_blocking(output, False)

    def send(self, frame: bytes) -> None:
        """Send one frame; Stopped if the worker does not take it before the deadline or has gone."""
        view = memoryview(frame)
        while view:
            try:
                view = view[self.sock.send(view) :]
            except BlockingIOError:
                # Not for input as well: a byte that nobody reads here would wake us again and again.
                self.poll.modify(self.sock, select.POLLOUT)
                self._wait()
                self.poll.modify(self.sock, select.POLLIN)
            except OSError:
                raise self._ended() from None

    def receive(self) -> tuple[Any, wire.Received]:
        """The next reply and its blobs; Stopped if none comes in time or the frame is broken."""
        self.check_deadline()  # also if answers come so fast that we never wait
        try:
            while (frame := self.frames.take()) is None:
                self._fill()
            meta, blobs = frame
            return wire.decode_message(wire.reply_decoder, meta), blobs
        except wire.FrameError as error:
            raise Stopped("broken_frame", f"your code wrote to the grader's own pipe: {error}") from None

    def _ended(self) -> Stopped:
        self.hung_up = True
        return HungUp("exit", "the process that ran your code has ended")

    def _fill(self) -> None:
        """Wait for bytes and take what is there; Stopped if none come any more."""
        self._wait()
        try:
            data = self.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:  # it was output that woke us
            return
        except OSError:
            data = b""
        if not data:
            self.drain()
            raise self._ended()
        self.frames.buffer += data

    def check_deadline(self) -> float:
        """The seconds that are left; Stopped if none are."""
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise Stopped(
                "wall_limit",
                f"stopped after {self.limits.wall_s:g} s: an infinite loop, or a wait that never ends?",
            )
        return remaining

    def _wait(self) -> None:
        """Wait for the socket or for output, which is drained; Stopped past the deadline."""
        for descriptor, _ in self.poll.poll(self.check_deadline() * 1000):
            if descriptor == self.output:
                self.drain()

    def drain(self) -> None:
        """Take what was printed off the pipe; beyond the cap it is counted and dropped."""
        if self.closed:
            return
        try:
            data = os.read(self.output, 1 << 16)
        except BlockingIOError:
            return
        if not data:  # every writer has gone: nothing more to wait for on this descriptor
            if not self.silent:
                self.poll.unregister(self.output)
            self.silent = True
            return
        self.n_printed += len(data)
        self.printed += data[: self.limits.output_bytes - len(self.printed)]

    def close(self) -> None:
        """Once: afterwards the descriptor's number may be somebody else's."""
        if not self.closed:
            self.closed = True
            self.sock.close()
            os.close(self.output)


class ControlChannel:
    """A connection to the nursery or to one of its zygotes: our own code, which is asked and answers."""

    def __init__(self, sock: socket.socket, last_words: Callable[[], str]) -> None:
        self.sock = sock
        self.last_words = last_words  # of the sandbox, where it has ended

    def ask(
        self, message: wire.Control, descriptors: list[int] | None = None, timeout_s: float = ANSWER_S
    ) -> wire.ControlReply:
        frame = wire.encode_control(message)
        try:
            self.sock.settimeout(timeout_s)
            # Descriptors ride on the header; the rest follows as plain bytes.
            socket.send_fds(self.sock, [frame[: wire.HEADER.size]], descriptors or [])
            self.sock.sendall(frame[wire.HEADER.size :])
        except OSError as error:
            raise WorkerFault(f"worker: the zygote does not listen: {error}{self.last_words()}") from None
        return self.answer(timeout_s)

    def answer(self, timeout_s: float) -> wire.ControlReply:
        self.sock.settimeout(timeout_s)
        try:
            meta_length, _ = wire.check_header(self._receive(wire.HEADER.size))
            reply: wire.ControlReply = wire.decode_message(wire.control_reply_decoder, self._receive(meta_length))
            return reply
        except (OSError, wire.FrameError) as error:
            raise WorkerFault(f"worker: the zygote does not answer: {error}{self.last_words()}") from None

    def _receive(self, n: int) -> bytes:
        data = b""
        while len(data) < n:
            got = self.sock.recv(n - len(data))
            if not got:
                raise ConnectionError("it has ended")
            data += got
        return data

    def close(self) -> None:
        self.sock.close()


class Worker:
    """A sandbox with one submission in it, and after it with the next. Use as a context manager, or call `close`.

    The sandbox itself is started once; each submission has a zygote of its own in it, forked from a nursery that is
    told nothing of any. What is in doubt is replaced whole.
    """

    def __init__(self, sandbox: Sandbox, limits: Confinement) -> None:
        self.sandbox = sandbox
        self.limits = limits
        self.package = ""
        self.files: Mapping[str, bytes] = {}
        self.data: Mapping[str, bytes] = {}
        self.broken: Mapping[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self.nursery: ControlChannel | None = None
        self.control: ControlChannel | None = None  # the zygote's
        self.channel: Channel | None = None
        self.n_started = 0

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def load(
        self,
        package: str,
        files: Mapping[str, bytes],
        data: Mapping[str, bytes] | None = None,
        *,
        broken: Mapping[str, str] | None = None,
        keep_zygote: bool = False,
    ) -> None:
        """Take the submission's modules (name -> source); they are compiled inside, and run only in tests.

        `data` are the other files of the package's folder (path from there -> content), for pkgutil.get_data. Modules
        that are `broken` (name -> why) raise a SyntaxError that says so.

        Trust: `keep_zygote` only for code that we wrote ourselves: the submission before was in the same process
        """
        self.package, self.files, self.data, self.broken = package, files, data or {}, broken or {}
        if keep_zygote and self.control is not None:
            self.end()
        if not keep_zygote or self.control is None:
            self.clear()
            return
        try:
            self._load(self.control)
        except WorkerFault:
            self.close()  # the next test starts another one

    def begin(self, limits: TestLimits, place: int | None = None) -> Channel:
        """A channel to a fresh process for one test; WorkerFault if, tried twice, none can be had.

        place: in a pid namespace tests of one place get one process number, which no earlier test moves
        """
        self.end()
        for attempt in (1, 2):
            try:
                channel = self._begin(self.control or self._start(), limits, place)
                if channel is None:  # the number is gone: a new zygote counts from the beginning
                    self.clear()
                    control = self._start()
                    # No test has run there: should its own libraries have used it up, any number tells nothing.
                    channel = self._begin(control, limits, place) or self._begin(control, limits, None)
                self.channel = there(channel)
                return self.channel
            except WorkerFault:
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def end(self) -> wire.Ended:
        """End the current test's process and whatever it started; how it ended. A worker in doubt is replaced."""
        if self.channel is None or self.control is None:
            return wire.Ended(0, 0.0, False)
        hung_up = self.channel.hung_up
        self.channel.drain()
        self.channel.close()
        self.channel = None
        try:
            ended = self.control.ask(wire.End(hung_up))
        except WorkerFault:
            self.close()
            return wire.Ended(signal.SIGKILL, 0.0, False)
        if not isinstance(ended, wire.Ended):
            self.close()
            return wire.Ended(signal.SIGKILL, 0.0, False)
        if ended.dirty:  # files in its /tmp: the next test gets one that never saw them
            self.clear()
        return ended

    def clear(self) -> None:
        """End the submission's zygote and everything below it; the sandbox stays, and waits for that end."""
        if self.channel is not None:
            self.channel.close()
            self.channel = None
        if self.control is not None:
            self.control.close()
            self.control = None

    def close(self) -> None:
        """End the sandbox and everything in it."""
        self.clear()
        if self.nursery is not None:
            self.nursery.close()
            self.nursery = None
        if self.process is not None:
            # With its control socket closed the sandbox ends by itself, and bwrap outlives every process in it. Killed,
            # bwrap would be gone at once and leave the kernel to end the rest while the next sandbox is starting.
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            if self.process.stderr is not None:
                self.process.stderr.close()
            self.process = None

    def _start(self) -> ControlChannel:
        """A zygote with the submission in it."""
        self.n_started += 1
        nursery = self.nursery or self._start_sandbox()
        ours, theirs = socket.socketpair()
        control = self.control = ControlChannel(ours, self._last_words)
        with theirs:
            self._expect_ready(nursery.ask(wire.Fork(), [theirs.fileno()], START_S))
        self._expect_ready(control.answer(START_S))
        self._load(control)
        return control

    def _start_sandbox(self) -> ControlChannel:
        ours, theirs = socket.socketpair()
        nursery = self.nursery = ControlChannel(ours, self._last_words)
        with theirs:
            try:
                self.process = subprocess.Popen(
                    self.sandbox.command(theirs.fileno(), self.limits),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=self.sandbox.environment(),
                    pass_fds=(theirs.fileno(),),
                )
            except OSError as error:
                raise WorkerFault(f"worker: the sandbox cannot be started: {error}") from None
        self._expect_ready(nursery.answer(START_S))
        return nursery

    def _load(self, control: ControlChannel) -> None:
        message = wire.Load(self.package, dict(self.files), dict(self.data), dict(self.broken))
        self._expect_ready(control.ask(message, timeout_s=START_S))

    def _begin(self, control: ControlChannel, limits: TestLimits, place: int | None) -> Channel | None:
        """None if the process number of this place is gone."""
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            reply = control.ask(wire.Start(limits.cpu_s, place), [theirs.fileno(), output_end])
            theirs.close()  # so that the end of the test's process is the end of what can be read
            if isinstance(reply, wire.Overtaken):
                ours.close()
                os.close(output)
                return None
            self._expect_ready(reply)
            _expect_begun(ours)
        except BaseException:
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        return Channel(ours, output, limits)

    def _expect_ready(self, reply: wire.ControlReply) -> None:
        if isinstance(reply, wire.Refused):
            raise WorkerFault(f"worker: {reply.reason}")
        if not isinstance(reply, wire.Ready):
            raise WorkerFault("worker: the zygote answered something else than was asked")

    def _last_words(self) -> str:
        """What a sandbox that has ended wrote to its standard error; no student code writes there."""
        if self.process is None or self.process.stderr is None:
            return ""
        self.process.kill()
        self.process.wait()
        # What there is, without waiting for its end: another process may hold the pipe open.
        os.set_blocking(self.process.stderr.fileno(), False)
        text = (self.process.stderr.read() or b"").decode("utf-8", "replace").strip()[-500:]
        return f": {text}" if text else ""


def _expect_begun(sock: socket.socket) -> None:
    """Wait for a test's process to be set up, before which nothing of the submission runs; WorkerFault if it fails."""
    sock.settimeout(ANSWER_S)
    try:
        said = sock.recv(RECEIVE_BYTES)
    except OSError as error:
        raise WorkerFault(f"worker: the test's process does not begin: {error}") from None
    if said != wire.BEGUN:
        why = said.decode("utf-8", "replace") or "it has ended"
        raise WorkerFault(f"worker: the test's process cannot be set up: {why}")


def describe_end(ended: wire.Ended, limits: TestLimits) -> Stopped:
    """What a process's exit status means to its author."""
    if os.WIFSIGNALED(ended.status):
        number = os.WTERMSIG(ended.status)
        if number == signal.SIGXCPU or (number == signal.SIGKILL and ended.cpu_s >= limits.cpu_s):
            return Stopped("cpu_limit", f"stopped after {limits.cpu_s:g} s of computing: an infinite loop?")
        if number == signal.SIGSEGV:
            return Stopped("crash", "Python crashed (segmentation fault): recursion without end in C code, or ctypes?")
        if number == signal.SIGKILL:
            return Stopped("killed", "the process that ran your code was killed (SIGKILL): out of memory, or by itself")
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"  # real-time ones
        return Stopped("crash", f"Python crashed ({name})")
    status = os.WEXITSTATUS(ended.status)
    if status == wire.BROKEN_STATUS:  # or its own os._exit with this number: neither gets an answer through
        return Stopped("exit", f"your code closed what it answers through, or ended with exit status {status}")
    return Stopped("exit", f"your code ended the process itself with exit status {status}")
