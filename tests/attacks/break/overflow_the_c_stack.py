"""Has C code recurse without end, where no limit of Python's counts.

score: 60
codes: crash
until: 3.12
says: Python crashed (segmentation fault): recursion without end in C code, or ctypes?
bubblewrap: contained
landlock: contained
none: contained
"""

import sys


def double(x):
    sys.setrecursionlimit(1 << 30)
    return list(map(double, [x]))
