"""Class folders as they come from a platform or a colleague: who handed in what.

Names are looked at here, Gradescope's metadata, and the first bytes of texts; the files themselves are read by
`forms`, one submission at a time. Nobody vanishes silently: whatever lies in a class folder becomes a submission, to
be answered as unreadable if it is none, or is listed as ignored, with the reason.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.disk import Node
from autograder.intake.file_names import beneath, copy_of
from autograder.intake.folders import (
    MAX_CHILDREN,
    children,
    ignored_because,
    is_export,
    is_hand_in,
    is_results,
    path_shown,
)
from autograder.intake.gradescope_export import EXPORT, METADATA, read_metadata
from autograder.intake.names import PlatformName, platform_readings, safe_id, safe_ids, same, show, stem_of

_SAMPLE = 5


@dataclass(frozen=True)
class Submission:
    """What one student handed in, before it is read.

    Trust: the id is clean (see `safe_id`); name and paths are as the platform or the student wrote them.
    """

    id: str  # unique: a row key and a folder name
    name: str  # for people; "" if unknown
    paths: tuple[Path, ...]
    conflict: str = ""  # why it cannot be told whose it is; then it is not to be graded
    claimed: str = ""  # the id that it would have without the conflict: a score that stands under it is in doubt
    notes: tuple[str, ...] = ()  # for the student: which attempts do not count
    late: bool = False  # the platform says so
    submitted: str = ""  # when, as the platform writes it; "" if it does not
    may_be_class: bool = False  # no platform says that it is one student's: what is in it may be several students'


@dataclass(frozen=True)
class Ignored:
    """What lies in a class folder and is nobody's hand-in, and why."""

    path: Path
    reason: str


class Submissions(list[Submission]):
    """Submissions sorted by id; beside them, what was ignored where they lie."""

    def __init__(self, submissions: Iterable[Submission], ignored: Iterable[Ignored]) -> None:
        super().__init__(submissions)
        self.ignored = tuple(ignored)


@dataclass(frozen=True)
class _Found:
    """One student's entry before ids are cleaned and the files of one student are put together."""

    raw_id: str
    name: str
    path: Path
    reading: PlatformName | None = None  # files of one student on this platform may be put together; if None, nothing
    others: tuple[PlatformName, ...] = ()  # in which the name can be read besides
    submitted: str = ""
    is_listed: bool = False  # in Gradescope's metadata

    @property
    def platform(self) -> str:
        return self.reading.platform if self.reading else ""

    @property
    def attempt(self) -> tuple[int, ...]:
        return self.reading.attempt if self.reading else ()

    @property
    def has_file(self) -> bool:
        return self.reading is None or self.reading.is_file_submission

    @property
    def number(self) -> int:
        return self.reading.number if self.reading else 0

    @property
    def late(self) -> bool:
        return self.reading is not None and self.reading.late


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
    found: list[_Found] = []
    ignored: list[Ignored] = []
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
            found += _class_folder(node, ignored)
    return Submissions(_put_together(_decided(found, is_known)), ignored)


def _class_folder(folder: Node, ignored: list[Ignored]) -> list[_Found]:
    if is_export(folder):
        return list(_gradescope(folder, ignored))
    kept: list[_Found] = []
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


def _entry(path: Path, is_folder: bool) -> _Found:
    """One student, from the name of a file or folder."""
    readings = platform_readings(path.name, is_folder=is_folder)
    if not readings:
        return _Found(path.name if is_folder else stem_of(beneath(path.name)), "", path)
    reading, *others = readings
    name = "" if reading.platform == "Blackboard" else reading.name
    return _Found(reading.id, name, path, reading, tuple(others))


def _decided(found: Sequence[_Found], is_known: Callable[[str], bool]) -> Iterator[_Found]:
    """The entries as the roster has them: of those that can be read in two ways, it may know one id alone.

    Where something else has that id the entry stays in doubt: an old roster must not lower anybody's score.
    """
    claims = Counter(same(each.raw_id) for each in found)
    for entry in found:
        readings = {each.id: each for each in (entry.reading, *entry.others) if each and is_known(each.id)}
        if entry.others and len(readings) == 1:
            [reading] = readings.values()
            if claims[same(reading.id)] == (reading.id == entry.raw_id):  # its own claim, or none
                entry = replace(entry, raw_id=reading.id, name=reading.name, reading=reading, others=())
        yield entry


