r"""Names with a NUL byte, at which a C program stops reading: `answers.py\0.txt`.

score: 100
codes:
says: answers.py\\x00.txt' was not read: its name holds a NUL byte
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile
import zipfile


def build(folder, answers):
    path = folder / "nul_in_a_zip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("answers.pyX.txt", b"raise SystemExit")
        archive.writestr("target/answers.py", answers)
    path.write_bytes(path.read_bytes().replace(b"answers.pyX.txt", b"answers.py\0.txt"))
    with tarfile.open(folder / "nul_in_a_tar.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("notes.txt")
        info.pax_headers = {"path": "answers.py\0.txt"}
        archive.addfile(info)
        info = tarfile.TarInfo("target/answers.py")
        info.size = len(answers)
        archive.addfile(info, io.BytesIO(answers))
