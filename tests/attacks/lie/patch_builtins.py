"""Replaces what the worker's code finds in builtins: all, any, abs, float, bool, max, its exceptions.

score: 60
codes: wrong
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import builtins


def double(x):
    for name in ("all", "any", "abs", "float", "sum", "round", "max", "min", "bool", "sorted"):
        setattr(builtins, name, lambda *args, **kwargs: True)
    builtins.AssertionError = builtins.Exception = ZeroDivisionError
    return np.zeros(x.shape)
