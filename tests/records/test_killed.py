"""A run that is killed, with signal 9, at any moment, and run again until it ends."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import create_engine, text

JOBS = 2


def a_class(lab, n):
    """Hand-ins each a comment apart: right ones, wrong ones, and some that do not load."""
    sources = [lab.reference, lab.source(("np.cumsum(vector)", "vector")), "def total(:\n"]
    for number in range(n):
        lab.hand_in(f"s{number:04}", f"{sources[number % 3]}\n# {number}\n")


def grade(lab, out):
    """The command as a process of its own, and the session that ends with it."""
    command = [sys.executable, "-m", "autograder", "grade", str(lab.hand_ins), "--assignment", "t1", "--out", str(out)]
    command += ["--course", str(lab.root), "--jobs", str(JOBS)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def killed(lab, n_kills, longest_s):
    """Kill it so often, each after a random while, and let it end; how many records there were after each."""
    seen = []
    for _ in range(n_kills):
        process = grade(lab, lab.out)
        time.sleep(random.uniform(0.05, longest_s))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.append(len([*lab.out.glob("*/instructor.json")]))
    process = grade(lab, lab.out)
    _, said = process.communicate()
    assert process.returncode == 0, said
    return seen


def records(tree, folder):
    """Every file of a results folder but the database, and what tells of this machine's runs."""
    return {path: content for path, content in tree(folder).items() if not path.startswith(("gradings", "proved"))}


def gradings(folder):
    """How often each student was graded."""
    engine = create_engine(f"sqlite:///{folder}/gradings.sqlite")
    with engine.connect() as connection:
        found = Counter(connection.execute(text("SELECT student FROM gradings")).scalars())
    engine.dispose()
    return found


def look(lab, tree, n, n_kills, longest_s):
    a_class(lab, n)
    process = grade(lab, lab.folder / "at-once")
    assert process.wait() == 0, process.stderr.read()
    process.stderr.close()
    seen = killed(lab, n_kills, longest_s)
    assert records(tree, lab.out) == records(tree, lab.folder / "at-once")
    # What a killed run had in its graders is graded again, and each record that was written is in the database once,
    # or twice where it was killed between the two files of one hand-in.
    found = gradings(lab.out)
    assert found.keys() == {f"s{number:04}" for number in range(n)}
    assert sum(found.values()) <= n + n_kills * JOBS
    assert seen == sorted(seen)
    return seen


@pytest.mark.slow
def test_run_that_is_killed_at_random_moments_leaves_the_records_of_one_that_is_not(lab, tree):
    seen = look(lab, tree, n=8, n_kills=2, longest_s=2.0)
    assert len(seen) == 2


@pytest.mark.prove
def test_run_of_1000_that_is_killed_20_times_leaves_the_records_of_one_that_is_not(lab, tree):
    seen = look(lab, tree, n=1000, n_kills=20, longest_s=8.0)
    assert seen[-1] > 0
