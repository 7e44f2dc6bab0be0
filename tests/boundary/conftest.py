"""Shared by the tests of the boundary: workers in the real sandbox, and sessions with them as a graded test has them.

A test file names the code that it grades as SUBMISSION (or overrides the fixture `submission`); it is loaded once for
the file as the module `code` of the package `submission`.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.boundary.bubblewrap import Bubblewrap
from autograder.boundary.ends import describe_end
from autograder.boundary.limits import Confinement, TestLimits
from autograder.boundary.remote import Remote
from autograder.boundary.sandbox import find_sandbox
from autograder.boundary.session import Session
from autograder.boundary.worker import Worker

MEMORY_BYTES = 512 << 20
PROCESSES = 12


@pytest.fixture(scope="session")
def sandbox() -> Bubblewrap:
    return find_sandbox()


@pytest.fixture(scope="session")
def confinement() -> Confinement:
    return Confinement(MEMORY_BYTES, PROCESSES)


@pytest.fixture(scope="session")
def start_worker(sandbox: Bubblewrap, confinement: Confinement) -> Callable[..., Worker]:
    """start_worker(source): a worker with this module as the submission; close it."""

    def start(source: str, in_sandbox: Any = None, limits: Confinement = confinement) -> Worker:
        worker = Worker(in_sandbox or sandbox, limits)
        worker.load("submission", {"__init__": b"", "code": source.encode()})
        return worker

    return start


@pytest.fixture(scope="module")
def worker(request: pytest.FixtureRequest, start_worker: Callable[..., Worker]) -> Iterator[Worker]:
    with start_worker(request.module.SUBMISSION) as worker:
        yield worker


@pytest.fixture(scope="session")
def session_of() -> Callable[..., Session]:
    """session_of(worker, place=..., cpu_s=..., ...): a session, opened by its first request."""

    def session_of(
        worker: Worker, cpu_s: float = 5, wall_s: float = 20, output_bytes: int = 1000, place: int | None = None
    ) -> Session:
        limits = TestLimits(cpu_s, wall_s, output_bytes)
        return Session(lambda: worker.begin(limits, place), lambda: describe_end(worker.end(), limits))

    return session_of


@pytest.fixture
def open_session(worker: Worker, session_of: Callable[..., Session]) -> Iterator[Callable[..., Session]]:
    yield lambda **limits: session_of(worker, **limits)
    worker.end()


@pytest.fixture
def session(open_session: Callable[..., Session]) -> Session:
    return open_session()


@pytest.fixture
def code(session: Session) -> Remote:
    """The submission's module, in a process of this test's own."""
    return session.root().code


@pytest.fixture(scope="session")
def descendants() -> Callable[[int], list[int]]:
    """descendants(pid): every living process below pid, zombies left out."""

    def descendants(pid: int) -> list[int]:
        parents = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if state not in "ZX":
                    parents[int(folder.name)] = int(parent)
        found, wanted = [], [pid]
        while wanted:
            above = wanted.pop()
            below = [child for child, parent in parents.items() if parent == above]
            found += below
            wanted += below
        return found

    return descendants


@pytest.fixture(scope="session")
def zygote_of(descendants: Callable[[int], list[int]]) -> Callable[[Worker], int]:
    """zygote_of(worker): its process id, in bubblewrap; above it are the nursery and what waits for it."""

    def zygote_of(worker: Worker) -> int:
        assert worker.process is not None
        _, _, zygote, *_ = descendants(worker.process.pid)
        return zygote

    return zygote_of


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """wait_until(condition): returns when it is true; fails after two minutes, so that a busy machine is no failure."""

    def wait_until(condition: Callable[[], bool], timeout_s: float = 120) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "still not so"
            time.sleep(0.01)

    return wait_until


@pytest.fixture
def start_process() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """start_process(command): a process of this test's, killed at its end if it still runs."""
    processes: list[subprocess.Popen[str]] = []

    def start(command: list[str], **options: Any) -> "subprocess.Popen[str]":
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
