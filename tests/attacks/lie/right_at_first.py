"""Answers its first call rightly, and every later one with what it said before.

score: 80
codes: wrong
says: backward: gradient of input 0
bubblewrap: stopped
landlock: stopped
none: stopped
"""

honest_double, honest_slope, honest_square = double, slope, square
said = {}


def double(x):
    return said.setdefault("double", honest_double(x))


def slope(f, x):
    return said.setdefault("slope", honest_slope(f, x))


def square(x):
    return said.setdefault("square", honest_square(x))
