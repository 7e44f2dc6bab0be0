"""Switches the garbage collector off, freezes what there is, and has it call what raises.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import gc

honest_double = double


def scream(phase, info):
    raise SystemExit


def double(x):
    gc.freeze()
    gc.set_threshold(1)
    gc.callbacks.append(scream)
    gc.collect()
    gc.disable()
    return honest_double(x)
