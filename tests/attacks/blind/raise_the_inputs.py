"""Raises an exception whose text, notes, cause and arguments are the hidden inputs.

score: 50
codes: raised
hides: an exception of
bubblewrap: stopped
landlock: stopped
none: stopped
"""

honest_double, honest_slope = double, slope


def double(x):
    if x.size == 1:  # what a public test gets is no secret
        return honest_double(x)
    error = ValueError(f"an exception of {x[0, 0]}", x)
    error.add_note(f"a note of {x}")
    raise error from KeyError(f"a cause of {x}")


def slope(f, x):
    raise BaseExceptionGroup(f"an exception of {x[0]}", [ValueError(str(x))])
