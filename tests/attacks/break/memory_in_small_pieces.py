"""Asks for memory a kilobyte at a time, and holds on to it when there is no more.

score: 80
codes: memory_limit
says: your code ran out of memory
bubblewrap: contained
landlock: contained
none: contained
"""

held = []


def slope(f, x):
    while True:
        held.append(bytearray(1000))
