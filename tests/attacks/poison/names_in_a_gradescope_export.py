"""Paths, formulas, mark-up and terminal codes as names, numbers and addresses in a Gradescope export's metadata.

score: 100
codes:
says: =cmd|'/C calc'!A0
says: u202egpj.exe
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import json

from tests.attacks.evil_names import EVIL


def build(folder, answers):
    export = folder / "assignment_1_export"
    lines = []
    for n, text in enumerate(EVIL):
        text = text.encode("utf-8", "replace").decode().replace("\0", "0")
        name, number = json.dumps(text), json.dumps(text + " in an export")  # YAML reads what JSON quotes
        (export / f"submission_{n}").mkdir(parents=True)
        (export / f"submission_{n}" / "answers.py").write_bytes(answers)
        lines += [f"submission_{n}:", "  :submitters:", f"  - :name: {name}"]
        lines += [f"    {(':sid:', ':email:')[n % 2]} {number}"]
    (export / "submission_metadata.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
