"""A submitted folder with real links: to the hidden tests, to the root, to itself and to nothing.

score: 100
codes:
says: 'key.py' is a symbolic link: not read; hand in the file itself
says: 'hard.py' is a hard link: not read
says: 'target' is a symbolic link
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os


def build(folder, answers):
    hand_in = folder / "links_in_a_folder"
    hand_in.mkdir()
    (hand_in / "answers.py").write_bytes(answers)
    tests = folder.parents[1] / "course" / "assignments" / "t1_target" / "test_hidden.py"
    (hand_in / "key.py").symlink_to(tests)
    os.link(tests, hand_in / "hard.py")
    (hand_in / "target").symlink_to("/")
    (hand_in / "again").symlink_to(".")
    (hand_in / "nothing.py").symlink_to("no/such/file")
