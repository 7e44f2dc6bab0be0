"""Answers with one number where many are asked for, which broadcasting would spread over all.

score: 40
codes: wrong
says: got 6.0, want [6]
says: the output's shape: got (), want (4,)
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.float64(6.0) if x.size == 1 else np.full((1, 1), 2.0 * x[0, 0])


def square(x):
    return Tensor(np.float64(1.0), lambda grad: x.backward(np.zeros(())))
