"""Answers rightly in arrays that are read-only, unaligned, backwards, transposed or one number repeated.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

honest_slope = slope


def double(x):
    if x.size == 1:
        return np.broadcast_to(np.float64(6.0), (1,))
    unaligned = np.zeros(8 * x.size + 1, np.uint8)[1:].view(float).reshape(x.shape)
    unaligned[...] = 2 * x
    unaligned.flags.writeable = False
    return unaligned[::-1, ::-1][::-1, ::-1]


def slope(f, x):
    backwards = honest_slope(f, x[::-1].copy())[::-1]
    backwards.flags.writeable = False
    return backwards


class Counter:
    def __init__(self):
        self.count = np.array(0)

    def add(self):
        self.count = self.count + np.array(1)
