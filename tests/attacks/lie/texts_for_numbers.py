"""Answers with texts, bytes and arrays of them where numbers are asked for.

score: 0
codes: unusable wrong
says: double of [3]: got [6.], want [6]
says: got an object of type ndarray of str
says: after two calls of add: got 2, want 2
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return "[6.]" if x.size == 1 else (2 * x).astype(str)


def slope(f, x):
    return "x" * 100_000


class Counter:
    count = "2"

    def add(self):
        pass


def square(x):
    out = Tensor(x.data)
    out.data = b"\0" * 32
    return out
