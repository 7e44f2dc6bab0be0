"""Has Python abort.

score: 60
codes: crash
says: Python crashed (SIGABRT)
bubblewrap: contained
landlock: contained
none: contained
"""

import os


def double(x):
    os.abort()
