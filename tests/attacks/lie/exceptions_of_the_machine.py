"""Raises what would be the grader's own fault if the test had raised it: no disk, no module, no name.

score: 0
codes: raised
says: OSError: [Errno 28] No space left on device
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import errno


def double(x):
    raise OSError(errno.ENOSPC, "No space left on device")


def slope(f, x):
    raise ModuleNotFoundError("No module named 'pytest'", name="pytest")


class Counter:
    def add(self):
        raise NameError("name 'student' is not defined")


def square(x):
    raise SyntaxError("invalid syntax", ("test_hidden.py", 1, 1, "", 1, 1))
