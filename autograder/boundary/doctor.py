"""`autograder doctor`: what this machine offers for grading safely, and what to do about what it lacks."""

import os
import platform

from autograder.boundary.bubblewrap import Bubblewrap, bubblewrap_binaries
from autograder.boundary.ends import Stopped, WorkerFault
from autograder.boundary.limits import Confinement, TestLimits
from autograder.boundary.sandbox import SandboxUnavailable, find_sandbox
from autograder.boundary.session import Session
from autograder.boundary.student_error import StudentError
from autograder.boundary.worker import Worker
from autograder.installation import Finding

# Tried inside the sandbox, by a submission that looks about: each has to come out as it is written here.
_PROBE = b"""
import ctypes, os, signal, socket

def can_write():
    try:
        with open("/escape", "w"):
            return True
    except OSError:
        return False

def network():
    try:
        return any(name != "lo" for _, name in socket.if_nameindex())
    except OSError:
        return False

def is_root():
    return os.getuid() == 0

def new_user_namespace():
    return ctypes.CDLL(None).unshare(0x10000000) == 0

def processes(limit):
    n = 0
    try:
        while n < limit:
            if os.fork() == 0:
                signal.pause()
            n += 1
    except OSError:
        pass
    return n
"""


def examine() -> list[Finding]:
    """Every finding, the decisive ones last: is there a sandbox, does it start, does it hold."""
    who = "root" if os.geteuid() == 0 else "an ordinary user"
    findings = [Finding(None, f"{platform.system()} {platform.release()} on {platform.machine()}, as {who}")]
    findings += [Finding(None, f"bubblewrap: {binary}") for binary in bubblewrap_binaries()]
    try:
        sandbox = find_sandbox()
    except SandboxUnavailable as error:
        return [*findings, Finding(False, str(error))]
    findings.append(Finding(True, f"a sandbox starts: {sandbox.name}"))
    if not isinstance(sandbox, Bubblewrap):
        findings.append(Finding(None, f"which is second best: {_why_not_bubblewrap()}"))
    try:
        with Worker(sandbox, Confinement(1 << 30, 16)) as worker:
            findings += _hold(worker)
    except (WorkerFault, Stopped, StudentError) as error:
        findings.append(Finding(False, str(error)))
    return findings


def _why_not_bubblewrap() -> str:
    try:
        find_sandbox("bubblewrap")
    except SandboxUnavailable as error:
        return str(error)
    return "it starts now"


def _hold(worker: Worker) -> list[Finding]:
    worker.load("probe", {"__init__": b"", "probe": _PROBE})
    limits = TestLimits(cpu_s=5, wall_s=20, output_bytes=1000)
    # The worker is our own here, but what it says is still taken as data; none of these runs in this process.
    probe = Session(lambda: worker.begin(limits), lambda: _ended(worker)).root().probe
    forks = probe.processes(64)
    findings = [
        _promise(probe.can_write() is False, "its file system is read-only"),
        _promise(probe.network() is False, "it has no network"),
        _promise(probe.is_root() is False, "it is not root inside"),
        _promise(type(forks) is int and forks < 16, "its processes are limited"),
        _promise(probe.new_user_namespace() is False, "it cannot make a namespace of its own"),
    ]
    worker.end()
    return findings


def _promise(holds: bool, what: str) -> Finding:
    return Finding(holds, what if holds else f"not so: {what}; do not grade strangers' code on this machine")


def _ended(worker: Worker) -> Stopped:
    worker.end()
    return Stopped("exit", "the probe ended")
