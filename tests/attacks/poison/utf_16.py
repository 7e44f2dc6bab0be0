"""Sources in UTF-16, as Notepad and PowerShell write them: with a mark and without, and with a coding line.

score: 0
codes: raised
says: SyntaxError: the file holds NUL bytes: it is saved as UTF-16, or it is no text; save it as UTF-8
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    text = answers.decode()
    sources = {
        "marked": text.encode("utf-16"),
        "little": text.encode("utf-16-le"),
        "coding_line": ("# coding: utf-16\n" + text).encode("utf-16-be"),
    }
    for name, source in sources.items():
        (folder / f"wide_{name}").mkdir()
        (folder / f"wide_{name}" / "answers.py").write_bytes(source)
