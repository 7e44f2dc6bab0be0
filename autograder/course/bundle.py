"""What another machine needs to grade one assignment: this engine as a wheel, the course's files, and a zip of them.

The wheel is put together here from what is installed: a wheel of pure Python is a zip of its files and a list of them,
which takes no build tool, no source and no network. So whoever installed the engine from an index gets the same
bytes as whoever works on a checkout of it. All bytes are the same every time.
"""

import base64
import hashlib
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from importlib.metadata import Distribution, packages_distributions
from pathlib import Path

from autograder.course.manifest import Assignment, Course
from autograder.course.secret import course_secret, secret_file
from autograder.errors import CourseError
from autograder.installation import DISTRIBUTION, installed, pip_install, requirements

_ENGINE = Path(__file__).parents[1]
_ENGINE_SUFFIXES = (".py", ".jinja", ".css", ".js", ".sh", ".typed")
_CACHES = frozenset({"__pycache__", ".pytest_cache"})
_WHEEL = "Wheel-Version: 1.0\nGenerator: feedforward-autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_LEFT_OUT = b"# Not needed to grade the assignment that this copy of the course was made for.\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can hold


def wheel(engine: Path = _ENGINE) -> tuple[str, bytes]:
    """(file name, bytes) of this engine as a wheel.

    Raises: CourseError if the engine is run without being installed, so that nobody knows what it depends on
    """
    own = installed()
    if own is None:
        raise CourseError(f'wheel: {DISTRIBUTION} is run here without being installed; run "{pip_install()}" first')
    name = f"{DISTRIBUTION.replace('-', '_')}-{own.version}"
    files = {f"{engine.name}/{inside}": path.read_bytes() for inside, path in _files(engine, _ENGINE_SUFFIXES)}
    files |= {f"{name}.dist-info/{inside}": content for inside, content in _metadata(own)}
    files[f"{name}.dist-info/WHEEL"] = _WHEEL.encode()
    files[f"{name}.dist-info/RECORD"] = _record(files, f"{name}.dist-info/RECORD")
    return f"{name}-py3-none-any.whl", zip_bytes(files)


def import_distributions(course: Course) -> list[str]:
    """What pip installs beside this engine and what it needs, for the course's `imports` to be there; by name.

    Raises: CourseError if one is not installed here, so that nobody knows what brings it
    """
    providers = packages_distributions()
    for name in course.imports:
        if name not in providers:
            raise CourseError(f"imports: assignments/course.toml promises {name}, which is not installed here")
    brought = {each.name for each in requirements()}
    return list(dict.fromkeys(each for name in course.imports for each in providers[name] if each not in brought))


def course_files(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """The part of a course in which this assignment is graded as in the whole, by path; sorted.

    The reference and every assignment's handout make the stubs that a submission is laid over. Other assignments'
    tests stay where they are. Its secret goes along, so that hidden tests draw the same numbers.
    """
    files = {"assignments/course.toml": (course.root / "assignments" / "course.toml").read_bytes()}
    files[secret_file(course).relative_to(course.root).as_posix()] = f"{course_secret(course)}\n".encode()
    for each in (*course.assignments, *course.dropped_assignments):
        folder = f"assignments/{each.name}"
        if each.name == assignment.name:
            files |= {f"{folder}/{inside}": path.read_bytes() for inside, path in _files(each.folder)}
            files.pop(f"{folder}/{each.handout_ru.name}", None)
        else:
            files |= {f"{folder}/{path.name}": _LEFT_OUT for path in (each.public_tests, each.hidden_tests)}
            files |= {
                f"{folder}/{name}": (each.folder / name).read_bytes() for name in ("assignment.toml", each.handout.name)
            }
    reference = course.package_folder.relative_to(course.root).as_posix()
    files |= {f"{reference}/{inside}": path.read_bytes() for inside, path in _files(course.package_folder)}
    return dict(sorted(files.items()))


def zip_bytes(files: Mapping[str, bytes], executable: Collection[str] = ()) -> bytes:
    """The files as a zip, the same bytes on every machine: sorted, not compressed, no times, no owners."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, wherever this runs: or the modes would not count
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def _files(folder: Path, suffixes: tuple[str, ...] = ()) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_litter = _CACHES.intersection(inside.parts) or path.name.startswith(".")
        if path.is_file() and not is_litter and (not suffixes or path.suffix in suffixes):
            yield inside.as_posix(), path


def _metadata(own: Distribution) -> Iterator[tuple[str, bytes]]:
    """What the installed engine says of itself, without how it was installed."""
    for name in ("METADATA", "entry_points.txt"):
        yield name, (own.read_text(name) or "").encode()
    for path in own.files or ():
        if "licenses" in path.parts:
            yield "/".join(path.parts[path.parts.index("licenses") :]), path.read_binary()


def _record(files: Mapping[str, bytes], own_name: str) -> bytes:
    lines = []
    for name, content in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{own_name},,\n"]).encode()
