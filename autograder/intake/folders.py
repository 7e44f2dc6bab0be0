"""What a folder is, by the names in it: one hand-in, a class, Gradescope's export, results of an earlier grading.

Trust: the names are students' or a platform's. They are listed and compared, and links are not followed; of texts the
first bytes are looked at, through `read_regular`.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.file_names import (
    HAND_IN_ENDINGS,
    OLD,
    SNIFFED_BYTES,
    beneath,
    by_content,
    copy_of,
    defined_names,
    module_of,
    words,
)
from autograder.intake.gradescope import FOLDER, METADATA
from autograder.intake.listing import UnreadableHandIn, read_regular
from autograder.intake.names import (
    ARCHIVE_ENDINGS,
    OTHER_ARCHIVE_ENDINGS,
    TAKEN,
    is_junk,
    parse_platform_name,
    same,
    show,
    stem_of,
)

_SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini"})
_OTHER_ENDINGS = (".csv", ".yml", ".yaml", ".toml", ".md", ".rst")
_LOCK = ".lock"
_RESULT = frozenset({"results.json", "instructor.json"})
# Of these the students' template has all: two of them, and a folder is a student's copy of it.
_TEMPLATE = frozenset({"conftest.py", "pyproject.toml", "checks", "handouts", "tests"})
# What a student's own hand-in may have beside the package, documents in it or not.
PARTS = _TEMPLATE | {
    *("data", "figures", "figs", "images", "img", "pictures", "plots", "output", "results", "notebooks", "scripts"),
    *("doc", "docs", "documents", "report", "reports", "latex", "tex", "examples", "notes", "text", "theory"),
    *("отчет", "отчёт", "данные", "рисунки", "графики"),
}
DOCUMENTS = (".docx", ".doc", ".odt", ".pdf", ".rtf", ".pages", ".txt")
_DEPTH = 3  # how far down another student's modules are looked for: bob/hw/PACKAGE/MODULE.py


def children(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda child: child.name)


def path_shown(path: Path) -> str:
    return show(str(path), 300)


# --- one hand-in or a class ---------------------------------------------------------------------------------


def is_hand_in(folder: Path, package: str, modules: Sequence[str]) -> bool:
    """Whether the folder is one hand-in: a module lies in it, or in its folder named as the package.

    But a student's folder may be named as the package or a module: what also holds two other hand-ins is a class.
    Raises: CourseError if it may be either, as nobody is to vanish in the hand-in of another
    """
    if not _holds(folder, package, modules):
        return False
    here = [child for child in children(folder) if not is_junk(child.name)]
    if len({child.name for child in here} & _TEMPLATE) > 1:
        return True
    others = [child.name for child in here if _may_be_another(child, package, modules)]
    if len(others) > 1:
        return False
    loose = [] if others else _loose_hand_ins(here, modules)
    others = others or ([] if _holds_here(here, modules) else _essays(here, package))
    if others or len(loose) > 1:
        names = " and ".join(show(name) for name in (others or loose)[:2])
        raise CourseError(
            f"submissions: {path_shown(folder)} holds modules, but also {names}: one hand-in or a class? want the "
            "path of each student's hand-in, or what is one student's without older versions"
        )
    return True


def _holds(folder: Path, package: str, modules: Sequence[str]) -> bool:
    inner = folder / package
    places = [folder, inner] if inner.is_dir() and not inner.is_symlink() else [folder]
    return any(
        module_of(beneath(child.name), modules) and not child.is_dir(follow_symlinks=False)
        for place in places
        for child in children(place)
    )


def _holds_here(here: Sequence[os.DirEntry[str]], modules: Sequence[str]) -> bool:
    return any(module_of(beneath(child.name), modules) and not child.is_dir(follow_symlinks=False) for child in here)


def _essays(here: Sequence[os.DirEntry[str]], package: str) -> list[str]:
    """Folders of documents beside that of the package: of students who handed in no module, unless named as a part."""
    return [
        child.name
        for child in here
        if child.is_dir(follow_symlinks=False)
        and same(child.name) not in {same(package), *PARTS}
        and OLD.isdisjoint(words(child.name))
        and any(each.name.lower().endswith(DOCUMENTS) for each in children(Path(child.path)))
    ]


def _may_be_another(child: os.DirEntry[str], package: str, modules: Sequence[str]) -> bool:
    """Whether what lies beside a module may be another student's hand-in, not an older version or a part of it."""
    is_folder = child.is_dir(follow_symlinks=False)
    stem = same(child.name if is_folder else stem_of(child.name))
    name = (copy_of(stem) or (stem, ()))[0]
    if name == same(package) or not OLD.isdisjoint(words(name)):
        return False
    if parse_platform_name(child.name, is_folder=is_folder):
        return True
    return _holds_hand_in(Path(child.path), modules, _DEPTH) if is_folder else _is_archive(child.name)


