"""The fallback where namespaces are forbidden, as in most containers: an unprivileged user, Landlock, a strict filter.

Which processes, as whom: this (trusted) process starts the nursery as it is itself (see inside/nursery.py). Each zygote
that it forks runs our code only; it becomes a user of its own (started by root: one that nobody else is; otherwise it
stays the same), takes its limits, and may open nothing but Python's runtime, the course's `imports`, msgspec and
autograder/inside, to read (Landlock). Each child that is to run student code besides may make no system call but those
that computing takes: no process, no program, no socket, no signal to another, no change of any file
(system_calls.confining_program).

Less than bubblewrap: names, sizes and times of the machine's files can be asked for (stat), and there is no /tmp.
Where the kernel has no Landlock (before 5.13, or switched off), file modes alone keep the other user from the
tests, the hand-ins and the results: this is `unprivileged`, needs root, and refuses while others can read any of them.

Pipes: as in bubblewrap.py.
"""

import os
import shlex
import stat
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from autograder.boundary.limits import Confinement
from autograder.boundary.runtime import boot, plain_environment, plain_folders, runtime_files, with_requirements
from autograder.boundary.uids import own_uid
from autograder.inside import landlock, messages


class Unprivileged:
    """The sandbox of containers. `name` says whether Landlock is part of it."""

    def __init__(self) -> None:
        self.has_landlock = landlock.version() > 0
        self.name = "landlock" if self.has_landlock else "unprivileged"

    def command(self, control: int, limits: Confinement) -> list[str]:
        """The command line that becomes a nursery talking on descriptor `control`."""
        as_root = os.geteuid() == 0
        told = messages.Boot(
            control=control,
            uid=own_uid() if as_root else -1,
            memory_bytes=limits.memory_bytes,
            # As an ordinary user it would count all processes of that user; threads are then limited by memory alone.
            processes=limits.processes if as_root else 0,
            scratch_bytes=0,
            shut_in=True,
            readable=[str(path) for path in runtime_files(limits.imports)] if self.has_landlock else None,
            imports=limits.imports,
            with_imports=with_requirements(limits.imports),
        )
        return [sys.executable, *boot(plain_folders(limits.imports), told)]

    def environment(self) -> dict[str, str]:
        if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
            return plain_environment()
        # As bubblewrap has it: Python may stand elsewhere than where its own library was to be looked for.
        return {**plain_environment(), "LD_LIBRARY_PATH": str(Path(sys.base_prefix).resolve() / "lib")}

    def refusal(self, secrets: Iterable[Path]) -> str:
        """Why these files and folders are not safe from student code in here; "" if they are."""
        if self.has_landlock:
            return ""
        if os.geteuid() != 0:
            return "this kernel has no Landlock, and without it only root can hide the tests from another user"
        if opened := list(dict.fromkeys(str(path) for path in secrets if _is_open(path))):
            return (
                f"this kernel has no Landlock, and every user can read {' and '.join(opened)}; "
                f'run "chmod -R go-rwx {shlex.join(opened)}" and grade again'
            )
        return ""


def _is_open(path: Path) -> bool:
    """Whether another user gets at a file or into a folder: every folder on the way has to let them pass."""
    path = path.resolve()
    can_pass = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)
    return can_pass and bool(path.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH))
