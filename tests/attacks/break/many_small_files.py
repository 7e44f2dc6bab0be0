"""Makes empty files, which take none of the room that it has, but some memory of the kernel's each: its computing time
bounds how many, and they end with the test.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
unprivileged: not stopped
none: not tried
"""

import os

honest_double = double


def double(x):
    try:
        if any(name.startswith("empty") for name in os.listdir("/tmp")):
            print("reached: a file of an earlier test")
        for n in range(30_000):
            os.close(os.open(f"/tmp/empty-{n}", os.O_CREAT))
    except OSError:
        pass
    return honest_double(x)
