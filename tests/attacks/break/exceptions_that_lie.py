"""Raises exceptions that raise, or are no text, or are somebody else when they are asked.

score: 0
codes: raised
says: (its __str__ raised SystemExit)
says: (its __str__ raised TypeError)
says: an exception of a class that cannot be asked for its name
says: NeedsMore
bubblewrap: stopped
landlock: stopped
none: stopped
"""


class Liar(type):
    @property
    def __mro__(cls):
        raise SystemExit

    @property
    def __name__(cls):
        return b"AssertionError"


class Mute(Exception):
    def __str__(self):
        raise SystemExit


class NoText(Exception):
    def __str__(self):
        return 42


class Other(Exception, metaclass=Liar):
    __class__ = AssertionError
    __traceback__ = None


class NeedsMore(UnicodeDecodeError):
    def __init__(self, one, two, *, three):
        self.one = one

    def __reduce__(self):
        raise ValueError


def double(x):
    raise Mute


def slope(f, x):
    raise NoText


class Counter:
    def add(self):
        raise Other


def square(x):
    raise NeedsMore(1, 2, three=3)
