"""Landlock: a process without privilege gives up the file system for good, but for folders that it names.

Source: the kernel's Documentation/userspace-api/landlock.rst. What a kernel knows is told by its version of the
interface (ABI): 1 files, 2 moving them, 3 truncating, 4 TCP, 5 devices, 6 signals and abstract sockets. What the
kernel does not know, the system call filter beside it closes too.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # numbers of the calls, the same on every architecture
_GET_VERSION, _PATH_BENEATH = 1, 1
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # ABI -> how many rights of files it knows, from bit 0
_TCP_RIGHTS, _SCOPES = 0b11, 0b11


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"landlock: {os.strerror(ctypes.get_errno())}")
    return result


def version() -> int:
    """The ABI that this kernel has; 0 for none."""
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_GET_VERSION))
    except OSError:
        return 0


def ruleset(readable: Iterable[str], writable: Iterable[str] = ()) -> int:
    """The descriptor of a set of rules by which nothing but these can be opened, and only to read or, files, to write.

    No TCP, and no signal or abstract socket out of whoever obeys, where the kernel knows how.
    Raises: OSError if the kernel has no Landlock or a path cannot be reached
    """
    abi = version()
    handled = (1 << _FILE_RIGHTS.get(abi, _FILE_RIGHTS[5])) - 1
    fields = [handled]
    if abi >= 4:
        fields.append(_TCP_RIGHTS)
    if abi >= 6:
        fields.append(_SCOPES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    rules = _call(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0))
    for path in readable:
        _allow(rules, path, _READ_FILE | _READ_DIR)
    for path in writable:
        _allow(rules, path, _READ_FILE | _WRITE_FILE)
    return rules


def _allow(rules: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= ~_READ_DIR
        rule = struct.pack("=Qi", rights, descriptor)
        _call(ADD_RULE, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def obey(rules: int) -> None:
    """Obey the rules from now on, for good; needs PR_SET_NO_NEW_PRIVS. Closes their descriptor here."""
    _call(RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    os.close(rules)
