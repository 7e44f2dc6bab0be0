"""Fuzzes the reader of hand-ins by time: cells and names that are short to write and may be dear to read.

python -m tests.fuzz.dear 1000000 [SEED]     so many, with a summary, and the slowest, which `hand_in` makes again
"""

import io
import json
import random
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

from autograder.intake import Stubs, UnreadableHandIn, read_hand_in

NAMES = ("total", "middle", "spread")
STUB = "def {0}(values):\n    raise NotImplementedError\n"
CLASS = "class Mean:\n    def add(self, value):\n        raise NotImplementedError\n"
STUBS = Stubs(
    {
        "sums": "import numpy as np\n\n\n" + "\n\n".join([*map(STUB.format, NAMES), CLASS]),
        "more": "from . import sums\n",
    },
    (*(f"sums.{name}" for name in NAMES), "sums.Mean.add"),
)
# fmt: off
LINES = (
    *(f"# exercise: sums.{name}" for name in (*NAMES, "Mean.add")),
    *(f"def {name}(values):\n    return helper({name}, x, y) + values" for name in NAMES),
    "def add(self, value):\n    return np.add(value, OPS)",
    "class Mean:\n    def add(self, value):\n        x = helper(self)\n        return x",
    "def helper(*a, k=x, **b):\n    global x\n    x = y\n    return x",
    *("import numpy as np", "from numpy import *", "from .sums import total", "from __future__ import annotations"),
    *("x = 1", "x = y", "y = x + 1", "x += y", "OPS = {}", "OPS['a'] = helper", "OPS.update(a=x)", "Mean.add = helper"),
    *("total = cache(total)", "a = b = c, d = x"),
    *("for x in y:\n    OPS[x] = y", "try:\n    import q\nexcept E:\n    q = 1"),
    *("%time total(x)", "%%time", "%%bash", "!pip install \\", "x = !ls"),
    *("name?", "?name", ">>> x = 1", "... x", "In [1]: x"),
    *("# given: sums.total", "# %%", "# In[3]:", "# %% [markdown]", "from checks.notebook import check", '"""', "'''"),
    *("@x", "@x(y)", "lambda: x", "x; y; x = 1; import z", "print(x)", "del x", "x: int = 1", "with x as y: pass"),
)
BITS = (
    *("x", " ", "\t", "\n", "\\\n", "\\", "#", "%", "!", "?"),
    *(";", "(", ")", "[", "]", "{", "}", "'", '"', "'''", '"""'),
    *("=", "x=", ",", ".", "-", "+", "not ", "lambda:", "f'{"),
    *("f'{x", "}'", "x.", "x[", "x(", "(x", "0x", "9", "1e", "NaN"),
    *("Infinity", "\ud800", "\x0c", "\r", "\0", "é", "\u0345"),
    *("\u202e", "ª", "*", "**", "@x\n", "if x:\n ", "x\n", "x;"),
    *("# exercise: sums.total\n", "# %%\n", "x = x\n", "x, ", "%time\n", "def f(): pass\n", "class A: ", "global x\n"),
)
NAME_BITS = (
    *("a", "_", "-", " ", "1", ".", "(1)", " (1)"),
    *("-1", "_1", " copy", " - Copy", "Copy of ", "копия ", ".py", ".ipynb"),
    *(".txt", ".zip", ".gz", ".html", ".json", "sums", "total"),
    *("tiny", "é", "e\u0301", "\u0345", "ﬁ", "ﷺ", "\u1e9b\u0323"),
    *("_1_100_", "_LATE", "_1_", "_text.html"),
    *("_7_assignsubmission_file_", "@", "a@b.c_1_", "_attempt_2026-11-20-10-11-12"),
    *("12-34 - ", " - ", "Nov 20, 2026 ", "1234", "2026 - ", "anon_aB3dE_100_"),
    *("submission_1", "/", "//", "\\", "old/", "x/"),
    *("v2", "__MACOSX", "..", "C:", "\n", "\x1b[31m"),
    *("\udcff", "#", "final", "submission_metadata.yml", "docs/", "hw "),
)
# fmt: on


def in_a_line(n: int, statement: str) -> str:
    return "; ".join(statement.format(number) for number in range(n))


# Cells of any size, beside the exercises of `of_shape`, which use x0: what once took time by the square of it, or may.
SHAPES = {
    "chain of names": lambda n: "\n".join(f"x{i} = x{i + 1}" for i in range(n)),
    "chain of functions": lambda n: "\n".join(f"def x{i}(): x{i + 1}" for i in range(n)),
    "one name again and again": lambda n: "\n".join(f"x0 = {i}" for i in range(n)),
    "changes": lambda n: "x0 = {}\n" + "\n".join(f"x0[{i}] = x{i}" for i in range(n)),
    "made anew": lambda n: "def x0(): pass\n" + "x0 = cache(x0)\n" * n,
    "statements in a line": lambda n: "x0 = 1;" * n,
    "names in a line": lambda n: in_a_line(n, "x{0} = 1"),
    "names made anew in a line": lambda n: "x0 = 1\n" + in_a_line(n, "x{0} = x{0} + 1"),
    "names changed in a line": lambda n: "x0 = 1\n" + in_a_line(n, "x{0}.a = x{0}"),
    "names changed where they are made": lambda n: in_a_line(n, "x{0} = []") + "\n" + in_a_line(n, "x{0}.a = x{0}"),
    "names changed by methods": lambda n: in_a_line(n, "x{0} = []") + "\n" + in_a_line(n, "x{0}.append(x{0})"),
    "names of a tuple": lambda n: ", ".join(f"x{i}" for i in range(n)) + " = " + "y, " * n,
    "lines of a name": lambda n: "x\n" * n + "!ls",
    "magics": lambda n: "%a\n" * n,
    "one magic": lambda n: "x =" * n + "!ls",
    "blanks": lambda n: " " * n + "!ls\n" + " \n" * n,
    "brackets": lambda n: "!ls\n" + "(" * n + "\n" * n,
    "texts": lambda n: "!ls\n" + "'" * n + "\n" + "'''\"\"\"\n" * n,
    "joined lines": lambda n: "!ls\n" + "\\\n" * n,
    "markers": lambda n: "# exercise: sums.total\n" * n,
    "digits": lambda n: "x0 = 0x" + "f" * n,
}
MOST = (1, 1, 2, 5, 30, 300, 3000)
MAX_CELL, MAX_NAME = 20_000, 600


