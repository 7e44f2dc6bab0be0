"""Which sandboxes there are, and the choice of one: the best that starts here, or the one asked for by name."""

import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from autograder.boundary import SANDBOXES
from autograder.boundary.bubblewrap import Bubblewrap, bubblewrap_binaries, why_not
from autograder.boundary.limits import Confinement
from autograder.boundary.runtime import (
    NO_CONTROL,
    SCRATCH_BYTES,
    boot,
    missing,
    plain_environment,
    plain_folders,
    with_requirements,
)
from autograder.boundary.unprivileged import Unprivileged
from autograder.inside import messages
from autograder.installation import pip_install

PROBE_S = 60


class SandboxUnavailable(Exception):
    """No sandbox can start here; the message says why and what to do."""


class Unsandboxed:
    """No sandbox: the worker is a plain process of this user's. Only on the instructor's explicit word."""

    name = "none"

    def command(self, control: int, limits: Confinement) -> list[str]:
        """As Bubblewrap.command; RLIMIT_NPROC would count the user's other processes, so it is left alone."""
        told = messages.Boot(
            control=control,
            memory_bytes=limits.memory_bytes,
            scratch_bytes=SCRATCH_BYTES,
            imports=limits.imports,
            with_imports=with_requirements(limits.imports),
        )
        return [sys.executable, *boot(plain_folders(limits.imports), told)]

    def environment(self) -> dict[str, str]:
        return plain_environment()


Sandbox = Bubblewrap | Unprivileged | Unsandboxed


def find_sandbox(
    name: str = "any", secrets: Iterable[Path] = (), imports: tuple[str, ...] = Confinement.imports
) -> Sandbox:
    """The sandbox of this name, or the best one, tried by starting it.

    `secrets` are files and folders that student code must not be able to read, however weak the sandbox; `imports`
    what it may import, on every machine alike.
    Raises: SandboxUnavailable, which says what to do
    """
    if absent := missing(imports):
        raise SandboxUnavailable(
            f"imports: assignments/course.toml promises {', '.join(absent)}, which is not installed here; "
            f'run "{sys.executable} -m pip install {" ".join(absent)}", or take it out of the list'
        )
    if name not in SANDBOXES:
        raise SandboxUnavailable(f"sandbox: got {name!r}, want one of {', '.join(SANDBOXES)}")
    if name == "none":
        return Unsandboxed()
    if sysconfig.get_platform().split("-")[0] != "linux":
        raise SandboxUnavailable(
            f"sandbox: bubblewrap needs Linux: this is {sys.platform}; grade on Linux (a virtual machine will do)"
        )
    if name == "bubblewrap":
        return _find_bubblewrap(imports)
    if name != "any":
        return _find_unprivileged(name, secrets, imports)
    try:
        return _find_bubblewrap(imports)
    except SandboxUnavailable as best:
        try:
            return _find_unprivileged(name, secrets, imports)
        except SandboxUnavailable as fallback:
            raise SandboxUnavailable(f"{best}\n{fallback}") from None


def _find_bubblewrap(imports: tuple[str, ...]) -> Bubblewrap:
    binaries = bubblewrap_binaries()
    if not binaries:
        raise SandboxUnavailable(
            'sandbox: no bubblewrap here; run "apt install bubblewrap" (Debian, Ubuntu), "dnf install bubblewrap" '
            '(Fedora), "apk add bubblewrap" (Alpine), or where you may not '
            f'(x86_64 or aarch64, glibc 2.28 or newer) "{pip_install("sandbox")}"'
        )
    trouble = ""
    for binary in binaries:
        sandbox = Bubblewrap(binary)
        trouble = _trouble(sandbox, imports)
        if not trouble:
            return sandbox
    raise SandboxUnavailable(why_not(trouble))


def _find_unprivileged(name: str, secrets: Iterable[Path], imports: tuple[str, ...]) -> Unprivileged:
    sandbox = Unprivileged()
    if name not in ("any", sandbox.name):
        kernel = "has Landlock" if sandbox.has_landlock else "has no Landlock (Linux 5.13 or newer, not switched off)"
        raise SandboxUnavailable(f"sandbox: {name} is not what this machine offers: its kernel {kernel}")
    trouble = sandbox.refusal(secrets) or _trouble(sandbox, imports)
    if trouble:
        last = trouble.splitlines()[-1]
        advice = ""
        if "PermissionError" in last or "ModuleNotFoundError" in last or "init_fs_encoding" in last:
            advice = f"; want Python where every user may read it, not in {sys.base_prefix}"
        raise SandboxUnavailable(f"sandbox: {sandbox.name} does not start: {last}{advice}")
    return sandbox


def _trouble(sandbox: Sandbox, imports: tuple[str, ...]) -> str:
    """Why a sandbox does not start, in its own words; "" if it does."""
    try:
        probe = sandbox.command(NO_CONTROL, Confinement(1 << 30, 8, imports))
        run = subprocess.run(
            probe, env=sandbox.environment(), capture_output=True, text=True, errors="replace", timeout=PROBE_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if run.returncode == 0 else run.stderr.strip() or "it ended without a word"
