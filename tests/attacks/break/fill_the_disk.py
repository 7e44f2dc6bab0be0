"""Fills the folder for temporary files, and looks whether an earlier test has.

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
    written = 0
    try:
        if any(name.startswith("filling") for name in os.listdir("/tmp")):
            print("reached: a file of an earlier test")
        for n in range(100):
            with open(f"/tmp/filling-{n}", "wb") as file:
                for _ in range(10):
                    written += file.write(bytes(1 << 20))
                    file.flush()
    except OSError:
        pass
    if written > 16 << 20:
        print("reached:", written, "bytes")
    return honest_double(x)
