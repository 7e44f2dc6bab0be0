"""Raises exceptions whose classes are named after the hidden inputs, one of them a KeyError's child.

score: 50
codes: raised
hides: NamedAfter_
bubblewrap: stopped
landlock: stopped
none: stopped
"""

honest_double, honest_slope = double, slope


def double(x):
    if x.size == 1:
        return honest_double(x)
    raise type(f"NamedAfter_{x[0, 0]}", (KeyError,), {"__module__": f"of_{x[0, 1]}"})(str(x))


def slope(f, x):
    raise type(f"NamedAfter_{x[0]}", (BaseException,), {})()
