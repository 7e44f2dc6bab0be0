"""Names that are one to Python, or to the eye: wide letters, an accent in one character and in two, a Cyrillic letter.

score: 100
codes:
says: 'ａｎｓｗｅｒｓ.py' was not read: to Python its name is that of another file
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

OTHERS = ("ａｎｓｗｅｒｓ.py", "аnswers.py", "caf\u00e9.py", "cafe\u0301.py", "ﬁle.py", "file.py")


def build(folder, answers):
    hand_in = folder / "alike_in_a_folder"
    hand_in.mkdir()
    with zipfile.ZipFile(folder / "alike_in_a_zip.zip", "w") as archive:
        for name in OTHERS:
            (hand_in / name).write_bytes(b"raise SystemExit")
            archive.writestr(name, b"raise SystemExit")
        (hand_in / "answers.py").write_bytes(answers)
        archive.writestr("answers.py", answers)
