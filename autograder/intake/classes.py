"""Whether what was given as one hand-in is several students': a class folder too high up, or a platform's download.

It is asked only where no platform says whose the hand-in is. One student's score must never stand for several of them;
a line to the instructor costs nobody anything. So what is told apart here gets no score and no zero.
Trust: names are compared, a bounded number of files is read, notebooks' cells are parsed and never run.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

from autograder.errors import there
from autograder.intake.file_names import (
    HAND_IN_ENDINGS,
    OLD,
    beneath,
    is_a_test,
    may_be_versions,
    module_of,
    own_words,
    words,
)
from autograder.intake.folders import DOCUMENTS, PARTS
from autograder.intake.gradescope_export import FOLDER, METADATA
from autograder.intake.listing import MAX_DEPTH, Entry, Listing, UnreadableHandIn
from autograder.intake.names import parse_platform_name, same, show, stem_of
from autograder.intake.notebooks import MAX_NOTEBOOKS, is_notebook
from autograder.intake.places import Asked, Folder, Opened, Place, defines_most, is_archive, module_files, path_of, work

_SAMPLE = 3
_MAX_NAMES = 5000
_MAX_SOURCES = 100


class SeveralHandIns(UnreadableHandIn):
    """What was given as one hand-in is several students': nobody's to score."""


def refuse_class(listing: Listing, place: Place, asked: Asked, where: str, *, is_packed: bool) -> None:
    """Raises SeveralHandIns if the listing holds the hand-ins of several students.

    place: where one hand-in would lie; nowhere if there is none, or if several places are equally likely
    """
    found, is_certain = _by_platform(listing, place, asked), True
    if not found:
        found, is_certain = _by_work(listing, place, asked), False
    if found:
        raise _several(found, where, is_packed=is_packed, is_certain=is_certain)


def refuse_archives(archives: Sequence[Entry], beside: Opened, asked: Asked) -> None:
    """Raises SeveralHandIns if archives that hold the same are named as several students' would be."""
    if any(not _may_be_one(one, other, asked) for one, other in combinations(archives[:_SAMPLE], 2)):
        found = [path_of(archive) for archive in archives]
        raise _several(found, beside.where, is_packed=beside.is_packed, is_certain=False)


def _several(found: Sequence[str], where: str, *, is_packed: bool, is_certain: bool) -> SeveralHandIns:
    n, them = (f" of {len(found)}", "them") if len(found) > 1 else ("", "it")
    more = f" and {len(found) - _SAMPLE} more" if len(found) > _SAMPLE else ""
    step = f"unpack it and give the folder that holds {them}" if is_packed else f"give the folder that holds {them}"
    alone = "" if is_certain else ", or leave one if all are one student's"
    return SeveralHandIns(
        f"{where}: looks like a class{n}: {', '.join(found[:_SAMPLE])}{more}; want one student's hand-in; {step}{alone}"
    )


# --- names that platforms give ------------------------------------------------------------------------------


def _by_platform(listing: Listing, place: Place, asked: Asked) -> list[str]:
    """What lies in one folder under the names that a platform gives to several students, or one beside a module."""
    for folder, names in _children(listing, place).items():
        students: dict[str, dict[str, str]] = {}
        holds_work, beside = set(), list[str]()
        for name, is_folder in names.items():
            reading = parse_platform_name(name, is_folder=is_folder)
            file = beneath(reading.file).lower() if reading else ""
            if reading is None or not (is_folder or file.endswith(HAND_IN_ENDINGS + DOCUMENTS)):
                continue
            # One student's own files may be numbered as Canvas numbers everybody's: `run_1_100_a.py`, `run_2_100_a.py`.
            students.setdefault(reading.platform, {}).setdefault(same(reading.name) or reading.id, _shown(folder, name))
            if is_folder or file.endswith(HAND_IN_ENDINGS):
                holds_work.add(reading.platform)
            if is_folder or module_of(beneath(reading.file), asked.modules):
                beside.append(_shown(folder, name))
        for platform in sorted(holds_work):
            if len(students[platform]) > 1 or not place:
                return [*students[platform].values()]
        own = _modules_in(listing, folder, asked) if beside and place.folder == folder else []
        if own:
            return [*beside, path_of(own[0])]
        exported = [_shown(folder, name) for name, is_folder in names.items() if is_folder and FOLDER.fullmatch(name)]
        if METADATA in names and len(exported) > 1:
            return exported
    return []


def _shown(folder: Folder, name: str) -> str:
    return show("/".join((*folder, name)))


