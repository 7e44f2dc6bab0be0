"""Leaves its input in files, and in the modes, times and attributes of files that are there, for the next test.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: not stopped
"""

import os
import sys
import time

honest_double = double
NAME = "left-by-an-attack"
THERE = ("/dev/null", "/dev/urandom", "/tmp", "/packages", np.__file__, os.__file__, sys.executable)


def places():
    yield from ("/tmp", "/dev/shm")
    if "/packages" in np.__file__:  # of a machine without a sandbox we leave the rest as it is
        yield from (
            "/var/tmp",
            "/run",
            "/run/lock",
            "/dev/mqueue",
            "/dev",
            "/packages",
            ".",
            "/",
            os.path.expanduser("~"),
        )
        yield from (os.path.dirname(__file__), "/packages/inside/__pycache__")
        yield from (os.path.dirname(os.path.dirname(each)) for each in (np.__file__, os.__file__))


def double(x):
    paths = [os.path.join(place, NAME) for place in places()]
    found = [path for path in paths if os.path.lexists(path)]
    for path in found:
        print("reached: a note of an earlier test,", path)
        os.rmdir(path)
    for path in paths if not found else ():
        for leave in (lambda: os.mkdir(path), lambda: os.symlink("x", path), lambda: os.mkfifo(path)):
            try:
                leave()
                break
            except OSError:
                continue
    for path in THERE if "/packages" in np.__file__ else ():
        try:
            if os.stat(path).st_mtime_ns == 7_000_000_000:
                print("reached: a note of an earlier test in the time of", path)
            os.utime(path, ns=(7_000_000_000, 7_000_000_000))
        except OSError:
            pass
        try:  # to the present anybody may set it who may write
            before = os.stat(path).st_mtime
            os.utime(path)
            if path.startswith("/dev") and 0 < time.time() - before < 60:
                print("reached: the time at which an earlier test touched", path)
        except OSError:
            pass
        try:
            if "user.note" in os.listxattr(path):
                print("reached: a note of an earlier test in the attributes of", path)
            os.setxattr(path, "user.note", x.tobytes())
        except OSError:
            pass
        try:
            if os.stat(path).st_mode & 0o7777 == 0o1577:
                print("reached: a note of an earlier test in the mode of", path)
            os.chmod(path, 0o1577)
        except OSError:
            pass
    return honest_double(x)
