"""Ends its process with the status by which the worker says that it cannot answer.

score: 60
codes: exit
says: your code closed what it answers through, or ended with exit status 70
bubblewrap: contained
landlock: contained
none: contained
"""

import os


def double(x):
    os._exit(70)
