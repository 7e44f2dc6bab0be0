"""Bombs of gzip, bzip2 and xz around a tar, and of bzip2 and LZMA inside a zip, where they unpack without a bound.

score: 0
codes:
says: unpacks to more than 134217728 bytes; hand in the modules alone
says: a bzip2 archive cannot be read; hand in a .zip or .tar.gz
says: a xz archive cannot be read; hand in a .zip or .tar.gz
says: compressed by method 12, want 0 (stored) or 8 (deflated); make an ordinary .zip
says: compressed by method 14
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import bz2
import gzip
import lzma
import zipfile


def build(folder, answers):
    (folder / "gzip_bomb.tar.gz").write_bytes(gzip.compress(b"answers.py".ljust(200 << 20, b"\0"), 1))
    (folder / "gzip_bomb_of_streams.tgz").write_bytes(gzip.compress(bytes(10 << 20), 1) * 20)
    (folder / "bzip2_bomb.tar.bz2").write_bytes(bz2.compress(bytes(8 << 20), 1))
    (folder / "xz_bomb.tar.xz").write_bytes(lzma.compress(bytes(8 << 20), preset=0))
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(folder / f"method_{method}.zip", "w", method) as archive:
            archive.writestr("answers.py", bytes(8 << 20))
