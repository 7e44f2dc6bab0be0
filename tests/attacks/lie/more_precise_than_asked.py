"""Answers rightly in a floating-point type that means something else on every machine.

score: 40
codes: wrong
says: want an array
says: the output's data is Remote, want ndarray
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return x.astype(np.longdouble) * 2


def square(x):
    out = Tensor(x.data * x.data, lambda grad: x.backward(2 * x.data * grad))
    out.data = out.data.astype(np.longdouble)
    return out
