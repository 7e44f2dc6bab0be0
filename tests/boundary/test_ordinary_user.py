"""Started by an ordinary user the sandbox is a user namespace: another way to the same promises.

As root, this goes through an outer bwrap that puts the interpreter, its packages and the engine where another user can
read them, and changes the user there; as an ordinary user, all other tests here have gone this way already.
"""

import json
import os
import subprocess
import sys

import pytest

from tests import needs
from tests.container import python_in_container

pytestmark = [needs.BUBBLEWRAP, pytest.mark.slow]

PROGRAM = r"""
import json, os, sys, time
from autograder.boundary import doctor
from autograder.boundary.ends import describe_end
from autograder.boundary.limits import TestLimits
from autograder.boundary.worker import Worker
from autograder.boundary.session import Session
from autograder.boundary.limits import Confinement
from autograder.boundary.sandbox import find_sandbox

SUBMISSION = b'''
import ctypes, os, signal, time
def identity():
    return (os.getuid(), os.getgid(), os.getpid() > 1)
def bomb():
    n = 0
    try:
        while n < 64:
            if os.fork() == 0:
                time.sleep(1000)
            n += 1
    except OSError:
        pass
    return n
def kill_everyone():
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
def namespace(kind):
    return ctypes.CDLL(None).unshare(kind)
def capabilities():
    found = (ctypes.c_uint32 * 6)()
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    return ctypes.CDLL(None).capget(head, found) or sum(found)
def seen():
    return [path for path in ("/proc", "/home", "/root", "/mnt", "/repository") if os.path.exists(path)]
def mark_tmp():
    os.utime("/tmp", (1, 1))
    os.chmod("/tmp", 0o700)
def tmp():
    return (os.stat("/tmp").st_mode & 0o777, os.stat("/tmp").st_mtime == 1)
'''
report = {"uid": os.getuid(), "failed": [finding.text for finding in doctor.examine() if finding.good is False]}
with Worker(find_sandbox(), Confinement(1 << 29, 12)) as worker:
    worker.load("submission", {"__init__": b"", "code": SUBMISSION})
    limits = TestLimits(5, 20, 100)
    def code():
        return Session(lambda: worker.begin(limits), lambda: describe_end(worker.end(), limits)).root().code
    report["identity"] = code().identity()
    report["bomb"] = [code().bomb() for _ in range(2)]
    code().kill_everyone()
    report["namespaces"] = [code().namespace(kind) for kind in (0x10000000, 0x20000, 0x20000000)]
    report["capabilities"] = code().capabilities()
    report["seen"] = code().seen()
    code().mark_tmp()
    report["tmp"] = code().tmp()
print(json.dumps(report))
"""


@pytest.fixture(scope="module")
def report():
    """What the program has found out, as an ordinary user."""
    python = python_in_container(user=True) if os.geteuid() == 0 else [sys.executable]
    run = subprocess.run([*python, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_ordinary_user_is_not_root(report):
    assert report["uid"] != 0


def test_every_promise_of_the_doctor_holds(report):
    assert report["failed"] == []


def test_student_code_is_nobody_inside(report):
    assert report["identity"] == [65534, 65534, True]


def test_processes_are_bounded_and_cleaned_up(report):
    assert all(0 < n < 12 for n in report["bomb"])


def test_further_namespaces_are_refused(report):
    """A user's, a mount's and a pid's: the nursery outside may make the last two."""
    assert report["namespaces"] == [-1] * 3


def test_no_capability_is_left(report):
    assert report["capabilities"] == 0


def test_host_is_not_there(report):
    assert report["seen"] == []


def test_marks_on_the_scratch_folder_do_not_reach_the_next_test(report):
    """Inside a user namespace /tmp belongs to student code; its mode and times would be notes without a file."""
    assert report["tmp"] == [0o777, False]
