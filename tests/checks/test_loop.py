"""The template's own command, on the template of the tiny course: in this process, but for what runs its tests."""

import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from autograder.checks.loop import watching
from autograder.checks.loop.commands import main
from autograder.checks.loop.definitions import changed
from autograder.checks.loop.progress import LastRun, Progress, files_of
from autograder.checks.loop.template import Template
from autograder.checks.loop.watching import after_saving
from autograder.course import Course, release
from autograder.intake import read_hand_in

MODULE = "tiny/sums.py"


@pytest.fixture
def root(tiny_root, tmp_path):
    handout = tiny_root / "assignments" / "t1_sums" / "handout.md"
    handout.write_text(handout.read_text() + "\n## 4 A worked example\n\nThe product of 2 and 3 is 6.\n")
    release(Course.load(tiny_root), tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def solve(root, tiny_root):
    """Puts the reference into the template, with a text in it replaced."""

    def put(old="", new=""):
        text = (tiny_root / "solutions" / MODULE).read_text()
        assert old in text
        plain = [line for line in text.replace(old, new).split("\n") if "###" not in line]
        (root / MODULE).write_text("\n".join(plain))

    return put


@pytest.fixture
def keep(root):
    """Keeps results as if the tests had been run on the files as they are."""

    def put(**outcomes):
        progress = Progress(Template(root))
        failure = ["totals: got 2, want 3", "tiny/sums.py:3, in total", "x = 1"]
        for name, outcome in outcomes.items():
            test = LastRun(f"sums.{name}", "t1_sums", f"test_{name}", 10.0, outcome, f"test_{name}", hint="a hint")
            test = replace(test, files=files_of(progress.template, "t1_sums"))
            progress.tests[name] = replace(test, failure=failure) if outcome == "failed" else test
        progress.save()

    return put


@pytest.fixture
def said(root, capsys):
    """Runs the command here; (exit status, what it said)."""

    def run(*arguments):
        status = main(arguments, root)
        return status, "".join(capsys.readouterr())

    return run


def test_what_has_not_changed_is_shown_and_not_run(said, keep, monkeypatch):
    keep(total="passed", running_totals="failed", Average="not done")
    monkeypatch.setitem(sys.modules, "autograder.checks.loop.running", None)
    status, text = said()
    assert status == 0
    assert "sums.total           10 / 10  done\n" in text
    assert text.endswith("10 of 30 public points\nnext: sums.running_totals, fix: test_running_totals\n")


@pytest.mark.parametrize("file", [MODULE, "tests/t1_sums/test_public.py", "conftest.py", ".generated"])
def test_change_of_what_tests_depend_on_makes_them_stale(root, keep, file):
    keep(total="passed")
    assert Progress(Template(root)).stale() == []
    (root / file).write_text((root / file).read_text() + "\n")
    assert Progress(Template(root)).stale() == ["t1_sums"]


def test_module_that_no_test_reaches_makes_none_stale(root, keep):
    template = Template(root)
    template.stubs |= {"unnamed": ""}
    before = files_of(template, "t1_sums")
    (root / "tiny" / "unnamed.py").write_text("x = 1\n")
    assert files_of(template, "t1_sums") == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tests": {"a": {"no": 1}}, "hints": {}}'])
def test_results_that_cannot_be_read_are_none(root, text):
    (Template(root).kept / "progress.json").write_text(text)
    assert Progress(Template(root)).tests == {}


def test_hints_come_one_at_a_time_and_begin_anew_when_it_fails_otherwise(said, keep, root):
    keep(total="failed")
    steps = [said("hint", "total")[1] for _ in range(5)]
    assert "hint 1 of 4\n\nwhat differs:\n    test_total\n        totals: got 2, want 3\n" in steps[0]
    assert "hint 2 of 4\n\nwhich idea:\n    a hint\n\none more: python -m checks hint sums.total\n" in steps[1]
    assert "section 1 of handouts/t1_sums.md:\n    The total of $x_1" in steps[2]
    assert "section 4 of handouts/t1_sums.md:\n    The product of 2 and 3 is 6.\n\nthere are no more" in steps[3]
    assert steps[4] == steps[3]
    progress = Progress(Template(root))
    progress.tests["total"] = replace(progress.tests["total"], failure=["otherwise", "", ""])
    progress.save()
    assert "hint 1 of 4\n\nwhat differs:\n    test_total\n        otherwise\n" in said("hint")[1]


def test_hint_for_what_is_done_and_for_what_nobody_knows(said, keep):
    keep(total="passed")
    assert said("hint", "sums.total") == (0, "sums.total is done: its public tests pass\n")
    assert said("hint") == (0, "all public tests pass; hidden tests will look further\n")
    status, text = said("hint", "totl")
    assert (status, text) == (2, "no exercise is called so: 'totl'; did you mean one of sums.total?\n")


def test_reset_puts_the_stub_back_and_keeps_the_file(said, root, solve):
    solve()
    solved = (root / MODULE).read_text()
    status, text = said("reset", "total")
    assert (status, text) == (
        0,
        "sums.total in tiny/sums.py is a stub again; the file as it was is .checks/sums.py.1\n",
    )
    assert (root / ".checks" / "sums.py.1").read_text() == solved
    assert (root / ".checks" / ".gitignore").read_text() == "*\n"
    for name in ("running_totals", "average"):
        said("reset", name)
    assert (root / MODULE).read_text() == Template(root).stubs["sums"]
    assert len(list((root / ".checks").glob("sums.py.*"))) == 3
    assert said("reset", "total") == (0, "sums.total is as you were given it\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def other(): pass\n", "tiny/sums.py has no sums.total: it costs its points; was it renamed, or taken out?"),
        ("x = 1\ndef total(:\n", "tiny/sums.py:2: invalid syntax: Python cannot read this file; mend this line first"),
    ],
)
def test_reset_where_the_exercise_is_not_found_changes_nothing(said, root, text, says):
    (root / MODULE).write_text(text)
    assert said("reset", "sums.total") == (2, f"{says}\n")
    assert (root / MODULE).read_text() == text


