"""Grades a class: hands submissions to graders running side by side, writes each result as it comes.

Threads: one for each grader process, doing nothing but waiting for it; the main thread writes results and shows
progress. A grader that dies or falls silent costs one try of one submission; on the second, that submission is
marked `needs_attention` and the class goes on. Kill the batch at any moment and run it again: what was finished is
kept, the rest is graded, and grades.csv comes out the same.
"""

import contextlib
import fcntl
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
from typing import Any

import msgspec

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.grader import Answer, Collected, Done, Job, Refused, Settings, Unchanged
from autograder.grading.results import (
    GRADES,
    INSTRUCTOR,
    grades_csv,
    read_results,
    write_atomically,
    write_results,
)
from autograder.grading.verdicts import Graded, TestSpec, settle
from autograder.intake.roster import Submission

SLACK_S = 60.0  # beyond a submission's own wall clock: reading it, starting sandboxes, one last test's limit
TRIES = 2


class GraderDied(Exception):
    """A grader process ended or fell silent in the middle of its work; the message holds its last words."""


@dataclass
class Outcome:
    """One submission's row: its report as written, and whether this run graded it."""

    submission: Submission
    report: dict[str, Any]
    fresh: bool


@dataclass
class ClassResult:
    """What a batch leaves: the tests, a row for each submission in the order of their ids, and the files written."""

    assignment: Assignment
    tests: tuple[TestSpec, ...]
    out: Path
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def needing_attention(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.report["extra_data"]["status"] != "graded"]


class GraderProcess:
    """The batch's end of one grader process."""

    def __init__(self, settings: Settings, reply_s: float) -> None:
        ours, theirs = socket.socketpair()
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed in close)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "autograder.grading.grader", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C is the batch's to handle
            )
        self.connection = ours
        self.connection.settimeout(reply_s)
        self.lines = ours.makefile("rwb")
        try:
            self.say(settings)
            answer = self.answer()
        except GraderDied:
            self.close()
            raise
        if isinstance(answer, Refused):
            self.close()
            raise CourseError(answer.reason)
        if not isinstance(answer, Collected):
            raise AssertionError(f"a grader began with {answer}")
        self.collected = answer

    def say(self, message: msgspec.Struct) -> None:
        try:
            self.lines.write(msgspec.json.encode(message) + b"\n")
            self.lines.flush()
        except OSError as error:
            raise GraderDied(f"the grader does not listen: {error}{self._last_words()}") from None

    def answer(self) -> Answer:
        try:
            line = self.lines.readline()
        except OSError:
            raise GraderDied(f"the grader fell silent{self._last_words()}") from None
        if not line.endswith(b"\n"):
            raise GraderDied(f"the grader ended{self._last_words()}")
        answer: Answer = msgspec.json.decode(line, type=Answer)
        return answer

    def close(self) -> None:
        """End the process; its sandbox ends with it."""
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            self.lines.close()
        self.connection.close()
        self.errors.close()

    def _last_words(self) -> str:
        self.process.kill()
        status = self.process.wait()
        self.errors.seek(0)
        text = self.errors.read().decode("utf-8", "replace").strip()
        return f" (exit status {status}): {text.splitlines()[-1]}" if text else f" (exit status {status})"


