"""Answers with an array of 22 axes of two places each: four million numbers, to print which takes minutes.

score: 60
codes: raised
says: want at most 67108864 bytes and 8 dimensions
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return np.zeros((2,) * 22, np.int8)
