"""Grades a class: hands submissions to graders running side by side, writes each result as it comes.

Threads: one for each grader process, doing nothing but waiting for it; the main thread writes results and shows
progress. A grader that dies or falls silent costs one try of one submission; on the second, that submission is
marked `needs_attention` and the class goes on. Kill the batch at any moment and run it again: what was finished is
kept, the rest is graded, and grades.csv comes out the same.
"""

import bisect
import contextlib
import fcntl
import itertools
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from autograder.boundary import page_cache
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, there
from autograder.grading.feedback import printable
from autograder.grading.grader import CannotGrade, Collected, Done, GraderReply, Job, Settings, Unchanged
from autograder.grading.reading import LONGEST_S
from autograder.grading.records import Record
from autograder.grading.results import GRADES, grades_csv, read_record, write_atomically, write_results
from autograder.grading.verdicts import Graded, TestSpec, settle
from autograder.intake.roster import Submission

SLACK_S = 60.0 + 2 * LONGEST_S  # for starting sandboxes, and for what is read of a submission in two processes
TRIES = 2
MAX_LAST_WORDS = 4096
LOCK = ".lock"
Item = TypeVar("Item")
# -P: a grader's imports never come from the current folder.
GRADER = (sys.executable, "-P", "-m", "autograder.grading.grader")


class GraderDied(Exception):
    """A grader process ended or fell silent in the middle of its work; the message holds its last words."""


@dataclass
class Row:
    """One submission's row: its record as written, and whether this run graded it."""

    submission: Submission
    record: Record
    fresh: bool


@dataclass
class ClassResult:
    """What a batch leaves: the tests, a row for each submission in the order of their ids, and the files written."""

    assignment: Assignment
    tests: tuple[TestSpec, ...]
    out: Path
    rows: list[Row] = field(default_factory=list)

    @property
    def needing_attention(self) -> list[Row]:
        return [each for each in self.rows if each.record.status != "graded"]


def _cpus() -> list[int]:
    """The CPUs to share out, beginning with our own: of several batches at once the kernel sees to it that each is
    somewhere else, where all the first graders on CPU 0 would leave the others idle.
    """
    allowed = sorted(os.sched_getaffinity(0))
    fields = Path("/proc/thread-self/stat").read_bytes().rpartition(b")")[2].split()
    first = bisect.bisect_left(allowed, int(fields[36])) % len(allowed)  # field 39 of proc(5): last executed on
    return [*allowed[first:], *allowed[:first]]


