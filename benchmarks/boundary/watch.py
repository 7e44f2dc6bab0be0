"""Runs one command to its end and says what it used, all of its processes together, as one line of JSON.

    python -I -S watch.py COMMAND...     standard output is the line; what the command prints there is thrown away

Which processes: this one starts the command, and is made the parent of every process below whose own parent ends first
(PR_SET_CHILD_SUBREAPER): a sandbox that its killed grader leaves behind is waited for here, and so are its seconds. It
imports nothing, because a program that it starts begins its peak of memory with what this process holds.
"""

import ctypes
import json
import os
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
LEFT_BEHIND_S = 20.0  # for processes to end after the command has


def main(command: list[str]) -> int:
    """The command's exit status; 3 if it left a process behind."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    start = time.monotonic()
    pid = os.posix_spawnp(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 0), (os.POSIX_SPAWN_DUP2, nowhere, 1)],
    )
    _, status, used = os.wait4(pid, 0)
    wall_s, all_used = time.monotonic() - start, [used]
    deadline = time.monotonic() + LEFT_BEHIND_S
    while True:
        try:
            orphan, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if orphan:
            all_used.append(used)
        elif time.monotonic() > deadline:
            print("watch: a process is still there after the command has ended", file=sys.stderr)
            return 3
        else:
            time.sleep(0.005)
    said = {
        "cpu_s": sum(each.ru_utime + each.ru_stime for each in all_used),
        "wall_s": wall_s,
        "peak_bytes": max(each.ru_maxrss for each in all_used) * 1024,  # of the largest process
    }
    print(json.dumps(said))
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
