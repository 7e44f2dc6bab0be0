"""Paths, formulas, mark-up and terminal codes as full names in Moodle's and Canvas's exports, and as file names.

score: 100
codes:
says: ..|..|etc|passwd
says: =cmd|'|C calc'!A0
says: was not read: not a name that Python can import
bubblewrap: stopped
landlock: stopped
none: stopped
"""

from tests.attacks.evil_names import EVIL


def build(folder, answers):
    for n, text in enumerate(EVIL):
        name = text.replace("/", "|").replace("\0", "0")
        if n % 3 == 0:
            hand_in = folder / f"{name}_{7000 + n}_assignsubmission_file_"
            hand_in.mkdir()
            (hand_in / "answers.py").write_bytes(answers)
        elif n % 3 == 1:
            (folder / f"{name}_{7000 + n}_assignsubmission_file_answers.py").write_bytes(answers)
        else:
            (folder / f"{name}_{8000 + n}_5000_answers.py").write_bytes(answers)
            (folder / f"{name}_{8000 + n}_6000_{name}.py").write_bytes(b"")
