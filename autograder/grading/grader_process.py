"""The trusted end of one grader process: starts it, asks it, and knows its last words."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile

import msgspec

from autograder.errors import CourseError
from autograder.grading.jobs import CannotGrade, Collected, GraderReply, Settings

MAX_LAST_WORDS = 4096
GRADER = "autograder.grading.grader"  # the module that a grader's process runs, where none else is named


class GraderDied(Exception):
    """A grader process ended or fell silent in the middle of its work; the message holds its last words."""


class GraderProcess:
    """The batch's end of one grader process. One thread talks to it; `kill` may come from any other."""

    def __init__(self, settings: Settings, reply_s: float, cpu: int, program: str = GRADER) -> None:
        self.settings = settings
        self.cpu = cpu
        self.connection, theirs = socket.socketpair()
        self.connection.settimeout(reply_s)
        self.lines = self.connection.makefile("rwb")
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed in close)
        with theirs:
            self.process = subprocess.Popen(
                [*command(program), str(theirs.fileno()), str(cpu)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=(theirs.fileno(),),
                env=grader_environment(),
                start_new_session=True,  # Ctrl-C is the batch's to handle
            )

    def collect(self) -> Collected:
        """The tests that it found; CourseError if it refuses to grade."""
        answer = self.ask(self.settings)
        if isinstance(answer, CannotGrade):
            raise CourseError(answer.reason)
        if not isinstance(answer, Collected):
            raise GraderDied(f"the grader began with {type(answer).__name__}")
        return answer

    def ask(self, message: msgspec.Struct) -> GraderReply:
        try:
            self.lines.write(msgspec.json.encode(message) + b"\n")
            self.lines.flush()
            line = self.lines.readline()
        except OSError as error:
            trouble = "fell silent" if isinstance(error, TimeoutError) else "ended"
            raise GraderDied(f"the grader {trouble}{self._last_words()}") from None
        if not line.endswith(b"\n"):
            raise GraderDied(f"the grader ended{self._last_words()}")
        answer: GraderReply = msgspec.json.decode(line, type=GraderReply)
        return answer

    def kill(self) -> None:
        """End the process; its sandbox ends with it, and whoever waits for its answer waits no longer."""
        self.process.kill()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            self.lines.close()
        self.connection.close()
        self.errors.close()

    def _last_words(self) -> str:
        self.process.kill()
        status = self.process.wait()
        self.errors.seek(max(0, self.errors.seek(0, os.SEEK_END) - MAX_LAST_WORDS))
        text = self.errors.read().decode("utf-8", "replace").strip()
        return f" (exit status {status}): {text.splitlines()[-1]}" if text else f" (exit status {status})"


def command(program: str) -> tuple[str, ...]:
    """The command that runs a module of ours; -P: its imports never come from the current folder."""
    return (sys.executable, "-P", "-m", program)


def grader_environment() -> dict[str, str]:
    """The instructor's environment without what would change a verdict or let in code from the current folder."""
    # CI and BUILD_NUMBER: pytest words failures differently where they are set.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST")) and name not in ("CI", "BUILD_NUMBER")
    }
    # An entry that is empty or relative means the current folder, which may well be a hand-in with a numpy.py in it.
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(path)]
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
    return kept | own | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