class GraderProcess:
    """The batch's end of one grader process. One thread talks to it; `kill` may come from any other."""

    def __init__(self, settings: Settings, reply_s: float, cpu: int) -> None:
        self.settings = settings
        self.cpu = cpu
        self.connection, theirs = socket.socketpair()
        self.connection.settimeout(reply_s)
        self.lines = self.connection.makefile("rwb")
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed in close)
        with theirs:
            self.process = subprocess.Popen(
                [*GRADER, str(theirs.fileno()), str(cpu)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=(theirs.fileno(),),
                env=grader_environment(),
                start_new_session=True,  # Ctrl-C is the batch's to handle
            )

    def collect(self) -> Collected:
        """The tests that it found; CourseError if it refuses to grade."""
        answer = self.ask(self.settings)
        if isinstance(answer, CannotGrade):
            raise CourseError(answer.reason)
        if not isinstance(answer, Collected):
            raise GraderDied(f"the grader began with {type(answer).__name__}")
        return answer

    def ask(self, message: msgspec.Struct) -> GraderReply:
        try:
            self.lines.write(msgspec.json.encode(message) + b"\n")
            self.lines.flush()
            line = self.lines.readline()
        except OSError as error:
            trouble = "fell silent" if isinstance(error, TimeoutError) else "ended"
            raise GraderDied(f"the grader {trouble}{self._last_words()}") from None
        if not line.endswith(b"\n"):
            raise GraderDied(f"the grader ended{self._last_words()}")
        answer: GraderReply = msgspec.json.decode(line, type=GraderReply)
        return answer

    def kill(self) -> None:
        """End the process; its sandbox ends with it, and whoever waits for its answer waits no longer."""
        self.process.kill()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            self.lines.close()
        self.connection.close()
        self.errors.close()

    def _last_words(self) -> str:
        self.process.kill()
        status = self.process.wait()
        self.errors.seek(max(0, self.errors.seek(0, os.SEEK_END) - MAX_LAST_WORDS))
        text = self.errors.read().decode("utf-8", "replace").strip()
        return f" (exit status {status}): {text.splitlines()[-1]}" if text else f" (exit status {status})"


def grader_environment() -> dict[str, str]:
    """The instructor's environment without what would change a verdict or let in code from the current folder."""
    # CI and BUILD_NUMBER: pytest words failures differently where they are set.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PYTEST")) and name not in ("CI", "BUILD_NUMBER")
    }
    # An entry that is empty or relative means the current folder, which may well be a hand-in with a numpy.py in it.
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(path)]
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
    return kept | own | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Graders:
    """The grader processes of one assignment, side by side. What is asked of them comes back as it is found out."""

    def __init__(self, assignment: Assignment, settings: Settings, jobs: int) -> None:
        self.assignment = assignment
        self.settings = settings
        self.jobs = jobs
        self.lock = threading.Lock()  # guards the three below
        self.stopping = False
        self.graders: list[GraderProcess] = []
        self.idle: list[GraderProcess] = []
        self.collected: Collected | None = None
        self.threads: list[threading.Thread] = []

    def start(self) -> tuple[TestSpec, ...]:
        """The tests; CourseError now for what would be refused for every submission."""
        page_cache.fill(Course.load(Path(self.settings.course)).imports)
        try:
            self.idle.append(self._grader())
        except GraderDied as error:
            raise CourseError(f'grader: cannot start: {error}; run "autograder doctor"') from None
        return there(self.collected).tests

    def ask_all(
        self, items: Sequence[Item], job_for: Callable[[Item], Job | None]
    ) -> Iterator[tuple[Item, Graded | Unchanged]]:
        """Each item with what a grader found, in the order in which they end.

        `job_for` is called late, in a thread, when the item's turn has come; where it gives None, the item is left out.
        """
        waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
        finished: queue.SimpleQueue[tuple[Item, Graded | Unchanged | None] | BaseException] = queue.SimpleQueue()

        def serve() -> None:
            """Until none waits; whatever goes wrong is told to the main thread, never lost."""
            try:
                while not self.stopping:
                    try:
                        item = waiting.get_nowait()
                    except queue.Empty:
                        break
                    job = job_for(item)
                    finished.put((item, None if job is None else self.ask(job)))
            except BaseException as error:
                finished.put(error)

        for item in items:
            waiting.put(item)
        for _ in range(min(self.jobs, len(items))):
            self.threads.append(threading.Thread(target=serve, daemon=True))
            self.threads[-1].start()
        for _ in items:
            finding = finished.get()
            if isinstance(finding, BaseException):
                raise finding
            item, found = finding
            if found is not None:
                yield item, found

    def ask(self, job: Job) -> Graded | Unchanged:
        """What a grader found of one job: an idle one, or a new one if all are at work. For any thread."""
        with self.lock:
            grader = self.idle.pop() if self.idle else None
        grader, found = self._ask(grader, job)
        if grader is not None:
            self.idle.append(grader)
        return found

    def end(self) -> None:
        """End every grader, and wait for the threads: none may start another one behind our back."""
        with self.lock:
            self.stopping = True
            for grader in self.graders:
                grader.kill()
        for thread in self.threads:
            thread.join()
        for grader in self.graders:
            grader.close()

    # In the threads

    def _ask(self, grader: GraderProcess | None, job: Job) -> tuple[GraderProcess | None, Graded | Unchanged]:
        """The grader to go on with, and what was found of the job; a second grader is tried where one dies."""
        reason = ""
        for _ in range(TRIES):
            try:
                grader = grader or self._grader()
                answer = grader.ask(job)
                if isinstance(answer, Done):
                    return grader, answer.graded
                if isinstance(answer, Unchanged) and job.known:
                    return grader, answer
                raise GraderDied(f"the grader answered a job with {type(answer).__name__}")
            except GraderDied as error:
                reason = str(error)
                if grader is not None:
                    self._retire(grader)
                grader = None
        failed = Graded(
            id=job.id,
            name=job.name,
            status="needs_attention",
            reason=reason,
            seed=self.settings.seed,
            secret=there(self.collected).secret,
            sandbox=there(self.collected).sandbox,
        )
        return grader, failed

    def _grader(self) -> GraderProcess:
        """A grader that is ready for jobs; CourseError if it would not grade as the first one does."""
        limits = self.assignment.limits
        # Beyond a submission's own time: finding out which modules load, and the last test with its second chance.
        reply_s = limits.submission_wall_s + 2 * (len(self.assignment.modules) + 1) * limits.wall_s + SLACK_S
        with self.lock:
            if self.stopping:
                raise GraderDied("grading was stopped")
            try:
                taken = [each.cpu for each in self.graders]
                grader = GraderProcess(self.settings, reply_s, min(_cpus(), key=taken.count))
            except OSError as error:
                raise GraderDied(f"no process can be started: {error}") from None
            self.graders.append(grader)
        try:
            collected = grader.collect()
        except GraderDied:
            self._retire(grader)
            raise
        self.collected = self.collected or collected
        if collected != self.collected:
            raise CourseError(
                f"{self.assignment.name}: its tests, the reference or the engine changed while grading; "
                "run the same command again"
            )
        return grader

    def _retire(self, grader: GraderProcess) -> None:
        with self.lock:
            self.graders.remove(grader)
        grader.close()


def anew(found: Graded | Unchanged) -> Graded:
    """What was graded: nothing is unchanged that no fingerprint was sent for."""
    return there(found if isinstance(found, Graded) else None)


