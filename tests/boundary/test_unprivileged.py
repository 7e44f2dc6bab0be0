"""The fallback where namespaces are forbidden: chosen by itself, named in the result, and refused where it is too weak.

What student code can do in it is told by tests/attacks, all of which run in it too.
"""

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from autograder.boundary import runtime, unprivileged
from autograder.boundary.sandbox import SandboxUnavailable, Unsandboxed, find_sandbox
from autograder.inside import landlock
from tests import needs
from tests.container import python_in_container

pytestmark = pytest.mark.slow

COURSE = Path(__file__).parents[1] / "attacks" / "course"


def in_container(*arguments, user=False):
    """What the command says, run in a container: as its root or another user, or as this ordinary user."""
    python = python_in_container(user=user)
    return subprocess.run([*python, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


@needs.BUBBLEWRAP
def test_doctor_of_a_container_finds_the_fallback_and_says_why():
    run = in_container("-m", "autograder", "doctor")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "a sandbox starts: landlock" in run.stdout
    assert "which is second best: sandbox: bubblewrap does not start: bwrap:" in run.stdout
    assert "it cannot make a namespace of its own" in run.stdout


@needs.BUBBLEWRAP
def test_grading_in_a_container_takes_the_fallback_and_says_so(tmp_path):
    hand_in = COURSE / "solutions" / "target"
    options = ("--course", COURSE, "--assignment", "t1", "--out", tmp_path / "results")
    run = in_container("-m", "autograder", "grade", hand_in, *options)
    assert run.returncode == 0, run.stdout + run.stderr
    record = (tmp_path / "results" / "target" / "instructor.json").read_text(encoding="utf-8")
    assert '"sandbox": "landlock"' in record
    assert '"score": 100.0' in record


@pytest.fixture
def open_folder():
    """A folder that every user can read and write; pytest's own lie in one that is closed."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        yield Path(folder)


@needs.BUBBLEWRAP
def test_ordinary_user_gets_the_fallback_too(open_folder):
    options = ("--course", "/mnt/engine/tests/attacks/course", "--assignment", "t1", "--sandbox", "landlock")
    hand_in = "/mnt/engine/tests/attacks/course/solutions/target"
    run = in_container("-m", "autograder", "grade", hand_in, *options, "--out", open_folder / "results", user=True)
    assert run.returncode == 0, run.stdout + run.stderr
    record = (open_folder / "results" / "target" / "instructor.json").read_text(encoding="utf-8")
    assert '"sandbox": "landlock"' in record
    assert '"score": 100.0' in record


# What the kernel says of the nursery, the zygote below it and a test's process below that: user, memory, filter.
PROCESSES = """
import json, os
from pathlib import Path
from autograder.boundary.limits import TestLimits
from autograder.boundary.worker import Worker
from autograder.boundary.limits import Confinement
from autograder.boundary.sandbox import find_sandbox
from autograder.boundary.uids import own_uid

def below(pid):
    stats = {int(path.parent.name): path.read_text() for path in Path("/proc").glob("[0-9]*/stat")}
    return [each for each, stat in stats.items() if stat.rpartition(")")[2].split()[1] == str(pid)]

def told(pid):
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    limits = Path(f"/proc/{pid}/limits").read_text().partition("Max address space")[2].split()[0]
    return int(status["Uid"].split()[1]) == own_uid(), limits, int(status["Seccomp"])

with Worker(find_sandbox("landlock"), Confinement(512 << 20, 12)) as worker:
    worker.load("submission", {"__init__": b"", "code": b"x = 1"})
    worker.begin(TestLimits(5, 20, 1000))
    (zygote,) = below(worker.process.pid)
    (child,) = below(zygote)
    print(json.dumps([told(pid) for pid in (worker.process.pid, zygote, child)]))
"""


@needs.ROOT
@needs.BUBBLEWRAP
def test_zygote_of_root_is_another_user_with_its_memory_limited():
    run = in_container("-c", PROCESSES)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [
        [False, "unlimited", 0],
        [True, str(512 << 20), 0],
        [True, str(512 << 20), 2],
    ]


@pytest.fixture
def no_landlock(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)


def test_without_landlock_an_open_course_is_refused(no_landlock, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    closed, course, results = tmp_path / "closed", tmp_path / "course", tmp_path / "old results"
    monkeypatch.setattr(unprivileged, "_is_open", lambda path: path != closed)
    sandbox = unprivileged.Unprivileged()
    assert sandbox.name == "unprivileged"
    assert sandbox.refusal([closed]) == ""
    assert sandbox.refusal([closed, course, results, course]) == (
        f"this kernel has no Landlock, and every user can read {course} and {results}; "
        f"run \"chmod -R go-rwx {course} '{results}'\" and grade again"
    )


def test_without_landlock_an_ordinary_user_is_refused(no_landlock, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged.Unprivileged().refusal([]).startswith("this kernel has no Landlock, and without it only root")


def test_backend_that_the_kernel_does_not_offer_is_refused_by_name(no_landlock):
    with pytest.raises(
        SandboxUnavailable, match="sandbox: landlock is not what this machine offers: its kernel has no"
    ):
        find_sandbox("landlock")


def test_unknown_backend_is_refused():
    with pytest.raises(SandboxUnavailable, match="sandbox: got 'docker', want one of any, bubblewrap"):
        find_sandbox("docker")


@pytest.mark.parametrize(("mode", "is_open"), [(0o755, True), (0o751, True), (0o750, False), (0o700, False)])
def test_folder_is_open_if_every_folder_on_the_way_is(open_folder, mode, is_open):
    inner = open_folder / "course" / "tests"
    inner.mkdir(parents=True)
    (open_folder / "course").chmod(mode)
    assert unprivileged._is_open(inner) is is_open


@pytest.mark.parametrize(
    ("folder", "mode", "is_open"), [(0o755, 0o644, True), (0o755, 0o640, False), (0o750, 0o644, False)]
)
def test_file_is_open_if_it_can_be_read_and_reached_by_a_link_too(open_folder, folder, mode, is_open):
    archive, link = open_folder / "class" / "jane.zip", open_folder / "link"
    archive.parent.mkdir()
    archive.touch(mode)
    archive.parent.chmod(folder)
    link.symlink_to(archive)
    assert unprivileged._is_open(archive) is unprivileged._is_open(link) is is_open


# Grades by the command line, on a kernel that has forgotten Landlock.
WITHOUT_LANDLOCK = (
    "from tests.attacks.arena import forget_landlock; forget_landlock(); from autograder.cli import main; main()"
)
THIEF = """
import glob
for pattern in ("{0}/*/functional.py", "{0}/*/answers.py", "{0}/results/*/instructor.json"):
    for path in glob.glob(pattern.format("FOLDER")) + glob.glob(pattern.format("FOLDER/class")):
        print("reached:", path, len(open(path).read()))
"""


@needs.ROOT
@needs.BUBBLEWRAP
def test_without_landlock_hand_ins_and_results_that_are_open_are_refused_until_the_command_was_run(open_folder):
    answers = (COURSE / "solutions" / "target" / "answers.py").read_text(encoding="utf-8")
    for name, code in (("a_honest", answers), ("b_thief", answers + THIEF.replace("FOLDER", str(open_folder)))):
        (open_folder / "class" / name).mkdir(parents=True)
        (open_folder / "class" / name / "answers.py").write_text(code, encoding="utf-8")
    course = shutil.copytree(COURSE, open_folder / "course")
    course.chmod(0o700)
    results = open_folder / "results"
    results.mkdir()
    arguments = ("grade", open_folder / "class", "--course", course, "--assignment", "t1", "--out", results)
    refused = in_container("-c", WITHOUT_LANDLOCK, *arguments)
    assert refused.returncode == 2
    command = f"chmod -R go-rwx {open_folder}/class {results}"
    assert f'run "{command}" and grade again' in " ".join(refused.stderr.split())
    assert {path.name for path in results.iterdir()} == {".lock", "gradings.sqlite"}
    subprocess.run(command.split(), check=True)
    graded = in_container("-c", WITHOUT_LANDLOCK, *arguments)
    assert graded.returncode == 0, graded.stderr
    record = (results / "b_thief" / "instructor.json").read_text(encoding="utf-8")
    assert '"sandbox": "unprivileged"' in record
    assert '"score": 100.0' in record
    assert "reached: " not in record


def test_installed_packages_are_cut_out_of_what_can_be_read(tmp_path):
    for name in ("lib/json", "lib/site-packages/course", "lib/other"):
        (tmp_path / name).mkdir(parents=True)
    got = set(runtime._without(tmp_path / "lib", {tmp_path / "lib" / "site-packages"}))
    assert got == {tmp_path / "lib" / "json", tmp_path / "lib" / "other"}


@pytest.mark.parametrize("sandbox", [unprivileged.Unprivileged, Unsandboxed])
def test_user_that_the_system_does_not_know_has_a_home_to_import_packages_with(monkeypatch, sandbox):
    known = {os.geteuid(): "somebody"}
    monkeypatch.setattr(pwd, "getpwuid", known.__getitem__)
    assert "HOME" not in sandbox().environment()
    known.clear()
    assert sandbox().environment()["HOME"] == "/"
