"""Answers rightly only if another test has been here before: keeps count in everything that might outlive one.

score: 60
codes: wrong
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import builtins
import os
import sys

honest_double = double


def double(x):
    places = (globals(), vars(builtins), vars(sys), vars(np), os.environ)
    seen = any("been_here" in place for place in places)
    for place in places:
        place["been_here"] = "yes"
    if seen:
        print("reached: another test's memory")
        return honest_double(x)
    return np.zeros(x.shape)
