"""A machine as a container shows it: root without the power to make namespaces; or an ordinary user who has none."""

import os
import sys
from pathlib import Path

import msgspec

import autograder
from autograder.boundary.bubblewrap import bubblewrap_binaries
from autograder.course.secret import VARIABLE

# What Docker leaves to root.
CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP"),
    *("NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"),
)
AS_USER = ("--", "setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups")
NO_NAMESPACES = ("--unshare-user", "--disable-userns", "--")


def python_in_container(*mounts: str, user: bool = False) -> list[str]:
    """The command that runs this Python in a container; `mounts` are more of bwrap's flags.

    Started by root it is a container's root, or with `user` uid 12345, who may still make user namespaces; started by
    an ordinary user it is that user, who may not. The interpreter, its packages and this repository are under /mnt,
    where another user can read them; the rest of the file system is this machine's. Needs bubblewrap.
    """
    as_root = os.geteuid() == 0
    base = Path(sys.base_prefix).resolve()
    interpreter = Path("/mnt/python") / Path(sys.executable).resolve().relative_to(base)
    packages = Path(msgspec.__file__).parents[1]
    engine = Path(autograder.__file__).parents[1]
    kept = (flag for name in CAPABILITIES for flag in ("--cap-add", f"CAP_{name}"))
    root_or_user = AS_USER if user else ("--cap-drop", "ALL", *kept, "--")
    return [
        *(str(bubblewrap_binaries()[-1]), "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", "/mnt"),
        *("--ro-bind", str(base), "/mnt/python", "--ro-bind", str(packages), "/mnt/packages"),
        *("--ro-bind", str(engine), "/mnt/engine", "--chmod", "0755", "/mnt", *mounts, "--chdir", "/"),
        *("--clearenv", "--setenv", "container", "yes", "--setenv", "PYTHONPATH", "/mnt/engine:/mnt/packages"),
        *(("--setenv", VARIABLE, os.environ[VARIABLE]) if VARIABLE in os.environ else ()),
        *("--setenv", "LD_LIBRARY_PATH", "/mnt/python/lib", "--setenv", "PATH", "/usr/bin:/bin"),
        *(root_or_user if as_root else NO_NAMESPACES),
        *(str(interpreter), "-B"),
    ]
