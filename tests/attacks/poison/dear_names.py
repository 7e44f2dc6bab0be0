"""Small archives of dear names: of 64 KiB to normalize, in 21,000 folders, copies of copies, with two readings.

score: 100
codes:
says: its path is longer than 4096 characters
says: it lies more than 100 folders deep
says: its name, or a folder's, is longer than 255 characters
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import io
import tarfile
import zipfile

MARKS = "\u0345\u0316"  # two of them are put in order by their classes: of n, in n * n steps


def build(folder, answers):
    dear = {
        "to_normalize": [f"{n}a{MARKS * 15_000}.py" for n in range(20)],
        "to_normalize_on_a_disk": [f"{n}a{MARKS * 120}.py" for n in range(4000)],
        "folders_to_normalize": [f"{n}a{MARKS * 500}/answers.py" for n in range(400)],
        "copies_of_copies": [f"answers{' copy' * 48}{n:04}.txt" for n in range(4000)],
        "two_readings": [f"1-2 - {'- 2026 - ' * 26}{n:04}.zip.txt" for n in range(4000)],
        "parts": [f"{n}/" + "d/" * 2_000 for n in range(2000)],
        "more_parts": [f"{n}/" + "d/" * 21_000 for n in range(100)],
    }
    for name, members in dear.items():
        with tarfile.open(folder / f"{name}.tgz", "w:gz", compresslevel=1) as archive:
            for member in ("answers.py", *members):
                info = tarfile.TarInfo(member if not member.endswith("/") else f"{member}x.py")
                info.size = len(answers) if member == "answers.py" else 0
                archive.addfile(info, io.BytesIO(answers))
    with zipfile.ZipFile(folder / "dear_names_in_a_zip.zip", "w") as archive:
        archive.writestr("answers.py", answers)
        for n in range(20):
            archive.writestr(f"{n}a{MARKS * 15_000}.py", b"")
