"""Answers with a generator that never ends, for a test that would make a list of it.

score: 60
codes: wrong
says: got an object of type generator, want an array
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    while True:
        yield x
