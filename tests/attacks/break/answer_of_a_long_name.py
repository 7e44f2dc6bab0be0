"""Answers with an object whose type has a name of ten megabytes.

score: 60
codes: wrong
says: got an object of type NamedNamed
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def double(x):
    return type("Named" * 2_000_000, (), {})()
