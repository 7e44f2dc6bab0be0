"""Raises what Ctrl-C raises, which ends a whole run of pytest.

score: 60
codes: exit
says: your code raised KeyboardInterrupt
bubblewrap: contained
landlock: contained
none: contained
"""


def double(x):
    raise KeyboardInterrupt
