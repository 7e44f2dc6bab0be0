"""The secret of a course: hidden tests draw from it, beside the seed, which anybody can try out at home.

It is made where a class is first graded or exported, stays there (assignments/course.secret, for the owner's eyes), and
travels in what is exported for a platform. Who grades elsewhere and wants the same numbers takes the file along.
"""

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from autograder.course.manifest import Course
from autograder.errors import CourseError

FILE = "course.secret"
VARIABLE = "AUTOGRADER_SECRET"  # where nothing can be written, or a CI keeps secrets
LEAST_CHARACTERS = 32


def secret_file(course: Course) -> Path:
    return course.root / "assignments" / FILE


def course_secret(course: Course) -> str:
    """The secret of a course, made now if there is none.

    Raises: CourseError if it can neither be read nor made, or is too short to be one
    """
    file = secret_file(course)
    if VARIABLE in os.environ:
        where, text = VARIABLE, os.environ[VARIABLE]
    else:
        where = str(file)
        try:
            if not file.exists():
                _make(file)
            text = file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not ASCII"
            raise CourseError(
                f"{file}: the course's secret, from which hidden tests draw, cannot be read or made here: {why}; mend "
                f"that, or give the secret (any {LEAST_CHARACTERS} characters or more) in the variable {VARIABLE}"
            ) from None
    text = text.strip()
    if len(text) < LEAST_CHARACTERS:
        raise CourseError(
            f"{where}: the course's secret: got {len(text)} characters, want {LEAST_CHARACTERS} or more; "
            "without it, a new one is made"
        )
    return text


def fingerprint(secret: str) -> str:
    """What results call a secret."""
    return hashlib.sha256(f"course secret\0{secret}".encode()).hexdigest()[:12]


def _make(file: Path) -> None:
    """Whole or not at all, and once: of two that make it at the same time, both use the first."""
    descriptor, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=file.parent)  # nobody else may read it
    try:
        with open(descriptor, "w", encoding="ascii") as temporary:
            temporary.write(secrets.token_hex(32) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(name, file)
    finally:
        os.unlink(name)
