"""Graders on the machines of a cluster, for a batch: the same that `grading/graders.py` gives it on this machine.

The scheduler of `dask.distributed` carries bytes, and each chunk of hand-ins goes to a worker that is named: one thread
here hands out, looks who is still there, and gives what a lost worker had to another. Folder, store and resume stay
with the batch.

A worker counts once it is ready: it has this engine, these versions, and a sandbox that starts. One that is not is
refused and named. A chunk that is lost is given again by single hand-ins; one that is lost alone twice needs attention.
"""

import asyncio
import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from distributed import CancelledError, Client, Future, Security
from distributed.comm import connect

from autograder.cluster import worker
from autograder.cluster.hand_ins import PackedJob, TooBig, pack
from autograder.cluster.messages import Chunk, Found, Lacking, Ready, Refused, Reply, Task, digest
from autograder.course.bundle import course_files, zip_bytes
from autograder.course.manifest import Assignment, Course
from autograder.course.secret import course_secret
from autograder.course.secret import fingerprint as secret_fingerprint
from autograder.errors import CourseError, there
from autograder.grading.fingerprints import versions
from autograder.grading.graders import TRIES
from autograder.grading.jobs import Collected, Done, Job, Settings, Unchanged
from autograder.grading.verdicts import Graded, Status, TestSpec
from autograder.intake import UnreadableHandIn

CONNECT_S = 10
LOOK_S = 1.0  # between looks at who is there
WAIT_S = 60.0  # for a first worker, or for another one when all are lost
FETCH_S = 30  # for an answer to come, which a worker has given
MOST = 8  # hand-ins of a chunk
PARTS = 4  # chunks that a slot is to get of what waits, at least: the last ones end at the same time
Item = TypeVar("Item")


@dataclass(eq=False)
class Work:
    """A hand-in to grade: what was found of it, or how often it was lost."""

    item: Any
    packed: PackedJob | None = None
    is_alone: bool = False  # to be given: it was in a chunk that was lost
    n_lost: int = 0  # alone
    found: Graded | Unchanged | None = None


@dataclass(eq=False)
class Machine:
    """A worker of the cluster, with the chunks that it has."""

    address: str
    n_threads: int
    is_ready: bool = False
    beginning: Future | None = None
    chunks: dict[Future, list[Work]] = field(default_factory=dict)

    @property
    def n_free(self) -> int:
        return self.n_threads - len(self.chunks) if self.is_ready else 0


