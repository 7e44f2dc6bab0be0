"""Students whose folders are named after paths, formulas, mark-up and terminal codes, and after the grader's own files.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

from tests.attacks.evil_names import EVIL

OURS = ("grades.csv", ".lock", "results.json", "instructor.json", ".grades.csv.tmp", "..", "con")


def build(folder, answers):
    for text in (*EVIL, *OURS):
        name = text.replace("/", "|").replace("\0", "0")
        hand_in = folder / (f"s{name}" if name.startswith(".") else name)  # what is hidden is nobody's hand-in
        hand_in.mkdir()
        (hand_in / "answers.py").write_bytes(answers)