def _children(listing: Listing, place: Place) -> dict[Folder, dict[str, bool]]:
    """What lies in each folder, by its own name, and whether that is a folder: in those above the place, or in all."""
    places = [each for each in (place.folder, *(sheet.folder for sheet in place.sheets)) if each is not None]
    folders = {each[:depth] for each in places for depth in range(MAX_DEPTH + 1)}
    found: dict[Folder, dict[str, bool]] = {}
    for entry in (*listing.entries, *listing.scripts)[:_MAX_NAMES]:
        parts = (*entry.folder, entry.was or entry.name)
        for depth in range(min(len(parts), MAX_DEPTH + 1)):
            above = parts[:depth]
            if above in folders or not places:
                found.setdefault(above, {}).setdefault(parts[depth], depth < len(parts) - 1)
    return found


def _modules_in(listing: Listing, folder: Folder, asked: Asked) -> list[Entry]:
    return [each for several in module_files(listing, folder, asked.modules).values() for each in several]


# --- the same work twice ------------------------------------------------------------------------------------


def _by_work(listing: Listing, place: Place, asked: Asked) -> list[str]:
    if asked.stubs is None:
        return []
    if not place:
        found = (*listing.scripts, *(entry for entry in listing.entries if is_notebook(entry)))
        place = Place(None, found[:MAX_NOTEBOOKS])
    is_open = not work(listing, place.folder, asked) and (place.folder is None or not asked.done(place.sheets))
    folders = _folders_alike(listing, asked) if is_open else []
    return (
        folders
        or _sheets_alike(listing, place, asked)
        or _sources_alike(listing, place.folder, asked)
        or _named_otherwise(listing, place.folder, asked)
        or _packed_beside(listing, place, asked)
    )


def _sheets_alike(listing: Listing, place: Place, asked: Asked) -> list[str]:
    """Notebooks in which the same was done, in different folders or under names that have nothing in common, and a
    notebook in another folder than a module.
    """
    sheets = place.sheets[:MAX_NOTEBOOKS]
    modules = _own_folder(place.folder, asked)
    is_apart = modules is not None and any(_are_apart(modules, sheet.folder) for sheet in sheets)
    if len(sheets) < 2 and not is_apart:
        return []
    done = {sheet.parts: asked.done([sheet]) for sheet in sheets}
    alike: dict[Folder, Entry] = {}
    for one, other in combinations(sheets, 2):
        is_one_folder = one.folder == other.folder
        if not _may_be_one(one, other, asked) and _is_same_work(
            done[one.parts], done[other.parts], is_one_folder=is_one_folder
        ):
            alike |= {one.parts: one, other.parts: other}
    if alike:
        return [path_of(entry) for entry in alike.values()]
    if is_apart and place.folder is not None and modules is not None:
        wanted = work(listing, place.folder, asked)
        apart = [
            e for e in sheets if _are_apart(modules, e.folder) and {n.split(".")[0] for n in done[e.parts]} & wanted
        ]
        if apart:
            own = [e for e in _modules_in(listing, place.folder, asked) if module_of(e.name, asked.modules) in wanted]
            return [path_of(entry) for entry in (*own[:1], *apart)]
    return []


def _own_folder(folder: Folder | None, asked: Asked) -> Folder | None:
    """The student's folder of a folder of modules: the package is a part of it."""
    return folder[:-1] if folder and folder[-1] == asked.package else folder


def _are_apart(folder: Folder, other: Folder) -> bool:
    """Whether neither folder is in the other, nor one named as what one student may have beside the other."""
    depth = min(len(folder), len(other))
    if folder[:depth] == other[:depth]:
        return False
    at = next(at for at, (a, b) in enumerate(zip(folder, other, strict=False)) if a != b)
    return not any(_is_part(each[at]) for each in (folder, other))


def _is_part(name: str) -> bool:
    return same(name) in PARTS or bool(OLD & words(name)) or not own_words(name)


def _may_be_one(one: Entry, other: Entry, asked: Asked) -> bool:
    """Whether two files may be one student's by their names: versions in one folder, or a notebook and its script.

    What is named as the assignment is, as everybody gets it, may be anybody's.
    """
    if one.folder == other.folder:
        stems = stem_of(one.name), stem_of(other.name)
        return any(same(stem) == asked.assignment for stem in stems) or may_be_versions(*stems)
    if stem_of(one.name) == stem_of(other.name) and one.name.endswith(".py") != other.name.endswith(".py"):
        return True
    return not _are_apart(one.folder, other.folder)


