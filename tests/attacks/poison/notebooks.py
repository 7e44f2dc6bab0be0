"""Notebooks as hand-ins: nested a hundred thousand deep, of 70 MB, not JSON, empty, of numbers alone, in a zip.

score: 0
codes:
says: notebook 'notebook_deep.ipynb': not a notebook: Expected `object`, got `array`
says: notebook 'notebook_huge.ipynb': over 67108864 bytes; clear all outputs and hand it in again
says: notebook 'notebook_no_json.ipynb': not a notebook: UTF-16, which Jupyter does not read either; save it as UTF-8
says: notebook 'answers.ipynb': not a notebook
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
        "deep": b'{"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "huge": ordinary[:-1] + b', "more": "' + b"x" * (70 << 20) + b'"}',
        "no_json": b"\xff\xfe<html>",
        "empty": b"",
        "of_numbers": b'{"cells": 1e999, "nbformat": ' + b"9" * 100_000 + b"}",
    }
    for name, data in notebooks.items():
        (folder / f"notebook_{name}.ipynb").write_bytes(data)
    with zipfile.ZipFile(folder / "notebook_zipped.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.ipynb", notebooks["deep"])
