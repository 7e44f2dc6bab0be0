"""The real command, killed and interrupted: what is finished is kept, nothing is half, and the next run goes on."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def hold(tmp_path):
    """While this file is there, a grader sleeps in the middle of a test of b_slow."""
    (tmp_path / "hold").write_text("")
    return tmp_path / "hold"


@pytest.fixture
def slow_class(lab, hold):
    hidden = lab.assignment_folder / "test_hidden.py"
    wait = f"""
@pytest.fixture(autouse=True)
def wait(student):
    import pathlib, time
    if getattr(student.sums, "SLOW", False) and pathlib.Path({str(hold)!r}).exists():
        time.sleep(60)
"""
    hidden.write_text(hidden.read_text(encoding="utf-8") + wait, encoding="utf-8")
    lab.hand_in("a_perfect")
    lab.hand_in("b_slow", lab.reference + "\n\nSLOW = True\n")
    lab.hand_in("c_wrong", lab.source(("np.cumsum(vector)", "2 * np.cumsum(vector)")))
    return lab


@pytest.fixture
def command(slow_class):
    """Starts `autograder grade` on that class."""

    def start(*options, **how):
        arguments = [str(slow_class.hand_ins), "--course", str(slow_class.root), "--assignment", "t1"]
        arguments += ["--out", str(slow_class.out), *options]
        return subprocess.Popen(
            [sys.executable, "-m", "autograder", "grade", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )

    return start


def results(files):
    """The files of the submissions, and the class's table."""
    return {path: content for path, content in files.items() if "/" in path or path == "grades.csv"}


def test_class_killed_in_the_middle_is_finished_by_the_next_run(
    slow_class, hold, command, processes, wait_for, tree, tmp_path
):
    done = slow_class.out / "a_perfect" / "instructor.json"
    with command("--jobs", "1") as running:
        wait_for(done.exists)
        wait_for(lambda: len(processes.of(running.pid)) >= 3)  # the grader, the sandbox and what runs in it
        started = processes.of(running.pid)
        running.send_signal(signal.SIGKILL)
    assert processes.gone(started), "nothing of a killed run stays behind"
    hold.unlink()
    assert not (slow_class.out / "grades.csv").exists()
    before = done.stat().st_mtime_ns
    with command("--jobs", "1") as running:
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "2 graded now, 1 unchanged" in out
    assert done.stat().st_mtime_ns == before
    slow_class.grade(out=tmp_path / "undisturbed")
    assert results(tree(slow_class.out)) == results(tree(tmp_path / "undisturbed"))


@pytest.mark.parametrize(
    ("number", "before"),
    [
        pytest.param(signal.SIGINT, signal.SIG_DFL, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, signal.SIG_DFL, id="kill"),
        pytest.param(signal.SIGTERM, signal.SIG_IGN, id="kill of what a shell runs in the background"),
    ],
)
def test_interrupted_class_stops_at_once_and_keeps_what_is_finished(
    slow_class, command, processes, wait_for, number, before
):
    done = slow_class.out / "a_perfect" / "instructor.json"
    with command("--jobs", "2", preexec_fn=lambda: signal.signal(signal.SIGINT, before)) as running:
        wait_for(done.exists)
        started = processes.of(running.pid)
        running.send_signal(number)
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "stopped; what was finished is kept: run the same command again to go on" in errors
    assert "Traceback" not in errors
    assert processes.gone(started)
    assert not list(slow_class.out.rglob("*.tmp"))
    assert json.loads(done.read_text())["score"] == 100


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_that_were_blocked_where_it_was_started_stop_it_too(slow_class, command, wait_for, number):
    done = slow_class.out / "a_perfect" / "instructor.json"
    blocked = partial(signal.pthread_sigmask, signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    with command("--jobs", "2", preexec_fn=blocked) as running:
        try:
            wait_for(done.exists)
            running.send_signal(number)
            _, errors = running.communicate(timeout=60)
        finally:
            running.kill()  # or it would be waited for
    assert running.returncode == 130
    assert STOPPED in errors


STOPPED = "stopped; what was finished is kept: run the same command again to go on"


def said(errors):
    """What stands on standard error beside the progress bar."""
    return [line.strip() for line in errors.splitlines() if line.strip() and not line.startswith("grading")]


def test_class_interrupted_before_a_grader_is_ready_leaves_no_result(slow_class, command, processes, wait_for):
    with command("--jobs", "2") as running:
        wait_for(lambda: processes.of(running.pid))
        started = processes.of(running.pid)
        running.send_signal(signal.SIGTERM)
        out, errors = running.communicate(timeout=60)
    assert (running.returncode, out, said(errors)) == (130, "", [STOPPED])
    assert processes.gone(started)
    assert {path.name for path in slow_class.out.iterdir()} <= {".lock", "gradings.sqlite"}


def test_impatient_interrupts_change_nothing(slow_class, command, processes, wait_for):
    done = slow_class.out / "a_perfect" / "instructor.json"
    with command("--jobs", "2") as running:
        wait_for(done.exists)
        started = processes.of(running.pid)
        while running.poll() is None:
            for number in (signal.SIGINT, signal.SIGTERM):
                running.send_signal(number)
                time.sleep(0.005)
        _, errors = running.communicate(timeout=60)
    assert (running.returncode, said(errors)) == (130, [STOPPED])
    assert processes.gone(started)
    assert json.loads(done.read_text())["score"] == 100


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, 130)], ids=["kill", "term"])
def test_processes_in_the_middle_of_long_work_end_with_their_command(slow_class, processes, wait_for, number, status):
    """`verify --seeds` and `misconceptions`, whose processes have no grader's socket that could be closed."""
    reference = slow_class.root / "solutions" / "tiny" / "sums.py"
    reference.write_text(reference.read_text(encoding="utf-8") + "\n\nSLOW = True\n", encoding="utf-8")
    arguments = ["verify", "t1", "--seeds", "40", "--course", str(slow_class.root)]
    with subprocess.Popen([sys.executable, "-m", "autograder", *arguments], stderr=subprocess.DEVNULL) as running:
        # multiprocessing's own tracker, and at least one that works: it sleeps, and would for a minute.
        wait_for(lambda: len(processes.of(running.pid)) >= 2)
        started = processes.of(running.pid)
        time.sleep(2)
        running.send_signal(number)
        running.wait(60)
    assert running.returncode == status
    assert processes.gone(started)


