"""What is our fault or the machine's is a WorkerFault, tried twice, and leaks nothing; a pass it never is."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from autograder.boundary import channels
from autograder.boundary import worker as worker_module
from autograder.boundary.channels import ControlChannel
from autograder.boundary.ends import Stopped, WorkerFault
from autograder.boundary.limits import TestLimits
from autograder.boundary.sandbox import Bubblewrap
from autograder.boundary.worker import Worker
from autograder.inside import messages, wire
from tests import needs

SUBMISSION = """
def healthy():
    return "well"
"""

LIMITS = TestLimits(5, 20, 1000)


class Broken:
    """A sandbox whose command is another each time it is asked for; the last one stays."""

    name = "broken"

    def __init__(self, *commands: list[str], working: Bubblewrap | None = None) -> None:
        self.commands = list(commands)
        self.working = working

    def command(self, control, limits):
        if self.commands:
            return self.commands.pop(0) if self.working or len(self.commands) > 1 else self.commands[0]
        return self.working.command(control, limits)

    def environment(self):
        return {}


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def python(program: str) -> list[str]:
    """The command of a program that has the control socket as `control`."""
    return [sys.executable, "-c", f"import socket, os; {program}"]


BROKEN = {
    "missing": (["/nowhere/bwrap"], "worker: the sandbox cannot be started: .*No such file or directory"),
    "not_executable": ([__file__], "worker: the sandbox cannot be started: .*Permission denied"),
    "says_why": (
        ["/bin/sh", "-c", "echo bwrap: no such luck >&2; exit 1"],
        "worker: the zygote does not answer: it has ended: bwrap: no such luck",
    ),
    "silent": (["/bin/sh", "-c", "exit 0"], "worker: the zygote does not answer: it has ended$"),
    "leaves_a_process_with_our_pipe": (
        ["/bin/sh", "-c", "echo behind >&2; sleep 8 & exit 1"],
        "worker: the zygote does not answer: (it has ended|timed out): behind",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_sandbox_that_does_not_start_is_a_fault_and_leaks_nothing(start_worker, monkeypatch, name):
    monkeypatch.setattr(worker_module, "START_S", 0.5)
    command, message = BROKEN[name]
    before = open_descriptors()
    worker = start_worker(SUBMISSION, Broken(command))
    started = time.monotonic()
    with pytest.raises(WorkerFault, match=message):
        worker.begin(LIMITS)
    assert time.monotonic() - started < 6  # whoever else holds the pipe of its last words
    assert worker.process is None
    worker.close()
    assert open_descriptors() == before


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ("b'\\xff' * 8", "worker: the zygote does not answer: wire: a frame claims"),
        ("b'\\x04\\0\\0\\0\\0\\0\\0\\0junk'", "worker: the zygote does not answer: wire: a frame is not a message"),
        (repr(wire.encode_frame(messages.Refused("no room"))), "worker: no room"),
        (repr(wire.encode_frame(messages.Ended(0, 0.0, False))), "worker: the zygote answered something else than was"),
    ],
    ids=["huge", "junk", "refused", "out_of_turn"],
)
def test_zygote_that_talks_nonsense_is_a_fault(start_worker, reply, message):
    class Talks(Broken):
        def command(self, control, limits):
            return python(f"socket.socket(fileno={control}).sendall({reply})")

    with start_worker(SUBMISSION, Talks()) as worker, pytest.raises(WorkerFault, match=message):
        worker.begin(LIMITS)


@pytest.mark.slow
def test_zygote_that_says_nothing_is_a_fault(start_worker, monkeypatch):
    monkeypatch.setattr(worker_module, "START_S", 0.2)
    monkeypatch.setattr(worker_module, "END_S", 0.1)
    with (
        start_worker(SUBMISSION, Broken(["/bin/sleep", "1000"])) as worker,
        pytest.raises(WorkerFault, match="worker: the zygote does not answer: timed out"),
    ):
        worker.begin(LIMITS)


@pytest.mark.slow
def test_process_number_that_even_a_fresh_zygote_lacks_is_no_fault(start_worker, session_of, monkeypatch):
    begin = Worker._begin
    monkeypatch.setattr(
        Worker,
        "_begin",
        lambda self, control, limits, place: begin(self, control, limits, place) if place is None else None,
    )
    with start_worker(SUBMISSION) as worker:
        assert session_of(worker, place=3).root().code.healthy() == "well"
        assert worker.n_started == 2


def test_fault_of_the_first_start_is_made_good_by_the_second(start_worker, session_of, sandbox):
    with start_worker(SUBMISSION, Broken(["/bin/false"], working=sandbox)) as worker:
        assert session_of(worker).root().code.healthy() == "well"
        assert worker.n_started == 2


@pytest.mark.slow
@needs.BUBBLEWRAP
@pytest.mark.parametrize(("place", "left"), [(0, 0), (1, 1), (2, 1)], ids=["nursery", "between", "zygote"])
def test_process_of_ours_killed_between_tests_is_replaced(
    start_worker, session_of, descendants, wait_until, place, left
):
    with start_worker(SUBMISSION) as worker:
        session_of(worker).root().code.healthy()
        worker.end()
        ours = descendants(worker.process.pid)
        assert len(ours) == 3
        os.kill(ours[place], signal.SIGKILL)
        # A test that began before the others had followed would be killed with them, and tried again by the grader.
        wait_until(lambda: len(descendants(worker.process.pid)) == left)
        assert session_of(worker).root().code.healthy() == "well"
        assert worker.n_started == 2


@pytest.mark.slow
@needs.BUBBLEWRAP
@pytest.mark.parametrize(("place", "left"), [(0, 0), (1, 1), (2, 1)], ids=["nursery", "between", "zygote"])
def test_process_of_ours_killed_during_a_test_stops_that_test_only(
    start_worker, session_of, descendants, wait_until, place, left
):
    with start_worker(SUBMISSION) as worker:
        code = session_of(worker).root().code
        os.kill(descendants(worker.process.pid)[place], signal.SIGKILL)
        wait_until(lambda: len(descendants(worker.process.pid)) == left)
        with pytest.raises(Stopped, match="killed"):
            code.healthy()
        assert session_of(worker).root().code.healthy() == "well"


@pytest.mark.slow
@needs.BUBBLEWRAP
def test_stuck_zygote_is_replaced(start_worker, session_of, zygote_of, monkeypatch):
    monkeypatch.setattr(channels, "ANSWER_S", 0.3)
    monkeypatch.setattr(worker_module, "END_S", 0.1)
    monkeypatch.setattr(ControlChannel.ask, "__defaults__", (None, 0.3))
    with start_worker(SUBMISSION) as worker:
        session_of(worker).root().code.healthy()
        os.kill(zygote_of(worker), signal.SIGSTOP)
        assert worker.end().status == signal.SIGKILL
        assert worker.process is None
        assert session_of(worker).root().code.healthy() == "well"


def test_fault_stays_a_fault_whatever_the_test_makes_of_it(start_worker, session_of):
    """A test that expects any exception must not pass because no worker could be had."""
    with start_worker(SUBMISSION, Broken(["/bin/false"])) as worker:
        session = session_of(worker)
        for _ in range(2):
            with pytest.raises(WorkerFault):
                _ = session.root().code
        assert isinstance(session.fault, WorkerFault)
        assert worker.n_started == 2  # the second look-up did not try again


def test_starting_and_ending_leaks_no_descriptor(start_worker, session_of):
    with start_worker(SUBMISSION) as worker:
        session_of(worker).root().code.healthy()
        worker.end()
        before = open_descriptors()
        for _ in range(5):
            session_of(worker).root().code.healthy()
            worker.end()
        assert open_descriptors() == before


def test_closed_channel_touches_no_descriptor(start_worker):
    """Its numbers may be another file's by then."""
    with start_worker(SUBMISSION) as worker:
        channel = worker.begin(LIMITS)
        worker.end()
        with open(Path(__file__), "rb") as other:
            channel.output = other.fileno()
            channel.drain()
            channel.close()
            assert other.tell() == 0
            assert other.read(3) == b'"""'


