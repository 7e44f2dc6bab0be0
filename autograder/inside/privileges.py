"""Gives up, for good, what a process that runs student code must not have: privileges, and resources without limit."""

import ctypes
import errno
import os
import resource
import signal
import struct

from . import landlock, system_calls

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38  # <sys/prctl.h>
CLONE_NEWNS, CLONE_NEWPID = 0x00020000, 0x20000000  # <sched.h>
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_NOATIME, MS_BIND = 1, 2, 4, 8, 32, 1024, 4096  # <sys/mount.h>
CAPABILITY_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3 of <linux/capability.h>
SCRATCH_INODES = 4096


def limit(kind: int, value: int, grace: int = 0) -> None:
    """Set a limit; between `value` and `value + grace` a process may still say its last words.

    Raises: OSError if the machine's own limit is lower, because then submissions would pay for the machine
    """
    try:
        resource.setrlimit(kind, (value, value + grace))
    except ValueError:
        (name,) = [name for name in dir(resource) if name.startswith("RLIMIT_") and getattr(resource, name) == kind][:1]
        lower = resource.getrlimit(kind)[1]
        raise OSError(
            errno.EPERM, f"{name}: want {value + grace}, but this machine allows {lower}; raise it with ulimit"
        ) from None


def die_with_parent() -> None:
    """From now on the end of the parent process is this one's."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    _call("prctl", option, value, 0, 0, 0)


def enter_namespaces() -> None:
    """A pid namespace for the children forked from now on, and a mount namespace for them and us."""
    _call("unshare", ctypes.c_int(CLONE_NEWPID | CLONE_NEWNS))


def mount_scratch(folder: str, size: int) -> None:
    """An empty file system of this size over a folder, and the current folder in it. It notes nothing of who reads."""
    options = f"mode=1777,size={size},nr_inodes={SCRATCH_INODES}"
    names = [os.fsencode(name) for name in ("tmpfs", folder, "tmpfs")]
    _call("mount", *names, ctypes.c_ulong(MS_NOSUID | MS_NODEV | MS_NOATIME), options.encode())
    os.chdir(folder)


def keep_times(device: str) -> None:
    """Make a device's mount read-only: it is read and written as before, but nobody notes anything in when it was."""
    kept = os.statvfs(device).f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)  # which a user namespace may not take away
    _call("mount", None, os.fsencode(device), None, ctypes.c_ulong(MS_REMOUNT | MS_BIND | MS_RDONLY | kept), None)


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def confine(uid: int, memory_bytes: int, processes: int, scratch_bytes: int, rules: int = -1) -> None:
    """Of a zygote: limits, then every privilege given up for good.

    `uid` -1 keeps the user that we are; `rules` are Landlock's, -1 for none; `processes` 0 is no limit.
    """
    _limit_all(memory_bytes, processes, scratch_bytes)
    _become(uid)
    if rules >= 0:
        landlock.obey(rules)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one signal with a handler, so the one that children could send
    if os.getpid() == 1:
        _drop_capabilities()
        system_calls.close_what_reaches_out()


def confine_alone(processes: int) -> None:
    """Of a process that student code is to run in where there are no namespaces: what it may still do is compute.

    `processes`, 0 for no limit, is its own and not its zygote's: what a killed zygote left counts with its user's until
    the machine's first process has waited for it, and would keep the next one from beginning a test.
    """
    if processes:
        limit(resource.RLIMIT_NPROC, processes)
    _drop_capabilities()
    die_with_parent()
    system_calls.close_all_but_computing()


def _limit_all(memory_bytes: int, processes: int, file_bytes: int) -> None:
    limit(resource.RLIMIT_AS, memory_bytes)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, file_bytes)
    limit(resource.RLIMIT_NOFILE, 64)
    limit(resource.RLIMIT_MSGQUEUE, 0)
    if processes:
        limit(resource.RLIMIT_NPROC, processes)


def _become(uid: int) -> None:
    """Another user for good, from whom no privilege and no trace of this process can be had."""
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    die_with_parent()  # again: changing the uid has cleared what was set before
    _prctl(PR_SET_DUMPABLE, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def _drop_capabilities() -> None:
    """Those that changing the uid has not dropped already: of an ordinary user in a user namespace."""
    nothing = struct.pack("=6I", *[0] * 6)
    _call("capset", struct.pack("=Ii", CAPABILITY_VERSION, 0), nothing)
