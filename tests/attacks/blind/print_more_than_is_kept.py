"""Prints the hidden inputs before and after a megabyte, on both outputs, in characters that grow when they are escaped.

score: 100
codes:
hides: the first word
hides: [cut:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import sys

honest_double = double


def double(x):
    for stream in (sys.stdout, sys.stderr):
        print("the first word", x, file=stream)
        print("\0\x1b\u202e" * 100_000, file=stream)
        print("the last word", x, file=stream)
    return honest_double(x)
