"""Broken notebooks beside the module: they are told about and not opened.

score: 100
codes:
says: 'deep.ipynb' was not read: a notebook is not graded; save what counts of it in the modules
says: 'work.ipynb' was not read: a notebook is not graded
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    hand_in = folder / "notebooks_beside"
    hand_in.mkdir()
    (hand_in / "deep.ipynb").write_bytes(b'{"cells":' + b"[" * 100_000)
    (hand_in / "work.ipynb").write_bytes(b"\xff\xfe")
    (hand_in / "answers.py").write_bytes(answers)
