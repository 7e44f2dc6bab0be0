"""Stops its own process, which then can do nothing, not even end.

score: 80
codes: wall_limit
says: stopped after 10 s: an infinite loop, or a wait that never ends?
bubblewrap: contained
landlock: contained
none: contained
"""

import os
import signal


def slope(f, x):
    os.kill(os.getpid(), signal.SIGSTOP)
