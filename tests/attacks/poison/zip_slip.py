"""A zip with entries that point out of its folder, by `..`, by an absolute path and by a drive.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile


def build(folder, answers):
    with zipfile.ZipFile(folder / "zip_slip.zip", "w") as archive:
        for name in ("../../../slipped.py", "/tmp/slipped.py", "C:\\slipped.py", "../answers.py"):
            archive.writestr(name, b"raise SystemExit('slipped')")
        archive.writestr("answers.py", answers)