def _loose_hand_ins(here: Sequence[os.DirEntry[str]], modules: Sequence[str]) -> list[str]:
    """Notebooks beside a module, and sources that define what the module defines: in a class, other students'."""
    files = [child for child in here if not child.is_dir(follow_symlinks=False)]
    sources = [child for child in files if beneath(child.name).endswith(".py")]
    own = [child for child in sources if module_of(beneath(child.name), modules)]
    wanted = set[str]().union(*map(_defined, own))
    alike = [
        child.name
        for child in sources
        if child not in own and not any(module in child.name for module in modules) and wanted & _defined(child)
    ]
    sheets = [child.name for child in files if beneath(child.name).lower().endswith(".ipynb")]
    return sheets if len(sheets) > 1 else alike


def _defined(child: os.DirEntry[str]) -> set[str]:
    """The functions and classes at the top of a source, by its first bytes."""
    try:
        return defined_names(read_regular(Path(child.path), SNIFFED_BYTES))
    except UnreadableHandIn:
        return set()


def _holds_hand_in(folder: Path, modules: Sequence[str], depth: int) -> bool:
    for child in children(folder):
        if is_junk(child.name):
            continue
        if child.is_dir(follow_symlinks=False):
            if depth > 1 and _holds_hand_in(Path(child.path), modules, depth - 1):
                return True
        elif module_of(beneath(child.name), modules) or child.name.endswith(".ipynb") or _is_archive(child.name):
            return True
    return False


def _is_archive(name: str) -> bool:
    return beneath(name).lower().endswith(ARCHIVE_ENDINGS + OTHER_ARCHIVE_ENDINGS)


# --- Gradescope's export, results ---------------------------------------------------------------------------


def is_export(folder: Path) -> bool:
    """Whether the folder is Gradescope's export: its metadata lies there, and most else has its names.

    A hand-in that came late may lie among them.
    Trust: among hand-ins whose names the students chose, a file named as the metadata is one of these.
    """
    if not os.path.lexists(folder / METADATA) or (folder / METADATA).is_dir():
        return False
    kept = [child for child in children(folder) if not ignored_because(child)]
    return sum(FOLDER.fullmatch(stem_of(child.name)) is not None for child in kept) > len(kept) / 2


def is_results(folder: Path) -> bool:
    """Whether the folder holds what an earlier grading wrote, to its end or not, and no hand-in."""
    here = children(folder)
    names = {child.name for child in here if not child.name.endswith(".tmp")}
    folders = [Path(child.path) for child in here if child.is_dir(follow_symlinks=False)]
    if any(beneath(name).lower().endswith(HAND_IN_ENDINGS) for name in names):
        return False
    if not folders:
        return _LOCK in names and names <= {_LOCK, TAKEN}
    return bool(names & {_LOCK, TAKEN}) and all(map(_holds_results_alone, folders))


def is_result(folder: Path) -> bool:
    """Whether the folder holds what a grading wrote of one submission, and nothing else."""
    return (folder / "results.json").exists() and _holds_results_alone(folder)


def _holds_results_alone(folder: Path) -> bool:
    return {child.name for child in children(folder) if not child.name.endswith(".tmp")} <= _RESULT


# --- what is nobody's ---------------------------------------------------------------------------------------


def ignored_because(child: os.DirEntry[str]) -> str:
    """Why an entry of a class folder is nobody's hand-in; "" if it is somebody's."""
    name, is_folder = child.name, child.is_dir(follow_symlinks=False)
    # What a platform names after a student is that student's, a dot in front or not; but macOS leaves "._NAME" of any.
    if parse_platform_name(name, is_folder=is_folder) and not name.startswith("._"):
        return ""
    if is_junk(name) or (not is_folder and name.lower() in _SYSTEM_NAMES):
        return "left there by a system or a tool"
    try:
        if is_folder:
            is_ours = is_results(Path(child.path)) or is_result(Path(child.path))
            return "results of an earlier grading" if is_ours else ""
        return "" if beneath(name).lower().endswith(HAND_IN_ENDINGS) else _no_hand_in(Path(child.path))
    except OSError:  # it is told of the one student when it is read
        return ""


def _no_hand_in(path: Path) -> str:
    """Why a file without a hand-in's ending is none; "" if it is one, or if it cannot be told."""
    name = path.name.lower()
    if name == METADATA:
        return "not taken for Gradescope's: what lies beside it is not named submission_NNN"
    if stem_of(name) == "readme":
        return "a readme"
    is_other = name.endswith(_OTHER_ENDINGS)
    if not is_other and not name.endswith((".json", ".txt", ".text")):
        return ""
    try:
        start = read_regular(path, SNIFFED_BYTES)
    except UnreadableHandIn:
        return "not a plain file"
    if is_other:  # a text may show Python; a notebook is nothing else
        is_notebook = by_content(f"{stem_of(name)}.json", start).endswith(".ipynb")
        return "" if is_notebook else f"a {name.rpartition('.')[2]} file holds no code"
    return "" if by_content(path.name, start) != path.name else "neither a notebook nor Python by its content"
