"""Has a timer of C code end the process while it computes.

score: 80
codes: exit
says: your code ended the process itself with exit status 1
bubblewrap: contained
landlock: contained
none: contained
"""

import faulthandler


def slope(f, x):
    faulthandler.dump_traceback_later(0.1, exit=True)
    while True:
        pass
