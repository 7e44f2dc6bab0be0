"""A grader that dies, however it dies, leaves no process of its sandbox behind."""

import signal
import sys

import pytest

from tests import needs

pytestmark = pytest.mark.slow

GRADER = """
import sys, threading
from autograder.boundary.ends import describe_end
from autograder.boundary.limits import TestLimits
from autograder.boundary.worker import Worker
from autograder.boundary.session import Session
from autograder.boundary.limits import Confinement
from autograder.boundary.sandbox import Unsandboxed, find_sandbox

SUBMISSION = b'''
import os, signal, time
def hold_on():
    try:
        for _ in range(3):
            if os.fork() == 0:
                if os.fork() == 0:
                    if {daemonise}:
                        os.setsid()
                break
    except PermissionError:
        pass  # not in this sandbox
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
def healthy():
    return 1
'''
worker = Worker({sandbox}, Confinement(1 << 29, 12))
worker.load("submission", {{"__init__": b"", "code": SUBMISSION}})
limits = TestLimits(20, 60, 100)
session = Session(lambda: worker.begin(limits), lambda: describe_end(worker.end(), limits))
code = session.root().code
code.healthy()
print("ready", flush=True)
{then}
"""


BUSY, IDLE = "code.hold_on()", "import time; time.sleep(60)"


@pytest.mark.parametrize(
    ("then", "number"),
    [(BUSY, signal.SIGKILL), (IDLE, signal.SIGKILL), (BUSY, signal.SIGTERM), (BUSY, signal.SIGINT)],
    ids=["endless_loop_killed", "idle_killed", "endless_loop_terminated", "endless_loop_interrupted"],
)
def test_death_of_the_grader_ends_the_sandbox(start_process, descendants, wait_until, then, number):
    program = GRADER.format(sandbox="find_sandbox()", then=then, daemonise=True)
    grader = start_process([sys.executable, "-c", program], stderr=-3)
    assert grader.stdout.readline() == "ready\n"
    n_expected = 3 if then == IDLE or not needs.BUBBLEWRAP_STARTS else 9
    wait_until(lambda: len(descendants(grader.pid)) >= n_expected)
    processes = descendants(grader.pid)
    grader.send_signal(number)
    grader.wait(60)
    wait_until(lambda: not any(map(is_alive, processes)))


def test_death_of_the_grader_ends_an_unsandboxed_worker(start_process, descendants, wait_until):
    """Without a sandbox the test's own process ends; what it has started may not."""
    program = GRADER.format(sandbox="Unsandboxed()", then=IDLE, daemonise=False)
    grader = start_process([sys.executable, "-c", program], stderr=-3)
    assert grader.stdout.readline() == "ready\n"
    processes = descendants(grader.pid)
    assert len(processes) == 3
    grader.send_signal(signal.SIGKILL)
    grader.wait(60)
    wait_until(lambda: not any(map(is_alive, processes)))


def is_alive(pid: int) -> bool:
    """A zombie is not; neither is a number that was never given."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
