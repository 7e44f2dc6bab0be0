"""Opens files until no more open, and keeps them: the worker must still be able to answer.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os

honest_double = double
held = []


def double(x):
    try:
        while len(held) < 1000:
            held.append(os.open("/dev/null", os.O_RDONLY))
        print("reached: 1000 descriptors")
    except OSError:
        pass
    return honest_double(x)
