"""What a folder is, by the names in it: one hand-in, a class, Gradescope's export, results of an earlier grading.

Trust: the names are students' or a platform's. They are listed and compared, and of texts the first bytes are looked
at, all through `disk`, which follows no link.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.disk import Node
from autograder.intake.file_names import (
    HAND_IN_ENDINGS,
    OLD,
    SNIFFED_BYTES,
    assignment_numbers,
    beneath,
    by_content,
    copy_of,
    defined_names,
    module_of,
    own_words,
    words,
)
from autograder.intake.gradescope_export import FOLDER, METADATA
from autograder.intake.listing import UnreadableHandIn
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
    *("build", "dist", "lectures", "слайды", "лекции"),
    *("doc", "docs", "documents", "report", "reports", "latex", "tex", "examples", "notes", "text", "theory"),
    *("отчет", "отчёт", "данные", "рисунки", "графики"),
}
DOCUMENTS = (".docx", ".doc", ".odt", ".pdf", ".rtf", ".pages", ".txt")
MAX_CHILDREN = 100_000
_MAX_COMPARED = 1 << 20  # bytes of a module
_DEPTH = 3  # how far down another student's modules are looked for: bob/hw/PACKAGE/MODULE.py


def children(folder: Node) -> list[Node]:
    """What lies in a folder, sorted; nothing if it has turned into something else since.

    Of more than MAX_CHILDREN only so many: no class has them, and a hand-in that has is refused where it is read.
    """
    try:
        return sorted(islice(folder.scan(), MAX_CHILDREN), key=lambda child: child.name)
    except UnreadableHandIn:
        return []


def path_shown(path: Path) -> str:
    return show(str(path), 300)


# --- one hand-in or a class ---------------------------------------------------------------------------------


def is_hand_in(folder: Node, package: str, modules: Sequence[str]) -> bool:
    """Whether the folder is one hand-in: a module lies in it, or in its folder named as the package, or all that lies
    in it are folders named after assignments.

    But a student's folder may be named as the package or a module: what also holds two other hand-ins is a class.
    Raises: CourseError if it may be either, as nobody is to vanish in the hand-in of another
    """
    here = [child for child in children(folder) if not is_junk(child.name)]
    if not _holds(folder, package, modules):
        is_by_assignment = bool(here) and all(child.is_folder and assignment_numbers(child.name) for child in here)
        alike = _alike(here, package, modules) if is_by_assignment else []
        if alike:
            raise _in_doubt(folder, f"the same module in {' and in '.join(alike)}")
        return is_by_assignment
    if len({child.name for child in here} & _TEMPLATE) > 1:
        return True
    others = [child.name for child in here if _may_be_another(child, package, modules)]
    if len(others) > 1:
        return False
    inner = [each for child in here if child.is_folder and child.name == package for each in children(child)]
    loose = [] if others else _loose_hand_ins(here, inner, modules)
    others = others or ([] if _holds_here(here, modules) else _essays(here, package))
    if others or len(loose) > 1:
        raise _in_doubt(folder, f"modules, but also {' and '.join(show(name) for name in (others or loose)[:2])}")
    return True


def _in_doubt(folder: Node, what: str) -> CourseError:
    return CourseError(
        f"submissions: {path_shown(folder.path)} holds {what}: one hand-in or a class? want the path of each student's "
        "hand-in, or what is one student's without older versions"
    )


def _alike(folders: Sequence[Node], package: str, modules: Sequence[str]) -> list[str]:
    """Two folders that hold the same module and not the same in it; none if there are none."""
    first: dict[str, tuple[Node, bytes]] = {}
    for folder in folders:
        inner = [child for child in children(folder) if child.is_folder and child.name == package]
        for file in (child for place in (folder, *inner) for child in children(place) if not child.is_folder):
            module = module_of(beneath(file.name), modules)
            source = _start(file, _MAX_COMPARED) if module else b""
            other, known = first.setdefault(module, (folder, source)) if module else (folder, b"")
            if other is not folder and known != source:
                return [show(other.name), show(folder.name)]
    return []


def _holds(folder: Node, package: str, modules: Sequence[str]) -> bool:
    here = children(folder)
    inner = [child for child in here if child.is_folder and child.name == package]
    return any(_holds_here(place, modules) for place in (here, *map(children, inner)))


def _holds_here(here: Sequence[Node], modules: Sequence[str]) -> bool:
    return any(module_of(beneath(child.name), modules) and not child.is_folder for child in here)


def _essays(here: Sequence[Node], package: str) -> list[str]:
    """Folders of documents beside that of the package: of students who handed in no module, unless named as a part."""
    return [
        child.name
        for child in here
        if child.is_folder
        and same(child.name) not in {same(package), *PARTS}
        and OLD.isdisjoint(words(child.name))
        and any(each.name.lower().endswith(DOCUMENTS) for each in children(child))
    ]


def _may_be_another(child: Node, package: str, modules: Sequence[str]) -> bool:
    """Whether what lies beside a module may be another student's hand-in, not an older version or a part of it."""
    stem = same(child.name if child.is_folder else stem_of(child.name))
    name = (copy_of(stem) or (stem, ()))[0]
    if name in PARTS or name == same(package) or not OLD.isdisjoint(words(name)):
        return False
    if parse_platform_name(child.name, is_folder=child.is_folder):
        return True
    return _holds_hand_in(child, modules, _DEPTH) if child.is_folder else _is_archive(child.name)


