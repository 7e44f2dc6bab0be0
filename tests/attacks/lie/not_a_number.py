"""Answers with NaN everywhere, of either sign and with bits that nothing computes.

score: 0
codes: wrong
says: is nan, want a finite number
says: got nan, want 2
bubblewrap: stopped
landlock: stopped
none: stopped
"""

odd = np.array([0x7FF0000000000001, 0xFFFFFFFFFFFFFFFF], np.uint64).view(float)


def double(x):
    return np.resize(odd, x.shape)


def slope(f, x):
    return np.resize(odd, x.shape)


class Counter:
    count = float("nan")

    def add(self):
        pass


def square(x):
    return Tensor(x.data * x.data, lambda grad: x.backward(np.full(4, np.nan)))
