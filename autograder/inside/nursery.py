"""The nursery: the first program in a sandbox, started once for many submissions, of which it is told nothing.

It has numpy loaded, which takes longer than most tests, and forks a zygote (see zygote.py) for each submission. What a
submission was lives and dies with its zygote, so no submission is in the memory of another's.

Processes, from the outside to the inside, where there are namespaces:

    nursery   pid 1 of the sandbox's pid namespace. Keeps what privilege it takes to make further namespaces, and reads
              control messages (messages.Fork) from the trusted process, each with the control socket of a new zygote.
    between   forked from the nursery for each zygote; makes a pid and a mount namespace and waits for their end.
    zygote    pid 1 of that namespace, with a /tmp of its own. Gives up every privilege before it says that it is ready.

Nothing that runs student code can see the first two, which never read a byte of it. Where there are no namespaces,
the zygote is forked at once, and dies with the nursery.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
from typing import NoReturn

import numpy as np

from . import landlock, messages, privileges
from .control import ControlSocket
from .zygote import SCRATCH, Zygote

# Of Python's library, what many submissions import: here once, and not in each of their tests.
COMMON = ("collections.abc", "contextlib", "copy", "csv", "dataclasses", "enum", "functools", "itertools", "typing")
END_S = 1.0  # for a zygote whose control socket is closed; then it is killed


class Nursery:
    """Forks zygotes, one after the other: the next begins when nothing of the one before is left."""

    def __init__(self, boot: messages.Boot) -> None:
        self.boot = boot
        self.alone = os.getpid() == 1
        self.rules = -1  # Landlock's
        self.forked = 0
        if boot.shut_in:
            os.chdir("/")
            privileges.die_with_parent()
            if boot.readable is not None:
                self.rules = landlock.ruleset([*boot.readable, "/dev/urandom"], writable=["/dev/null"])

    def run(self, control: ControlSocket) -> None:
        """Fork a zygote whenever the trusted side asks for one, until it closes the socket."""
        gc.freeze()
        control.send(messages.Ready())
        while (received := control.receive()) is not None:
            _, (descriptor,) = received
            try:
                self.end()
                self.fork(control, descriptor)
                control.send(messages.Ready())
            except OSError as error:  # no process can be had
                control.send(messages.Refused(f"fork: {error}"))
            finally:
                os.close(descriptor)
        self.end()

    def fork(self, control: ControlSocket, descriptor: int) -> None:
        """A zygote with this descriptor as its control socket. It says itself that it is ready, or why it is not."""
        self.forked = os.fork()
        if self.forked == 0:
            try:
                control.close()
                self._be_zygote(ControlSocket(socket.socket(fileno=descriptor)))
            finally:
                os._exit(1)  # never unwinds into the nursery's own loop

    def rehearse(self) -> int:
        """Everything up to where student code would run; the exit status, after what went wrong was said."""
        self.forked = os.fork()
        if self.forked == 0:
            status = 1
            try:
                self._go_inside()
                if self.boot.shut_in:
                    privileges.confine_alone(self.boot.processes)
                # Which nothing has imported yet: shows whether Python's files can be read.
                importlib.import_module("colorsys")
                status = 0
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        _, status = os.waitpid(self.forked, 0)
        return os.waitstatus_to_exitcode(status)

    def end(self) -> None:
        """Wait for the end of the zygote, and of everything below it; after a while it is no longer asked."""
        if not self.forked:
            return
        pidfd = os.pidfd_open(self.forked)
        try:
            poll = select.poll()
            poll.register(pidfd, select.POLLIN)
            if not poll.poll(END_S * 1000):
                os.kill(-1 if self.alone else self.forked, signal.SIGKILL)
        finally:
            os.close(pidfd)
        os.waitpid(self.forked, 0)
        self.forked = 0
        if self.alone:  # what was killed from above comes to us, the first of the sandbox
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.wait()

    # In the forked process

    def _be_zygote(self, control: ControlSocket) -> NoReturn:
        try:
            self._go_inside(control)
        except BaseException as error:
            control.send(messages.Refused(f"{type(error).__name__}: {error}"))
            os._exit(1)
        Zygote(control, self.boot).run()
        os._exit(0)  # at once: the nursery waits for it

    def _go_inside(self, control: ControlSocket | None = None) -> None:
        """Become what student code may be forked from. In a namespace of its own that is yet another process."""
        privileges.die_with_parent()
        if self.alone:
            privileges.enter_namespaces()
            for device in ("/dev/null", "/dev/urandom"):
                privileges.keep_times(device)  # who may write to it may set them to the present
            inside = os.fork()
            if inside:
                if control is not None:
                    control.close()
                _, status = os.waitpid(inside, 0)
                os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
            privileges.mount_scratch(SCRATCH, self.boot.scratch_bytes)
        boot = self.boot
        processes = 0 if boot.shut_in else boot.processes
        privileges.confine(boot.uid, boot.memory_bytes, processes, boot.scratch_bytes, self.rules)


def main(argv: list[str]) -> int:
    """The nursery's life; argv: what messages.encode_boot makes."""
    boot = messages.decode_boot(argv[0])
    del sys.argv[1:]  # they say nothing of a test, but are no business of student code's either
    # The global generators start every test in one known state, so that unseeded student code grades the same twice.
    np.random.seed(0)
    for name in (*COMMON, *boot.imports):
        importlib.import_module(name)
    nursery = Nursery(boot)
    if boot.control < 0:
        return nursery.rehearse()
    nursery.run(ControlSocket(socket.socket(fileno=boot.control)))
    os._exit(0)  # at once: the trusted side waits for the sandbox's end
