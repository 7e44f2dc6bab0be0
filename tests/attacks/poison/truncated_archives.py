"""Archives that an upload cut short, at a third, in the middle and just before the end.

score: 0
codes:
says: is damaged or cut short (File is not a zip file); make the archive anew and hand it in again
says: is damaged or cut short (the gzip stream ends early)
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import random
import tarfile
import zipfile


def build(folder, answers):
    noise = random.Random(0).randbytes(20_000)  # after which the module comes: nothing of it is there at two thirds
    whole = {"zip": io.BytesIO(), "tar": io.BytesIO(), "tar.gz": io.BytesIO()}
    with zipfile.ZipFile(whole["zip"], "w") as archive:
        archive.writestr("notes.bin", noise)
        archive.writestr("answers.py", answers)
    for ending, mode in (("tar", "w"), ("tar.gz", "w:gz")):
        with tarfile.open(fileobj=whole[ending], mode=mode) as archive:
            for name, data in (("notes.bin", noise), ("answers.py", answers)):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    for ending, out in whole.items():
        for kept in (0.3, 0.6):
            data = out.getvalue()
            (folder / f"cut_{ending[-2:]}_{kept}.{ending}").write_bytes(data[: int(len(data) * kept)])
    for ending in ("zip", "tar.gz"):
        (folder / f"cut_at_the_end_{ending[-2:]}.{ending}").write_bytes(whole[ending].getvalue()[:-5])
