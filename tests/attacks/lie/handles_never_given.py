"""Answers with handles that it was never given: of zero, below it, beyond all, and of a text.

score: 20
codes: broken_frame raised wrong
says: your code raised KeyError: 999999
says: wire: a handle is not a number and the name of a type
bubblewrap: contained
landlock: contained
none: contained
"""

import inside.zygote


class Thing:
    def __init__(self, handle):
        self.handle = handle


honest_handle = inside.zygote.Child._handle


def forge(self, value):
    return [inside.values.HANDLE, value.handle, "ndarray"] if type(value) is Thing else honest_handle(self, value)


inside.zygote.Child._handle = forge


def double(x):
    return Thing(-1 if x.size == 1 else 999_999)


def slope(f, x):
    return Thing(0)


class Counter:
    count = 0

    def add(self):
        self.count = Thing("1")
