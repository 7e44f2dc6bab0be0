"""Zips with a password: of one member, and by the strong encryption that masks the directory.

score: 0
codes:
says: 'answers.py' is encrypted; hand in an archive without a password
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import struct
import zipfile


def build(folder, answers):
    for name, flags in (("password", 0x1), ("strong", 0x2041)):
        path = folder / f"encrypted_{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("answers.py", answers)
        data = bytearray(path.read_bytes())
        for at in (6, data.rindex(b"PK\x01\x02") + 8):
            data[at : at + 2] = struct.pack("<H", flags)
        path.write_bytes(data)
