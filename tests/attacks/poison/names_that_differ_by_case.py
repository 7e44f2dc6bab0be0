"""`answers.py` beside `Answers.py`, `ANSWERS.py` and `answers.PY`, in a zip and in a folder.

score: 100
codes:
says: 'TARGET/answers.py' was not read: the modules are taken from one place, the top
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

OTHERS = ("ANSWERS.py", "Answers.py", "answers.PY", "TARGET/answers.py", "Target/answers.py")


def build(folder, answers):
    hand_in = folder / "case_in_a_folder"
    for name in OTHERS:
        (hand_in / name).parent.mkdir(parents=True, exist_ok=True)
        (hand_in / name).write_bytes(b"raise SystemExit")
    (hand_in / "answers.py").write_bytes(answers)
    with zipfile.ZipFile(folder / "case_in_a_zip.zip", "w") as archive:
        for name in OTHERS:
            archive.writestr(name, b"raise SystemExit")
        archive.writestr("answers.py", answers)
