"""Without a sandbox, on the instructor's word: the same conversation, and nothing killed but what the test started."""

import os
import signal
import sys

import pytest

from autograder.boundary.ends import Stopped
from autograder.boundary.sandbox import Unsandboxed
from autograder.boundary.worker import Worker
from autograder.proving.trials import OneZygote
from tests import needs

SUBMISSION = """
import os, signal, time

def double(x):
    return 2 * x
def identity():
    return (os.getuid(), os.getpid(), os.getpgid(0))
def spin():
    while True:
        pass
def leave_processes(n):
    pids = []
    for _ in range(n):
        pid = os.fork()
        if pid == 0:
            time.sleep(1000)
        pids.append(pid)
    return pids
def crash():
    os.kill(os.getpid(), signal.SIGSEGV)
"""


@pytest.fixture(scope="module")
def worker(start_worker):
    with start_worker(SUBMISSION, Unsandboxed()) as worker:
        yield worker


def gone(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_values_and_callbacks_travel(code):
    import numpy as np

    np.testing.assert_array_equal(code.double(np.arange(3.0)), [0, 2, 4])


def test_worker_is_this_user_in_a_group_of_its_own(code):
    uid, pid, group = code.identity()
    assert uid == os.getuid()
    assert group == pid
    assert group != os.getpgid(0)


@pytest.mark.slow
def test_limits_hold(open_session):
    session = open_session(wall_s=0.3)
    with pytest.raises(Stopped, match=r"stopped after 0\.3 s"):
        session.root().code.spin()
    with pytest.raises(Stopped, match="segmentation fault"):
        open_session().root().code.crash()
    assert open_session().root().code.double(2) == 4


def test_processes_of_the_test_are_killed_and_no_others(worker, code, start_process, wait_until):
    bystander = start_process([sys.executable, "-c", "import time; time.sleep(60)"])
    left = code.leave_processes(3)
    assert not any(map(gone, left))
    worker.end()
    wait_until(lambda: all(map(gone, left)))
    assert bystander.poll() is None
    assert worker.process.poll() is None


@pytest.mark.slow
def test_closing_in_the_middle_of_a_test_leaves_nothing(start_worker, session_of, wait_until):
    with start_worker(SUBMISSION, Unsandboxed()) as worker:
        code = session_of(worker).root().code
        left = [code.identity()[1], *code.leave_processes(2)]
        worker.close()
        wait_until(lambda: all(map(gone, left)))


STAR = """
from numpy import *
import sys

def loaded():
    return [name for name in sys.modules if name == "charset_normalizer"]
"""


@pytest.mark.slow
def test_what_numpy_loads_for_a_star_import_is_promised_too(start_worker, session_of):
    """`numpy.f2py` asks for a package, one of those for development here, that Landlock shows and does not let it read:
    an error that it does not expect.
    """
    with start_worker(STAR, Unsandboxed()) as worker:
        assert session_of(worker).root().code.loaded() == []


@pytest.mark.slow
def test_zygote_that_dies_takes_the_test_with_it(start_worker, session_of, wait_until):
    with start_worker(SUBMISSION, Unsandboxed()) as worker:
        pid = session_of(worker).root().code.identity()[1]
        os.kill(worker.process.pid, signal.SIGKILL)
        wait_until(lambda: gone(pid))


MEMORY = """
def count(word):
    \"\"\"How often the reverse of this word is in this process's memory.\"\"\"
    found, wanted = 0, word[::-1].encode()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            place, mode, *_ = line.split()
            if mode.startswith("r") and "[v" not in line:
                start, end = (int(part, 16) for part in place.split("-"))
                memory.seek(start)
                found += (memory.read(end - start) or b"").count(wanted)
    return found - 1
"""


@pytest.mark.slow
@needs.ROOT  # who alone may read the memory of a process that has closed it to others
@pytest.mark.parametrize("kind", [Worker, OneZygote])
def test_nothing_of_the_submission_before_is_left_in_memory(confinement, session_of, kind):
    """Nothing hides memory from ctypes; so the one before must never have been there. Where it was, it is found."""
    secret = "".join(reversed("a solution of 9f3b71c04e somebody else"))
    with kind(Unsandboxed(), confinement) as worker:
        worker.load("submission", {"__init__": b"", "code": f"answer = {secret[::-1]!r}\n".encode() * 100})
        assert session_of(worker).root().code.answer == secret[::-1]
        worker.load("submission", {"__init__": b"", "code": MEMORY.encode()})
        found = session_of(worker).root().code.count(secret)
        assert (found > 0) == (kind is OneZygote)
