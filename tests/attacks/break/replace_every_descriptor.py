"""Puts the pipe of its output in the place of everything else that it has open.

score: 60
codes: exit
says: your code closed what it answers through
bubblewrap: contained
landlock: contained
none: contained
"""

import os


def double(x):
    for number in range(64):
        os.dup2(1, number)
    return x + x
