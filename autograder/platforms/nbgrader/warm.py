"""Graders that stay ready while this process lives: nbgrader grades submission after submission, one at a time.

A grader takes most of a second to start. And while nbgrader keeps its books on one submission, on one core, the
graders are at work on the next ones.
"""

import atexit
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

import msgspec

from autograder.course.manifest import Assignment, Course
from autograder.grading.graders import Graders, anew
from autograder.grading.jobs import Job, notebook_settings
from autograder.grading.verdicts import Graded, settle
from autograder.intake.file_names import copy_of

Stamp = tuple[tuple[str, int, int], ...]
Paths = tuple[Path, ...]  # a submission's: its notebook first


class WarmGraders:
    """The graders of one assignment, as its tests and its reference are now."""

    def __init__(self, course: Course, assignment: Assignment, secrets: tuple[bytes, ...] = ()) -> None:
        """CourseError if nothing can be graded here. `secrets`: as in Settings."""
        self.assignment = assignment
        self.stamp = _stamp(course, assignment)
        self.jobs = os.cpu_count() or 1
        settings = msgspec.structs.replace(notebook_settings(course, assignment), secrets=secrets)
        self.graders = Graders(assignment, settings, self.jobs)
        self.asked: dict[Stamp, Future[Graded]] = {}
        try:
            self.tests = self.graders.start()
        except BaseException:
            self.graders.end()
            raise

    def grade(self, paths: Paths, ahead: Iterable[Paths] = ()) -> Graded:
        """What grading a submission found out; of those `ahead` a few are graded in the meantime."""
        found = self._ask(paths)
        for _, each in zip(range(self.jobs), ahead, strict=False):
            self._ask(each)
        try:
            return settle(found.result(), self.tests)
        finally:
            self.asked = {stamp: each for stamp, each in self.asked.items() if each is not found}

    def end(self) -> None:
        self.graders.end()

    def _ask(self, paths: Paths) -> "Future[Graded]":
        stamp = tuple(each for path in paths for each in _stamp_of(path))
        if stamp in self.asked:
            return self.asked[stamp]
        found: Future[Graded] = Future()
        self.asked[stamp] = found

        def ask() -> None:
            try:
                job = Job(id=paths[0].stem, name="", paths=tuple(map(os.fsencode, paths)))
                found.set_result(anew(self.graders.ask(job)))
            except BaseException as error:
                found.set_exception(error)

        # A daemon: who stops nbgrader does not wait for a submission that nobody will ask for.
        threading.Thread(target=ask, daemon=True).start()
        return found


def with_copies(path: Path) -> Paths:
    """A notebook, and those beside it that by their names are copies of it.

    They count for what was not done in it: who goes on in JupyterLab's copy submits both.
    """
    copies = [each for each in path.parent.glob("*.ipynb") if (copy := copy_of(each.stem)) and copy[0] == path.stem]
    return path, *sorted(copies)


_kept: WarmGraders | None = None


def warm_graders(course: Course, assignment: Assignment, secrets: tuple[bytes, ...] = ()) -> WarmGraders:
    """Graders that are ready, or new ones if they are of another assignment or the course has changed since."""
    global _kept
    if _kept is not None and (_kept.assignment, _kept.stamp) != (assignment, _stamp(course, assignment)):
        _end()
    if _kept is None:
        _kept = WarmGraders(course, assignment, secrets)
    return _kept


@atexit.register
def _end() -> None:
    global _kept
    kept, _kept = _kept, None
    if kept is not None:
        kept.end()


def _stamp(course: Course, assignment: Assignment) -> Stamp:
    """Differs where a file of the course does; in formgrader this process outlives many a change."""
    folders = (assignment.folder, course.package_folder)
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts]
    return tuple(each for path in [course.root / "assignments" / "course.toml", *files] for each in _stamp_of(path))


def _stamp_of(path: Path) -> Stamp:
    found = path.lstat()  # a link among submissions is not followed
    return ((str(path), found.st_mtime_ns, found.st_size),)
