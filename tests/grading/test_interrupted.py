"""The real command, killed and interrupted: what is finished is kept, nothing is left half, and the next run goes on."""

import json
import signal
import subprocess
import sys

import pytest


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

    def start(*options):
        arguments = [str(slow_class.hand_ins), "--course", str(slow_class.root), "--assignment", "t1"]
        arguments += ["--out", str(slow_class.out), *options]
        return subprocess.Popen(
            [sys.executable, "-m", "autograder", "grade", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


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
    assert tree(slow_class.out) == tree(tmp_path / "undisturbed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_class_stops_at_once_and_keeps_what_is_finished(slow_class, command, processes, wait_for, number):
    done = slow_class.out / "a_perfect" / "instructor.json"
    with command("--jobs", "2") as running:
        wait_for(done.exists)
        started = processes.of(running.pid)
        running.send_signal(number)
        _, errors = running.communicate(timeout=10)
    assert running.returncode == 130
    assert "stopped; what was finished is kept: run the same command again to go on" in errors
    assert "Traceback" not in errors
    assert processes.gone(started)
    assert not list(slow_class.out.rglob("*.tmp"))
    assert json.loads(done.read_text())["score"] == 100
