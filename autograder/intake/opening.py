"""From the paths of a hand-in to the listing that what is graded lies in, through the archives on the way.

Archives are opened where what lies beside them is not all of the work, or where one was uploaded later; what is in them
is put together with it. However many there are and however they are packed, their limits are those of one hand-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.errors import there
from autograder.intake.archives import list_archive
from autograder.intake.classes import SeveralHandIns, refuse_class
from autograder.intake.file_names import SNIFFED_BYTES, by_content, defined_names, is_a_test, module_of, numbered_module
from autograder.intake.listing import MAX_DEPTH, Entry, Listing, UnreadableHandIn, start_of
from autograder.intake.merging import put_together
from autograder.intake.names import parse_platform_name, show
from autograder.intake.notebooks import Stubs, with_scripts
from autograder.intake.places import (
    Asked,
    Opened,
    Place,
    defines_most,
    find_place,
    is_archive,
    module_files,
    path_of,
    work,
)

_MAX_NESTED = 3  # one, one in it, one in that
_MAX_OPENED = 12
_MAX_SNIFFED = 100
_MAX_LONE_SOURCE = 1 << 20


@dataclass
class _Room:
    """What is left of the limits, over all archives of a hand-in together."""

    archive_bytes: int
    unpacked_bytes: int
    members: int
    archives: int = _MAX_OPENED


def open_hand_in(listing: Listing, asked: Asked, where: str) -> Opened:
    """The listing that something to grade is in: this one, that of an archive in it, or what both hold put together.

    Where there is nothing to grade, that of the innermost archive, with what can be known by content alone.
    Trust: everything in the listing is hostile.
    Raises: UnreadableHandIn; SeveralHandIns if it is a class and `asked` says that it may be
    """
    limits = asked.limits
    return _opened(listing, asked, _Room(limits.archive_bytes, limits.unpacked_bytes, limits.members), where, 0)


def _opened(listing: Listing, asked: Asked, room: _Room, where: str, depth: int) -> Opened:
    listing = _prepared(listing, asked)
    here = Opened(listing, where, depth > 0, _place(listing, asked, where, depth))
    archives = _find_archives(listing) if depth < _MAX_NESTED and room.archives > 0 else []
    if not archives or not _is_wanted(archives, here, asked):
        if here.place and (here.place.folder is not None or asked.done(here.place.sheets)):
            return here
        known = _known(here, asked)  # beside a notebook in which nothing was done, too
        return known if known.place.folder is not None or not here.place else here
    if not here.place and len(archives) == 1:
        return _inside(archives[0], asked, room, where, depth)
    outcomes: dict[Entry, Opened | UnreadableHandIn] = {}
    for archive in archives:
        if room.archives > 0:
            try:
                outcomes[archive] = _inside(archive, asked, room, where, depth)
            except SeveralHandIns:
                raise
            except UnreadableHandIn as error:
                outcomes[archive] = error
    return put_together(here, archives, outcomes, asked)


def _place(listing: Listing, asked: Asked, where: str, depth: int) -> Place:
    """Where it lies, if it is not a class: two of whom may have handed in the same."""
    if not asked.may_be_class:
        return find_place(listing, asked, where)
    try:
        place = find_place(listing, asked, where, are_equal_one=False)
    except UnreadableHandIn:
        refuse_class(listing, Place(), asked, where, is_packed=depth > 0)
        return find_place(listing, asked, where)
    refuse_class(listing, place, asked, where, is_packed=depth > 0)
    return place


def _inside(archive: Entry, asked: Asked, room: _Room, outer: str, depth: int) -> Opened:
    """What is in an archive, and in the archives in it."""
    where, limits = f"archive {show(archive.name)}", asked.limits
    most = min(limits.archive_bytes, room.unpacked_bytes) if depth else room.archive_bytes
    data = archive.read(most)
    if len(data) > most:
        raise UnreadableHandIn(f"{where}: over {most} bytes; hand in the modules alone")
    room.archives -= 1
    if depth:
        room.unpacked_bytes -= len(data)
    else:
        room.archive_bytes -= len(data)
    left = replace(limits, unpacked_bytes=room.unpacked_bytes, members=max(0, room.members))
    try:
        listing = list_archive(data, archive.name, left)
    except UnreadableHandIn:
        room.unpacked_bytes //= 2  # all of it may have been unpacked before that was seen, and a dozen may be tried
        raise
    room.unpacked_bytes -= listing.unpacked
    room.members -= len(listing.entries)
    note = [f"{show(archive.name)} was read inside {outer}"] if depth else []
    return _opened(replace(listing, notes=(*note, *listing.notes)), asked, room, where, depth + 1)


# --- by content ---------------------------------------------------------------------------------------------


def _prepared(listing: Listing, asked: Asked) -> Listing:
    """The listing with a notebook that is called a module named as what it is, and scripts apart."""
    if asked.stubs is None:
        return listing
    entries, remarks = list(listing.entries), list[str]()
    python = [place for place, entry in enumerate(entries) if entry.name.endswith(".py") and not entry.odd]
    for place in python[:_MAX_SNIFFED]:
        entry = entries[place]
        name = by_content(entry.name, start_of(entry, SNIFFED_BYTES))
        if name.endswith(".ipynb"):
            entries[place] = _as(entry, name)
            remarks.append(f"{show(entry.name)} was taken as {show(name)}: it is a notebook, and no Python")
    return with_scripts(replace(listing, entries=_sorted(entries), notes=(*listing.notes, *remarks)))


def _known(here: Opened, asked: Asked) -> Opened:
    listing = _known_by_content(here.listing, asked)
    listing = with_scripts(listing) if asked.stubs else listing
    return Opened(listing, here.where, here.is_packed, find_place(listing, asked, here.where))


def _known_by_content(listing: Listing, asked: Asked) -> Listing:
    """The listing with files named as what their content shows: notebooks, Python, and a lone source as the module."""
    modules, stubs = asked.modules, asked.stubs
    entries, remarks = list(listing.entries), list[str]()
    is_lone = listing.is_loose and len(entries) == 1
    for place, entry in enumerate(entries[:_MAX_SNIFFED]):
        platform = parse_platform_name(entry.name)
        if platform and not platform.is_file_submission:
            remarks.append(f"{show(entry.name)} was not read: it was typed into {platform.platform}; hand in a file")
            continue
        name = by_content(entry.name, start_of(entry, SNIFFED_BYTES))
        # A text may show anything in Python: it is the hand-in if its name is the module's, or lone and the student's.
        if name != entry.name and (name.endswith(".ipynb") or module_of(name, modules) or is_lone):
            entries[place] = _as(entry, name)
            remarks.append(f"{show(entry.name)} was taken as {show(name)}, going by its content")
    sources = [place for place, entry in enumerate(entries) if entry.name.endswith(".py") and not entry.odd]
    for module in modules:
        numbered = [place for place in sources if numbered_module(entries[place].name, [module])]
        if len(numbered) == 1:
            [place] = numbered
            remarks.append(f"{show(entries[place].name)} was taken as {module}.py")
            entries[place] = _as(entries[place], f"{module}.py")
    is_lone = len(sources) == len(modules) == 1
    for module in modules if stubs else ():
        looked_into = [place for place in sources[:_MAX_SNIFFED] if not module_of(entries[place].name, modules)]
        looked_into = [place for place in looked_into if is_lone or not is_a_test(entries[place].name)]
        defining = [place for place in looked_into if _defines(entries[place], module, there(stubs), is_lone)]
        if defining and all(asked.are_equal([entries[defining[0]]], [entries[place]]) for place in defining[1:]):
            place = defining[0]
            remarks.append(f"{path_of(entries[place])} was taken as {module}.py: it defines what is asked for")
            entries[place] = _as(entries[place], f"{module}.py")
    return replace(listing, entries=_sorted(entries), notes=(*listing.notes, *remarks))


def _as(entry: Entry, name: str) -> Entry:
    return replace(entry, parts=(*entry.folder, name), was=entry.was or entry.name)


def _sorted(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda each: each.parts))


def _defines(entry: Entry, module: str, stubs: Stubs, is_lone: bool) -> bool:
    """Whether most exercises of a module begin in it, of the only source there is one: other code is not graded."""
    wanted = {name.split(".")[1] for name in stubs.exercises if name.startswith(f"{module}.")}
    found = wanted & defined_names(start_of(entry, _MAX_LONE_SOURCE)) if is_lone else ()
    return bool(found) or defines_most(entry, module, stubs)


# --- archives -----------------------------------------------------------------------------------------------


def _find_archives(listing: Listing) -> list[Entry]:
    """The archives of the shallowest folder with any, by their endings, or the only file there is if it is one.

    Those that Canvas has numbered last come first.
    """
    plain = [entry for entry in listing.entries if not entry.odd and len(entry.folder) <= MAX_DEPTH]
    archives = [entry for entry in plain if is_archive(entry)]
    archives = [e for e in archives if not e.was] or archives
    highest = min((len(entry.folder) for entry in archives), default=0)
    archives = [entry for entry in archives if len(entry.folder) == highest]
    if archives:
        return sorted(archives, key=lambda entry: -entry.number)
    only = plain[0] if len(listing.entries) == len(plain) == 1 else None
    if only is None or only.name.lower().endswith((".py", ".ipynb")):
        return []
    start = only.read(262)
    is_one = start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")) or start[257:262] == b"ustar"
    return [only] if is_one else []


def _is_wanted(archives: Sequence[Entry], here: Opened, asked: Asked) -> bool:
    """Whether what lies beside the archives is not all of the work, or one of them was uploaded after some of it."""
    if not here.place:
        return True
    folder, sheets = here.place.folder, here.place.sheets
    modules = module_files(here.listing, folder, asked.modules) if folder is not None else {}
    if archives[0].number > min(entry.number for several in (*modules.values(), sheets) for entry in several):
        return True
    return work(here.listing, folder, asked) != {*asked.modules} and not asked.done(sheets)
