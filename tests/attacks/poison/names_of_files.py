"""Files named after paths, formulas, mark-up, terminal codes and templates, in an archive and in a folder.

score: 100
codes:
says: was not read: its path leads out of the archive
says: [2J
says: was not read: not a name that Python can import
says: <script>alert(1)<
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

from tests.attacks.evil_names import EVIL


def build(folder, answers):
    with zipfile.ZipFile(folder / "names_in_a_zip.zip", "w") as archive:
        for name in EVIL:
            archive.writestr(name.encode("utf-8", "replace").decode() + ".py", b"")
        archive.writestr("answers.py", answers)
    hand_in = folder / "names_in_a_folder"
    hand_in.mkdir()
    for name in EVIL:
        (hand_in / (name.replace("/", "|").replace("\0", "0") + ".py")).write_bytes(b"")
    (hand_in / "answers.py").write_bytes(answers)
