"""The trusted end of a worker: starts its sandbox, loads a submission into it, gives each test a process of its own."""

import os
import signal
import socket
import subprocess
from collections.abc import Mapping

from autograder.boundary.channels import Channel, ControlChannel, expect_begun
from autograder.boundary.ends import WorkerFault
from autograder.boundary.limits import Confinement, TestLimits
from autograder.boundary.sandbox import Sandbox
from autograder.errors import there
from autograder.inside import messages

START_S = 30.0
END_S = 1.0  # for a sandbox told to end; then it is killed


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
    ) -> None:
        """Take the submission's modules (name -> source); they are compiled inside, and run only in tests.

        `data` are the other files of the package's folder (path from there -> content), for pkgutil.get_data. Modules
        that are `broken` (name -> why) raise a SyntaxError that says so.
        """
        self.package, self.files, self.data, self.broken = package, files, data or {}, broken or {}
        self._exchange()

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

    def end(self) -> messages.Ended:
        """End the current test's process and whatever it started; how it ended. A worker in doubt is replaced."""
        if self.channel is None or self.control is None:
            return messages.Ended(0, 0.0, False)
        hung_up = self.channel.hung_up
        self.channel.drain()
        self.channel.close()
        self.channel = None
        try:
            ended = self.control.ask(messages.End(hung_up))
        except WorkerFault:
            self.close()
            return messages.Ended(signal.SIGKILL, 0.0, False)
        if not isinstance(ended, messages.Ended):
            self.close()
            return messages.Ended(signal.SIGKILL, 0.0, False)
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

    def _exchange(self) -> None:
        """Be done with the submission before."""
        self.clear()

    def _start(self) -> ControlChannel:
        """A zygote with the submission in it."""
        self.n_started += 1
        nursery = self.nursery or self._start_sandbox()
        ours, theirs = socket.socketpair()
        control = self.control = ControlChannel(ours, self._last_words)
        with theirs:
            self._expect_ready(nursery.ask(messages.Fork(), [theirs.fileno()], START_S))
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
        message = messages.Load(self.package, dict(self.files), dict(self.data), dict(self.broken))
        self._expect_ready(control.ask(message, timeout_s=START_S))

    def _begin(self, control: ControlChannel, limits: TestLimits, place: int | None) -> Channel | None:
        """None if the process number of this place is gone."""
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            reply = control.ask(messages.Start(limits.cpu_s, place), [theirs.fileno(), output_end])
            theirs.close()  # so that the end of the test's process is the end of what can be read
            if isinstance(reply, messages.Overtaken):
                ours.close()
                os.close(output)
                return None
            self._expect_ready(reply)
            expect_begun(ours)
        except BaseException:
            ours.close()
            os.close(output)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        return Channel(ours, output, limits)

    def _expect_ready(self, reply: messages.ControlReply) -> None:
        if isinstance(reply, messages.Refused):
            raise WorkerFault(f"worker: {reply.reason}")
        if not isinstance(reply, messages.Ready):
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
