"""Counts with an object that turns into any number, text or truth that is asked of it.

score: 80
codes: wrong
says: got an object of type Any, want a plain value
bubblewrap: stopped
landlock: stopped
none: stopped
"""


class Any:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return hash(2)

    def __bool__(self):
        return True

    def __float__(self):
        return 2.0

    def __complex__(self):
        return 2.0 + 0j

    def __int__(self):
        return 2

    __index__ = __trunc__ = __floor__ = __ceil__ = __int__

    def __str__(self):
        return "2"

    __repr__ = __str__

    def __format__(self, spec):
        return "2"

    __class__ = int


class Counter:
    count = Any()

    def add(self):
        pass
