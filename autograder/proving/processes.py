"""Processes for work that takes long, which end with the command that wanted it done."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process

from autograder.inside.privileges import die_with_parent


@contextmanager
def fresh_processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes that were never forked from this one: pytest keeps what it has imported.

    An exception in the block ends them at once, and the end of this process, whatever its cause, is theirs.
    """
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        for process in active_children():
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    die_with_parent()
    parent = parent_process()
    if parent is None or not parent.is_alive():  # it ended before we had said so
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of us; the parent ends us
    # Standard output is the command's, a JSON document perhaps; LAPACK writes there of every NaN that it is given.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.close(silence)
