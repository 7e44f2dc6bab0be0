"""Ends its process at once and says that all is well.

score: 60
codes: exit
says: your code ended the process itself with exit status 0
bubblewrap: contained
landlock: contained
none: contained
"""

import os


def double(x):
    os._exit(0)
