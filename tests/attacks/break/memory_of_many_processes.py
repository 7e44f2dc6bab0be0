"""Spreads what it takes over as many processes as it gets. The limit of memory holds for each of them: what a sandbox
can take is the product of both limits, here 12 times 384 MiB, and student code gets all but two of the processes. It
takes 32 MiB in each.

score: 100
codes:
bubblewrap.says: 32 MiB in each of 1
landlock.says: 32 MiB in each of 0
bubblewrap: stopped
landlock: stopped
none: not tried
"""

import mmap
import os
import signal

honest_double = double


def double(x):
    counter = os.eventfd(0)
    n = 0
    try:
        while n < 40:
            if os.fork() == 0:
                mmap.mmap(-1, 32 << 20)[::4096] = b"x" * (1 << 13)
                os.eventfd_write(counter, 1)
                while True:
                    signal.pause()
            n += 1
            os.eventfd_read(counter)
    except OSError:
        pass
    print("32 MiB in each of", n, "processes more")
    if n > 12:
        print("reached: more processes than its limit")
    return honest_double(x)
