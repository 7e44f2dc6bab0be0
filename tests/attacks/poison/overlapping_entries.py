"""A zip of a thousand members that share one stretch of bytes, so that a megabyte stands for a gigabyte.

score: 0
codes:
says: archive 'overlapping_entries.zip':
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import struct
import zlib


def build(folder, answers):
    names = [b"answers.py"] + [b"h%03d.py" % n for n in range(999)]
    body, members = bytes(1 << 20), []
    for name in reversed(names):  # each member, stored, is all that comes after its own header
        members.insert(0, (name, len(body), zlib.crc32(body)))
        header = struct.pack(
            "<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, zlib.crc32(body), len(body), len(body), len(name), 0
        )
        body = header + name + body
    directory, offset = b"", 0
    for name, size, checksum in members:
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, checksum, size, size, len(name), 0, 0, 0, 0, 0, offset
        )
        directory += name
        offset += 30 + len(name)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(members), len(members), len(directory), len(body), 0)
    (folder / "overlapping_entries.zip").write_bytes(body + directory + end)
