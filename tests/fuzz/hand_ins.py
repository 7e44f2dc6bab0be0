"""Fuzzes the reader of hand-ins: damaged archives are read or refused in a line, and nothing is written anywhere.

python -m tests.fuzz.hand_ins 100000     so many, with a summary of what became of them
"""

import io
import random
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from autograder.intake import UnreadableHandIn, read_hand_in

SOURCE = b"def double(x):\n    return x + x\n"
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
        hand_in = read_hand_in([path], package="target", modules=("answers",))
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


def fuzz(runs: int, seed: int) -> Counter[str]:
    """How often each outcome came, over damaged archives of every kind."""
    rng, known = random.Random(seed), seeds()
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(runs):
            ending = rng.choice(list(known))
            outcomes[f"{ending} {read(Path(folder), ending, mutated(rng, rng.choice(known[ending])))}"] += 1
    return outcomes


if __name__ == "__main__":
    started = time.monotonic()
    print(dict(fuzz(int(sys.argv[1]), seed=1)), f"in {time.monotonic() - started:.0f} s")
