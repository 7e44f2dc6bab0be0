"""Coding lines that name no codec, one that is none of text, one that always fails, a module, and a path.

score: 0
codes: raised
says: answers.py does not load: SyntaxError: unknown encoding: nosuch
says: 'rot13' is not a text encoding
says: answers.py does not load: SyntaxError: unknown encoding: os
bubblewrap: stopped
landlock: stopped
none: stopped
"""

CODINGS = ("nosuch", "rot13", "undefined", "os", "../evil", "utf-16")


def build(folder, answers):
    for n, coding in enumerate(CODINGS):
        (folder / f"coding_{n}").mkdir()
        (folder / f"coding_{n}" / "answers.py").write_bytes(f"# coding: {coding}\n".encode() + answers)
