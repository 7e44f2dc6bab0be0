"""Computes for ever in `__del__`, whose exceptions Python swallows.

score: 80
codes: cpu_limit
says: stopped after 1 s of computing: an infinite loop?
bubblewrap: contained
landlock: contained
none: contained
"""


class Endless:
    def __del__(self):
        while True:
            pass


def slope(f, x):
    Endless()
