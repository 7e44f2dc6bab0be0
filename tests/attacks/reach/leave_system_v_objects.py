"""Leaves its input in shared memory, a semaphore and a message queue of System V, for the next test and submission.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import ctypes

honest_double = double
libc = ctypes.CDLL(None)
KEY, CREATE, REMOVE = 0x7C6F1D, 0o1600, 0
KINDS = {
    "shared memory": (lambda flags: libc.shmget(KEY, 4096, flags), lambda n: libc.shmctl(n, REMOVE, None)),
    "a semaphore": (lambda flags: libc.semget(KEY, 1, flags), lambda n: libc.semctl(n, 0, REMOVE, 0)),
    "a queue": (lambda flags: libc.msgget(KEY, flags), lambda n: libc.msgctl(n, REMOVE, None)),
}


def double(x):
    for name, (get, remove) in KINDS.items():
        there = get(0)
        if there < 0:
            get(CREATE)
        else:
            print("reached:", name, "of an earlier test")
            remove(there)
    return honest_double(x)