@needs.BUBBLEWRAP
def test_closing_waits_for_the_end_of_the_sandbox(start_worker, session_of, descendants, wait_until):
    """The next one has the same uid, whose processes are counted together."""
    with start_worker(SUBMISSION) as worker:
        session_of(worker).root().code.healthy()
        processes = [worker.process.pid, *descendants(worker.process.pid)]
        assert len(processes) == 5
        worker.close()
        assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]


@needs.BUBBLEWRAP
def test_next_submission_has_the_same_sandbox_and_nothing_of_the_one_before(
    start_worker, session_of, descendants, zygote_of
):
    """The next zygote has the same uid, whose processes are counted together, so the one before ends first."""
    with start_worker(SUBMISSION) as worker:
        session_of(worker).root().code.healthy()
        sandbox, before = worker.process.pid, zygote_of(worker)
        worker.load("submission", {"__init__": b"", "code": b"def healthy():\n    return 'too'\n"})
        assert session_of(worker).root().code.healthy() == "too"
        assert worker.process.pid == sandbox
        assert before not in descendants(sandbox)
        assert len(descendants(sandbox)) == 4  # and the test's own process


@pytest.mark.slow
@needs.BUBBLEWRAP
def test_stuck_zygote_does_not_hold_up_the_next_submission(start_worker, session_of, zygote_of):
    with start_worker(SUBMISSION) as worker:
        session_of(worker).root().code.healthy()
        worker.end()
        sandbox, before = worker.process.pid, zygote_of(worker)
        os.kill(before, signal.SIGSTOP)
        worker.load("submission", {"__init__": b"", "code": b"def healthy():\n    return 'too'\n"})
        assert session_of(worker).root().code.healthy() == "too"
        assert worker.process.pid == sandbox
        assert not Path(f"/proc/{before}").exists()


def test_start_waits_longer_than_compiling_may_take():
    """Files that never compile are the submission's trouble, not a fault of ours."""
    from autograder.inside import zygote as inside

    assert inside.COMPILE_ALL_CPU_S + inside.COMPILE_CPU_S < worker_module.START_S


@pytest.mark.slow
def test_test_process_that_cannot_be_set_up_is_a_fault_and_tells_why(start_worker):
    """A limit that no kernel takes: nothing of the submission has run, so it is not the submission's end."""
    with start_worker(SUBMISSION) as worker:
        message = "worker: the test's process cannot be set up: OverflowError: cannot convert float infinity"
        with pytest.raises(WorkerFault, match=message):
            worker.begin(TestLimits(float("inf"), 20, 1000))
        assert worker.n_started == 2


def test_test_process_that_ends_before_it_begins_is_a_fault(start_worker, monkeypatch):
    monkeypatch.setattr(messages, "BEGUN", b"another first word")
    with start_worker(SUBMISSION) as worker, pytest.raises(WorkerFault, match="cannot be set up: \x00"):
        worker.begin(LIMITS)
