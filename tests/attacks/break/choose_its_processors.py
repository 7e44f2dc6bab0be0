"""Asks for every processor and for the first place in line, to slow down whoever is graded beside it.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import os

honest_double = double


def double(x):
    chances = {
        "another processor": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
        "precedence": lambda: os.nice(-5),
        "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    }
    for name, chance in chances.items():
        try:
            chance()
        except OSError:
            continue
        print("reached:", name)
    return honest_double(x)
