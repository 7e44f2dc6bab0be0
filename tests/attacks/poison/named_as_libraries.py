"""Files named as the modules that the grader imports: whoever has the hand-in on its path runs them.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

import zipfile

NAMES = (
    "numpy.py",
    "scipy.py",
    "msgspec.py",
    "pytest.py",
    "_pytest.py",
    "pluggy.py",
    "click.py",
    "rich.py",
    "yaml.py",
    "json.py",
    "re.py",
    "os.py",
    "sys.py",
    "zipfile.py",
    "tarfile.py",
    "socket.py",
    "subprocess.py",
)


def build(folder, answers):
    hand_in = folder / "named_as_libraries"
    hand_in.mkdir()
    mark = f"open({str(folder / 'mark')!r}, 'x')\n".encode()
    with zipfile.ZipFile(folder / "named_as_libraries_zipped.zip", "w") as archive:
        for name in NAMES:
            (hand_in / name).write_bytes(mark)
            archive.writestr(name, mark)
        (hand_in / "answers.py").write_bytes(answers)
        archive.writestr("answers.py", answers)
