"""Raises exceptions that are large: in words, in number, in what caused them, in the name of their class.

score: 0
codes: raised
says: longlong
says: a group (100000 sub-exceptions)
says: ValueError: 9999
says: NamedNamed
bubblewrap: stopped
landlock: stopped
none: stopped
"""


class Long(Exception):
    def __str__(self):
        return "long" * 2_500_000


def double(x):
    raise Long


def slope(f, x):
    raise ExceptionGroup("a group", [ValueError(n) for n in range(100_000)])


class Counter:
    def add(self):
        error = None
        for n in range(10_000):
            link = ValueError(n)
            link.__context__ = link.__cause__ = error
            error = link
        raise error


def square(x):
    raise type("Named" * 2_000_000, (Exception,), {})
