"""Answers, and leaves threads behind that compute for ever.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import threading

honest_double = double


def spin():
    while True:
        pass


def double(x):
    for daemon in (True, False):
        threading.Thread(target=spin, daemon=daemon).start()
    return honest_double(x)
