"""Prints a hundred megabytes as errors, line by line, and answers.

score: 100
codes:
says: [cut: it printed more]
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import sys

honest_double = double


def double(x):
    for _ in range(100):
        sys.stderr.write("x" * 1_000_000 + "\n")
    return honest_double(x)
