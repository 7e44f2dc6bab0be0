"""Where the Python that graders run lies on this machine: what a worker must be able to read, and nothing more."""

import importlib.util
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement

from autograder.beside import wire

SCRATCH_BYTES = 16 << 20
FIRST_UID = 0x70000000  # far above any user's; a process id below 2**22 is added
NO_CONTROL = -1  # the worker then goes through its start, imports what a submission may need, and ends
ENGINE = ("numpy", "msgspec")  # what the worker itself needs; student code may import numpy
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
    imports: tuple[str, ...] = ("numpy",)  # what student code may import beside Python's own library


def boot(folders: list[str], told: wire.Boot) -> list[str]:
    """Python's arguments that make it a nursery; `folders` are where it finds `beside` and the packages.

    Isolated by flags rather than by -I, which would ignore PYTHONHASHSEED.
    """
    code = f"import sys; sys.path += {folders!r}; from beside.nursery import main; raise SystemExit(main(sys.argv[1:]))"
    return ["-P", "-s", "-S", "-B", "-c", code, wire.encode_boot(told)]


def plain_folders(imports: Iterable[str]) -> list[str]:
    """Where a worker finds `beside` and its packages if it sees this machine's own file system."""
    return [str(BESIDE.parent), *sorted({str(path.parent) for path in package_files(imports)})]


def package_files(imports: Iterable[str]) -> list[Path]:
    """The folders and files of the packages that are to be there, with what they need and their shared libraries."""
    names = dict.fromkeys([*ENGINE, *with_requirements(tuple(imports))])
    found = [package_folder(each) for name in names for each in (name, f"{name}.libs")]
    return [path for path in found if path]


@cache
def with_requirements(imports: tuple[str, ...]) -> tuple[str, ...]:
    """These packages and all that their distributions depend on here, by the names that are imported."""
    if set(imports) <= {*ENGINE}:
        return imports  # which depend on nothing
    providers = packages_distributions()
    brought: dict[str, list[str]] = {}
    for name, distributions in providers.items():
        for each in distributions:
            brought.setdefault(_plain(each), []).append(name)
    found, waiting = dict.fromkeys(imports), [_plain(each) for name in imports for each in providers.get(name, ())]
    seen = set()
    while waiting:
        provider = waiting.pop()
        if provider in seen or provider not in brought:  # what is for another system is not installed
            continue
        seen.add(provider)
        found |= dict.fromkeys(name for name in brought[provider] if name.isidentifier())
        needed = map(Requirement, distribution(provider).requires or ())
        waiting += [_plain(each.name) for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    return tuple(found)


def _plain(name: str) -> str:
    """A distribution's name as it is compared."""
    return name.lower().replace("_", "-").replace(".", "-")


def missing(imports: Iterable[str]) -> list[str]:
    """Of these packages, those that are not installed here."""
    return [name for name in imports if name not in sys.stdlib_module_names and package_folder(name) is None]


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
    """A package's folder on this machine, or a module's file; None where it is not installed."""
    if name.endswith(".libs"):  # no package to Python: the shared libraries of a wheel, beside it
        beside = package_folder(name.removesuffix(".libs"))
        folder = beside.parent / name if beside else None
        return folder if folder and folder.is_dir() else None
    spec = importlib.util.find_spec(name)
    if spec is None or name in sys.stdlib_module_names:
        return None
    if spec.submodule_search_locations:
        return Path(spec.submodule_search_locations[0]).resolve()
    return Path(spec.origin).resolve() if spec.has_location and spec.origin else None