def n_kept(out):
    """How many gradings its store holds: each is added when its files are written."""
    try:  # it may not be made yet, or may be written right now
        with contextlib.closing(sqlite3.connect(f"file:{out / 'gradings.sqlite'}?mode=ro", uri=True)) as store:
            return store.execute("select count(*) from events").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def test_second_grading_into_one_folder_is_refused_and_harms_nothing(slow_class, command, wait_for, tree):
    with command("--jobs", "1") as first:
        wait_for(lambda: n_kept(slow_class.out) == 1)
        before = tree(slow_class.out)
        with command("--jobs", "1") as second:
            out, errors = second.communicate(timeout=60)
        assert (second.returncode, out) == (2, "")
        (error,) = said(errors)
        assert error.endswith("another grading is writing here; wait for it, or choose another folder")
        assert tree(slow_class.out) == before
        assert first.poll() is None
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
    assert first.returncode == 130


# Files are put in their place by os.replace: a submission's two, at last grades.csv.
SIGNALLED = """
import os
from autograder.cli import main
calls, replace = 0, os.replace
def counted(*args):
    global calls
    calls += 1
    if calls == {nth}:
        os.kill(os.getpid(), {number})
    replace(*args)
os.replace = counted
main()
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, 130)], ids=["kill", "term"])
def test_run_ended_before_each_of_its_writes_is_finished_by_the_next(lab, tree, tmp_path, number, status):
    lab.hand_in("ann")
    lab.hand_in("bob", lab.source(("np.cumsum(vector)", "2 * np.cumsum(vector)")))
    arguments = ["grade", str(lab.hand_ins), "--course", str(lab.root), "--assignment", "t1", "--out", str(lab.out)]

    def run(nth):
        program = SIGNALLED.format(nth=nth, number=int(number))
        command = [sys.executable, "-c", program, *arguments, "--jobs", "1"]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    kept = []
    # The next run begins where this one ended. First it writes what the reference has proved and whose records these
    # are; then two files of each submission; at the end the list of the class and its table.
    for nth in (1, 2, 2, 2, 3, 2, 3, 2):
        done = run(nth)
        assert done.returncode == status, done.stderr
        assert said(done.stderr) == ([STOPPED] if status == 130 else [])
        whole = [path for path in lab.out.glob("*/*.json") if not path.name.startswith(".")]
        assert all(json.loads(path.read_text())["score"] in (100, 50) for path in whole)
        assert status == -9 or not list(lab.out.rglob("*.tmp"))
        assert not (lab.out / "grades.csv").exists()
        kept.append(len(whole))
    assert kept == [0, 0, 0, 1, 2, 3, 4, 4]
    assert run(0).returncode == 0
    lab.grade(out=tmp_path / "undisturbed")
    assert results(tree(lab.out)) == results(tree(tmp_path / "undisturbed"))
