"""Fails by looking up attributes, names, keys and modules that are called like the hidden inputs.

score: 50
codes: raised
hides: attribute_of_
hides: module_of_
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import importlib

honest_double = double


def double(x):
    if x.size == 1:
        return honest_double(x)
    return getattr(x, f"attribute_of_{x[0, 0]}")


def slope(f, x):
    return importlib.import_module(f"module_of_{x[0]}".replace(".", "_"))
