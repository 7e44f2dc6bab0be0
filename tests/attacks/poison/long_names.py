"""Names of 300 characters and of 60,000, paths of 300 folders, and a student with as long a name as a file may have.

score: 100
codes:
says: was not read: not a name that Python can import
says: hhhh…' was not read
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile
import zipfile


def build(folder, answers):
    names = ["h" * 300 + ".py", "я" * 300, "/".join("d" * 300) + "/answers.py", "long/" + "n" * 20_000 + ".py"]
    with zipfile.ZipFile(folder / "long_names_in_a_zip.zip", "w") as archive:
        for name in [*names, "z" * 60_000]:
            archive.writestr(name, b"")
        archive.writestr("answers.py", answers)
    with tarfile.open(folder / "long_names_in_a_tar.tar", "w") as archive:
        for name in [*names, "answers.py"]:
            info = tarfile.TarInfo(name)
            info.size = len(answers) if name == "answers.py" else 0
            archive.addfile(info, io.BytesIO(answers))
    (folder / ("s" * 255)).mkdir()
    (folder / ("s" * 255) / "answers.py").write_bytes(answers)
    (folder / ("s" * 255) / ("h" * 252 + ".py")).write_bytes(b"")
