"""Tars with members that point out of their folder, by `..`, by an absolute path and by a drive.

score: 100
codes:
says: '../../../slipped.py' was not read: its path leads out of the archive
says: '/tmp/slipped.py' was not read: its path is absolute
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile


def build(folder, answers):
    for ending, mode in (("tar", "w"), ("tar.gz", "w:gz")):
        with tarfile.open(folder / f"tar_slip_{len(mode)}.{ending}", mode) as archive:
            for name in ("../../../slipped.py", "/tmp/slipped.py", "C:\\slipped.py", "../answers.py", "answers.py"):
                info = tarfile.TarInfo(name)
                data = answers if name == "answers.py" else b"raise SystemExit('slipped')"
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
