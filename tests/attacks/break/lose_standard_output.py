"""Takes away sys.stdout, and leaves a sys.stderr that ends the process when it is flushed.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import sys

honest_double = double


class Stubborn:
    def flush(self):
        raise SystemExit

    def write(self, text):
        raise KeyboardInterrupt


def double(x):
    sys.stderr = sys.__stderr__ = Stubborn()
    del sys.stdout, sys.__stdout__
    return honest_double(x)