def _loose_hand_ins(here: Sequence[Node], inner: Sequence[Node], modules: Sequence[str]) -> list[str]:
    """Notebooks beside a module or the package, and sources that define most of what it defines: in a class, other
    students'.
    """
    files = [child for child in here if not child.is_folder]
    sources = [child for child in files if beneath(child.name).endswith(".py")]
    own = [child for child in (*sources, *inner) if module_of(beneath(child.name), modules) and not child.is_folder]
    defined = [*map(_defined, own)]
    alike = [
        child.name
        for child in sources
        if child not in own
        and not any(_is_named_after(child.name, module) for module in modules)
        and any(2 * len(each & _defined(child)) > len(each) for each in defined)
    ]
    sheets = [child.name for child in files if beneath(child.name).lower().endswith(".ipynb")]
    return sheets if len(sheets) > 1 else alike


def _is_named_after(name: str, module: str) -> bool:
    """Whether a name is a module's with nobody's words: `linear_final.py`, not `linear_ann.py`."""
    others = own_words(stem_of(name)) - words(module)
    return module in name and all(word.isdigit() for word in others)


def _defined(child: Node) -> set[str]:
    """The functions and classes at the top of a source, by its first bytes."""
    return defined_names(_start(child))


def _start(child: Node, limit: int = SNIFFED_BYTES) -> bytes:
    try:
        return child.read(limit)
    except UnreadableHandIn:
        return b""


def _holds_hand_in(folder: Node, modules: Sequence[str], depth: int) -> bool:
    for child in children(folder):
        if is_junk(child.name):
            continue
        if child.is_folder:
            if depth > 1 and _holds_hand_in(child, modules, depth - 1):
                return True
        elif module_of(beneath(child.name), modules) or child.name.endswith(".ipynb") or _is_archive(child.name):
            return True
    return False


def _is_archive(name: str) -> bool:
    return beneath(name).lower().endswith(ARCHIVE_ENDINGS + OTHER_ARCHIVE_ENDINGS)


# --- Gradescope's export, results ---------------------------------------------------------------------------


def is_export(folder: Node) -> bool:
    """Whether the folder is Gradescope's export: its metadata lies there, and most else has its names.

    A hand-in that came late may lie among them.
    Trust: among hand-ins whose names the students chose, a file named as the metadata is one of these.
    """
    here = children(folder)
    if not any(child.name == METADATA and not child.is_folder for child in here):
        return False
    kept = [child for child in here if not ignored_because(child)]
    return sum(FOLDER.fullmatch(stem_of(child.name)) is not None for child in kept) > len(kept) / 2


def is_results(folder: Node) -> bool:
    """Whether the folder holds what an earlier grading wrote, to its end or not, and no hand-in."""
    here = children(folder)
    names = {child.name for child in here if not child.name.endswith(".tmp")}
    folders = [child for child in here if child.is_folder]
    if any(beneath(name).lower().endswith(HAND_IN_ENDINGS) for name in names):
        return False
    if not folders:
        return _LOCK in names and names <= {_LOCK, *TAKEN}
    return bool(names & {_LOCK, *TAKEN}) and all(map(_holds_results_alone, folders))


def is_result(folder: Node) -> bool:
    """Whether the folder holds what a grading wrote of one submission, and nothing else."""
    return any(child.name == "results.json" for child in children(folder)) and _holds_results_alone(folder)


def _holds_results_alone(folder: Node) -> bool:
    return {child.name for child in children(folder) if not child.name.endswith(".tmp")} <= _RESULT


# --- what is nobody's ---------------------------------------------------------------------------------------


def ignored_because(child: Node) -> str:
    """Why an entry of a class folder is nobody's hand-in; "" if it is somebody's."""
    name, is_folder = child.name, child.is_folder
    # What a platform names after a student is that student's, a dot in front or not; but macOS leaves "._NAME" of any.
    if parse_platform_name(name, is_folder=is_folder) and not name.startswith("._"):
        return ""
    if is_junk(name) or (not is_folder and name.lower() in _SYSTEM_NAMES):
        return "left there by a system or a tool"
    try:
        if is_folder:
            is_ours = is_results(child) or is_result(child)
            return "results of an earlier grading" if is_ours else ""
        return "" if beneath(name).lower().endswith(HAND_IN_ENDINGS) else _no_hand_in(child)
    except OSError:  # it is told of the one student when it is read
        return ""


def _no_hand_in(file: Node) -> str:
    """Why a file without a hand-in's ending is none; "" if it is one, or if it cannot be told."""
    name = file.name.lower()
    if name == METADATA:
        return "not taken for Gradescope's: what lies beside it is not named submission_NNN"
    if stem_of(name) == "readme":
        return "a readme"
    is_other = name.endswith(_OTHER_ENDINGS)
    if not is_other and not name.endswith((".json", ".txt", ".text")):
        return ""
    try:
        start = file.read(SNIFFED_BYTES)
    except UnreadableHandIn:
        return "not a plain file"
    if is_other:  # a text may show Python; a notebook is nothing else
        is_notebook = by_content(f"{stem_of(name)}.json", start).endswith(".ipynb")
        return "" if is_notebook else f"a {name.rpartition('.')[2]} file holds no code"
    return "" if by_content(file.name, start) != file.name else "neither a notebook nor Python by its content"