def _blackboard_users(found: list[_Found]) -> list[_Found]:
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


def _gradescope(export: Node, ignored: list[Ignored]) -> Iterator[_Found]:
    """A submission for each submitter; folders that the metadata does not name go by their number."""
    folder = export.path
    submitters = read_metadata(folder / METADATA)
    for name, students in submitters.items():
        # The name is joined to a path below: it must be one entry of this folder, not a way out of it.
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            raise CourseError(f"{path_shown(folder / METADATA)}: {show(name)} is no folder name; export again")
        if not students:
            yield _Found(_number(name), "", folder / name, is_listed=True)
        for place, student in enumerate(students):
            number = _number(name) + (f"-{place + 1}" if place else "")
            identity = student.sid or student.email or number
            yield _Found(identity, student.name, folder / name, submitted=student.submitted, is_listed=True)
    for child in _members(export):
        reason = ignored_because(child)
        if child.name in submitters or child.name == METADATA:
            continue
        if reason:
            ignored.append(Ignored(child.path, reason))
        else:
            yield _Found(_number(child.name if child.is_folder else stem_of(child.name)), "", child.path)


def _number(name: str) -> str:
    return name.removeprefix("submission_") or name


# --- whose it is --------------------------------------------------------------------------------------------


def _put_together(found: Iterable[_Found]) -> list[Submission]:
    """One submission for each id: files of one student on one platform make one; all else with one id is a conflict."""
    entries = list(dict.fromkeys(found))
    by_id: dict[str, list[_Found]] = {}
    for entry in entries:
        by_id.setdefault(same(entry.raw_id), []).append(entry)
    apart = _doubtful(entries, by_id) | _copies(entries) | _missing(entries)
    groups: dict[str, list[_Found]] = {}
    for entry in entries:
        if entry not in apart:
            groups.setdefault(_key(entry), []).append(entry)
    students: dict[str, Submission] = {}
    for group in groups.values():
        text, counting = group[0].raw_id, _last_attempt(group)
        if not _are_of_one(group) or text in students:
            apart |= {entry: _one_id(entry, by_id[same(text)]) for entry in group}
        elif counting is None:
            apart |= {entry: _no_order(entry, group) for entry in group}
        else:
            students[text] = _submission(counting, notes=_left_out(counting, group))
    for entry, conflict in apart.items():
        text = entry.raw_id if len(by_id[same(entry.raw_id)]) == 1 else f"{entry.raw_id}-{entry.path.name}"
        while text in students:  # whoever chose the name may have aimed at somebody's id
            text += "_"
        students[text] = replace(_submission([entry], conflict=conflict), claimed=safe_id(entry.raw_id))
    ids = safe_ids(students)
    submissions = (replace(submission, id=ids[text]) for text, submission in students.items())
    return sorted(submissions, key=lambda submission: submission.id)


def _submission(entries: list[_Found], conflict: str = "", notes: tuple[str, ...] = ()) -> Submission:
    """What the entries are together; its id comes later, when all are known."""
    entries = sorted(entries, key=lambda entry: (entry.number, str(entry.path)))
    name = entries[0].name.encode("utf-8", "backslashreplace").decode()  # a file name may hold lone surrogates
    return Submission(
        id="",
        name=name,
        paths=tuple(entry.path for entry in entries),
        conflict=conflict,
        notes=notes,
        late=any(entry.late for entry in entries),
        submitted=entries[0].submitted,
        may_be_class=not all(entry.platform or entry.is_listed for entry in entries),
    )


def _key(entry: _Found) -> str:
    """By what entries are one student's; ids that Canvas draws for anonymous grading differ by case alone."""
    is_drawn = entry.platform == "Canvas" and not entry.name
    return f"{entry.raw_id}/" if is_drawn and not entry.raw_id.isdigit() else same(entry.raw_id)


def _are_of_one(entries: Sequence[_Found]) -> bool:
    """Whether entries with one id are one student's files. The name counts: whoever may choose it could put another's
    number into it.
    """
    owners = {(entry.platform, entry.raw_id, same(entry.reading.name)) for entry in entries if entry.reading}
    return len(entries) == 1 or (len(owners) == 1 and all(entry.reading for entry in entries))


