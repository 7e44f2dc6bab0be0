"""The fallback where namespaces are forbidden: chosen by itself, named in the result, and refused where it is too weak.

What student code can do in it is told by tests/attacks, all of which run in it too.
"""

import os
import pwd
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest

from autograder.beside import landlock, system_calls
from autograder.boundary import unprivileged
from autograder.boundary.sandbox import SandboxUnavailable, Unsandboxed, find_sandbox
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


@pytest.fixture
def no_landlock(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)


def test_without_landlock_an_open_course_is_refused(no_landlock, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    closed, opened = tmp_path / "closed", tmp_path / "open"
    monkeypatch.setattr(unprivileged, "_is_open", lambda folder: folder == opened)
    sandbox = unprivileged.Unprivileged()
    assert sandbox.name == "unprivileged"
    assert sandbox.refusal([closed]) == ""
    assert sandbox.refusal([closed, opened]) == (
        f"this kernel has no Landlock, and {opened} can be read by every user; "
        f'run "chmod o-rwx {opened}" and grade again'
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


@pytest.mark.parametrize("mode", [0o755, 0o750], ids=["open", "closed"])
def test_folder_is_open_if_every_folder_on_the_way_is(open_folder, mode):
    inner = open_folder / "course" / "tests"
    inner.mkdir(parents=True)
    (open_folder / "course").chmod(mode)
    assert unprivileged._is_open(inner) is (mode == 0o755)


def test_installed_packages_are_cut_out_of_what_can_be_read(tmp_path):
    for name in ("lib/json", "lib/site-packages/course", "lib/other"):
        (tmp_path / name).mkdir(parents=True)
    got = set(unprivileged._without(tmp_path / "lib", {tmp_path / "lib" / "site-packages"}))
    assert got == {tmp_path / "lib" / "json", tmp_path / "lib" / "other"}


@pytest.mark.parametrize("sandbox", [unprivileged.Unprivileged, Unsandboxed])
def test_user_that_the_system_does_not_know_has_a_home_to_import_packages_with(monkeypatch, sandbox):
    known = {os.geteuid(): "somebody"}
    monkeypatch.setattr(pwd, "getpwuid", known.__getitem__)
    assert "HOME" not in sandbox().environment()
    known.clear()
    assert sandbox().environment()["HOME"] == "/"


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_confining_filter_refuses_what_it_does_not_name(machine):
    """The filter is run here as the kernel would: on calls that must be refused, and on some that must not."""
    program = list(struct.iter_unpack("<HBBI", system_calls.confining_program(machine, pid=77)))
    numbers = {
        entry.split(":")[0]: entry.split(":")[1 if machine == "x86_64" else 2] for entry in system_calls._OPEN.split()
    }
    closed = system_calls.numbers(system_calls.CLOSED, machine)
    kill, tgkill, fcntl, ioctl = system_calls._OWN[machine]
    architecture, clone, clone3, prlimit = system_calls._MACHINES[machine]

    def answer(number, first=0, second=0, arch=architecture):
        data, accumulator, at = {0: number, 4: arch, 16: first, 24: second}, 0, 0
        while True:
            code, if_true, if_false, constant = program[at]
            at += 1
            if code == 0x06:
                return "allow" if constant == 0x7FFF0000 else constant & 0xFFFF
            if code == 0x20:
                accumulator = data[constant]
            else:
                holds = {
                    0x15: accumulator == constant,
                    0x35: accumulator >= constant,
                    0x45: bool(accumulator & constant),
                }[code]
                at += if_true if holds else if_false

    for name in ("read", "openat", "mmap", "futex", "exit_group", "close_range"):
        assert answer(int(numbers[name])) == "allow"
    for number in (*closed, 1000):
        assert answer(number) == 1, number
    assert answer(int(numbers["read"]), arch=0x40000003) == 1
    assert answer(clone3) == 38
    assert (answer(clone, 0x10F00), answer(clone, 17)) == ("allow", 1)
    assert (answer(kill, 77), answer(kill, 78), answer(kill, 0xFFFFFFFF)) == ("allow", 1, 1)
    assert (answer(tgkill, 77), answer(tgkill, 1)) == ("allow", 1)
    assert (answer(prlimit, 0), answer(prlimit, 1)) == ("allow", 1)
    assert (answer(fcntl, 3, 2), answer(fcntl, 3, 8), answer(fcntl, 3, 10)) == ("allow", 1, 1)
    assert (answer(ioctl, 3, 0x5401), answer(ioctl, 3, 0x8901)) == ("allow", 1)
