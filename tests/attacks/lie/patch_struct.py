"""Replaces the header of frames by one that claims four gigabytes.

score: 0
codes: broken_frame
says: wire: a frame claims 4294967295 + 4294967295 bytes; want at most
bubblewrap: contained
landlock: contained
none: contained
"""

import struct

import inside.wire


class Header:
    size = 8

    def pack(self, *lengths):
        return b"\xff" * 8

    unpack = staticmethod(struct.Struct("<II").unpack)


struct.pack = struct.unpack = Header().pack
inside.wire.HEADER = Header()
