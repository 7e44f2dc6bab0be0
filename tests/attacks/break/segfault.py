"""Reads the memory at address 0.

score: 60
codes: crash
says: Python crashed (segmentation fault)
bubblewrap: contained
landlock: contained
none: contained
"""

import ctypes


def double(x):
    ctypes.string_at(0)
