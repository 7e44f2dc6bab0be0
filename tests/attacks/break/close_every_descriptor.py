"""Closes everything that it has open, the socket of the worker's answers too.

score: 60
codes: exit
says: your code closed what it answers through
bubblewrap: contained
landlock: contained
none: contained
"""

import os


def double(x):
    os.closerange(0, 1000)
    return x + x