def cell(rng: random.Random) -> str:
    parts = [rng.choice(LINES) for _ in range(rng.choice((1, 2, 4, 12)))]
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        at = rng.randrange(len(parts) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            parts[at:at] = [rng.choice(BITS) * rng.choice(MOST)]
        elif kind == 1:
            parts[at:at] = ["".join(rng.choices(BITS, k=rng.choice((2, 3)))) * rng.choice(MOST)]
        elif kind == 2 and at < len(parts):
            parts[at : at + 1] = [parts[at]] * rng.choice(MOST)
        elif at < len(parts):
            cut = rng.randrange(len(parts[at]) + 1)
            parts[at] = parts[at][:cut] + rng.choice(BITS) * rng.choice(MOST) + parts[at][cut:]
    return rng.choice(("\n", "\n", "\n", "")).join(parts)[:MAX_CELL]


def name(rng: random.Random) -> str:
    bits = [rng.choice(NAME_BITS) * rng.choice((1, 1, 1, 2, 20, 200)) for _ in range(rng.choice((1, 2, 3, 6)))]
    return ("".join(bits) + rng.choice(("", ".py", ".ipynb", "/sums.py", "/sums (1).py", "/a.ipynb")))[-MAX_NAME:]


def of_shape(shape: str, size: int) -> bytes:
    """A notebook of a cell of this shape and size, and of exercises that use what it binds."""
    return _notebook([SHAPES[shape](size), *(f"def {each}(values):\n    return x0" for each in NAMES)])


def notebook(rng: random.Random) -> bytes:
    sources = [cell(rng) for _ in range(rng.choice((1, 1, 2, 4, 10)))]
    sources += [rng.choice(LINES[len(NAMES) + 1 : 2 * len(NAMES) + 2]) for _ in range(rng.choice((0, 1, 2)))]
    rng.shuffle(sources)
    return _notebook(sources * rng.choice((1, 1, 1, 2, 20)))


def _notebook(sources: list[str]) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def tar(rng: random.Random) -> bytes:
    """Names that are alike, and in some of them notebooks, modules or scripts."""
    out = io.BytesIO()
    contents = [b"", notebook(rng), cell(rng).encode("utf-8", "replace"), STUBS.modules["sums"].encode()]
    patterns = [name(rng) for _ in range(rng.choice((1, 2, 4)))]
    with tarfile.open(fileobj=out, mode="w", format=rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))) as archive:
        for number in range(rng.choice((1, 3, 30, 100))):
            pattern = rng.choice(patterns)
            cut = rng.randrange(len(pattern) + 1)
            info = tarfile.TarInfo(f"{pattern[:cut]}{number}{pattern[cut:]}" if rng.random() < 0.5 else pattern)
            data = rng.choice(contents) if number < 12 else b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def hand_in(seed: str) -> tuple[str, bytes]:
    """(ending, content) of a hand-in, the same for the same seed."""
    rng = random.Random(seed)
    kind = rng.choice(("ipynb", "ipynb", "py", "tar"))
    if kind == "py":
        return kind, "\n".join(cell(rng) for _ in range(rng.choice((1, 3, 10)))).encode("utf-8", "replace")
    return kind, notebook(rng) if kind == "ipynb" else tar(rng)


def read(place: Path, ending: str, data: bytes) -> str:
    path = place / f"sums.{ending}"
    path.write_bytes(data)
    try:
        found = read_hand_in([path], package="tiny", modules=("sums", "more"), stubs=STUBS, may_be_class=True)
    except UnreadableHandIn as error:
        text = str(error)
        assert "\n" not in text, text
        outcome = "refused"
    else:
        assert all(note.isprintable() for note in found.notes)
        outcome = "assembled" if found.assembly.modules else "read"
    path.unlink()
    return f"{ending} {outcome}"


def fuzz(runs: int, seed: int) -> tuple[Counter[str], float, str]:
    """How often each outcome came, the most computing that one took, in seconds, and its seed."""
    outcomes: Counter[str] = Counter()
    slowest_s, of = 0.0, ""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            own = f"{seed}:{number}"
            made = hand_in(own)
            started = time.process_time()
            outcomes[read(Path(folder), *made)] += 1
            taken_s = time.process_time() - started
            if taken_s > slowest_s:
                slowest_s, of = taken_s, own
    return outcomes, slowest_s, of


if __name__ == "__main__":
    started = time.monotonic()
    counted, most_s, which = fuzz(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(dict(counted), f"in {time.monotonic() - started:.0f} s, the slowest {most_s * 1000:.0f} ms: {which}")
