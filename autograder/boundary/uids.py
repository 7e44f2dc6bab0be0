"""The user id under which a grader's sandboxes run student code: one that no other live grader has.

A grader takes it by binding a socket to a name made of it. Such a name (abstract, see unix(7)) is free again when the
process has ended, however it ended, and leaves no file; graders in containers that share a network know each other's.
Student code has no socket that it could bind.
"""

import errno
import os
import socket
from functools import cache
from pathlib import Path

_LARGE = range(0x70000000, 0x70400000)  # far above any user's, as many as there are process ids
_SMALL = range(61184, 65520)  # systemd's dynamic users; for containers that know only the first 65536


def own_uid() -> int:
    """The user id of this process's sandboxes, the same at each call; OSError if other graders have them all."""
    return _claimed(os.getpid())


@cache
def _claimed(pid: int) -> int:
    """A user id, held to the end of the process. The search begins at `pid`, as one just given back may be in use."""
    uids = _known()
    for n in range(len(uids)):
        uid = uids[(pid + n) % len(uids)]
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            holder.bind(f"\0autograder-uid-{uid}")
        except OSError as error:
            holder.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            holder.detach()
            return uid
    raise OSError(errno.EUSERS, f"other graders have all user ids from {uids[0]} to {uids[-1]}; end some of them")


def _known() -> range:
    """The user ids to take one of: this user namespace may know but a few."""
    lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    highest = max(first + count - 1 for first, _, count in (map(int, line.split()) for line in lines))
    return _LARGE if highest >= _LARGE[-1] else _SMALL
