"""Where the Python that graders run lies on this machine: what a worker must be able to read, and nothing more."""

import contextlib
import importlib.util
import os
import pwd
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement

from autograder.inside import messages

SCRATCH_BYTES = 16 << 20
NO_CONTROL = -1  # the worker then goes through its start, imports what a submission may need, and ends
ENGINE = ("numpy", "msgspec")  # what the worker itself needs; student code may import numpy
SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache", "/nix/store")
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
INSIDE = Path(__file__).parent.parent / "inside"


def boot(folders: list[str], told: messages.Boot) -> list[str]:
    """Python's arguments that make it a nursery; `folders` are where it finds `inside` and the packages.

    Isolated by flags rather than by -I, which would ignore PYTHONHASHSEED.
    """
    code = f"import sys; sys.path += {folders!r}; from inside.nursery import main; raise SystemExit(main(sys.argv[1:]))"
    return ["-P", "-s", "-S", "-B", "-c", code, messages.encode_boot(told)]


def plain_environment() -> dict[str, str]:
    """ENVIRONMENT for a worker that sees this machine's own file system; with a home where the system knows none.

    Some packages ask for it as they are imported, and a container may run as a user that it has not heard of.
    """
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return {**ENVIRONMENT, "HOME": "/"}
    return dict(ENVIRONMENT)


def plain_folders(imports: Iterable[str]) -> list[str]:
    """Where a worker finds `inside` and its packages if it sees this machine's own file system."""
    return [str(INSIDE.parent), *sorted({str(path.parent) for path in package_files(imports)})]


def package_files(imports: Iterable[str]) -> list[Path]:
    """The folders and files of the packages that are to be there, with what they need and their shared libraries."""
    return list(dict.fromkeys([*_installed(ENGINE).values(), *_installed(tuple(imports)).values()]))


def with_requirements(imports: Iterable[str]) -> tuple[str, ...]:
    """These packages and all that their distributions depend on here, by the names that are imported."""
    return tuple(dict.fromkeys([*imports, *(name.partition(".")[0] for name in _installed(tuple(imports)))]))


@cache
def _installed(imports: tuple[str, ...]) -> dict[str, Path]:
    """Name in a folder of packages -> where it lies: these packages, what they need, and their shared libraries."""
    found = {path.name: path for name in imports for each in (name, f"{name}.libs") if (path := package_folder(each))}
    if set(imports) <= {*ENGINE}:
        return found  # which depend on nothing
    providers = packages_distributions()
    waiting, seen = [each for name in imports for each in providers.get(name, ())], set()
    while waiting:
        provider = _plain(waiting.pop())
        with contextlib.suppress(PackageNotFoundError):  # what is for another system only, or an extra's
            here = distribution(provider)
            needed = map(Requirement, here.requires or ())
            waiting += [
                each.name
                for each in needed
                if _plain(each.name) not in seen and (each.marker is None or each.marker.evaluate({"extra": ""}))
            ]
            for top in {file.parts[0] for file in here.files or () if ".." not in file.parts}:
                if top != "__pycache__" and not top.endswith((".dist-info", ".egg-info", ".pth", ".data")):
                    found.setdefault(top, Path(str(here.locate_file(top))).resolve())
        seen.add(provider)
    return found


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


def hidden_folders(library: Path) -> list[Path]:
    """Of a library folder what is not shown: installed packages, which may hold this very package and a course beside
    it, Python's own tests, and what C programs are linked with.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    names = [f"{version}/{name}" for name in ("site-packages", "dist-packages", "test")]
    found = [library / name for name in (*names, "python3/dist-packages")]
    return [path for path in (*found, *library.glob(f"{version}/config-*")) if path.is_dir()]


def runtime_files(imports: Iterable[str]) -> Iterator[Path]:
    """The files and folders that student code may read; hidden folders are cut out of the others."""
    base = Path(sys.base_prefix).resolve() / "lib"
    # What is a link leads to another of them, or, as /lib on Debian, to much that nobody needs.
    folders = [Path(folder) for folder in (*library_folders(), *SYSTEM_FOLDERS)]
    libraries = [folder.resolve() for folder in folders if folder.exists() and not folder.is_symlink()]
    hidden = {path for folder in (base, *libraries) for path in hidden_folders(folder)}
    yield INSIDE
    yield from package_files(imports)
    for folder in dict.fromkeys([*python_files(), *libraries]):
        yield from _without(folder, hidden)


def _without(path: Path, hidden: set[Path]) -> Iterator[Path]:
    """Paths that cover all that is below this one except for the hidden folders."""
    if path in hidden:
        return
    if not any(each.is_relative_to(path) for each in hidden):
        yield path
        return
    for child in sorted(path.iterdir()):
        if not child.is_symlink():
            yield from _without(child, hidden)


def python_files() -> list[Path]:
    """Python's own library, and what lies beside it: its shared libraries (with conda's Python, the system's too)."""
    base = Path(sys.base_prefix).resolve() / "lib"
    return [base / f"python{sys.version_info.major}.{sys.version_info.minor}", *sorted(base.glob("lib*.so*"))]


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
