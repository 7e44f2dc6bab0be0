"""Searches every object that the collector knows, and what they refer to, for the tests' key and for pytest's objects.

score: 100
codes:
says: found the source of this attack
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import gc
import re

honest_double = double
key = re.compile("the hidden key [7]c6f1d")
foreign = re.compile(r"(_?pytest|autograder|test_hidden|reference)\b")


def double(x):
    gc.unfreeze()  # what the zygote had before it forked is kept from the collector, and so from get_objects
    found = set()
    tracked = gc.get_objects()
    for thing in tracked + [each for some in tracked for each in gc.get_referents(some)]:
        if type(thing) in (str, bytes):
            text = thing if type(thing) is str else thing.decode("latin-1")
            if key.search(text):
                found.add("reached: the key")
            if "Searches every object that" in text and "BEGIN" not in text[:10]:
                found.add("found the source of this attack")
        elif foreign.match(str(type(thing).__module__)):
            found.add("reached: an object of the grader's")
    print(*sorted(found), sep="\n")
    return honest_double(x)
