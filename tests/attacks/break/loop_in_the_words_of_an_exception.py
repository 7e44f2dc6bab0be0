"""Raises an exception whose `__str__` never ends: the worker asks for it.

score: 80
codes: cpu_limit
says: stopped after 1 s of computing: an infinite loop?
bubblewrap: contained
landlock: contained
none: contained
"""


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def slope(f, x):
    raise Endless
