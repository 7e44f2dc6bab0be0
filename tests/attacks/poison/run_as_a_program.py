"""What somebody might run: `__main__.py`, setup.py, noxfile.py, a Makefile, a hook, an `autograder` of its own.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

NAMES = ("__main__.py", "setup.py", "noxfile.py", "tasks.py", "run_tests.py", "run_autograder", "autograder", "bwrap")


def build(folder, answers):
    hand_in = folder / "run_as_a_program"
    (hand_in / ".git" / "hooks").mkdir(parents=True)
    mark = folder / "mark"
    for name in NAMES:
        (hand_in / name).write_text(f"#!/usr/bin/env python3\nopen({str(mark)!r}, 'x')\n")
    for name in ("Makefile", "setup.sh", ".git/hooks/post-checkout", ".envrc"):
        (hand_in / name).write_text(f"#!/bin/sh\nall: ; touch {mark}\ntouch {mark}\n")
    for path in hand_in.rglob("*"):
        path.chmod(0o755)
    (hand_in / "answers.py").write_bytes(answers)
