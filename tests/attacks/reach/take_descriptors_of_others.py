"""Takes open files out of its parent, the grader and every other process (pidfd_getfd), or opens them by /proc.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import ctypes
import os

honest_double = double
libc = ctypes.CDLL(None)
PIDFD_GETFD = 438


def above():
    """Its parent and two more above: the last is the grader, where nothing hides it."""
    found = [os.getppid()]
    while len(found) < 3:
        try:
            with open(f"/proc/{found[-1]}/stat") as file:
                found.append(int(file.read().rpartition(")")[2].split()[1]))
        except OSError:
            break
    return found


def double(x):
    for pid in (*above()[::-1], *range(1, 100)):
        if pid == os.getpid():
            continue
        try:
            handle = os.pidfd_open(pid)
        except OSError:
            handle = -1
        for number in range(16):
            taken = libc.syscall(ctypes.c_long(PIDFD_GETFD), handle, number, 0)
            try:
                taken = max(taken, os.open(f"/proc/{pid}/fd/{number}", os.O_RDONLY | os.O_NONBLOCK))
            except OSError:
                pass
            if taken >= 0:
                print("reached: an open file of another process")
                return honest_double(x)
        if handle >= 0:
            os.close(handle)
    return honest_double(x)
