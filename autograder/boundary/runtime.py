"""Where the Python that graders run lies on this machine: what a worker must be able to read, and nothing more."""

import importlib.util
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from autograder.beside import wire

SCRATCH_BYTES = 16 << 20
FIRST_UID = 0x70000000  # far above any user's; a process id below 2**22 is added
NO_CONTROL = -1  # the worker then goes through its start, imports what a submission may need, and ends
PACKAGES = ("numpy", "numpy.libs", "scipy", "scipy.libs", "msgspec")
SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache", "/nix/store")
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
BESIDE = Path(__file__).parent.parent / "beside"


@dataclass(frozen=True)
class Confinement:
    """The limits that hold for everything in one sandbox, from its start."""

    memory_bytes: int
    processes: int


def boot(folders: list[str], told: wire.Boot) -> list[str]:
    """Python's arguments that make it a nursery; `folders` are where it finds `beside` and the packages.

    Isolated by flags rather than by -I, which would ignore PYTHONHASHSEED.
    """
    code = f"import sys; sys.path += {folders!r}; from beside.nursery import main; raise SystemExit(main(sys.argv[1:]))"
    return ["-P", "-s", "-S", "-B", "-c", code, wire.encode_boot(told)]


def plain_folders() -> list[str]:
    """Where a worker finds `beside` and its packages if it sees this machine's own file system."""
    packages = {str(folder.parent) for name in PACKAGES if (folder := package_folder(name))}
    return [str(BESIDE.parent), *sorted(packages)]


def library_folders() -> list[str]:
    """Where the system keeps shared libraries: on Debian and its kin one folder for the architecture."""
    multiarch = sysconfig.get_config_var("MULTIARCH")
    folder = f"/usr/lib/{multiarch}"
    return [folder] if multiarch and Path(folder).is_dir() else ["/usr/lib"]


def site_folders(library: Path) -> list[Path]:
    """Folders of installed packages in a library folder; they may hold this very package and a course beside it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    names = (f"{version}/site-packages", f"{version}/dist-packages", "python3/dist-packages")
    return [library / name for name in names if (library / name).is_dir()]


def package_folder(name: str) -> Path | None:
    """A package's folder on this machine; None where it is not installed."""
    if name.endswith(".libs"):  # no package to Python: the shared libraries of a wheel, beside it
        beside = package_folder(name.removesuffix(".libs"))
        folder = beside.parent / name if beside else None
        return folder if folder and folder.is_dir() else None
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).resolve()
