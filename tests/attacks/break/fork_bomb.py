"""Forks in every process that it has forked, which without a limit makes 256, and counts how many it got.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not tried
"""

import os
import signal

honest_double = double


def double(x):
    counter = os.eventfd(0, os.EFD_NONBLOCK)
    me = os.getpid()
    for _ in range(8):
        try:
            if os.fork() == 0:
                os.eventfd_write(counter, 1)
        except OSError:
            break
    if os.getpid() != me:
        signal.pause()
    try:
        n = os.eventfd_read(counter)
    except OSError:
        n = 0
    if n > 12:
        print("reached:", n, "processes")
    return honest_double(x)
