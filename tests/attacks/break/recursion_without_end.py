"""Calls itself without end.

score: 60
codes: raised
says: RecursionError: maximum recursion depth exceeded
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return double(x)
