"""Fuzzes the reader of hand-ins: damaged archives and notebooks are read or refused in a line, and nothing is written.

python -m tests.fuzz.hand_ins 100000     so many, with a summary of what became of them
"""

import argparse
import copy
import io
import json
import random
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.intake import Stubs, UnreadableHandIn, read_hand_in

SOURCE = b"def double(x):\n    return x + x\n"
STUBS = Stubs({"answers": "def double(x):\n    raise NotImplementedError\n"}, ["answers.double"])
FILES = {"work/answers.py": SOURCE, "work/helper.py": b"A = 1\n", "work/notes/read me.txt": b"\xff\xfe" * 40}
# Numbers on which readers of lengths, counts and offsets stumble.
EDGES = (b"\x00" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80", b"..", b"/", b"\\", b"\x00")


def seeds() -> dict[str, list[bytes]]:
    """Archives that are in order, by the ending of their name."""
    zips = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data in FILES.items():
                archive.writestr(name, data)
        zips.append(out.getvalue())
    tars: dict[str, list[bytes]] = {"tar": [], "tar.gz": []}
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT):
        for ending, mode in (("tar", "w"), ("tar.gz", "w:gz")):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
                for name, data in {**FILES, "work/" + "long" * 24 + ".txt": b"x"}.items():
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
            tars[ending].append(out.getvalue())
    return {"zip": zips, **tars}


def notebooks() -> list[dict[str, Any]]:
    """Notebooks that are in order (nbformat 4.5): source as one text and as lines, outputs, attachments, mark-up."""
    code = {"cell_type": "code", "execution_count": 1, "id": "a1", "metadata": {"tags": ["x"]}}
    stream = {"name": "stdout", "output_type": "stream", "text": ["1\n", "2\n"]}
    shown = {"data": {"text/plain": "1", "image/png": "iVBORw0KGgo="}, "metadata": {}, "output_type": "display_data"}
    failed = {"ename": "E", "evalue": "\x1b[31m", "output_type": "error", "traceback": ["\x1b[0m"]}
    marked = {"attachments": {"a.png": {"image/png": "AA=="}}, "cell_type": "markdown", "id": "b1", "metadata": {}}
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    head = {"metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    lines = SOURCE.decode().splitlines(keepends=True)
    return [
        {"cells": [{**code, "outputs": [stream, shown, failed], "source": SOURCE.decode()}], **head},
        {"cells": [{**marked, "source": ["# 1\n"]}, {**code, "outputs": [], "source": lines}], **head},
    ]


def damaged_notebook(rng: random.Random, notebook: dict[str, Any]) -> bytes:
    """The notebook with values exchanged, doubled, wrapped or made another type's; half of the time its bytes too."""
    changed = copy.deepcopy(notebook)
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = list(_places(changed))
        holder, key = rng.choice(places)
        kind = rng.randrange(6)
        if kind == 0:
            holder[key] = rng.choice((None, True, -1, 1e308, 10**40, "", "\x00\ud800", [], {}, [[]], {"": {}}))
        elif kind == 1:
            other, name = rng.choice(places)
            holder[key] = copy.deepcopy(other[name])
        elif kind == 2:
            for _ in range(rng.choice((1, 10, 40))):
                holder[key] = [holder[key]] if rng.random() < 0.5 else {"cells": holder[key]}
        elif kind == 3 and isinstance(holder[key], str | list):
            holder[key] = holder[key] * rng.choice((0, 2, 20))
        elif kind == 4 and isinstance(holder, dict):
            holder[rng.choice(("cells", "source", "nbformat", "\u202e", "__class__"))] = holder.pop(key)
        elif len(holder) > 1:
            del holder[key]
    data = json.dumps(changed).encode()
    return mutated(rng, data) if rng.random() < 0.5 else data


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of every value inside a JSON value."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])


def mutated(rng: random.Random, data: bytes) -> bytes:
    """The data with a few bytes changed, cut out, doubled, moved or set to an edge."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at = rng.randrange(len(changed) + 1)
        kind = rng.randrange(6)
        if kind == 0 and at < len(changed):
            changed[at] = rng.randrange(256)
        elif kind == 1:
            edge = rng.choice(EDGES)
            changed[at : at + len(edge)] = edge
        elif kind == 2:
            del changed[at : at + rng.choice((1, 4, 64, 512))]
        elif kind == 3:
            changed[at:at] = changed[at : at + rng.choice((1, 4, 64, 512))]
        elif kind == 4:
            start = rng.randrange(len(changed) + 1)
            changed[at : at + 64] = changed[start : start + 64]
        else:
            changed[at:] = changed[at : len(changed) - rng.randrange(64)]
        if not changed:
            return b""
    return bytes(changed)


def read(place: Path, ending: str, data: bytes) -> str:
    """What became of it: "read" or the reason's first words; nothing but these, and no file that was not there."""
    path = place / f"hand-in.{ending}"
    path.write_bytes(data)
    try:
        hand_in = read_hand_in([path], package="target", modules=("answers",), stubs=STUBS)
    except UnreadableHandIn as error:
        text = str(error)
        assert "\n" not in text.strip(), text
        outcome = "refused"
    else:
        assert "answers" in hand_in.files
        assert all(isinstance(source, bytes) for source in hand_in.files.values())
        assert all(note.isprintable() for note in hand_in.notes)
        outcome = "read"
    assert [each.name for each in place.iterdir()] == [path.name]
    path.unlink()
    return outcome


def read_notebook(rng: random.Random, place: Path) -> str:
    """What became of a damaged notebook: the hand-in itself, in a zip, or beside a module."""
    data = damaged_notebook(rng, rng.choice(notebooks()))
    beside = rng.random() < 0.5
    if rng.random() < 0.5 and not beside:
        return read(place, "ipynb", data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("work/answers.ipynb", data)
        if beside:
            archive.writestr("work/answers.py", SOURCE)
    outcome = read(place, "zip", out.getvalue())
    assert outcome == "read" or not beside  # where it costs nothing
    return outcome


def fuzz(runs: int, seed: int) -> tuple[Counter[str], float]:
    """How often each outcome came, over damaged hand-ins of every kind; and the longest that one took, in seconds."""
    rng, known = random.Random(seed), seeds()
    outcomes: Counter[str] = Counter()
    slowest_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "hand-in"
        place.mkdir()
        for _ in range(runs):
            kind = rng.choice([*known, "ipynb"])
            started = time.process_time()
            if kind == "ipynb":
                outcome = read_notebook(rng, place)
            else:
                outcome = read(place, kind, mutated(rng, rng.choice(known[kind])))
            slowest_s = max(slowest_s, time.process_time() - started)
            outcomes[f"{kind} {outcome}"] += 1
        assert [each.name for each in Path(folder).iterdir()] == [place.name]
    return outcomes, slowest_s


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    counted, slowest = fuzz(arguments.runs, arguments.seed)
    print(dict(counted), f"in {time.monotonic() - started:.0f} s, the slowest {slowest * 1000:.0f} ms")
