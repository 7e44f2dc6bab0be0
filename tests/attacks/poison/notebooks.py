"""Notebooks as hand-ins: an ordinary one, nested a hundred thousand deep, of 40 MB, not JSON, in a zip.

score: 0
codes:
says: hand-in 'notebook_ordinary.ipynb': no module found
says: a notebook is not graded: save its code as answers.py and hand that in
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import json
import zipfile


def build(folder, answers):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": answers.decode()}
    ordinary = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    notebooks = {
        "ordinary": ordinary,
        "deep": b'{"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "huge": ordinary[:-1] + b', "more": "' + b"x" * (40 << 20) + b'"}',
        "no_json": b"\xff\xfe<html>",
        "empty": b"",
        "of_numbers": b'{"cells": 1e999, "nbformat": ' + b"9" * 100_000 + b"}",
    }
    for name, data in notebooks.items():
        (folder / f"notebook_{name}.ipynb").write_bytes(data)
    with zipfile.ZipFile(folder / "notebook_zipped.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.ipynb", notebooks["deep"])