def _last_attempt(entries: Sequence[_Found]) -> list[_Found] | None:
    """Of one student's entries those that count; None if it cannot be told which is the last attempt."""
    # Moodle and Blackboard keep typed text beside the files: it counts only where it is all that was handed in.
    files = [entry for entry in entries if entry.has_file] or [*entries]
    if len(files) > 1 and files[0].platform == "Brightspace" and not all(entry.attempt for entry in files):
        return None
    last = max(entry.attempt for entry in files)
    return [entry for entry in files if entry.attempt == last]


def _left_out(counting: Sequence[_Found], group: Sequence[_Found]) -> tuple[str, ...]:
    """A note on a student's other attempts, if there are any."""
    last = counting[0].attempt
    left = [
        show(entry.path.name) for entry in group if entry.attempt > last or (entry.attempt < last and entry.has_file)
    ]
    if not left:
        return ()
    more = f" and {len(left) - _SAMPLE} more" if len(left) > _SAMPLE else ""
    return (f"{', '.join(left[:_SAMPLE])}{more}: not read: of several attempts the last one with files counts",)


# --- conflicts ----------------------------------------------------------------------------------------------


def _doubtful(entries: Sequence[_Found], by_id: Mapping[str, Sequence[_Found]]) -> dict[_Found, str]:
    """Why entries whose names can be read in two ways are not to be graded, nor to touch whom they may be of.

    A file that begins with a number gives Canvas's names a second reading without meaning to: these are in doubt only
    where somebody else claims the id. Nobody has Moodle's piece in a name of their own by chance.
    """
    conflicts = {}
    for entry in (each for each in entries if each.others):
        rivals = by_id[same(entry.raw_id)]
        is_meant = any(other.platform != "Canvas" for other in entry.others)
        if len(rivals) > 1 or is_meant:
            ids = " or ".join(show(each) for each in dict.fromkeys((entry.raw_id, *(o.id for o in entry.others[:1]))))
            beside = f", and {_others(entry, rivals)} has the first id too" if len(rivals) > 1 else ""
            conflicts[entry] = (
                f"submissions: {path_shown(entry.path)} can be read as the hand-in of {ids}{beside}; "
                "want a name with one reading; rename it once you know whose it is"
            )
    return conflicts


def _copies(entries: Sequence[_Found]) -> dict[_Found, str]:
    """Why `ann (1).zip` beside `ann.zip` is not a student of its own; ann's stays ann's."""
    plain = {same(entry.raw_id): entry for entry in entries if not entry.platform}
    conflicts = {}
    for entry in plain.values():
        copy = copy_of(entry.raw_id, numbered=False)
        original = plain.get(same(copy[0])) if copy else None
        if original is not None:
            conflicts[entry] = (
                f"submissions: {path_shown(entry.path)} is named as a copy of {path_shown(original.path)}; "
                "want one for each student; remove or rename one"
            )
    return conflicts


def _missing(entries: Sequence[_Found]) -> dict[_Found, str]:
    """Why a submission that Gradescope's metadata names cannot be graded: its folder is not in the export."""
    return {
        entry: (
            f"submissions: {path_shown(entry.path)} is not there, but {METADATA} names it; "
            "want the whole export; export the submissions again"
        )
        for entry in entries
        if entry.is_listed and not os.path.lexists(entry.path)
    }


def _one_id(entry: _Found, group: Sequence[_Found]) -> str:
    differ = len({other.raw_id for other in group}) > 1
    why = " (case, and how a letter is encoded, tell nobody apart)" if differ else ""
    return (
        f"submissions: {path_shown(entry.path)} has the id {show(entry.raw_id)}, and so has "
        f"{_others(entry, group)}{why}; want one for each student; remove or rename one"
    )


def _no_order(entry: _Found, group: Sequence[_Found]) -> str:
    return (
        f"submissions: {path_shown(entry.path)} is an attempt of {show(entry.raw_id)}, and so is "
        f"{_others(entry, group)}: their dates cannot be put in order; want the last one alone; remove the others"
    )


def _others(entry: _Found, group: Sequence[_Found]) -> str:
    """The first few of a group but the entry: whoever hands in a thousand files makes no line of a thousand."""
    shown = [path_shown(other.path) for other in group[: _SAMPLE + 1] if other is not entry][:_SAMPLE]
    more = len(group) - 1 - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
