"""Computes for long inside one call of numpy, where Python's own signal handlers never get a turn.

score: 80
codes: cpu_limit
says: stopped after 1 s of computing: an infinite loop?
bubblewrap: contained
landlock: contained
none: contained
"""


def slope(f, x):
    return np.convolve(np.ones(1 << 19), np.ones(1 << 19))
