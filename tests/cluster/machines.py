"""A scheduler and workers, as processes of this machine: `python -m tests.cluster.machines FOLDER KIND...`

They are forked, so that the libraries are imported once; the first line of the output has the scheduler's address,
its process, and the process and address of each worker. All end with the process that has started them.
"""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

import msgspec
from distributed import Scheduler, Worker

from autograder.boundary.sandbox import SandboxUnavailable
from autograder.cluster import worker as ours
from autograder.errors import CourseError
from autograder.inside.privileges import die_with_parent


def deadly(grade):
    """A worker whose machine goes down with one hand-in."""

    def fall(desk, packed):
        if packed.job.id == "deadly":
            os._exit(9)
        return grade(desk, packed)

    return fall


def instant(grade):
    """A worker that grades in no time: what it found first is found of all."""
    found = []

    def answer(desk, packed):
        if not found:
            found.append(grade(desk, packed).graded)
        return ours.Done(msgspec.structs.replace(found[0], id=packed.job.id, name=packed.job.name))

    return answer


def refuse(*_):
    raise CourseError(str(SandboxUnavailable("sandbox: no bubblewrap here")))


def become(kind):
    if kind == "deadly":
        ours.Desk.grade = deadly(ours.Desk.grade)
    if kind == "instant":
        ours.Desk.grade = instant(ours.Desk.grade)
    if kind == "bare":
        ours.Graders.start = refuse
    if kind == "older":
        ours.versions = lambda imports: {"numpy": "1.0"}


def start(role):
    """The number of a process that does this, and the end of a pipe over which it says that it is there."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        die_with_parent()
        asyncio.run(role(os.fdopen(theirs, "w")))
        os._exit(0)
    os.close(theirs)
    return pid, os.fdopen(ours).readline().strip()


def scheduler():
    async def serve(there):
        async with Scheduler(host="127.0.0.1", port=0, dashboard_address=":0") as found:
            print(found.address, file=there, flush=True)
            await found.finished()

    return start(serve)


def a_worker(address, kind, folder):
    async def serve(there):
        become(kind)
        async with Worker(address, host="127.0.0.1", nthreads=1, dashboard=False, local_directory=folder) as found:
            print(found.address, file=there, flush=True)
            await found.finished()

    return start(serve)


def main(folder, *kinds):
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    pid, address = scheduler()
    workers = [a_worker(address, kind, Path(folder)) for kind in kinds]
    print(json.dumps({"address": address, "scheduler": pid, "workers": workers}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
