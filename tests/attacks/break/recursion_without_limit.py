"""Calls itself without end, after Python's limit has been lifted.

score: 80
codes: memory_limit
until: 3.12
says: your code ran out of memory
bubblewrap: contained
landlock: contained
none: contained
"""

import sys


def slope(f, x):
    sys.setrecursionlimit(1 << 30)
    held = bytearray(100_000)
    return slope(f, x)
