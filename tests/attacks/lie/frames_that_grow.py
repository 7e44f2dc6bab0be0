"""Answers with bombs of nesting, and with one array of many times more bytes than came.

score: 40
codes: broken_frame
says: maximum recursion depth exceeded
says: wire: a value is nested deeper than 16 levels
says: wire: an array of 67108864 bytes is more than the 0 bytes that are left
bubblewrap: contained
landlock: contained
none: contained
"""

import sys

import inside.wire
import inside.zygote

honest_perform = inside.zygote.Child.perform
growing = []


def answer(tree):
    """The rest of this answer is `tree`, in msgpack that nobody has packed."""
    growing.append(tree)


def perform(self, step, blobs):
    result = honest_perform(self, step, blobs)
    if growing:
        program = sys._getframe(1).f_locals["program"]
        meta = b"\x93\xa5value\xcf" + program.seq.to_bytes(8, "big") + growing.pop()
        self.sock.sendall(inside.wire.HEADER.pack(len(meta), 0) + meta)
    return result


inside.zygote.Child.perform = perform


def double(x):
    answer(b"\x92\x00" * (400_000 if x.size == 1 else 100) + b"\xc0")


def square(x):
    answer(b"\x94\x03\xa3<f8\x00\x91\xce" + (1 << 23).to_bytes(4, "big"))
