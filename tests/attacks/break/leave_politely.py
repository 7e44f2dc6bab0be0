"""Asks Python to end, with a status that says that all is well.

score: 60
codes: exit
says: your code called sys.exit()
bubblewrap: contained
landlock: contained
none: contained
"""

import sys


def double(x):
    sys.exit(0)
