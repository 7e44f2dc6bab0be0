"""Starts thousands of threads, which take process numbers, and looks in the next test how far these have come.

score: 100
codes:
bubblewrap: stopped
landlock: not stopped
none: not stopped
"""

import os
import threading

honest_double = double
MANY = 5000


def use_numbers():
    for _ in range(MANY):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()


def double(x):
    if os.getpid() > MANY:
        print(f"reached: some test before this one has started threads, as process {os.getpid()} tells")
    use_numbers()
    return honest_double(x)
