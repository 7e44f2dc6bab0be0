"""A machine laid out as Gradescope's containers are: its paths, root, and no power to make namespaces.

    /autograder/source            the zip, unpacked     /autograder/submission                what was handed in
    /autograder/run_autograder    a copy of it          /autograder/submission_metadata.json  who, when, and before
    /autograder/results           to be written         /opt                                  what setup.sh installed

All of the file system that is not one of these is this machine's /usr and /etc, read-only, and an empty /tmp.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec

from autograder.boundary.bubblewrap import bubblewrap_binaries
from tests.container import CAPABILITIES

SITE_PACKAGES = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


class Replica:
    """A container made from an autograder.zip; `install` runs its setup.sh, `run` its run_autograder."""

    def __init__(self, folder: Path, archive: bytes) -> None:
        self.autograder, self.opt = folder / "autograder", folder / "opt"
        for path in (self.autograder / "source", self.autograder / "results", self.opt):
            path.mkdir(parents=True)
        with zipfile.ZipFile(io.BytesIO(archive)) as content:
            for entry in content.infolist():
                content.extract(entry, self.autograder / "source")
                (self.autograder / "source" / entry.filename).chmod(entry.external_attr >> 16)
        shutil.copy2(self.autograder / "source" / "run_autograder", self.autograder)

    def install(self) -> subprocess.CompletedProcess[str]:
        """setup.sh without the network: the wheel from the zip, the libraries that run these tests."""
        done = self.command("/autograder/source/setup.sh", PIP_NO_DEPS="1", PIP_NO_INDEX="1")
        site = self.opt / "autograder" / SITE_PACKAGES
        (site / "libraries.pth").write_text("/mnt/packages\n", encoding="utf-8")
        return done

    def with_zip(self, folder: Path, archive: bytes) -> "Replica":
        """Another autograder on the same image: what setup.sh installed is the engine, which is in every zip."""
        other = Replica(folder, archive)
        other.opt.rmdir()
        other.opt = self.opt
        return other

    def hand_in(self, *paths: Path, metadata: dict[str, object] | None = None) -> None:
        """Put these files, and the contents of these folders, where Gradescope puts a submission."""
        submission = self.autograder / "submission"
        shutil.rmtree(submission, ignore_errors=True)
        submission.mkdir()
        for path in paths:
            if path.is_dir():
                shutil.copytree(path, submission, dirs_exist_ok=True)
            else:
                shutil.copy2(path, submission)
        told = {"id": 1, "users": []} if metadata is None else metadata
        (self.autograder / "submission_metadata.json").write_text(json.dumps(told), encoding="utf-8")

    def run(self, *paths: Path, metadata: dict[str, object] | None = None, mounts: tuple[str, ...] = ()) -> "Run":
        """What run_autograder makes of a submission."""
        self.hand_in(*paths, metadata=metadata)
        (self.autograder / "results" / "results.json").unlink(missing_ok=True)
        return Run(self, self.command("/autograder/run_autograder", mounts=mounts))

    def command(
        self, *arguments: str, mounts: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        base = Path(sys.base_prefix).resolve()
        python = Path("/mnt/python") / Path(sys.executable).resolve().relative_to(base)
        own = {
            "PATH": "/usr/bin:/bin",
            "LD_LIBRARY_PATH": "/mnt/python/lib",
            "AUTOGRADER_PYTHON": str(python),
            "HOME": "/tmp",
        }
        return subprocess.run(
            [
                *(str(bubblewrap_binaries()[-1]), "--tmpfs", "/", "--ro-bind", "/usr", "/usr"),
                *(flag for name in ("bin", "sbin", "lib", "lib64", "etc") for flag in _as_here(f"/{name}")),
                *("--dev-bind", "/dev", "/dev", "--proc", "/proc", "--perms", "1777", "--tmpfs", "/tmp"),
                # As in a container, nobody else can be seen or killed, and all ends with the one who started it.
                *("--unshare-pid", "--die-with-parent"),
                *("--ro-bind", str(base), "/mnt/python", "--ro-bind", str(Path(msgspec.__file__).parents[1])),
                *("/mnt/packages", "--chmod", "0755", "/mnt", "--chmod", "0755", "/"),
                *("--bind", str(self.opt), "/opt", "--bind", str(self.autograder), "/autograder", *mounts),
                *("--chdir", "/autograder", "--clearenv"),
                *(flag for name, value in (own | environment).items() for flag in ("--setenv", name, value)),
                *("--cap-drop", "ALL", *(flag for name in CAPABILITIES for flag in ("--cap-add", f"CAP_{name}"))),
                *("--", *arguments),
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


class Run:
    """What a run left: results.json as Gradescope reads it, and what instructors alone are shown."""

    def __init__(self, replica: Replica, done: subprocess.CompletedProcess[str]) -> None:
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        self.results = json.loads((replica.autograder / "results" / "results.json").read_text(encoding="utf-8"))

    @property
    def is_not_graded(self) -> bool:
        """No score, no tests to add up to one, and a student who is told whom to ask."""
        told = "could not be graded" in self.results["output"] and "tell your instructor" in self.results["output"]
        return told and not {"score", "tests"} & self.results.keys()


def _as_here(path: str) -> tuple[str, ...]:
    if os.path.islink(path):
        return "--symlink", os.readlink(path), path
    return ("--ro-bind", path, path) if os.path.exists(path) else ()
