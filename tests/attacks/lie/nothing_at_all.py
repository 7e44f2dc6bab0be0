"""Answers with arrays without elements, of which everything is true.

score: 0
codes: unusable wrong
says: zero-size array
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.empty((0, *x.shape[1:]))


def slope(f, x):
    return np.empty((0, 5))


class Counter:
    count = np.empty(0)

    def add(self):
        pass


def square(x):
    return Tensor(np.empty(0), x.backward)
