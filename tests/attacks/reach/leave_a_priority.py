"""Leaves its input in the priority of its parent and of all of its user's processes, which the next test is born with.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import os

honest_double = double
NOTE = 7


def double(x):
    try:
        if os.getpriority(os.PRIO_PROCESS, 0) == NOTE:
            print("reached: a priority that an earlier test has set")
    except OSError:
        pass
    places = [(os.PRIO_PROCESS, os.getppid())]
    if "/packages" in np.__file__:  # without a sandbox the user is the instructor
        places += [(os.PRIO_PGRP, 0), (os.PRIO_USER, 0), (os.PRIO_PROCESS, 1)]
    for kind, who in places:
        try:
            os.setpriority(kind, who, NOTE)
        except OSError:
            pass
    return honest_double(x)
