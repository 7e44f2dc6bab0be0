"""Answers with a number of twelve million digits, with more bytes than a frame holds, and with a million objects.

score: 20
codes: raised wrong
says: got <int of the submission>
says: an array of shape (9437184,), 75497472 bytes, is over the limit
says: holds more than 200000 objects
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return 1 << 40_000_000


def slope(f, x):
    return np.zeros(9 << 20)


def square(x):
    return [object() for _ in range(1_000_000)]
