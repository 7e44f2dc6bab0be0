"""What pytest collects or obeys: conftest.py, pytest.ini, pyproject.toml, tox.ini, setup.cfg, tests of its own.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
none: stopped
"""

FULL_POINTS = "def pytest_pyfunc_call():\n    return True\n"


def build(folder, answers):
    hand_in = folder / "configure_pytest"
    for place in (hand_in, hand_in / "target", hand_in / "tests", hand_in / "assignments" / "t1_target"):
        place.mkdir(parents=True)
        mark = f"open({str(folder / 'mark')!r}, 'a')\n"
        for name in ("conftest.py", "test_hidden.py", "test_public.py", "test_more.py"):
            (place / name).write_text(mark + FULL_POINTS)
        for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
            (place / name).write_text(f"[{section}]\naddopts = --setup-only -p conftest\npython_files = *.py\n")
        (place / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "--setup-only"\n')
        (place / "assignment.toml").write_text('title = "Mine"\nmodules = ["answers"]\n')
    (hand_in / "assignments" / "course.toml").write_text('title = "Mine"\npackage = "target"\n')
    (hand_in / "answers.py").write_bytes(answers)
