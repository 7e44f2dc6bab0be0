"""Connections to a sandbox: one for each test, and those to our own processes in it.

Everything that comes from a test's process is hostile input: frames are checked by wire.py, waiting is bounded by the
test's wall clock, and what student code prints is drained while we wait and cut at a cap.
"""

import os
import select
import socket
import time
from collections.abc import Callable
from typing import Any

from autograder.boundary.ends import HungUp, Stopped, WorkerFault
from autograder.boundary.limits import TestLimits
from autograder.checks.words import say
from autograder.inside import messages, values, wire

ANSWER_S = 10.0  # for the zygote, which runs our code only; more than 100 times what it takes
RECEIVE_BYTES = 1 << 16  # more than most answers; a buffer of 256 KiB costs five times what the call does


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

    def receive(self) -> tuple[Any, values.Received]:
        """The next reply and its blobs; Stopped if none comes in time or the frame is broken."""
        self.check_deadline()  # also if answers come so fast that we never wait
        try:
            while (frame := self.frames.take()) is None:
                self._fill()
            meta, blobs = frame
            return wire.decode_message(messages.reply_decoder, meta), blobs
        except values.FrameError as error:
            raise Stopped("broken_frame", say("stopped.pipe", what=error)) from None

    def _ended(self) -> Stopped:
        self.hung_up = True
        return HungUp("exit", say("stopped.ended"))

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
            raise Stopped("wall_limit", say("stopped.wall", seconds=self.limits.wall_s))
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
        self, message: messages.Control, descriptors: list[int] | None = None, timeout_s: float = ANSWER_S
    ) -> messages.ControlReply:
        frame = wire.encode_control(message)
        try:
            self.sock.settimeout(timeout_s)
            # Descriptors ride on the header; the rest follows as plain bytes.
            socket.send_fds(self.sock, [frame[: wire.HEADER.size]], descriptors or [])
            self.sock.sendall(frame[wire.HEADER.size :])
        except OSError as error:
            raise WorkerFault(f"worker: the zygote does not listen: {error}{self.last_words()}") from None
        return self.answer(timeout_s)

    def answer(self, timeout_s: float) -> messages.ControlReply:
        self.sock.settimeout(timeout_s)
        try:
            meta_length, _ = wire.check_header(self._receive(wire.HEADER.size))
            reply: messages.ControlReply = wire.decode_message(
                messages.control_reply_decoder, self._receive(meta_length)
            )
            return reply
        except (OSError, values.FrameError) as error:
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


def expect_begun(sock: socket.socket) -> None:
    """Wait for a test's process to be set up, before which nothing of the submission runs; WorkerFault if it fails."""
    sock.settimeout(ANSWER_S)
    try:
        said = sock.recv(RECEIVE_BYTES)
    except OSError as error:
        raise WorkerFault(f"worker: the test's process does not begin: {error}") from None
    if said != messages.BEGUN:
        why = said.decode("utf-8", "replace") or "it has ended"
        raise WorkerFault(f"worker: the test's process cannot be set up: {why}")
