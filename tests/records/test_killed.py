"""A run that is killed, with signal 9, at any moment, and run again until it ends."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import create_engine, text

from tests.lab import TOTAL

JOBS = 2


def a_class(lab, n):
    """Hand-ins each a comment apart, of which a third is right."""
    sources = [lab.reference, lab.source(("np.cumsum(vector)", "vector")), lab.source((TOTAL, "return 6.0"))]
    for number in range(n):
        lab.hand_in(f"s{number:04}", f"{sources[number % 3]}\n# {number}\n")


def grade(lab, out):
    """The command as a process of its own."""
    command = [sys.executable, "-m", "autograder", "grade", str(lab.hand_ins), "--assignment", "t1", "--out", str(out)]
    command += ["--course", str(lab.root), "--jobs", str(JOBS), "--log", str(out) + ".log"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def n_records(folder):
    return len([*folder.glob("*/instructor.json")])


def killed(lab, n, n_kills):
    """Kill it so often, each a random while after another random number of records, and let it end; how many there were
    after each.
    """
    seen = [0]
    for left in range(n_kills, 0, -1):
        process = grade(lab, lab.out)
        enough = seen[-1] + random.randint(0, (n - seen[-1]) // left)
        while n_records(lab.out) < enough and process.poll() is None:
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        seen.append(n_records(lab.out))
    (lab.folder / "results.log").unlink(missing_ok=True)
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


def look(lab, tree, n, n_kills):
    a_class(lab, n)
    process = grade(lab, lab.folder / "at-once")
    assert process.wait() == 0, process.stderr.read()
    process.stderr.close()
    seen = killed(lab, n, n_kills)
    assert records(tree, lab.out) == records(tree, lab.folder / "at-once")
    # The last run grades what has no record, and at most one of which the kill left half.
    last = (lab.folder / "results.log").read_text(encoding="utf-8").splitlines()
    assert len(last) == n
    assert n - seen[-1] <= sum(line.endswith("\tgraded") for line in last) <= n - seen[-1] + 1
    # All runs together graded twice what a kill found in the graders, or between a record and its line in the database.
    found = gradings(lab.out)
    assert found.keys() == {f"s{number:04}" for number in range(n)}
    assert sum(found.values()) <= n + n_kills * JOBS
    assert seen == sorted(seen)


@pytest.mark.slow
def test_run_that_is_killed_at_random_moments_leaves_the_records_of_one_that_is_not(lab, tree):
    look(lab, tree, n=8, n_kills=2)


@pytest.mark.prove
def test_run_of_1000_that_is_killed_20_times_leaves_the_records_of_one_that_is_not(lab, tree):
    look(lab, tree, n=1000, n_kills=20)