class ClusterGraders:
    """Graders of one assignment on whatever workers a scheduler has, those that come later too.

    `tell` is called with a line for people, of a worker that is refused or lost.
    """

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        settings: Settings,
        address: str,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.address = address
        self.tell = tell
        self.secret = secret_fingerprint(course_secret(course))
        self.bundle = zip_bytes(course_files(course, assignment))
        plain = msgspec.structs.replace(settings, course="", secrets=())  # which are paths of this machine
        self.task = Task(settings=plain, versions=versions(course.imports), bundle=digest(self.bundle))
        self.collected: Collected | None = None
        self.client: Client = None
        self.machines: dict[str, Machine] = {}
        self.refused: dict[str, str] = {}  # address -> why
        self.ended: queue.SimpleQueue[tuple[Machine, Future]] = queue.SimpleQueue()
        self.next_look = self.none_since = 0.0

    def start(self) -> tuple[TestSpec, ...]:
        """The tests, when a worker is ready; CourseError if there is no scheduler, or no worker that can grade."""
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # of workers that are lost we speak ourselves
        try:
            asyncio.run(_reach(self.address))
            self.client = Client(self.address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise CourseError(
                f'cluster: {self.address}: no scheduler answers: {why}; start one with "dask scheduler", or grade '
                "without --cluster"
            ) from None
        self.none_since = time.monotonic()
        while self.collected is None:
            self._look()
            self._answered()
        return self.collected.tests

    def ask_all(
        self, items: Sequence[Item], job_for: Callable[[Item], Job | None]
    ) -> Iterator[tuple[Item, Graded | Unchanged]]:
        """As `Graders.ask_all`: each item with what was found, in the order in which they end."""
        waiting = deque(Work(item) for item in items)
        while waiting or any(machine.chunks for machine in self.machines.values()):
            for work in (*self._look(), *self._hand_out(waiting, job_for), *self._answered()):
                if work.found is None:
                    waiting.appendleft(work)
                else:
                    yield work.item, work.found

    def end(self) -> None:
        """Let go of the workers; their graders wait for whoever asks next, and end with them."""
        if self.client is not None:
            self.client.close(timeout=CONNECT_S)

    # What comes of it

    def _look(self) -> list[Work]:
        """Who has come begins, who has gone is struck off; what those had, found or to be given again."""
        now = time.monotonic()
        if now < self.next_look:
            return []
        self.next_look = now + LOOK_S
        try:
            there_are = self.client.nthreads()
        except (OSError, RuntimeError) as error:
            raise CourseError(
                f"cluster: {self.address}: the scheduler was lost ({type(error).__name__}); what was finished is kept: "
                "run the same command again"
            ) from None
        for address in there_are.keys() - self.machines.keys() - self.refused.keys():
            self.machines[address] = Machine(address, there_are[address])
            self._begin(self.machines[address], None)
        gone = [self.machines[address] for address in self.machines.keys() - there_are.keys()]
        lost = [work for machine in gone for work in self._lost(machine)]
        self._refuse_to_wait(now)
        return lost

    def _hand_out(self, waiting: deque[Work], job_for: Callable[[Any], Job | None]) -> list[Work]:
        """Give what waits to whoever is free; what cannot be sent is found to be so."""
        n_slots = sum(machine.n_threads for machine in self.machines.values())
        not_sent: list[Work] = []
        while waiting and self.machines:
            machine = max(self.machines.values(), key=lambda each: each.n_free)
            if machine.n_free <= 0:
                break
            chunk: list[Work] = []
            for _ in range(min(MOST, 1 + len(waiting) // (PARTS * n_slots))):
                if chunk and waiting[0].is_alone:
                    break
                work = waiting.popleft()
                job = job_for(work.item)
                if job is not None:
                    self._pack(work, job)
                    (chunk if work.found is None else not_sent).append(work)
                if work.is_alone:
                    break
            if chunk:
                message = msgspec.msgpack.encode(Chunk(jobs=tuple(there(work.packed) for work in chunk)))
                machine.chunks[self._submit(machine, worker.grade, self.task.mark, message)] = chunk
        return not_sent

    def _pack(self, work: Work, job: Job) -> None:
        try:
            work.packed = pack(job)
        except UnreadableHandIn as error:
            work.found = self._not_graded(job, str(error), "unreadable")
        except (OSError, TooBig) as error:
            work.found = self._not_graded(job, str(error))

    def _not_graded(self, job: Job, reason: str, status: Status = "needs_attention") -> Graded:
        collected = there(self.collected)
        return Graded(
            id=job.id,
            name=job.name,
            status=status,
            reason=reason,
            seed=self.settings.seed,
            secret=collected.secret,
            sandbox=collected.sandbox,
        )

    def _answered(self) -> list[Work]:
        """What the next answer, if one comes soon, says of its chunk: found, or to be given again."""
        try:
            machine, future = self.ended.get(timeout=LOOK_S)
        except queue.Empty:
            return []
        chunk = machine.chunks.pop(future, None)
        if self.machines.get(machine.address) is not machine or (chunk is None and future is not machine.beginning):
            return []  # it was struck off, and what it had was given again
        try:
            reply = msgspec.json.decode(future.result(timeout=FETCH_S), type=Reply)
        except (TimeoutError, CancelledError):
            return self._lost(machine, chunk)
        except ModuleNotFoundError as error:
            return self._refuse(
                machine, f"no {error.name} there; install this engine's wheel, with what it needs", chunk
            )
        except Exception as error:  # whatever went wrong over there, or what is no answer
            return self._refuse(machine, f"{type(error).__name__}: {error}", chunk)
        if isinstance(reply, Refused):
            return self._refuse(machine, reply.reason, chunk)
        if chunk is None:
            return self._begun(machine, reply)
        if isinstance(reply, Lacking):  # it was started anew at the same address
            self._begin(machine, None)
            return chunk
        if not isinstance(reply, Found) or not self._is_of(chunk, reply):
            return self._refuse(machine, "it answers what it was not asked", chunk)
        for work, answer in zip(chunk, reply.answers, strict=True):
            work.found = answer if isinstance(answer, Unchanged) else answer.graded
        return chunk

    def _is_of(self, chunk: list[Work], reply: Found) -> bool:
        """Whether there is an answer for each, made with the tests, the engine and the sandbox that were collected."""
        collected = there(self.collected)
        want = (self.settings.seed, collected.secret, collected.sandbox)

        def fits(job: Job, answer: Done | Unchanged) -> bool:
            if isinstance(answer, Unchanged):
                return bool(job.known)
            graded = answer.graded
            is_ours = graded.graded_by in ("", collected.digest.hex()) and graded.id == job.id
            return is_ours and (graded.seed, graded.secret, graded.sandbox) == want

        jobs = [there(work.packed).job for work in chunk]
        return len(jobs) == len(reply.answers) and all(map(fits, jobs, reply.answers))

    # Workers

    def _submit(self, machine: Machine, function: Callable[..., bytes], *arguments: object) -> Future:
        """A call on this worker and no other."""
        future = self.client.submit(
            function, *arguments, workers=[machine.address], allow_other_workers=False, pure=False
        )
        future.add_done_callback(lambda done: self.ended.put((machine, future)))
        return future

    def _begin(self, machine: Machine, bundle: bytes | None) -> None:
        machine.is_ready = False
        machine.beginning = self._submit(machine, worker.begin, msgspec.json.encode(self.task), bundle)

    def _begun(self, machine: Machine, reply: Reply) -> list[Work]:
        machine.beginning = None
        if isinstance(reply, Lacking):
            self._begin(machine, self.bundle)
            return []
        if not isinstance(reply, Ready):
            return self._refuse(machine, "it answers what it was not asked")
        got, want = reply.collected, self.collected or reply.collected
        if got.secret != self.secret:
            return self._refuse(machine, "it has another secret of the course; unset AUTOGRADER_SECRET there")
        if got.sandbox != want.sandbox:
            why = f"got the sandbox {got.sandbox}, want {want.sandbox}, as on the first; ask for one with --sandbox"
            return self._refuse(machine, why)
        if got != want:
            return self._refuse(machine, "its tests are others than on the first worker")
        self.collected = want
        machine.is_ready = True
        return []

    def _lost(self, machine: Machine, chunk: list[Work] | None = None) -> list[Work]:
        """Strike off a worker that is gone; what it had is given again alone, or was lost so too often."""
        del self.machines[machine.address]
        self.tell(f"the worker {machine.address} was lost; what it had is graded by others")
        for each in (*machine.chunks.values(), chunk or []):
            for work in each:
                work.n_lost += len(each) == 1
                work.is_alone = True
                if work.n_lost == TRIES:
                    reason = f"the worker that graded it was lost, {TRIES} times while it graded nothing else"
                    work.found = self._not_graded(there(work.packed).job, reason)
        return self._take_back(machine, chunk)

    def _refuse(self, machine: Machine, reason: str, chunk: list[Work] | None = None) -> list[Work]:
        """Strike off a worker that cannot grade; what it had is given again."""
        del self.machines[machine.address]
        self.refused[machine.address] = reason
        self.tell(f"the worker {machine.address} is refused: {reason}")
        return self._take_back(machine, chunk)

    def _take_back(self, machine: Machine, chunk: list[Work] | None) -> list[Work]:
        self.client.cancel([*machine.chunks, *([machine.beginning] if machine.beginning else [])], force=True)
        return [*(work for each in machine.chunks.values() for work in each), *(chunk or [])]

    def _refuse_to_wait(self, now: float) -> None:
        """CourseError where nobody grades, and nobody is likely to come."""
        if self.machines:
            self.none_since = now
        elif (self.refused and self.collected is None) or now - self.none_since > WAIT_S:
            reasons = "; ".join(f"{address}: {reason}" for address, reason in self.refused.items())
            raise CourseError(
                f"cluster: {self.address}: no worker {f'can grade: {reasons}' if reasons else 'is there'}; start some "
                f'with "dask worker {self.address}"; what was finished is kept'
            )


async def _reach(address: str) -> None:
    """Raises what is wrong with an address or with the certificates: a Client that cannot start ends in noise."""
    security = Security().get_connection_args("client")
    connection = await connect(address, timeout=CONNECT_S, **security)
    await connection.close()
