"""A block that is indented by a tab in one line and by eight spaces in the next.

score: 0
codes: raised
says: answers.py does not load: TabError: inconsistent use of tabs and spaces in indentation
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    (folder / "tabs_and_spaces").mkdir()
    source = answers + b"\ndef more():\n\tx = 1\n        return x\n"
    (folder / "tabs_and_spaces" / "answers.py").write_bytes(source)
