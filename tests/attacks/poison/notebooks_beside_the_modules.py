"""Broken notebooks beside the module: they are told about, and the module counts.

score: 100
codes:
says: notebook 'deep.ipynb': not a notebook: Expected `object`, got `array`
says: notebook 'work.ipynb': not a notebook: UTF-16, which Jupyter does not read either; save it as UTF-8
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
