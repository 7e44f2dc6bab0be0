"""How what runs student code came to its end.

Two kinds of trouble, never mixed: `Stopped` is the submission's doing (it ran, and crashed, hung or broke the
protocol); `WorkerFault` is ours (nothing of the student's ran since the request), and the caller may start afresh.
"""

import os
import signal
from typing import Literal

from autograder.boundary.limits import TestLimits
from autograder.checks.words import say
from autograder.inside import messages


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


def describe_end(ended: messages.Ended, limits: TestLimits) -> Stopped:
    """What a process's exit status means to its author."""
    if os.WIFSIGNALED(ended.status):
        number = os.WTERMSIG(ended.status)
        if number == signal.SIGXCPU or (number == signal.SIGKILL and ended.cpu_s >= limits.cpu_s):
            return Stopped("cpu_limit", say("stopped.cpu", seconds=limits.cpu_s))
        if number == signal.SIGSEGV:
            return Stopped("crash", say("stopped.segmentation_fault"))
        if number == signal.SIGKILL:
            return Stopped("killed", say("stopped.killed"))
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"  # real-time ones
        return Stopped("crash", say("stopped.signal", signal=name))
    status = os.WEXITSTATUS(ended.status)
    if status == messages.BROKEN_STATUS:  # or its own os._exit with this number: neither gets an answer through
        return Stopped("exit", say("stopped.closed", status=status))
    return Stopped("exit", say("stopped.exit", status=status))
