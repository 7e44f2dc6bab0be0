"""Pipes where a module, an archive and a whole hand-in should be: opening one would wait for ever.

score: 0
codes:
says: 'answers.py' is a device, pipe or socket: not read; hand in the file itself
says: 'pipe_for_a_student.zip' is a device, pipe or socket
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import os


def build(folder, answers):
    for name in ("answers.py", "target/answers.py", "homework.zip"):
        hand_in = folder / f"pipe_for_{name.replace('/', '_').partition('.')[0]}"
        (hand_in / name).parent.mkdir(parents=True)
        os.mkfifo(hand_in / name)
    os.mkfifo(folder / "pipe_for_a_student.zip")
