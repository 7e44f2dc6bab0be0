"""Has a timer interrupt everything that happens in its process.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import signal

honest_double = double


def double(x):
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)
    return honest_double(x)
