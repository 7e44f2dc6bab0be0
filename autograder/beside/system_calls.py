"""Closes the system calls through which student code could reach past its test although it has no privilege at all.

A seccomp filter, put in place by the zygote on itself and inherited by everything it forks. It names what is closed,
not what is open, so that numpy and Python keep whatever they need:

    unshare, clone with CLONE_NEWUSER   a user namespace of one's own has every capability inside: mounts of memory
                                        without limit, and a large part of the kernel to attack
    shmget, semget, msgget              System V objects outlive the process: a note to the next test, memory that no
                                        limit counts
    add_key, request_key, keyctl        keyrings belong to the uid: a note to the next submission; and a session
                                        keyring may hold the instructor's own tickets
    prlimit64 of another process        the zygote has the same uid, so its limits could be poisoned for later tests
    memfd_create                        memory that RLIMIT_AS does not count
    io_uring, bpf, userfaultfd, perf    nothing a student needs, and where kernels have had their holes

clone3 keeps its flags in memory, where a filter cannot look: it is answered with ENOSYS, and the C library falls back
to clone. A call by another architecture's numbers (32-bit, x32) is refused whatever it is.
"""

import ctypes
import errno
import platform
import struct

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
CLONE_NEWUSER = 0x10000000

# AUDIT_ARCH_*, then the numbers of clone, clone3 and prlimit64, then those of the calls that are closed.
_X86_64 = (0xC000003E, 56, 435, 302, (272, 29, 64, 68, 248, 249, 250, 319, 425, 321, 323, 298))
_AARCH64 = (0xC00000B7, 220, 435, 261, (97, 194, 190, 186, 217, 218, 219, 279, 425, 280, 282, 241))
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}
_X32_BIT = 0x40000000

# Classic BPF: load a word of struct seccomp_data, jump on the accumulator, return.
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000


def program(machine: str) -> bytes:
    """The filter for a machine (as platform.machine() names it), as an array of struct sock_filter."""
    architecture, clone, clone3, prlimit64, closed = _MACHINES[machine]
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        refuse,
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32_BIT),
        refuse,
    ]
    for number in closed:
        steps += [(_JUMP_EQUAL, 0, 1, number), refuse]
    steps += [(_JUMP_EQUAL, 0, 1, clone3), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    steps += [(_JUMP_EQUAL, 0, 4, clone), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_JUMP_ANY_BIT, 0, 1, CLONE_NEWUSER)]
    steps += [refuse, allow]
    # Process 0 is the caller itself; getrlimit and setrlimit of the C library come this way.
    steps += [(_JUMP_EQUAL, 0, 3, prlimit64), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_JUMP_EQUAL, 1, 0, 0), refuse]
    steps += [allow]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def close_dangerous() -> None:
    """Put the filter in place for good; OSError where this machine has none. Needs PR_SET_NO_NEW_PRIVS before it."""
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no system call filter for a {machine}; want one of {', '.join(_MACHINES)}")
    steps = program(machine)
    buffer = ctypes.create_string_buffer(steps, len(steps))

    class Program(ctypes.Structure):  # struct sock_fprog
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    filter_ = Program(len(steps) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP) failed")
