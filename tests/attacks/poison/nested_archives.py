"""The module in an archive in an archive, five times and a hundred: nobody opens more than three.

score: 0
codes:
says: no module found: looked for answers.py at the top
says: found 1 file: 'inner.zip'
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile
import zipfile


def build(folder, answers):
    data = answers
    for depth in range(100):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.zip" if depth else "answers.py", data)
        data = out.getvalue()
        if depth == 4:
            (folder / "zip_in_five.zip").write_bytes(data)
            with tarfile.open(folder / "zip_in_five_and_a_tar.tar", "w") as tar:
                info = tarfile.TarInfo("inner.zip")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    (folder / "zip_in_a_hundred.zip").write_bytes(data)
