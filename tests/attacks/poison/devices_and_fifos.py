"""Devices, pipes and a socket beside the module: in a tar, by a zip's file modes, and real ones, which nobody may open.

score: 100
codes:
says: 'a.py' is a device, pipe or socket: not read; hand in the file itself
says: 'pipe.py' is a device, pipe or socket
says: 'socket.py' is a device, pipe or socket
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import os
import socket
import stat
import tarfile
import zipfile


def build(folder, answers):
    with tarfile.open(folder / "devices_in_a_tar.tar", "w") as archive:
        for name, kind in (("a.py", tarfile.CHRTYPE), ("b.py", tarfile.BLKTYPE), ("pipe.py", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.devmajor, info.devminor = kind, 1, 5
            archive.addfile(info)
        info = tarfile.TarInfo("answers.py")
        info.size = len(answers)
        archive.addfile(info, io.BytesIO(answers))
    with zipfile.ZipFile(folder / "devices_in_a_zip.zip", "w") as archive:
        for name, mode in (("a.py", stat.S_IFCHR), ("b.py", stat.S_IFBLK), ("pipe.py", stat.S_IFIFO)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (mode | 0o666) << 16
            archive.writestr(info, b"")
        archive.writestr("answers.py", answers)
    hand_in = folder / "devices_in_a_folder"
    hand_in.mkdir()
    (hand_in / "answers.py").write_bytes(answers)
    os.mkfifo(hand_in / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        place = os.open(hand_in, os.O_PATH)  # the path of a socket is short
        server.bind(f"/proc/self/fd/{place}/socket.py")
        os.close(place)
