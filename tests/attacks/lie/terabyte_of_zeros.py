"""Answers with one number repeated a hundred billion times, which takes eight bytes here and a terabyte there.

score: 20
codes: raised
says: an array of shape (137438953472,), 1099511627776 bytes, is over the limit
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.broadcast_to(np.float64(0.0), (1 << 37,))


def slope(f, x):
    return np.broadcast_to(np.float64(0.0), (1 << 20, 1 << 20, 5))


def square(x):
    out = Tensor(x.data)
    out.data = np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 30, 4), (0, 0))
    return out
