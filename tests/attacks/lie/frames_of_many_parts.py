"""Answers with as many arrays without a byte as a frame holds, and claims that there are four billion more.

score: 40
codes: broken_frame wrong
says: wire: a frame is not a message: Input data was truncated
bubblewrap: contained
landlock: contained
none: contained
"""

import inside.values
import inside.wire

honest_pack = inside.values.pack
MANY = object()
nothing = [inside.values.ARRAY, "<f8", inside.values.C_ORDER, [0]]


def pack(value, blobs, other, depth=16):
    if type(value) is list and len(value) == 1 and value[0] is MANY:
        return [inside.values.LIST, *([nothing] * 90_000)]
    return honest_pack(value, blobs, other, depth)


inside.values.pack = pack


def double(x):
    return [MANY]


def slope(f, x):
    inside.wire._encode = lambda message: b"\x93\xa5value\x01\xdd\xff\xff\xff\xff"
