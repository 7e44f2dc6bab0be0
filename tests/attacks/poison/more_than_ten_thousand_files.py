"""Ten thousand and one files: in a zip, in a tar and in a folder.

score: 0
codes:
says: more than 10000 members; hand in the modules alone
says: more than 10000 files; hand in the modules alone
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile
import zipfile


def build(folder, answers):
    with zipfile.ZipFile(folder / "more_in_a_zip.zip", "w") as archive:
        archive.writestr("answers.py", answers)
        for n in range(10_000):
            archive.writestr(f"data/{n}", b"")
    with tarfile.open(folder / "more_in_a_tar.tar.gz", "w:gz", compresslevel=1) as archive:
        info = tarfile.TarInfo("answers.py")
        info.size = len(answers)
        archive.addfile(info, io.BytesIO(answers))
        for n in range(10_000):
            archive.addfile(tarfile.TarInfo(f"data/{n}"))
    hand_in = folder / "more_in_a_folder"
    (hand_in / "data").mkdir(parents=True)
    (hand_in / "answers.py").write_bytes(answers)
    for n in range(10_000):
        (hand_in / "data" / str(n)).touch()
