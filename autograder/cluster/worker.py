"""What a worker of a cluster does: it keeps graders for each course that it was sent, and has them grade chunks.

Which processes: dask's worker runs these functions in its threads. Each starts grader processes of its own
(grading/graders.py), as `autograder grade` does at home, and each of those its sandbox: student code runs in the
sandbox and nowhere else. Without a sandbox nothing is graded here.

Trust: whoever may speak to the scheduler may run code here; see docs/security.md.
"""

import io
import os
import shutil
import tempfile
import threading
import zipfile
from collections import OrderedDict
from pathlib import Path

import msgspec
from distributed import get_worker

from autograder.cluster.hand_ins import PackedJob, lay_down
from autograder.cluster.messages import Chunk, Found, Lacking, Ready, Refused, Reply, Task
from autograder.course.manifest import Course
from autograder.errors import CourseError, there
from autograder.grading.fingerprints import versions
from autograder.grading.graders import Graders
from autograder.grading.jobs import Done, Unchanged

KEPT = 4  # tasks whose graders wait for more


class Desk:
    """The graders of one task, with the course in a folder that nobody else can read."""

    def __init__(self, task: Task, bundle: bytes, folder: str, n_threads: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="autograder-", dir=folder))
        try:
            zipfile.ZipFile(io.BytesIO(bundle)).extractall(self.folder / "course")
            (self.folder / "hand-ins").mkdir()
            course = Course.load(self.folder / "course")
            self._refuse_others(task.versions, versions(course.imports))
            settings = msgspec.structs.replace(
                task.settings, course=str(course.root), secrets=(os.fsencode(self.folder),)
            )
            self.graders = Graders(course.assignment(settings.assignment), settings, n_threads)
            self.graders.start()
        except BaseException:
            self.close()
            raise

    def grade(self, packed: PackedJob) -> Done | Unchanged:
        folder = Path(tempfile.mkdtemp(dir=self.folder / "hand-ins"))
        try:
            paths = tuple(lay_down(packed.files, folder))
            found = self.graders.ask(msgspec.structs.replace(packed.job, paths=paths))
        finally:
            shutil.rmtree(folder)
        return found if isinstance(found, Unchanged) else Done(found)

    def close(self) -> None:
        if hasattr(self, "graders"):
            self.graders.end()
        shutil.rmtree(self.folder)

    def _refuse_others(self, want: dict[str, str], got: dict[str, str]) -> None:
        differing = [name for name in sorted({*want, *got}) if want.get(name) != got.get(name)]
        if differing:
            had = ", ".join(f"{name} {got.get(name, 'none')}" for name in differing)
            wanted = ", ".join(f"{name} {want.get(name, 'none')}" for name in differing)
            raise CourseError(f"got {had}; want {wanted}, as on the machine that was asked; install the same there")


_lock = threading.Lock()  # guards the two below
_desks: OrderedDict[str, Desk] = OrderedDict()  # by the task's mark; the one that was used last is last
_busy: list[str] = []  # marks of chunks that are being graded


def begin(message: bytes, bundle: bytes | None) -> bytes:
    """Ready once the graders of a task have started; Lacking without a bundle that is not here; Refused, and why."""
    task = msgspec.json.decode(message, type=Task)
    with _lock:
        try:
            if task.mark not in _desks:
                if bundle is None:
                    return _said(Lacking())
                worker = get_worker()
                _make_room()
                _desks[task.mark] = Desk(task, bundle, worker.local_directory, worker.state.nthreads)
            return _said(Ready(there(_desks[task.mark].graders.collected)))
        except (CourseError, OSError) as error:
            return _said(Refused(" ".join(str(error).split())))


def grade(mark: str, message: bytes) -> bytes:
    """What was found of each job of a chunk; Lacking where no such task has begun, Refused if no grader starts."""
    with _lock:
        if mark not in _desks:
            return _said(Lacking())
        desk = _desks[mark]
        _desks.move_to_end(mark)
        _busy.append(mark)
    try:
        return _said(Found(tuple(map(desk.grade, msgspec.msgpack.decode(message, type=Chunk).jobs))))
    except (CourseError, OSError) as error:
        return _said(Refused(" ".join(str(error).split())))
    finally:
        with _lock:
            _busy.remove(mark)


def _make_room() -> None:
    """End the graders that have waited longest."""
    for mark in [mark for mark in _desks if mark not in _busy][: max(0, len(_desks) - KEPT + 1)]:
        _desks.pop(mark).close()


def _said(reply: Reply) -> bytes:
    return msgspec.json.encode(reply)
