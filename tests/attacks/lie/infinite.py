"""Answers with infinity of both signs, whose differences are NaN and whose quotients vanish.

score: 0
codes: wrong
says: got [inf], want [6]
says: gradient of input 0
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.copysign(np.inf, x)


def slope(f, x):
    return np.full(5, np.inf)


class Counter:
    count = -float("inf")

    def add(self):
        pass


def square(x):
    return Tensor(np.full(4, np.inf), x.backward)
