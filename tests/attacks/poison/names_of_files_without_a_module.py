"""Such names and no module, so that a list of them is all that can be said of the hand-in.

score: 0
codes:
says: no module found: looked for answers.py
says: =cmd|
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

from tests.attacks.evil_names import EVIL


def build(folder, answers):
    for n, name in enumerate(EVIL):
        with zipfile.ZipFile(folder / f"evil_name_{n}.zip", "w") as archive:
            archive.writestr(name.encode("utf-8", "replace").decode() + ".py", b"x = 1\n")
