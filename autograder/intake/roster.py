"""Class folders as they come from a platform or a colleague: who handed in what.

Names are looked at here, Gradescope's metadata, and the first bytes of texts; the files themselves are read by
`forms`, one submission at a time. Nobody vanishes silently: whatever lies in a class folder becomes a submission, to
be answered as unreadable if it is none, or is listed as ignored, with the reason.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.claims import decided, put_together
from autograder.intake.disk import Node
from autograder.intake.file_names import beneath
from autograder.intake.folders import (
    MAX_CHILDREN,
    children,
    ignored_because,
    is_export,
    is_hand_in,
    is_results,
    path_shown,
)
from autograder.intake.found import Found, Submission
from autograder.intake.gradescope_export import EXPORT, METADATA, read_metadata
from autograder.intake.names import platform_readings, show, stem_of

_SAMPLE = 5


@dataclass(frozen=True)
class Ignored:
    """What lies in a class folder and is nobody's hand-in, and why."""

    path: Path
    reason: str


class Submissions(list[Submission]):
    """Submissions sorted by id; what was ignored where they lie; whether the folder of a class was given."""

    def __init__(self, submissions: Iterable[Submission], ignored: Iterable[Ignored], is_class: bool) -> None:
        super().__init__(submissions)
        self.ignored = tuple(ignored)
        self.is_class = is_class


def find_submissions(
    paths: Sequence[Path],
    *,
    package: str,
    modules: Sequence[str],
    is_known: Callable[[str], bool] = lambda identity: False,
) -> Submissions:
    """The submissions at the paths, sorted by id, and what was ignored there.

    A file is one submission. So is a folder that holds a module itself or in a folder named as the package, unless it
    holds other hand-ins besides; any other folder is a class, each entry one student, ids taken from the platform's
    names where they are a platform's.
    Trust: the paths are the instructor's (a link is followed), the names below them are not (links are not).
    Two entries that claim one id are two submissions with a `conflict`: whose the id is, only the instructor knows.
    A name that can be read in two ways is the conflict alone: it takes nothing from whom it may be of. It is none if
    one of the ids alone `is_known`, as by the class's roster, and nothing else has that id.
    Raises: CourseError if a path is missing, holds results, may be one hand-in or a class, or a class is empty
    """
    if not paths:
        raise CourseError("submissions: no path given; want a submission or a folder of submissions")
    found: list[Found] = []
    ignored: list[Ignored] = []
    is_class = False
    for path in paths:
        if not path.exists():
            raise CourseError(
                f"submissions: {path_shown(path)} does not exist; want a submission or a folder of submissions"
            )
        target = path.resolve() if path.is_symlink() or path.name in ("", "..") else path
        node = Node.at(target)
        if not node.is_folder:
            found.append(_entry(target, is_folder=False))
        elif is_results(node):
            raise CourseError(
                f"submissions: {path_shown(path)} holds the results of an earlier grading; want what was handed in"
            )
        elif is_hand_in(node, package, modules):
            found.append(_entry(target, is_folder=True))
        else:
            is_class = True
            found += _class_folder(node, ignored)
    return Submissions(put_together(decided(found, is_known)), ignored, is_class)


def _class_folder(folder: Node, ignored: list[Ignored]) -> list[Found]:
    if is_export(folder):
        return list(_gradescope(folder, ignored))
    kept: list[Found] = []
    exports: list[Node] = []
    reasons: list[Ignored] = []
    for child in _members(folder):
        reason = ignored_because(child)
        if reason:
            reasons.append(Ignored(child.path, reason))
            continue
        kept.append(_entry(child.path, child.is_folder))
        if child.is_folder and EXPORT.fullmatch(child.name) and is_export(child):
            exports.append(child)
    ignored += reasons
    if exports and len(exports) == len(kept):  # beside hand-ins, a folder of that name is a student's
        return [found for export in exports for found in _gradescope(export, ignored)]
    if any(found.platform == "Brightspace" for found in kept):
        own = folder.path / "index.html"
        if any(found.path == own for found in kept):
            ignored.append(Ignored(own, "Brightspace's own index"))
            kept = [found for found in kept if found.path != own]
    if not kept:
        beside = "".join(f"; ignored {show(each.path.name)}: {each.reason}" for each in reasons[:_SAMPLE])
        raise CourseError(
            f"class folder {path_shown(folder.path)}: no submissions: looked for a folder, an archive or a .py file "
            f"for each student; give the folder that holds them{beside}"
        )
    return _blackboard_users(kept)


def _members(folder: Node) -> list[Node]:
    """What lies in the folder of a class, all of it."""
    members = children(folder)
    if len(members) == MAX_CHILDREN:
        raise CourseError(
            f"class folder {path_shown(folder.path)}: {MAX_CHILDREN} files and folders, or more; give folders of fewer"
        )
    return members


def _entry(path: Path, is_folder: bool) -> Found:
    """One student, from the name of a file or folder."""
    readings = platform_readings(path.name, is_folder=is_folder)
    if not readings:
        return Found(path.name if is_folder else stem_of(beneath(path.name)), "", path)
    reading, *others = readings
    name = "" if reading.platform == "Blackboard" else reading.name
    return Found(reading.id, name, path, reading, tuple(others))


def _blackboard_users(found: list[Found]) -> list[Found]:
    """Blackboard's user names, told from the assignment's title, which all names of a download begin with.

    Both may hold what stands between them: `Assignment_1_jane_doe`.
    """
    owners = {each.reading.name for each in found if each.reading and each.platform == "Blackboard"}
    first, last = min(owners, default=""), max(owners, default="")
    common = first[: next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]
    title = common.rpartition("_")[0] if first != last else ""
    if not title:
        return found
    return [
        replace(each, raw_id=each.reading.name.removeprefix(f"{title}_"))
        if each.reading and each.platform == "Blackboard"
        else each
        for each in found
    ]


# --- Gradescope ---------------------------------------------------------------------------------------------


def _gradescope(export: Node, ignored: list[Ignored]) -> Iterator[Found]:
    """A submission for each submitter; folders that the metadata does not name go by their number."""
    folder = export.path
    submitters = read_metadata(folder / METADATA)
    for name, students in submitters.items():
        # The name is joined to a path below: it must be one entry of this folder, not a way out of it.
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            raise CourseError(f"{path_shown(folder / METADATA)}: {show(name)} is no folder name; export again")
        if not students:
            yield Found(_number(name), "", folder / name, is_listed=True)
        for place, student in enumerate(students):
            number = _number(name) + (f"-{place + 1}" if place else "")
            identity = student.sid or student.email or number
            yield Found(identity, student.name, folder / name, submitted=student.submitted, is_listed=True)
    for child in _members(export):
        reason = ignored_because(child)
        if child.name in submitters or child.name == METADATA:
            continue
        if reason:
            ignored.append(Ignored(child.path, reason))
        else:
            yield Found(_number(child.name if child.is_folder else stem_of(child.name)), "", child.path)


def _number(name: str) -> str:
    return name.removeprefix("submission_") or name
