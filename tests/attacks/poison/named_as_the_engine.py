"""Files named as the engine's own parts, and as the course's.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

NAMES = (
    "autograder.py",
    "inside.py",
    "worker.py",
    "zygote.py",
    "wire.py",
    "values.py",
    "messages.py",
    "grader.py",
    "plugin.py",
    "loader.py",
    "target.py",
    "reference.py",
    "solutions.py",
    "tests.py",
    "feedforward.py",
)


def build(folder, answers):
    hand_in = folder / "named_as_the_engine"
    hand_in.mkdir()
    mark = f"open({str(folder / 'mark')!r}, 'x')\n".encode()
    with zipfile.ZipFile(folder / "named_as_the_engine_zipped.zip", "w") as archive:
        for name in NAMES:
            (hand_in / name).write_bytes(mark)
            archive.writestr(name, mark)
        (hand_in / "answers.py").write_bytes(answers)
        archive.writestr("answers.py", answers)
