"""Ten thousand Python files in a zip, of which as many are read as a submission may have.

score: 100
codes:
says: was not read: more than 64 .py files
says: more notes like these
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile


def build(folder, answers):
    with zipfile.ZipFile(folder / "ten_thousand_files.zip", "w") as archive:
        archive.writestr("answers.py", answers)
        for n in range(9_999):
            archive.writestr(f"helper_{n:04}.py", b"")
