"""Asks for a gigabyte at once.

score: 80
codes: memory_limit
says: your code ran out of memory
bubblewrap: contained
landlock: contained
none: contained
"""


def slope(f, x):
    return np.ones(1 << 27)
