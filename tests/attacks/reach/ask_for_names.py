"""Asks whether files of the machine exist, how large they are and when they were changed, without opening them.

score: 100
codes:
bubblewrap: stopped
landlock: not stopped
none: not stopped
"""

import os

honest_double = double


def double(x):
    for path in (f"/tmp/beacon-{BEACON}", "/home", "/root", "/proc/1", "/proc/self", "/etc/passwd"):
        for ask in (os.stat, os.lstat, os.statvfs, os.readlink, lambda path: os.getxattr(path, "user.x")):
            try:
                ask(path)
                print("reached: that there is", path.rstrip("0123456789"))
                break
            except OSError:
                continue
    return honest_double(x)
