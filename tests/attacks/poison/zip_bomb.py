"""A module of 100 MiB in a zip of 100 KB, which tells its size, too small a size, and too large a one.

score: 0
codes:
says: 'answers.py' cannot be taken: over 1048576 bytes; hand in a smaller file
says: zip_bomb_small.zip': 'answers.py': is damaged or cut short
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import struct
import zipfile


def build(folder, answers):
    for name, declared in (("told", None), ("small", len(answers)), ("large", 0xFFFFFFF0)):
        path = folder / f"zip_bomb_{name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("answers.py", bytes(100 << 20))
        data = bytearray(path.read_bytes())
        if declared is not None:
            data[22:26] = struct.pack("<L", declared)
            at = data.rindex(b"PK\x01\x02") + 24
            data[at : at + 4] = struct.pack("<L", declared)
            path.write_bytes(data)
