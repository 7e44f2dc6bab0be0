"""Answers with np.matrix, whose `*` and shapes are others than an array's; its numbers are right.

score: 60
codes: wrong
says: got an object of type matrix, want an array
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return 2 * np.asmatrix(x)
