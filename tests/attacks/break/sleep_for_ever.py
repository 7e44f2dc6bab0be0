"""Waits for ever, which costs no computing time.

score: 80
codes: wall_limit
says: stopped after 10 s: an infinite loop, or a wait that never ends?
bubblewrap: contained
landlock: contained
none: contained
"""

import time


def slope(f, x):
    time.sleep(1000)