def _is_same_work(one: Mapping[str, str], other: Mapping[str, str], *, is_one_folder: bool) -> bool:
    """Whether most of what was done in one was done in the other too.

    In one folder a notebook may go on with what was done in another, and change a thing or two.
    """
    both = one.keys() & other.keys()
    if is_one_folder and one.keys() != other.keys():
        both = {name for name in both if one[name].split() != other[name].split()}
        if len(both) < 2:
            return False
    return 2 * len(both) > min(len(one), len(other))


def _sources_alike(listing: Listing, folder: Folder | None, asked: Asked) -> list[str]:
    """Sources in one folder that define the same exercises, under names that have nothing in common.

    folder: that of the modules, one of which is to be among them; any if there is none
    """
    sources = [entry for entry in listing.entries if entry.name.endswith(".py") and not entry.odd][:_MAX_SOURCES]
    sources = [entry for entry in sources if folder in (None, entry.folder)]
    # Another module of the course may define what this one does: an `Add` of formulas, an `Add` of tensors.
    elsewhere = [name for name in there(asked.stubs).modules if name not in asked.modules]
    sources = [entry for entry in sources if not (module_of(entry.name, elsewhere) or is_a_test(entry.name))]
    for module in asked.modules:
        alike = [entry for entry in sources if defines_most(entry, module, there(asked.stubs))]
        alike = [entry for entry in alike if not asked.is_blank(module, entry)]
        named = [e for e in alike if module_of(e.name, [module])] if folder is not None else []
        for own in named[:1] or alike:
            others = [e for e in alike if e.folder == own.folder and not module_of(e.name, [module])]
            others = [entry for entry in others if not _may_be_one(entry, own, asked)]
            # Beside a module one more may be a draft or a helper of its owner's, whatever it is called.
            if len(others) > 1 or (others and not module_of(own.name, [module])):
                return [path_of(entry) for entry in (own, *others)]
    return []


def _named_otherwise(listing: Listing, folder: Folder | None, asked: Asked) -> list[str]:
    """Sources under any names that define the same module, in folders side by side that are no parts of one hand-in."""
    stubs = there(asked.stubs)
    others = [name for name in stubs.modules if name not in asked.modules]
    sources = [e for e in listing.entries if e.name.endswith(".py") and not (e.odd or is_a_test(e.name))]
    sources = [e for e in sources if len(e.folder) <= MAX_DEPTH and not module_of(e.name, others)][:_MAX_SOURCES]
    for module in asked.modules:
        alike = [e for e in sources if e.folder == folder or defines_most(e, module, stubs)]
        alike = [e for e in alike if not asked.is_blank(module, e)]
        for one, other in combinations(alike, 2):
            folders = [there(_own_folder(each.folder, asked)) for each in (one, other)]
            is_named = all(module_of(each.name, [module]) for each in (one, other))  # told by `_folders_alike`
            if not is_named and folder in (None, one.folder, other.folder) and _are_apart(*folders):
                return [path_of(one), path_of(other)]
    return []


def _folders_alike(listing: Listing, asked: Asked) -> list[str]:
    """Folders side by side, not named as versions or parts, that hold the same module."""
    found: dict[tuple[Folder, str], dict[str, Folder]] = {}
    for entry in listing.entries:
        module = None if entry.odd else module_of(entry.name, asked.modules)
        own = _own_folder(entry.folder[:MAX_DEPTH], asked)
        if module and own and not asked.is_blank(module, entry):
            found.setdefault((own[:-1], module), {})[own[-1]] = own
    for several in found.values():
        folders = [own for name, own in several.items() if not _is_part(name)]
        if len(folders) > 1:
            return [show("/".join(folder) + "/") for folder in folders]
    return []


def _packed_beside(listing: Listing, place: Place, asked: Asked) -> list[str]:
    """What was found, and two archives or more beside it, each named as a student may be: they are not opened for that.

    A module's own name is nobody's; a notebook's, and that of the folder in which something lies, may be.
    """
    own = _own_folder(place.folder, asked) or (place.sheets[0].parts if place.sheets else ())
    name = stem_of(own[-1]) if own else ""
    if not own or _is_part(name) or same(name) == asked.assignment:
        return []
    stems = {e: stem_of(e.name) for e in listing.entries if is_archive(e) and not e.odd and e.folder == own[:-1]}
    beside = [e for e, stem in stems.items() if not (_is_part(stem) or may_be_versions(stem, name))]
    return [show("/".join(own)), *map(path_of, beside)] if len(beside) > 1 else []
