"""Measuring: what a command uses on chosen CPUs, the machine that it is measured on, and whether that is at rest."""

import contextlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
WATCH = Path(__file__).with_name("watch.py")
BIN = Path(sys.executable).parent
REST = 0.5  # the load above which nothing is measured, unless one insists
LAST_LINES = 12


class BenchmarkError(Exception):
    """The benchmark cannot say what it is to say; the message is a sentence."""


@dataclass(frozen=True)
class Usage:
    """What a command used. CPU: user and system, of all its processes together; peak: of the largest of them."""

    cpu_s: float
    wall_s: float
    peak_bytes: int


def measured(
    command: Sequence[str | Path],
    *,
    cpus: Sequence[int],
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    good: Sequence[int] = (0,),
) -> Usage:
    """What a command uses on these CPUs; BenchmarkError, with its last words, if its exit status is none of `good`."""
    watched = [sys.executable, "-I", "-S", str(WATCH), *map(str, command)]
    with on_cpus(cpus):
        done = subprocess.run(
            watched,
            cwd=cwd,
            env=plain_environment() | dict(environment or {}),
            capture_output=True,
            text=True,
            errors="replace",
        )
    if done.returncode not in good:
        last = "\n".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        raise BenchmarkError(f"{' '.join(watched[4:])}: exit status {done.returncode}, want {good[0]}:\n{last}")
    return Usage(**json.loads(done.stdout))


def plain_environment() -> dict[str, str]:
    """Ours without settings of Python's: PYTHONDONTWRITEBYTECODE alone has every fork of b compile the submission."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@contextlib.contextmanager
def on_cpus(cpus: Sequence[int]) -> Iterator[None]:
    """While it lasts, this process and what it starts run on these CPUs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def refuse_busy(anyway: bool) -> float:
    """The load of the last minute; BenchmarkError if others are at work here, unless `anyway`."""
    load = os.getloadavg()[0]
    if load > REST and not anyway:
        raise BenchmarkError(
            f"the load of this machine is {load:.2f}, want {REST} at most: others' work is in every figure; wait, or "
            "take --anyway, which the table then says"
        )
    return load


def machine() -> dict[str, Any]:
    """What the figures are of."""
    found = None
    with contextlib.suppress(OSError):
        found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "cpu": found[1] if found else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _commit() -> str:
    """The commit of this checkout, and whether files differ from it; "unknown" where there is no git."""
    try:
        commit, changed = (
            subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
            for words in (("rev-parse", "--short=12", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}, with changes" if changed else commit
