"""Sources in Latin-1, in a Cyrillic code page and in Japanese, which say so in their first or second line.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

SAID = {"latin-1": "élève", "cp1251": "ученик", "shift_jis": "学生"}


def build(folder, answers):
    for n, (encoding, text) in enumerate(SAID.items()):
        (folder / f"coding_{encoding}").mkdir()
        first = "#!/usr/bin/env python\n" * (n % 2)
        source = f"{first}# -*- coding: {encoding} -*-\nNAME = '{text}'  # {text}\nassert len(NAME) == {len(text)}\n"
        (folder / f"coding_{encoding}" / "answers.py").write_bytes(source.encode(encoding) + answers)
