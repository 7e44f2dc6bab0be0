"""Symbolic and hard links to the hidden tests, in a tar and by a zip's file modes, and a file below a link to a folder.

score: 100
codes:
says: 'key.py' is a symbolic link: not read; hand in the file itself
says: 'hard.py' is a hard link: not read
says: 'out' is a symbolic link: not read
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import stat
import tarfile
import zipfile


def build(folder, answers):
    tests = folder.parents[1] / "course" / "assignments" / "t1_target" / "test_hidden.py"
    with tarfile.open(folder / "links_in_a_tar.tar", "w") as archive:
        for name, kind, target in (
            ("key.py", tarfile.SYMTYPE, str(tests)),
            ("hard.py", tarfile.LNKTYPE, str(tests)),
            ("out", tarfile.SYMTYPE, "../../.."),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
        for name, data in (("out/slipped.py", b"slipped = 1"), ("answers.py", answers)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with zipfile.ZipFile(folder / "links_in_a_zip.zip", "w") as archive:
        for name, target in (("key.py", str(tests)), ("hard.py", str(tests)), ("out", "../../..")):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
        archive.writestr("out/slipped.py", b"slipped = 1")
        archive.writestr("answers.py", answers)
