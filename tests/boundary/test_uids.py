"""Each grader has a user id that no other live one has, and gives it back as it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.boundary import uids

# Two processes of one number, as in two containers; and what one prints, it holds until its input ends.
HOLD = """import os, sys
os.getpid = lambda: 7
from autograder.boundary import uids
{0}
print(uids.own_uid(), flush=True)
sys.stdin.read()"""


@pytest.fixture
def hold():
    """A process that has taken a user id, as (process, id)."""
    started = []

    def holding(before=""):
        command = [sys.executable, "-c", HOLD.format(before)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, int(process.stdout.readline())

    yield holding
    for process in started:
        process.communicate()


def test_two_live_graders_of_one_process_number_have_two_user_ids(hold):
    _, first = hold()
    _, second = hold()
    assert (first, second) == (uids._known()[7], uids._known()[8])


def test_user_id_is_free_again_when_its_grader_was_killed(hold):
    process, first = hold()
    process.kill()
    process.wait()
    assert hold()[1] == first


def test_where_all_are_taken_nothing_is_graded(hold):
    hold()
    with pytest.raises(subprocess.CalledProcessError) as failed:
        subprocess.run(
            [sys.executable, "-c", HOLD.format("only = uids._known()[7:8]; uids._known = lambda: only")],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    assert "OSError: [Errno 87] other graders have all user ids from" in failed.value.stderr


def test_user_id_stays_the_same_for_all_sandboxes_of_a_process():
    assert uids.own_uid() == uids.own_uid()


@pytest.mark.parametrize(("highest", "small"), [("4294967295", False), ("65536", True)], ids=["host", "user namespace"])
def test_user_id_is_one_that_the_machine_knows(monkeypatch, highest, small):
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: f"         0          0 {highest}\n")
    assert (uids._claimed.__wrapped__(os.getpid()) < 65536) is small
