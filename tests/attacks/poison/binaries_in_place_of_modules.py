"""The module as byte code, as a shared library, as a folder and in `__pycache__`: only source is read.

score: 0
codes:
says: found 1 file: 'answers.pyc'; hand in answers.py under exactly this name
says: found 1 file: 'answers.cpython-311-x86_64-linux-gnu.so'
says: found no files
status: unreadable
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import importlib.util
import marshal

HEADER = importlib.util.MAGIC_NUMBER + bytes(12)


def build(folder, answers):
    code = HEADER + marshal.dumps(compile(answers, "answers.py", "exec"))
    library = b"\x7fELF\x02\x01\x01" + bytes(57)
    for name, data in (
        ("answers.pyc", code),
        ("answers.cpython-311-x86_64-linux-gnu.so", library),
        ("answers.pyd", b"MZ" + bytes(62)),
        ("answers/__init__.pyc", code),
        ("__pycache__/answers.cpython-311.pyc", code),
    ):
        path = folder / f"binary_{name.replace('/', '_')}.d" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