class Batch(Graders):
    """A class being graded into a folder. `progress` is called with each row."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        settings: Settings,
        out: Path,
        *,
        jobs: int = 1,
        regrade: bool = False,
        progress: Callable[[Row], None] = lambda _: None,
    ) -> None:
        secrets = (*settings.secrets, os.fsencode(out))
        super().__init__(assignment, msgspec.structs.replace(settings, secrets=secrets), jobs)
        self.course = course
        self.out = out
        self.regrade = regrade
        self.progress = progress

    def grade(self, submissions: Sequence[Submission]) -> ClassResult:
        """Grade them all and write results and grades.csv; CourseError before anything is graded, if nothing can be."""
        with locked(self.out):
            refuse_clashes(self.out, submissions)
            known = {} if self.regrade else {each.id: self._known(each) for each in submissions}
            clear = [each for each in submissions if not each.conflict]

            def job_for(submission: Submission) -> Job:
                record = known.get(submission.id)
                return Job(
                    id=submission.id,
                    name=printable(submission.name),
                    paths=tuple(os.fsencode(path) for path in submission.paths),
                    notes=submission.notes,
                    known=record.fingerprint if record else "",
                    may_be_class=submission.may_be_class,
                )

            try:
                result = ClassResult(self.assignment, self.start(), self.out)
                for submission, found in itertools.chain(self._conflicts(submissions), self.ask_all(clear, job_for)):
                    row = self._row(submission, found, known.get(submission.id), result.tests)
                    result.rows.append(row)
                    self.progress(row)
            finally:
                self.end()
            self._withdraw(submissions)
            result.rows.sort(key=lambda row: row.submission.id)
            records = [row.record for row in result.rows]
            write_atomically(self.out / GRADES, grades_csv(records, result.tests))
            return result

    def _conflicts(self, submissions: Sequence[Submission]) -> Iterator[tuple[Submission, Graded]]:
        """Those of which it cannot be told whose they are: nobody's points, and no zero either."""
        seed, collected = self.settings.seed, there(self.collected)
        for each in submissions:
            if each.conflict:
                yield (
                    each,
                    Graded(
                        id=each.id,
                        name=printable(each.name),
                        status="needs_attention",
                        reason=each.conflict,
                        seed=seed,
                        secret=collected.secret,
                        sandbox=collected.sandbox,
                    ),
                )

    def _withdraw(self, submissions: Sequence[Submission]) -> None:
        """Takes back the score of an earlier run under an id that is in conflict now: no gradebook is to get it."""
        ids = {each.id for each in submissions}
        for each in submissions:
            folder = self.out / each.claimed
            if each.claimed and each.claimed not in ids and read_record(folder) is not None:
                found = Graded(id=each.claimed, status="needs_attention", reason=each.conflict)
                write_results(folder, found, self.assignment, there(self.collected).tests)

    def _row(
        self,
        submission: Submission,
        found: Graded | Unchanged,
        known: Record | None,
        tests: tuple[TestSpec, ...],
    ) -> Row:
        """Write what a grader found; a record stands for itself where nothing has changed."""
        if isinstance(found, Unchanged):
            return Row(submission, there(known), fresh=False)
        folder = self.out / submission.id
        found = msgspec.structs.replace(found, late=submission.late, submitted=submission.submitted)
        return Row(submission, write_results(folder, settle(found, tests), self.assignment, tests), fresh=True)

    def _known(self, submission: Submission) -> Record | None:
        """The record of an earlier run that holds if nothing has changed since."""
        record = read_record(self.out / submission.id)
        if record is None or record.status != "graded":
            return None
        # On a file system that does not tell upper from lower case, and after copying folders about; the platform may
        # say another name or lateness of the same files.
        own = (submission.id, self.assignment.name, printable(submission.name), submission.late)
        was = (record.id, record.assignment, record.name, record.late)
        return record if was == own and record.submitted == printable(submission.submitted) else None


def refuse_clashes(folder: Path, submissions: Sequence[Submission]) -> None:
    """CourseError if a submission's results would overwrite another's, or a file of ours."""
    ids: dict[str, str] = {}
    one_case = (folder / LOCK.upper()).exists()
    for submission in submissions:
        name = submission.id.casefold() if one_case else submission.id
        if submission.id.casefold() == GRADES:
            raise CourseError(f"submissions: {submission.id!r} is the name of a result file; rename it")
        if name in ids:
            raise CourseError(f"submissions: {ids[name]!r} and {submission.id!r} would share a folder; rename one")
        ids[name] = submission.id


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a results folder alone; CourseError if another grading holds it, or if it cannot be written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(folder / LOCK, "w")  # noqa: SIM115 (held to the end of the block)
    except OSError as error:
        raise CourseError(
            f"{folder}: cannot write results here: {error.strerror}; choose another folder with --out"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(
                f"{folder}: another grading is writing here; wait for it, or choose another folder"
            ) from None
        yield
