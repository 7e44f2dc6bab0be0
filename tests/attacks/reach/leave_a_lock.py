"""Leaves a process behind that holds locks on files which every test can open, and looks whether one is held.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import fcntl
import os
import signal
import time

honest_double = double
FILES = (np.__file__, os.__file__, "/dev/urandom", "/dev/null")


def take_all():
    """How many locks are another's, after taking those that are not."""
    kept, refused = [], 0
    for path in FILES:
        for lock in (fcntl.flock, fcntl.lockf):
            try:
                kept.append(os.open(path, os.O_RDWR if path.startswith("/dev") else os.O_RDONLY))
                lock(kept[-1], fcntl.LOCK_NB | (fcntl.LOCK_EX if lock is fcntl.flock else fcntl.LOCK_SH))
            except BlockingIOError:
                refused += 1
            except OSError:  # no file, or no such lock
                pass
    for descriptor in kept:
        os.close(descriptor)
    return refused


def double(x):
    if take_all():
        print("reached: a lock of an earlier test")
        return honest_double(x)
    try:
        if os.fork() == 0:
            os.setsid()
            signal.alarm(60)
            descriptors = []
            for path in FILES:
                descriptors.append(os.open(path, os.O_RDONLY))
                fcntl.flock(descriptors[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            for number in set(range(64)) - set(descriptors):
                try:
                    os.close(number)
                except OSError:
                    pass
            while True:
                signal.pause()
        time.sleep(0.3)  # a pipe to wait with is refused
    except OSError:
        pass
    return honest_double(x)
