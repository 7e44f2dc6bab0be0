"""Digests of all that a result depends on: equal ones need no second grading."""

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder.boundary.runtime import with_requirements
from autograder.boundary.sandbox import Sandbox
from autograder.course.manifest import Assignment, Course
from autograder.grading.jobs import Settings

_ENGINE = Path(__file__).parents[1]


def base_digest(
    course: Course,
    assignment: Assignment,
    settings: Settings,
    sandbox: Sandbox,
    package: Mapping[str, bytes],
    secret: str,
) -> bytes:
    """A digest of everything but the submission that a result depends on: tests, reference, engine, libraries."""
    digest = hashlib.sha256()
    for folder in (_ENGINE, assignment.folder, course.package_folder):
        _add_folder(digest, folder)
    _add(digest, "course.toml", (course.root / "assignments" / "course.toml").read_bytes())
    for module, source in sorted(package.items()):
        _add(digest, module, source)
    run = (settings.seed, settings.follow_through, sandbox.name, platform.machine(), platform.python_version())
    libraries = [f"{name} {_version(name)}" for name in _libraries(course.imports)]
    digest.update(repr((libraries, run, secret)).encode())
    return digest.digest()


def versions(imports: tuple[str, ...]) -> dict[str, str]:
    """What has to be the same on every machine that grades a class: the engine, by its digest, Python, libraries."""
    digest = hashlib.sha256()
    _add_folder(digest, _ENGINE)
    machine = {"engine": digest.hexdigest()[:12], "machine": platform.machine(), "Python": platform.python_version()}
    return machine | {name: _version(name) for name in _libraries(imports)}


def _libraries(imports: tuple[str, ...]) -> tuple[str, ...]:
    return ("msgspec", "pytest", *with_requirements(imports))


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"


def fingerprint(base: bytes, files: Mapping[str, bytes], notes: tuple[str, ...]) -> str:
    """Equal for equal submissions graded by equal tests with an equal engine."""
    digest = hashlib.sha256(base)
    for module, source in sorted(files.items()):
        _add(digest, module, source)
    digest.update(repr(notes).encode())
    return digest.hexdigest()


def _add_folder(digest: "hashlib._Hash", folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        # Data that tests read counts too. Handouts count by what they give to stubs, which a package holds.
        if path.suffix == ".md" or path.name.startswith(".") or "__pycache__" in path.parts:
            continue
        if path.is_file():
            _add(digest, str(path.relative_to(folder)), path.read_bytes())


def _add(digest: "hashlib._Hash", name: str, content: bytes) -> None:
    digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
