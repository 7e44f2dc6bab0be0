"""Leaves its input in a keyring of the kernel's, which belongs to the user, for the next test and submission.

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
ADD_KEY, KEYCTL = (248, 250) if os.uname().machine == "x86_64" else (217, 219)
SEARCH, UNLINK, NAME = 10, 9, b"left-by-an-attack"


def double(x):
    for ring in (-4, -5, -3):  # the user's, the user's session's, the session's
        key = libc.syscall(ctypes.c_long(KEYCTL), SEARCH, ring, b"user", NAME, 0)
        if key > 0:
            print("reached: a key of an earlier test")
            libc.syscall(ctypes.c_long(KEYCTL), UNLINK, key, ring)
        else:
            libc.syscall(ctypes.c_long(ADD_KEY), b"user", NAME, x.tobytes(), ctypes.c_size_t(8), ring)
    return honest_double(x)
