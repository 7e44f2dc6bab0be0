"""What the machine that was asked and its workers say to each other, as JSON and msgpack: data, never objects.

dask carries it as bytes. Nothing of a submission is pickled on its way, and what comes back is decoded by its type.
"""

import hashlib

import msgspec

from autograder.cluster.hand_ins import PackedJob
from autograder.grading.jobs import Collected, Done, Settings, Unchanged


def digest(content: bytes) -> str:
    """What a bundle or a task is known by."""
    return hashlib.sha256(content).hexdigest()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is graded with what; `mark` is its fingerprint, by which a worker knows that it has it."""

    settings: Settings
    versions: dict[str, str]  # of the engine, Python and libraries that the worker has to have
    bundle: str  # the fingerprint of the course's

    @property
    def mark(self) -> str:
        return digest(msgspec.json.encode(self))


class Ready(msgspec.Struct, tag=True):
    """The graders have started, in a sandbox, and the tests were collected."""

    collected: Collected


class Lacking(msgspec.Struct, tag=True):
    """The worker has not got the course: it has just started."""


class Refused(msgspec.Struct, tag=True):
    """The worker cannot grade as it has to."""

    reason: str


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    jobs: tuple[PackedJob, ...]


class Found(msgspec.Struct, tag=True):
    """What was found of each job of a chunk, in its order."""

    answers: tuple[Done | Unchanged, ...]


Reply = Ready | Lacking | Refused | Found
