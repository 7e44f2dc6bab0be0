"""Gives up, for good, what a process that runs student code must not have: privileges, and resources without limit."""

import ctypes
import os
import resource
import signal

from . import system_calls

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38  # <sys/prctl.h>


def limit(kind: int, value: int, grace: int = 0) -> None:
    """Set a limit; between `value` and `value + grace` a process may still say its last words."""
    resource.setrlimit(kind, (value, value + grace))


def die_with_parent() -> None:
    """From now on the end of the parent process is this one's."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def confine(uid: int, memory_bytes: int, processes: int, scratch_bytes: int) -> None:
    """Put the limits in place, then give up every privilege for good; `uid` -1 keeps the user that we are."""
    limit(resource.RLIMIT_AS, memory_bytes)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, scratch_bytes)
    limit(resource.RLIMIT_NOFILE, 64)
    limit(resource.RLIMIT_MSGQUEUE, 0)
    if processes:
        limit(resource.RLIMIT_NPROC, processes)
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    die_with_parent()  # again: changing the uid has cleared what bwrap had set
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one signal with a handler, so the one that children could send
    if os.getpid() == 1:
        system_calls.close_dangerous()
