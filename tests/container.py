"""A machine as a container shows it: root without the power to make namespaces; or another, ordinary user."""

import os
import sys
from pathlib import Path

import msgspec

import autograder
from autograder.boundary.bubblewrap import bubblewrap_binaries

# What Docker leaves to root.
CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP"),
    *("NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"),
)
AS_USER = ("--", "setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups")


def python_in_container(*mounts: str, user: bool = False) -> list[str]:
    """The command that runs this Python as a container's root, or as uid 12345; `mounts` are more of bwrap's flags.

    The interpreter, its packages and this repository are under /mnt, where another user can read them; the rest of
    the file system is this machine's. For root only: an ordinary user needs no container to be an ordinary user.
    """
    assert os.geteuid() == 0
    base = Path(sys.base_prefix).resolve()
    interpreter = Path("/mnt/python") / Path(sys.executable).resolve().relative_to(base)
    packages = Path(msgspec.__file__).parents[1]
    engine = Path(autograder.__file__).parents[1]
    kept = (flag for name in CAPABILITIES for flag in ("--cap-add", f"CAP_{name}"))
    return [
        *(str(bubblewrap_binaries()[-1]), "--dev-bind", "/", "/", "--tmpfs", "/mnt"),
        *("--ro-bind", str(base), "/mnt/python", "--ro-bind", str(packages), "/mnt/packages"),
        *("--ro-bind", str(engine), "/mnt/engine", "--chmod", "0755", "/mnt", *mounts, "--chdir", "/"),
        *("--clearenv", "--setenv", "container", "yes", "--setenv", "PYTHONPATH", "/mnt/engine:/mnt/packages"),
        *("--setenv", "LD_LIBRARY_PATH", "/mnt/python/lib", "--setenv", "PATH", "/usr/bin:/bin"),
        *(AS_USER if user else ("--cap-drop", "ALL", *kept, "--")),
        *(str(interpreter), "-B"),
    ]
