"""Answers with forty thousand objects at a time, more with each attribute, and holds on to them.

score: 40
codes: wrong
says: got an object of type Many, want an array
says: the output's data is list, want ndarray
bubblewrap: stopped
landlock: stopped
none: stopped
"""


class Many:
    def __getattr__(self, name):
        return [object() for _ in range(40_000)]


def double(x):
    return [Many()] * 40_000


def square(x):
    return Many()
