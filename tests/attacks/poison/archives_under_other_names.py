"""Archives whose ending is another's or none at all: they are what their bytes say, and cost nothing.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile
import zipfile


def build(folder, answers):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("answers.py", answers)
    (folder / "zip_named.tar.gz").write_bytes(out.getvalue())
    (folder / "zip_without_ending").write_bytes(out.getvalue())
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        info = tarfile.TarInfo("answers.py")
        info.size = len(answers)
        archive.addfile(info, io.BytesIO(answers))
    (folder / "tar_named.zip").write_bytes(out.getvalue())