class Batch:
    """A class being graded into a folder. `progress(done, of)` is called after each submission."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        settings: Settings,
        out: Path,
        *,
        jobs: int = 1,
        regrade: bool = False,
        progress: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.settings = settings
        self.out = out
        self.jobs = jobs
        self.regrade = regrade
        self.progress = progress
        self.stopping = threading.Event()
        self.graders: list[GraderProcess] = []

    def grade(self, submissions: Sequence[Submission]) -> ClassResult:
        """Grade them all and write results and grades.csv; CourseError before anything is graded, if nothing can be."""
        with locked(self.out):
            first = self._grader()  # refuses now what would be refused for every submission
            result = ClassResult(self.assignment, first.collected.tests, self.out)
            waiting: queue.SimpleQueue[Submission] = queue.SimpleQueue()
            finished: queue.SimpleQueue[tuple[Submission, Graded | None] | BaseException] = queue.SimpleQueue()
            for submission in submissions:
                waiting.put(submission)
            threads = [
                threading.Thread(target=self._serve, args=(first if n == 0 else None, waiting, finished), daemon=True)
                for n in range(min(self.jobs, len(submissions)))
            ]
            try:
                for thread in threads:
                    thread.start()
                for _ in submissions:
                    result.outcomes.append(self._take(finished.get(), result.tests))
                    self.progress(result.outcomes[-1])
            finally:
                self.stopping.set()
                for grader in list(self.graders):
                    grader.close()
            result.outcomes.sort(key=lambda outcome: outcome.submission.id)
            rows = [(outcome.submission.id, outcome.report) for outcome in result.outcomes]
            write_atomically(self.out / GRADES, grades_csv(rows, result.tests))
            return result

    def _take(self, item: tuple[Submission, Graded | None] | BaseException, tests: tuple[TestSpec, ...]) -> Outcome:
        """Write what a grader found; None stands for unchanged, so what was written before holds."""
        if isinstance(item, BaseException):
            raise item
        submission, graded = item
        folder = self.out / submission.id
        if graded is not None:
            write_results(folder, settle(graded, tests), self.assignment, tests)
        report = read_results(folder)
        if report is None:
            raise CourseError(f"{folder}: the result just written cannot be read back; is the disk full?")
        return Outcome(submission, report, fresh=graded is not None)

    # In the threads

    def _serve(
        self,
        grader: GraderProcess | None,
        waiting: "queue.SimpleQueue[Submission]",
        finished: "queue.SimpleQueue[tuple[Submission, Graded | None] | BaseException]",
    ) -> None:
        """Grade submissions until none waits; whatever goes wrong is told to the main thread, never lost."""
        try:
            while not self.stopping.is_set():
                try:
                    submission = waiting.get_nowait()
                except queue.Empty:
                    return
                grader, graded = self._grade(grader, submission)
                finished.put((submission, graded))
        except BaseException as error:
            finished.put(error)

    def _grade(
        self, grader: GraderProcess | None, submission: Submission
    ) -> tuple[GraderProcess | None, Graded | None]:
        """The grader to go on with, and the submission graded (None: unchanged)."""
        job = Job(
            id=submission.id,
            name=submission.name,
            paths=tuple(str(path) for path in submission.paths),
            known="" if self.regrade else self._known(submission),
        )
        reason = ""
        for _ in range(TRIES):
            try:
                grader = grader or self._grader()
                grader.say(job)
                answer = grader.answer()
            except GraderDied as error:
                reason = str(error)
                if grader is not None:
                    self._retire(grader)
                grader = None
                if self.stopping.is_set():
                    break
                continue
            if isinstance(answer, Unchanged):
                return grader, None
            if isinstance(answer, Done):
                return grader, answer.graded
            raise AssertionError(f"a grader answered a job with {answer}")
        failed = Graded(
            id=submission.id,
            name=submission.name,
            status="needs_attention",
            reason=reason,
            seed=self.settings.seed,
        )
        return grader, failed

    def _known(self, submission: Submission) -> str:
        """The fingerprint under which this submission was graded before; "" if it has to be graded now."""
        folder = self.out / submission.id
        report = read_results(folder)
        if report is None or report["extra_data"].get("status") != "graded" or not (folder / INSTRUCTOR).exists():
            return ""
        return str(report["extra_data"]["fingerprint"])

    def _grader(self) -> GraderProcess:
        try:
            grader = GraderProcess(self.settings, self.assignment.limits.submission_wall_s + SLACK_S)
        except GraderDied as error:
            if not self.graders:
                raise CourseError(f'grader: cannot start: {error}; run "autograder doctor"') from None
            raise
        self.graders.append(grader)
        return grader

    def _retire(self, grader: GraderProcess) -> None:
        grader.close()
        self.graders.remove(grader)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a results folder alone; CourseError if another grading holds it, or if it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "w")  # noqa: SIM115 (held to the end of the block)
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
