"""Computes for ever when a test looks at an attribute of what it returned.

score: 80
codes: cpu_limit
says: stopped after 1 s of computing: an infinite loop?
bubblewrap: contained
landlock: contained
none: contained
"""


class Endless:
    def __getattr__(self, name):
        while True:
            pass


def square(x):
    return Endless()
