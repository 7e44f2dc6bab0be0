"""Byte code and a shared library beside a wrong module, that Python would take before it or without looking at it.

score: 0
codes: raised
says: the source was run
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import importlib.util
import marshal

HEADER = importlib.util.MAGIC_NUMBER + b"\1\0\0\0" + bytes(8)  # unchecked: valid whatever the source is


def build(folder, answers):
    hand_in = folder / "binaries_beside"
    (hand_in / "__pycache__").mkdir(parents=True)
    code = HEADER + marshal.dumps(compile(answers, "answers.py", "exec"))
    for tag in ("cpython-311", "cpython-312", "cpython-313"):
        (hand_in / "__pycache__" / f"answers.{tag}.pyc").write_bytes(code)
    (hand_in / "answers.pyc").write_bytes(code)
    (hand_in / "answers.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(57))
    (hand_in / "answers.py").write_bytes(b"def double(x):\n    raise ValueError('the source was run')\n")