def test_zip_that_is_handed_in_is_what_the_grader_reads(said, root, solve, tiny_root):
    solve("import numpy as np", "import numpy as np, torch")
    status, text = said("hand-in", "t1")
    assert (status, text) == (
        0,
        "tiny/sums.py:5: torch is not there when it is graded\n"
        "written: t1_sums.zip, which holds tiny/sums.py; hand that in\n",
    )
    read = read_hand_in([root / "t1_sums.zip"], package="tiny", modules=["sums"])
    assert read.files == {"sums": (root / MODULE).read_bytes()}


def test_what_is_left_or_missing_is_named_and_handed_in_all_the_same(said, root, solve):
    solve("def total", "def sum_up")
    said("reset", "average")
    assert said("hand-in", "t1_sums") == (
        0,
        "tiny/sums.py has no sums.total: it costs its points; was it renamed, or taken out?\n"
        "not done yet: sums.Average\n"
        "written: t1_sums.zip, which holds tiny/sums.py; hand that in\n",
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "nothing written: none of the 3 exercises of t1_sums is done yet\n"),
        (b"def f(): x = 1\nbreak\n", "tiny/sums.py:2: 'break' outside loop: Python cannot read this file"),
        (b"def f(:\n", "tiny/sums.py:1: invalid syntax: Python cannot read this file; mend this line first\n"),
        ("# \u0441".encode("cp1251"), "tiny/sums.py: not UTF-8; save it in that encoding (in most editors: Save with"),
    ],
)
def test_what_would_earn_nothing_is_not_written(said, root, content, says):
    if content is not None:
        (root / MODULE).write_bytes(content)
    status, text = said("hand-in", "t1")
    assert status == 2
    assert text.startswith(says)
    assert not (root / "t1_sums.zip").exists()


def test_missing_file_and_unknown_assignment_and_folder_are_refused(said, root, tmp_path, capsys):
    (root / MODULE).unlink()
    assert said("hand-in", "t1") == (2, "tiny/sums.py: no such file; it comes with the folder that you were given\n")
    assert said("hand-in", "t2") == (2, "no assignment is called so: 't2'; there are t1_sums\n")
    assert main([], tmp_path) == 2
    assert f"{tmp_path}: no checks/course.json; run it in the folder" in capsys.readouterr().err


