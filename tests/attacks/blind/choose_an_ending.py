"""Chooses among exit statuses, signals and limits by the hidden inputs: what its student sees is which kind it was.

score: 50
codes: crash exit
hides: with exit status 1
hides: SIG
bubblewrap: contained
landlock: contained
none: contained
"""

import os
import signal

honest_double = double


def double(x):
    if x.size == 1:
        return honest_double(x)
    os._exit(100 + int(abs(x[0, 0]) * 10) % 90)


def slope(f, x):
    number = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGBUS)[int(abs(x[0]) * 10) % 4]
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
