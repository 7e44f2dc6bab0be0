"""Lines that end as on Windows, as on an old Mac, and in both ways in one file: they cost a student nothing.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""


def build(folder, answers):
    lines = answers.splitlines()
    mixed = b"".join(line + (b"\n", b"\r\n", b"\r")[n % 3] for n, line in enumerate(lines))
    for name, source in (("windows", b"\r\n".join(lines)), ("old_mac", b"\r".join(lines)), ("mixed", mixed)):
        (folder / f"lines_{name}").mkdir()
        (folder / f"lines_{name}" / "answers.py").write_bytes(source)
