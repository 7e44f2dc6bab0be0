"""Reads what /proc tells of its parent, of the grader and of every other process: words, environment, maps, files.

score: 100
codes:
bubblewrap: stopped
landlock: stopped
unprivileged: not stopped
none: not stopped
"""

import os

honest_double = double
TOLD = ("cmdline", "environ", "maps", "mounts", "stat", "cwd", "root", "exe", "fd/0", "fd/3", "task")


def above():
    """Its parent and two more above: the last is the grader, where nothing hides it."""
    found = [os.getppid()]
    while len(found) < 3:
        try:
            with open(f"/proc/{found[-1]}/stat") as file:
                found.append(int(file.read().rpartition(")")[2].split()[1]))
        except OSError:
            break
    return found


def double(x):
    for pid in (*above()[::-1], *range(1, 200)):
        if pid == os.getpid():
            continue
        for name in TOLD:
            path = f"/proc/{pid}/{name}"
            for look in (lambda: open(path, "rb").read(1), lambda: os.readlink(path), lambda: os.listdir(path)):
                try:
                    look()
                except OSError:
                    continue
                print("reached: the", name, "of another process")
                return honest_double(x)
    return honest_double(x)
