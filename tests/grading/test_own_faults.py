"""Trouble with the machine or the course is told in one line; nobody gets a zero for it, and the next run goes on.

Through the real command, in a container of its own (see tests/container.py) whose results folder is full or read-only.
What kills or breaks the engine's parts while they work is in test_never_fails_open.py and test_batch.py.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.boundary.bubblewrap import bubblewrap_binaries
from tests import needs
from tests.container import python_in_container

pytestmark = [needs.BUBBLEWRAP, pytest.mark.slow]  # for the container; what is graded in it is Landlock's

TINY = Path(__file__).parents[1] / "tiny_course"


@pytest.fixture
def place(tmp_path):
    """A copy of the tiny course, and three right hand-ins."""
    shutil.copytree(TINY, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("ann", "bob", "cleo"):
        shutil.copytree(TINY / "solutions" / "tiny", tmp_path / "hand-ins" / name)
    (tmp_path / "results").mkdir()
    return tmp_path


def grade(place, *options, mounts=(), before=()):
    """The command's exit status, what it wrote to standard error, and its results' scores."""
    command = [
        *python_in_container(*mounts),
        "-m",
        "autograder",
        "grade",
        str(place / "hand-ins"),
        "--assignment",
        "t1",
    ]
    command += ["--course", str(place / "course"), "--out", str(place / "results"), "--jobs", "1", *options]
    run = subprocess.run([*before, *command], capture_output=True, text=True, timeout=300, check=False)
    records = [json.loads(path.read_text()) for path in sorted((place / "results").glob("*/instructor.json"))]
    assert "Traceback" not in run.stdout + run.stderr
    return run.returncode, run.stderr, [record["score"] for record in records]


def errors(said):
    return [line for line in said.splitlines() if line.startswith("error:")]


def test_disk_that_is_full_is_one_line_and_leaves_whole_files_only(place):
    """The folder is a disk of 80 KiB, of which a copy is taken before it goes with its container."""
    grading = [sys.executable, "-m", "autograder", "grade", "hand-ins", "--assignment", "t1", "--course", "course"]
    program = (
        "import os, shutil, subprocess, sys; os.chdir(sys.argv[1])\n"
        f"grading = [sys.executable, *{[*grading[1:], '--out', 'results']!r}]\n"
        "status = subprocess.run(grading).returncode; shutil.copytree('results', 'kept'); sys.exit(status)"
    )
    disk = ("--size", "81920", "--tmpfs", str(place / "results"))
    run = subprocess.run(
        [*python_in_container(*disk), "-c", program, str(place)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 2
    (error,) = errors(run.stderr)
    # Which comes first, a file or the database, is the file system's.
    full = ("cannot be written: No space left on device", "gradings.sqlite: database or disk is full")
    assert any(f"{each}; what was graded is kept" in error for each in full)
    left = [path for path in (place / "kept").rglob("*.json") if path.stat().st_size]
    assert left
    assert all(json.loads(path.read_text()) for path in left)
    assert grade(place)[::2] == (0, [100, 100, 100])


def test_results_folder_that_is_read_only_is_one_line(place):
    status, said, scores = grade(place, mounts=("--ro-bind", str(place / "results"), str(place / "results")))
    assert (status, scores) == (2, [])
    assert "cannot write results here: Read-only file system; choose another folder with --out" in " ".join(
        errors(said)
    )


def test_sandbox_that_is_missing_is_one_line_and_grades_nothing(place):
    status, said, scores = grade(place, "--sandbox", "bubblewrap")
    assert (status, scores) == (2, [])
    (error,) = errors(said)
    assert error.startswith("error: sandbox: bubblewrap does not start: bwrap:")


def test_sandbox_that_breaks_while_grading_costs_nobody_a_point_and_the_next_run_goes_on(place):
    """A bwrap that starts twice, to be tried and to grade, is killed when ann's result is there, and starts no more."""
    shim, count, out = place / "bin" / "bwrap", place / "starts", place / "results" / "t1_sums"
    result = out / "ann" / "results.json"
    shim.parent.mkdir()
    shim.write_text(
        f"#!/bin/sh\necho >> {count}\n"
        f"if [ $(wc -l < {count}) -eq 2 ]; then\n"
        f"  (while [ ! -e {result} ]; do sleep 0.01; done; kill -KILL $$) > /dev/null 2>&1 3>&- &\nfi\n"
        f'[ $(wc -l < {count}) -le 2 ] && exec {bubblewrap_binaries()[0]} "$@"\n'
        "echo 'bwrap: No space left on device' >&2; exit 1\n"
    )
    shim.chmod(0o755)
    slow = place / "hand-ins" / "bob" / "sums.py"  # still being graded then
    slow.write_text(slow.read_text().replace("return float(", "import time; time.sleep(0.5)\n    return float("))
    command = [sys.executable, "-m", "autograder", "grade", "hand-ins", "--assignment", "t1", "--course", "course"]

    def run(path):
        environment = {**os.environ, "PATH": path}
        options = {"capture_output": True, "text": True, "timeout": 200, "check": False}
        done = subprocess.run([*command, "--jobs", "1"], cwd=place, env=environment, **options)
        records = [json.loads(path.read_text()) for path in sorted(out.glob("*/instructor.json"))]
        return done, [record["score"] for record in records], [record["reason"] for record in records]

    done, scores, (ann, bob, cleo) = run(f"{shim.parent}:{os.environ['PATH']}")
    assert (done.returncode, scores) == (1, [100, None, None])
    assert ann == ""
    reason = "worker: the zygote does not answer: it has ended: bwrap: No space left on device"
    # Killed in the middle of one of bob's tests, or between two of them.
    assert bob.startswith("worker: the sandbox ended in the middle of a test") or reason in bob
    assert cleo == reason
    assert "2 need attention" in done.stdout
    assert (out / "grades.csv").read_text().count(",needs_attention") == 2
    done, scores, _ = run(os.environ["PATH"])
    assert (done.returncode, scores) == (0, [100, 100, 100])
    assert "2 graded now, 1 unchanged" in done.stdout


def test_machine_that_allows_less_than_a_submission_may_use_is_told_what_to_raise(place):
    status, said, scores = grade(place, before=("prlimit", f"--as={400 << 20}"))
    assert (status, scores) == (2, [])
    assert "RLIMIT_AS: want 1073741824, but this machine allows 419430400; raise it with ulimit" in said


def test_tests_that_do_not_import_are_one_line_and_grade_nothing(place):
    hidden = place / "course" / "assignments" / "t1_sums" / "test_hidden.py"
    hidden.write_text(hidden.read_text().replace("import numpy as np", "import numpy as np, no_such_module"))
    status, said, scores = grade(place)
    assert (status, scores) == (2, [])
    (error,) = errors(said)
    assert "t1_sums/test_hidden.py: does not import: ModuleNotFoundError: No module named 'no_such_module'" in error


@pytest.mark.parametrize("megabytes", [90, 180, 260, 400])
def test_machine_without_memory_scores_nobody_and_the_next_run_does(place, megabytes):
    """However far a grader comes with the memory that it may have, it says so; scores are right or not there."""
    status, _, scores = grade(place, before=("prlimit", f"--as={megabytes << 20}"))
    assert status != 0 or scores == [100, 100, 100]
    assert set(scores) <= {100, None}
    assert grade(place)[::2] == (0, [100, 100, 100])
