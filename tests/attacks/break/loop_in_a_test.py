"""Computes for ever in one exercise.

score: 60
codes: cpu_limit
says: stopped after 1 s of computing: an infinite loop?
bubblewrap: contained
landlock: contained
none: contained
"""


def double(x):
    while True:
        pass
