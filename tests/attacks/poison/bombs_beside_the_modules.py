"""Bombs among what is not asked for: megabytes of zeros, a bzip2 member, an archive of archives.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import zipfile


def build(folder, answers):
    layer = bytes(30 << 20)
    for depth in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(1 if depth == 0 else 20):
                archive.writestr(f"{depth}-{n}.zip", layer)
        layer = out.getvalue()
    with zipfile.ZipFile(folder / "bombs_beside.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.zip", layer)
        archive.writestr("data.bin", bytes(60 << 20))
        archive.writestr("data.bz2", bytes(8 << 20), zipfile.ZIP_BZIP2)
        archive.writestr("answers.py", answers)
