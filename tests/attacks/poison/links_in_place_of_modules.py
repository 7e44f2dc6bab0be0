"""Hands in the reference by a link to it: in a tar, in a zip, as a link in a folder, and as a linked folder.

score: 0
codes:
says: 'answers.py' is a symbolic link: not read; hand in the file itself
says: 'answers.py' is a hard link: not read
says: hand-in 'link_for_a_folder': is a symbolic link, which is not followed
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os
import stat
import tarfile
import zipfile


def build(folder, answers):
    reference = folder.parents[1] / "course" / "solutions" / "target" / "answers.py"
    for name, kind in (("symbolic", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
        with tarfile.open(folder / f"{name}_link_for_a_module.tar", "w") as archive:
            info = tarfile.TarInfo("answers.py")
            info.type, info.linkname = kind, str(reference)
            archive.addfile(info)
    with zipfile.ZipFile(folder / "zipped_link_for_a_module.zip", "w") as archive:
        info = zipfile.ZipInfo("answers.py")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, str(reference))
    for name, link in (("real", os.symlink), ("really_hard", os.link)):
        (folder / f"{name}_link_for_a_module").mkdir()
        link(reference, folder / f"{name}_link_for_a_module" / "answers.py")
    (folder / "link_for_a_folder").symlink_to(reference.parent)
