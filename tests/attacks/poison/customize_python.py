"""What Python runs as it starts: sitecustomize, usercustomize, `.pth` files, `pyvenv.cfg`, a start-up file.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

NAMES = ("sitecustomize.py", "usercustomize.py", "python.pth", "easy-install.pth", "target/evil.pth", ".pythonrc.py")


def build(folder, answers):
    hand_in = folder / "customize_python"
    (hand_in / "target").mkdir(parents=True)
    for name in NAMES:  # a line of a .pth file that begins with import is run
        (hand_in / name).write_text(f"import os; os.open({str(folder / 'mark')!r}, os.O_CREAT)\n")
    (hand_in / "pyvenv.cfg").write_text(f"home = {hand_in}\ninclude-system-site-packages = true\n")
    (hand_in / "answers.py").write_bytes(answers)
