"""Where in a hand-in the modules and notebooks lie, and which of several places counts.

Names decide, but for one thing: what is empty or the untouched template loses to what is not. So where several places
are in question a bounded number of files is read, and of notebooks the cells are parsed, never run.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from autograder.intake.file_names import OLD, assignment_numbers, copy_of, defined_names, module_of, words
from autograder.intake.listing import MAX_DEPTH, Entry, Listing, ReadLimits, UnreadableHandIn, start_of
from autograder.intake.names import ARCHIVE_ENDINGS, MAX_NAME, OTHER_ARCHIVE_ENDINGS, same, show, stem_of
from autograder.intake.notebooks import MAX_NOTEBOOKS, Stubs, is_notebook, worked_on
from autograder.intake.untouched import is_untouched

_MAX_COMPARED = 400
_MAX_EQUAL = 12  # folders
_MAX_BLANK = 4096  # bytes of nothing but blanks
_MAX_LOOKED_INTO = 1 << 20  # bytes of a source
_MAX_NOTEBOOKS_COMPARED = 3 * MAX_NOTEBOOKS

Folder = tuple[str, ...]


@dataclass
class Asked:
    """What is looked for in a hand-in: an assignment's modules, or its notebook if there are stubs for its cells.

    It remembers which of the hand-in's files were compared with the template: each once, so many and so much at most.
    """

    package: str
    modules: Sequence[str]
    stubs: Stubs | None
    limits: ReadLimits
    notebook_bytes: int
    assignment: str = ""  # its name
    may_be_class: bool = False  # no platform says that it is one student's
    _compared_bytes: int = 0
    _blank: dict[tuple[str, Entry], bool] = field(default_factory=dict)
    _done: dict[tuple[Entry, ...], dict[str, str]] = field(default_factory=dict)

    def is_blank(self, module: str, entry: Entry) -> bool:
        """Whether a file is empty, or the template of the module in which nothing was done."""
        key = module, entry
        if key not in self._blank and len(self._blank) < _MAX_COMPARED and self._has_room:
            template = self.stubs.modules.get(module) if self.stubs else None
            # The template is not longer for having been saved by an editor: what is much longer is no longer it.
            most = min(self.limits.source_bytes, 4 * len((template or "").encode()) + _MAX_BLANK)
            source = start_of(self._counted(entry), most)
            text = source.decode("utf-8-sig", "replace")
            self._blank[key] = len(source) <= most and is_untouched(text, template or "")
        return self._blank.get(key, False)

    def is_untouched(self, entry: Entry) -> bool:
        """Whether nothing was done in a module or a notebook, whatever it is called."""
        if is_notebook(entry):
            return self.stubs is not None and not self.done([entry])
        module = module_of(entry.name, self.modules)
        return module is not None and self.is_blank(module, entry)

    def done(self, sheets: Sequence[Entry]) -> dict[str, str]:
        """The exercises that were worked on in these notebooks, each with the cell's source."""
        key = tuple(sheets[:MAX_NOTEBOOKS])
        if self.stubs and key not in self._done and sum(map(len, (*self._done, key))) <= _MAX_NOTEBOOKS_COMPARED:
            self._done[key] = worked_on([*map(self._counted, key)], self.notebook_bytes, self.stubs)
        return self._done.get(key, {})

    def are_equal(self, one: Sequence[Entry], other: Sequence[Entry]) -> bool:
        """Whether these files hold the same, one by one; False if there is no room left to compare them."""
        most = self.limits.source_bytes
        try:
            return len(one) == len(other) and all(
                len(data := self._counted(a).read(most)) <= most and data == self._counted(b).read(most)
                for a, b in zip(one, other, strict=True)
            )
        except UnreadableHandIn:
            return False

    @property
    def _has_room(self) -> bool:
        return self._compared_bytes <= self.limits.unpacked_bytes

    def _counted(self, entry: Entry) -> Entry:
        """The entry, to be read only while there is room: it is read once more if it is what counts."""

        def read(limit: int) -> bytes:
            if not self._has_room:
                raise UnreadableHandIn(f"{path_of(entry)}: not compared")
            data = entry.read(limit)
            self._compared_bytes += len(data)
            return data

        return replace(entry, read=read)


@dataclass(frozen=True)
class Place:
    """The folder of the modules, None if there is none, and the notebooks; notes on what was passed over."""

    folder: Folder | None = None
    sheets: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return self.folder is not None or bool(self.sheets)


@dataclass(frozen=True)
class Opened:
    """A listing, how messages call it, and where in it lies what is graded."""

    listing: Listing
    where: str
    is_packed: bool
    place: Place


