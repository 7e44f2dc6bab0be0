"""What another machine gets: the engine as a wheel, and of the course what one assignment takes, to the byte."""

import io
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from autograder import installation
from autograder.course import Course
from autograder.course.bundle import course_files, wheel, zip_bytes
from autograder.grading.packages import base_package, notebook_stubs, package_data

ROOT = Path(__file__).parents[2]
COURSE = Course.load(ROOT)


def unpack(files, folder):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.slow
def test_wheel_installs_and_makes_the_same_wheel_where_it_is_installed(tmp_path):
    """An instructor without the source exports what one with a checkout exports."""
    name, content = wheel()
    (tmp_path / name).write_bytes(content)
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile")
    subprocess.run([*pip, "--target", tmp_path / "installed", tmp_path / name], check=True)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from autograder.course import bundle\n"
        "assert bundle.__file__.startswith(sys.argv[1]), bundle.__file__\n"
        "sys.stdout.buffer.write(bundle.wheel()[1])"
    )
    command = [sys.executable, "-P", "-c", code, str(tmp_path / "installed")]
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert again.stdout == content
    program = (tmp_path / "installed" / "bin" / "autograder").read_text(encoding="utf-8")
    assert "from autograder.cli import main" in program


def test_wheel_holds_every_file_of_the_engine():
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "autograder").rglob("*") if path.is_file()}
    held = zipfile.ZipFile(io.BytesIO(wheel()[1])).namelist()
    assert {name for name in held if ".dist-info/" not in name} == {name for name in there if "__pycache__" not in name}


def test_engine_that_is_not_installed_makes_no_wheel(monkeypatch, refused):
    monkeypatch.setattr(installation, "distributions", lambda **_: iter([]))
    with refused(
        "wheel: feedforward-autograder is run here without being installed",
        f'run "{sys.executable} -m pip install --editable {ROOT}" first',
    ):
        wheel()


def test_metadata_of_a_checkout_is_passed_over(monkeypatch):
    class Checkout:
        version = "9"

        def read_text(self, name):
            return None

    known = [Checkout(), *distributions(name="feedforward-autograder")]
    monkeypatch.setattr(installation, "distributions", lambda **_: iter(known))
    assert "-9-" not in wheel()[0]


@pytest.mark.parametrize("name", ["a1_linear_models", "a6_training"])
def test_part_of_a_course_gives_what_the_whole_gives(tmp_path, name):
    part = Course.load(unpack(course_files(COURSE, COURSE.assignment(name)), tmp_path))
    whole, cut = COURSE.assignment(name), part.assignment(name)
    for follow_through in (False, True):
        assert base_package(part, cut, follow_through) == base_package(COURSE, whole, follow_through)
    assert package_data(part) == package_data(COURSE)
    assert notebook_stubs(part, cut) == notebook_stubs(COURSE, whole)
    for theirs, ours in ((cut.hidden_tests, whole.hidden_tests), (cut.public_tests, whole.public_tests)):
        assert theirs.read_bytes() == ours.read_bytes()


def test_part_of_a_course_holds_no_test_of_another_assignment(tmp_path):
    files = course_files(COURSE, COURSE.assignment("a1"))
    others = [name for name in files if "/test_" in name and "a1_linear_models" not in name]
    assert len(others) == 2 * (len(COURSE.assignments) - 1)
    assert not [name for name in others if b"def test" in files[name]]
    assert not [name for name in files if name.endswith(".ru.md")]


def test_zip_is_the_same_whenever_it_is_made_and_keeps_what_may_be_run():
    files = {"b.sh": b"#!/bin/sh\n", "a.txt": b"text"}
    content = zip_bytes(files, executable=["b.sh"])
    assert content == zip_bytes(dict(reversed(files.items())), executable=["b.sh"])
    entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert [(each.filename, oct(each.external_attr >> 16), each.date_time) for each in entries] == [
        ("a.txt", "0o100644", (1980, 1, 1, 0, 0, 0)),
        ("b.sh", "0o100755", (1980, 1, 1, 0, 0, 0)),
    ]
