"""A class graded on a cluster: one scheduler, workers that are processes of this machine, some of which fall."""

import json
import os
import signal
import subprocess
import sys

import pytest

from autograder.errors import CourseError
from tests import needs
from tests.test_architecture import ROOT

needs.package("distributed")
from autograder.cluster.graders import ClusterGraders  # noqa: E402 (only where there is dask)

pytestmark = pytest.mark.slow


@pytest.fixture
def machines(tmp_path):
    """Starts workers of these kinds; {"address", "workers": [(process, address)]}."""
    started = []

    def start(*kinds):
        command = [sys.executable, "-m", "tests.cluster.machines", str(tmp_path), *kinds]
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=-1, stdout=-1, text=True
        )
        started.append(process)
        return json.loads(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def on_cluster(lab):
    """Options of a lab's batch, and the lines for people."""
    told = []

    def options(cluster, assignment="t1"):
        chosen = lab.course.assignment(assignment)
        return {"pool": lambda settings: ClusterGraders(lab.course, chosen, settings, cluster["address"], told.append)}

    options.told = told
    return options


def test_cluster_that_loses_two_of_three_workers_leaves_the_bytes_of_one_machine(
    lab, later, on_cluster, machines, tree
):
    """With seed, secret and follow-through; hand-ins of every form, one of them with what is never read."""
    hidden = later / "test_hidden.py"
    hidden.write_text(
        hidden.read_text()
        .replace("(student)", "(student, reference)")
        .replace("== 2.0", "== reference.means.mean([1.0, 3.0])")
    )
    for number in range(8):
        lab.hand_in(f"s{number}", "def mean(values):\n    return sum(values) / 2\n", module="means")
    lab.hand_in("wrong", "def mean(values):\n    return 1.0\n", module="means")
    (lab.hand_ins / "wrong" / "link.py").symlink_to("/etc/passwd")
    os.mkfifo(lab.hand_ins / "wrong" / "pipe.py")
    (lab.hand_ins / "wrong" / "one.py").write_text("")
    os.link(lab.hand_ins / "wrong" / "one.py", lab.folder / "other.py")
    (lab.hand_ins / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    how = {"assignment": "t2", "seed": 3, "follow_through": True}
    lab.grade(out=lab.folder / "local", jobs=2, **how)
    cluster = machines("good", "good", "good")
    falling = [pid for pid, _ in cluster["workers"][:2]]
    n_rows = 0

    def kill(row):
        nonlocal n_rows
        n_rows += 1
        if n_rows in (1, 5):
            os.kill(falling.pop(), signal.SIGKILL)

    found = lab.grade(out=lab.folder / "cluster", progress=kill, **how, **on_cluster(cluster, "t2"))
    assert tree(lab.folder / "cluster") == tree(lab.folder / "local")
    assert {each.status for name, each in found.items() if name != "broken"} == {"graded"}
    assert [line.partition(" was lost")[2] for line in on_cluster.told] == ["; what it had is graded by others"] * 2
    again = lab.grade(out=lab.folder / "cluster", **how, **on_cluster(cluster, "t2"))
    assert not any(each.fresh for name, each in again.items() if name != "broken")


def test_hand_in_with_which_workers_fall_twice_needs_attention_and_others_are_graded(lab, on_cluster, machines):
    for name in ("ann", "deadly", "zoe"):
        lab.hand_in(name)
    found = lab.grade(**on_cluster(machines("deadly", "deadly", "deadly")))
    assert {name: each.status for name, each in found.items()} == {
        "ann": "graded",
        "deadly": "needs_attention",
        "zoe": "graded",
    }
    assert found["deadly"].record["reason"] == (
        "the worker that graded it was lost, 2 times while it graded nothing else"
    )


def test_worker_without_sandbox_or_with_other_versions_is_refused_and_named(lab, on_cluster, machines):
    cluster = machines("bare", "older")
    (_, bare), (_, older) = cluster["workers"]
    lab.hand_in("ann")
    with pytest.raises(CourseError, match=r"no worker can grade: .*; start some with"):
        lab.grade(**on_cluster(cluster))
    told = "\n".join(on_cluster.told)
    assert f"the worker {bare} is refused: sandbox: no bubblewrap here" in told
    assert f"the worker {older} is refused: got " in told
    assert "numpy 1.0" in told
    assert not list(lab.out.rglob("*.json"))


def test_scheduler_that_is_lost_in_the_middle_ends_the_run_with_a_line_and_what_was_finished_is_kept(
    lab, on_cluster, machines
):
    cluster = machines("good")
    for name in ("ann", "bob", "eve"):
        lab.hand_in(name)
    with pytest.raises(
        CourseError, match=r"the scheduler was lost .*; what was finished is kept: run the same command"
    ):
        lab.grade(progress=lambda _: os.kill(cluster["scheduler"], signal.SIGKILL), **on_cluster(cluster))
    assert len(list(lab.out.glob("*/instructor.json"))) >= 1
    assert not (lab.out / "grades.csv").exists()
