"""Prints for as long as it may.

score: 80
codes: cpu_limit
codes: wall_limit
says: [cut: it printed more]
bubblewrap: contained
landlock: contained
none: contained
"""

import os


def slope(f, x):
    while True:
        os.write(1, b"x" * 65536)