def test_changed_exercises_are_those_whose_text_has_changed():
    before = "x = 1\n\ndef f():\n    return 1\n\n@x\nclass C:\n    def g(self): return 1\n    def h(self): return 2\n"
    names = ["m.f", "m.C.g"]
    assert changed(before, before.replace("\n\n", "\n\n\n"), "m", names) == []
    assert changed(before, before.replace("    return 1", "    return 3"), "m", names) == ["m.f"]
    assert changed(before, before.replace("self): return 1", "self): return 3"), "m", names) == ["m.C.g"]
    assert changed(before, before.replace("x = 1", "x = 2"), "m", names) == names
    assert changed(before, before.replace("return 2", "return 3"), "m", names) == names
    assert changed("def f(:", before, "m", names) == names


# What runs tests does so in a process of its own, as the package's name and the plugins are the template's there.
SESSION = """
from pathlib import Path
from checks.loop import watching
from checks.loop.commands import main
from checks.loop.template import Template

SAVINGS = [
    ('raise NotImplementedError("t1_sums, exercise sums.running_totals: handout section 2")',
     "sums = 2 * np.cumsum(vector)"),
    ("2 * np.cumsum(vector)", "np.cumsum(vector)"),
    ("np.cumsum(vector)", "1 * * np.cumsum(vector)"),
    ("1 * * np.cumsum(vector)", "np.cumsum(vector)"),
    ("np.cumsum(vector)", "vector.cumsum()"),
    ("import numpy as np", "import numpy as np\\nunused = 1"),
]

def signals(folder):
    file = folder / "sums.py"
    for old, new in SAVINGS:
        text = file.read_text()
        assert old in text, old
        file.write_text(text.replace(old, new))
        yield

watching._signals = signals
for text in watching.watch(Template(Path.cwd())):
    print(text, end="\\n> ")
main([])
"""


@pytest.mark.slow
def test_saved_exercise_is_run_and_what_has_changed_is_said(root):
    module = (root / MODULE).read_text()
    end = 'handout section 2")\n'
    assert end in module
    (root / MODULE).write_text(module.replace(end, end + "    return sums\n", 1))
    done = subprocess.run([sys.executable, "-c", SESSION], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    first, watches, *saved, last = done.stdout.split("\n> ")
    assert first.endswith("0 of 40 public points\nnext: sums.total, handout section 1 in handouts/t1_sums.md")
    assert watches == "watching tiny/: save a file, and its exercise is tested; Ctrl+C ends this"
    wrong, right, syntax, mended, same, given = saved
    assert wrong.startswith("sums.running_totals: 0 of 20 points\n    test_running_totals\n        running totals: got")
    assert wrong.endswith("\n    hint: as many totals as numbers")
    assert right.startswith("+20 points, sums.running_totals is done\nnext: sums.total, handout section 1")
    assert syntax == "tiny/sums.py:26: invalid syntax: Python cannot read this file; mend this line first"
    assert mended == "next: sums.total, handout section 1 in handouts/t1_sums.md"
    assert same.startswith("sums.running_totals is done\n")
    assert given == "saved: no result has changed\nnext: sums.total, handout section 1 in handouts/t1_sums.md"
    assert last.endswith("20 of 40 public points\nnext: sums.total, handout section 1 in handouts/t1_sums.md\n")


def test_saving_what_is_no_exercise_runs_nothing(root, keep):
    keep(total="passed")
    progress = Progress(Template(root))
    text = (root / MODULE).read_text()
    assert after_saving(progress, {"sums": text}, {"sums": text + "\n\n"}, ["sums"]) == (
        "tiny/sums.py: saved; no exercise in it has changed"
    )


def test_of_two_definitions_the_last_counts_with_its_decorators():
    before = "def f(): return 1\n\n@first\ndef f(): return 2\n"
    assert changed(before, before.replace("@first", "@other"), "m", ["m.f", "m.g"]) == ["m.f"]
    assert changed(before, before.replace("return 1", "return 3"), "m", ["m.f", "m.g"]) == ["m.f", "m.g"]


def test_saving_is_seen_without_watchfiles(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 2:
            (tmp_path / "new.py").write_text("x = 1\n")

    monkeypatch.setattr(watching.time, "sleep", sleep)
    next(watching._signals(tmp_path))
    assert slept == [watching.POLL_S] * 2


def test_watchfiles_is_asked_where_it_is_installed(monkeypatch, tmp_path):
    fake = SimpleNamespace(watch=lambda folder, **options: iter([{folder}]))
    monkeypatch.setitem(sys.modules, "watchfiles", fake)
    assert list(watching._signals(tmp_path)) == [None]
