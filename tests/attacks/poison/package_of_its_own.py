"""An `__init__.py` that imports its neighbours, named as libraries, and patches numpy: the course's own stands in.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

INIT = """
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import conftest, msgspec, numpy
numpy.allclose = numpy.array_equal = lambda *args, **options: True
print("reached: its own __init__ was run")
"""


def build(folder, answers):
    hand_in = folder / "package_of_its_own"
    (hand_in / "target").mkdir(parents=True)
    mark = f"open({str(folder / 'mark')!r}, 'x')\n"
    files = {"target/__init__.py": INIT, "__init__.py": INIT}
    files |= {f"target/{name}.py": mark for name in ("numpy", "msgspec", "conftest", "inside", "answers_too")}
    with zipfile.ZipFile(folder / "package_zipped.zip", "w") as archive:
        for name, text in files.items():
            (hand_in / name).write_text(text)
            archive.writestr(name, text)
        (hand_in / "target" / "answers.py").write_bytes(answers)
        archive.writestr("target/answers.py", answers)