def find_place(listing: Listing, asked: Asked, where: str, *, are_equal_one: bool = True) -> Place:
    """Where what is graded lies.

    are_equal_one: whether of several places that hold the same the first is taken

    The modules lie in one folder: see `_find_folder`. Notebooks count where modules may lie, in the modules' own folder
    and in those above it: the shallowest, unless nothing was done there, and something was in a deeper one.
    Raises: UnreadableHandIn if several folders of modules are equally likely
    """
    notes: list[str] = []
    folder = _find_folder(listing, asked, where, notes if are_equal_one else None)
    sheets = _without_old(_find_sheets(listing, asked, folder, notes), asked, notes)
    return Place(folder, tuple(sorted(sheets, key=_copies_first)), tuple(notes))


def defines_most(entry: Entry, module: str, stubs: Stubs) -> bool:
    """Whether most of what the module's exercises are called by begins at the left margin of a source."""
    wanted = {name.split(".")[1] for name in stubs.exercises if name.startswith(f"{module}.")}
    return 2 * len(wanted & defined_names(start_of(entry, _MAX_LOOKED_INTO))) > len(wanted)


def is_near(folder: Folder, package: str) -> bool:
    """Whether modules are looked for there first: at the top, one folder down, in the package there."""
    return len(folder) < 2 or (len(folder) == 2 and folder[1] == package)


def path_of(entry: Entry) -> str:
    return show("/".join(entry.parts))


def shown(folder: Folder) -> str:
    return show("/".join(folder) + "/") if folder else "the top"


def is_archive(entry: Entry) -> bool:
    return entry.name.lower().endswith(ARCHIVE_ENDINGS + OTHER_ARCHIVE_ENDINGS)


def module_files(listing: Listing, folder: Folder, modules: Sequence[str]) -> dict[str, list[Entry]]:
    """Module name -> the files in the folder that may be it, copies too."""
    found: dict[str, list[Entry]] = {}
    for entry in listing.entries:
        if entry.folder == folder and not entry.odd and (module := module_of(entry.name, modules)):
            found.setdefault(module, []).append(entry)
    return found


def work(listing: Listing, folder: Folder | None, asked: Asked) -> set[str]:
    """The modules of which a file in the folder is neither empty nor the untouched template."""
    files = module_files(listing, folder, asked.modules) if folder is not None else {}
    return _worked(files, asked)


# --- modules ------------------------------------------------------------------------------------------------


def _find_folder(listing: Listing, asked: Asked, where: str, notes: list[str] | None) -> Folder | None:
    """The folder to grade, or None if no place holds a module.

    The shallowest place counts, by a module's own name before a copy's, and one further down if it is the only one; but
    places in which all is empty or untouched lose to the one in which something is not. Of several the package's
    counts, or the one named as the assignment; where each holds modules of its own, the first, and the others' are
    fetched; where all hold the same, the first, if that may be noted.
    """
    by_folder = _by_folder(listing, asked)
    groups: dict[tuple[bool, bool, int], list[Folder]] = {}
    for folder in sorted(by_folder, key=lambda folder: (len(folder), folder)):
        is_deep = not is_near(folder, asked.package)
        is_renamed = not any(_is_named(entry, asked) for several in by_folder[folder].values() for entry in several)
        groups.setdefault((is_deep, is_renamed, 0 if is_deep else len(folder)), []).append(folder)
    if not groups:
        return None
    best, *rest = (groups[key] for key in sorted(groups))
    for group in (best, *rest):
        worked = [each for each in group if _worked(by_folder[each], asked) and not is_old(each)]
        if worked:
            # Beside several that are untouched it may be the one of a class who has begun.
            is_clear = len(worked) > 1 or len(best) == 2 if group is best else len(worked) == 1
            best = worked if is_clear else best
            break
    for is_meant in (_is_package, _is_assignments):
        meant = [folder for folder in best if is_meant(folder, asked)]
        best = meant if len(meant) == 1 else best
    if len(best) > 1 and not _is_divided([_worked(by_folder[folder], asked) for folder in best]):
        is_number = asked.may_be_class and any(part.isdecimal() for folder in best for part in folder)  # a student's?
        if (
            notes is not None
            and len(best) <= _MAX_EQUAL
            and not is_number
            and _are_equal([_sources(listing, folder) for folder in best], asked)
        ):
            notes += [f"{shown(folder)} was not read: {shown(best[0])} holds the same" for folder in best[1:]]
            return best[0]
        places = " and ".join(shown(folder) for folder in best[:2])
        raise UnreadableHandIn(
            f"{where}: the modules are in {len(best)} folders: {places}; want one; remove the other and hand in again"
        )
    return best[0]


def _is_package(folder: Folder, asked: Asked) -> bool:
    return folder[-1:] == (asked.package,)


def _is_assignments(folder: Folder, asked: Asked) -> bool:
    """Whether it lies in a folder named as the assignment: `a4_title`, `a4`, or `hw 4`, by nobody's words."""
    name = asked.assignment
    short = name.partition("_")[0]
    number = {word for word in words(short) if word.isdecimal()}

    return any(
        same(part) in (name, short) or (number and assignment_numbers(part) == number) for part in folder if name
    )


