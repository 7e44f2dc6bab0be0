"""Computes for ever when its process ends, by atexit and by a thread that is no daemon.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import atexit
import threading
import time

honest_double = double


def spin():
    while True:
        pass


def double(x):
    atexit.register(spin)
    threading.Thread(target=time.sleep, args=(1000,)).start()
    return honest_double(x)
