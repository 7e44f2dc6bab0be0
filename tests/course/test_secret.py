import os
import stat

import pytest

from autograder.course import Course
from autograder.course.bundle import course_files
from autograder.course.secret import VARIABLE, course_secret, fingerprint, secret_file
from autograder.errors import CourseError


@pytest.fixture
def course(tiny_root, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    return Course.load(tiny_root)


def test_secret_is_made_once_and_for_its_owner_alone(course):
    secret = course_secret(course)
    assert len(set(secret)) > 8
    assert len(secret) == 64
    assert secret_file(course).read_text() == f"{secret}\n"
    assert stat.S_IMODE(secret_file(course).stat().st_mode) == 0o600
    assert course_secret(Course.load(course.root)) == secret
    secret_file(course).unlink()
    assert course_secret(course) != secret
    left = [path.name for path in secret_file(course).parent.iterdir() if path.is_file()]
    assert sorted(left) == ["course.secret", "course.toml"]


def test_two_that_make_it_at_the_same_time_use_one(course, monkeypatch):
    link = os.link

    def after_another(source, target):
        target.write_text("another's, made in the meantime, as long as it has to be\n")
        link(source, target)

    monkeypatch.setattr(os, "link", after_another)
    assert course_secret(course).startswith("another's")


def test_variable_counts_and_writes_nothing(course, monkeypatch):
    monkeypatch.setenv(VARIABLE, " " + "v" * 40 + "\n")
    assert course_secret(course) == "v" * 40
    assert not secret_file(course).exists()


@pytest.mark.parametrize("text", ["", "  \n", "too short"])
def test_short_secret_is_refused(course, monkeypatch, text):
    secret_file(course).write_text(text)
    with pytest.raises(CourseError, match=r"course\.secret: the course's secret: got \d characters, want 32 or more"):
        course_secret(course)
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(CourseError, match=f"{VARIABLE}: the course's secret: got"):
        course_secret(course)


def test_secret_that_cannot_be_read_says_what_to_do(course):
    secret_file(course).mkdir()
    with pytest.raises(
        CourseError, match=f"cannot be read or made here: Is a directory; .* in the variable {VARIABLE}"
    ):
        course_secret(course)
    secret_file(course).rmdir()
    secret_file(course).write_bytes(b"\xff" * 40)
    with pytest.raises(CourseError, match="not ASCII"):
        course_secret(course)


def test_secret_travels_with_what_is_exported(course, tmp_path):
    files = course_files(course, course.assignments[0])
    assert files["assignments/course.secret"].decode().strip() == course_secret(course)


def test_fingerprint_tells_secrets_apart_and_nothing_of_them():
    assert fingerprint("a" * 32) == fingerprint("a" * 32) != fingerprint("b" * 32)
    assert len(fingerprint("a" * 32)) == 12