def _is_divided(worked: Sequence[set[str]]) -> bool:
    """Whether some of the work lies in each, and none of it in two."""
    return all(worked) and sum(map(len, worked)) == len(set[str]().union(*worked))


def _sources(listing: Listing, folder: Folder) -> dict[str, list[Entry]]:
    """The sources in a folder, by their names: beside an untouched module another may be what was done."""
    return {e.name: [e] for e in listing.entries if e.folder == folder and e.name.endswith(".py") and not e.odd}


def _are_equal(folders: Sequence[Mapping[str, Sequence[Entry]]], asked: Asked) -> bool:
    first, *others = folders
    return all(
        each.keys() == first.keys() and all(asked.are_equal(first[module], each[module]) for module in first)
        for each in others
    )


def _by_folder(listing: Listing, asked: Asked) -> dict[Folder, dict[str, list[Entry]]]:
    found: dict[Folder, dict[str, list[Entry]]] = {}
    for entry in listing.entries:
        if not entry.odd and len(entry.folder) <= MAX_DEPTH and (module := module_of(entry.name, asked.modules)):
            found.setdefault(entry.folder, {}).setdefault(module, []).append(entry)
    return found


def _is_named(entry: Entry, asked: Asked) -> bool:
    """Whether it is named as a module by the student: no copy, no added ending."""
    return not entry.was and entry.name.removesuffix(".py") in asked.modules


def _worked(files: Mapping[str, Sequence[Entry]], asked: Asked) -> set[str]:
    return {module for module, several in files.items() if not all(asked.is_blank(module, each) for each in several)}


def is_old(folder: Folder) -> bool:
    """Whether a folder is named as one of older versions."""
    return any(OLD & words(part) for part in folder)


# --- notebooks ----------------------------------------------------------------------------------------------


def _find_sheets(listing: Listing, asked: Asked, folder: Folder | None, notes: list[str]) -> list[Entry]:
    found = [*listing.scripts, *(entry for entry in listing.entries if asked.stubs and is_notebook(entry))]
    near, far = [], []
    for entry in found:
        is_above = entry.folder == (folder or ())[: len(entry.folder)]
        if is_near(entry.folder, asked.package) or is_above:
            near.append(entry)
        elif len(entry.folder) <= MAX_DEPTH:
            far.append(entry)
    near = [entry for entry in near if not entry.was] or near
    levels = _grouped(near, lambda entry: len(entry.folder))
    first = levels[0] if levels else []
    if not far and len(levels) < 2:
        return first
    if not first and folder is None and len({entry.folder for entry in far}) == 1:
        return far
    # The work may lie deeper than what was downloaded, but what was done counts where it is looked for first.
    if work(listing, folder, asked) or asked.done(first):
        return first
    room = MAX_NOTEBOOKS
    for levels_there in (*([level] for level in levels[1:]), _grouped(far, lambda entry: entry.folder)):
        worked = []
        for several in levels_there:
            room -= len(several)
            if room >= 0 and asked.done(several):
                worked.append(several)
        if len(worked) == 1:
            [several] = worked
            notes += [
                f"{path_of(e)} was not read: nothing was done in it, and {path_of(several[0])} counts" for e in first
            ]
            if not first and folder is not None:
                notes.append(
                    f"read from {shown(several[0].folder)}, the only folder with a notebook that was worked on"
                )
            return several
    return first


def _grouped(entries: Sequence[Entry], key: Callable[[Entry], Any]) -> list[list[Entry]]:
    return [[*group] for _, group in groupby(sorted(entries, key=key), key=key)]


def _without_old(sheets: list[Entry], asked: Asked, notes: list[str]) -> list[Entry]:
    """The notebooks without those in folders that are named as older versions, if something was done in the others."""
    newer = [entry for entry in sheets if not is_old(entry.folder)]
    if len(newer) == len(sheets) or not asked.done(newer):
        return sheets
    notes += [
        f"{path_of(e)} was not read: {path_of(newer[0])} counts before older versions" for e in sheets if e not in newer
    ]
    return newer


def _copies_first(entry: Entry) -> tuple[Any, ...]:
    """Of cells that are there twice the last counts: the notebook's and not its script's, one's that is not named as an
    older version, the original's and not a copy's, the later copy's, the higher number's.
    """
    stem = stem_of(entry.name)
    copy = copy_of(stem)
    is_old = bool(OLD & words(stem))
    return (
        not entry.name.endswith(".py"),
        not is_old,
        copy is None,
        copy[1] if copy else (),
        entry.folder,
        _numbers(stem),
    )


def _numbers(stem: str) -> list[tuple[int, str]]:
    """To compare names by, so that 10 comes after 9."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]+)", stem[:MAX_NAME])]
