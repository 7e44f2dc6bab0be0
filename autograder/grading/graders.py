"""Grader processes side by side, for whoever has submissions to grade: a class, a platform, mutants.

Threads: one for each grader process, doing nothing but waiting for it. A grader that dies or falls silent costs one try
of one submission; on the second, that submission is marked `needs_attention` and the others go on.
"""

import bisect
import os
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from autograder.boundary import page_cache
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, there
from autograder.grading.grader_process import GRADER, GraderDied, GraderProcess
from autograder.grading.jobs import Collected, Done, Job, Settings, Unchanged
from autograder.grading.reading import LONGEST_S
from autograder.grading.verdicts import Graded, TestSpec

SLACK_S = 60.0 + 2 * LONGEST_S  # for starting sandboxes, and for what is read of a submission in two processes
TRIES = 2
Item = TypeVar("Item")


class Pool(Protocol):
    """What a batch needs of graders, wherever they are: on this machine below, on others in `autograder/cluster/`."""

    settings: Settings
    collected: Collected | None

    def start(self) -> tuple[TestSpec, ...]:
        """The tests; CourseError now for what would be refused for every submission."""

    def ask_all(
        self, items: Sequence[Item], job_for: Callable[[Item], Job | None]
    ) -> Iterator[tuple[Item, Graded | Unchanged]]:
        """Each item with what a grader found, in the order in which they end."""

    def end(self) -> None:
        """Let go of every grader; also in the middle."""


def _cpus() -> list[int]:
    """The CPUs to share out, beginning with our own: of several batches at once the kernel sees to it that each is
    somewhere else, where all the first graders on CPU 0 would leave the others idle.
    """
    allowed = sorted(os.sched_getaffinity(0))
    fields = Path("/proc/thread-self/stat").read_bytes().rpartition(b")")[2].split()
    first = bisect.bisect_left(allowed, int(fields[36])) % len(allowed)  # field 39 of proc(5): last executed on
    return [*allowed[first:], *allowed[:first]]


class Graders:
    """The grader processes of one assignment, side by side. What is asked of them comes back as it is found out."""

    def __init__(self, assignment: Assignment, settings: Settings, jobs: int, program: str = GRADER) -> None:
        self.assignment = assignment
        self.settings = settings
        self.jobs = jobs
        self.program = program  # the module that each process runs
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
                grader = GraderProcess(self.settings, reply_s, min(_cpus(), key=taken.count), self.program)
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
