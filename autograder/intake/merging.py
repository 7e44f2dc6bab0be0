"""One student's files and archives put together: module by module, what was uploaded last and is not untouched counts.

Canvas numbers uploads. Where nothing is numbered, what lies loose comes before what an archive holds, and of archives
none comes before the other: two in which the same is done otherwise are refused. Equal ones are one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.errors import there
from autograder.intake.classes import refuse_archives
from autograder.intake.listing import Entry, UnreadableHandIn
from autograder.intake.names import show
from autograder.intake.places import Asked, Opened, find_place, is_archive, module_files, path_of

_SAMPLE = 10
_NOTEBOOKS = ""  # in the place of a module's name


@dataclass(frozen=True)
class _Piece:
    """The files of one module, copies too, or the notebooks: of an archive, or loose if there is none."""

    module: str
    entries: tuple[Entry, ...]
    archive: Entry | None
    is_done: bool  # not empty, and not the untouched template
    number: int

    @property
    def rank(self) -> tuple[bool, int, bool]:
        return self.is_done, self.number, self.archive is None

    @property
    def source(self) -> str:
        return show((self.archive or self.entries[0]).name)


def put_together(
    here: Opened, archives: Sequence[Entry], outcomes: Mapping[Entry, Opened | UnreadableHandIn], asked: Asked
) -> Opened:
    """What lies beside the archives with what is in them, if both hold some of the work; else the one that does.

    archives: the last uploaded first
    outcomes: what was found in each, or why it could not be read
    Raises: UnreadableHandIn if archives hold the same and none is the last, or none can be read
    """
    inner = {archive: found for archive, found in outcomes.items() if isinstance(found, Opened)}
    twins = _twins([*inner], inner, asked)
    if twins and asked.may_be_class:
        refuse_archives([*dict.fromkeys([*twins.values(), *twins])], here, asked)
    again = [f"{show(twin.name)} was not read: {show(first.name)} holds the same" for twin, first in twins.items()]
    inner = {archive: found for archive, found in inner.items() if archive not in twins}
    archives = [archive for archive in archives if archive not in twins]
    pieces = _pieces(here, None, asked)
    for archive, opened in inner.items():
        pieces += _pieces(opened, archive, asked)
    chosen, is_doubtful = _chosen(pieces, asked)
    done = [piece for piece in chosen.values() if piece.is_done]
    is_numbered = archives[0].number > 0
    if not here.place and not is_numbered:  # whether one of them is a figure, or another student's, nobody knows
        is_doubtful |= len(inner) < len(archives) or any(_holds_other_code(each) for each in inner.values())
    if is_doubtful and not (here.place and done):
        if asked.may_be_class:
            refuse_archives([archive for archive in inner if _is_done(archive, pieces)], here, asked)
        names = ", ".join(path_of(entry) for entry in archives[:_SAMPLE])
        what = "the same module in several" if here.place else "no module"
        raise UnreadableHandIn(f"{here.where}: {len(archives)} archives and {what}: {names}; hand in one archive")
    sources = {piece.archive for piece in done}
    if not sources and not here.place:
        sources = {next((archive for archive in inner if inner[archive].place), archives[0])}
    if sources <= {None}:
        here = replace(here, listing=replace(here.listing, notes=(*here.listing.notes, *again)))
        return here if done else _with_errors(here, outcomes)
    if not chosen:
        return _read(outcomes[archives[0]])
    notes = [*again, *_notes(pieces, chosen, archives, outcomes, sources)]
    if len(sources) == 1:
        [only] = sources
        found = _read(outcomes[there(only)])
        return replace(found, listing=replace(found.listing, notes=(*notes, *found.listing.notes)))
    return _merged(here, archives, inner, chosen, notes, asked)


def _twins(archives: Sequence[Entry], inner: Mapping[Entry, Opened], asked: Asked) -> dict[Entry, Entry]:
    """The archives in which the same was done as in one before them, with that one."""
    pieces = {archive: _pieces(inner[archive], archive, asked) for archive in archives if inner[archive].place}
    twins: dict[Entry, Entry] = {}
    firsts: list[Entry] = []
    for archive, own in pieces.items():
        first = next((each for each in firsts if _hold_the_same(pieces[each], own, asked)), None)
        if first is None:
            firsts.append(archive)
        else:
            twins[archive] = first
    return twins


def _hold_the_same(one: Sequence[_Piece], other: Sequence[_Piece], asked: Asked) -> bool:
    return [piece.module for piece in one] == [piece.module for piece in other] and all(
        asked.done(a.entries) == asked.done(b.entries)
        if a.module == _NOTEBOOKS
        else asked.are_equal(a.entries, b.entries)
        for a, b in zip(one, other, strict=True)
    )


def _holds_other_code(opened: Opened) -> bool:
    """Whether nothing of what was asked for is in it, but something else that may have been meant."""
    return not opened.place and any(e.name.endswith((".py", ".ipynb")) or is_archive(e) for e in opened.listing.entries)


def _is_done(archive: Entry, pieces: Sequence[_Piece]) -> bool:
    return any(piece.is_done for piece in pieces if piece.archive is archive)


def _read(outcome: Opened | UnreadableHandIn) -> Opened:
    if isinstance(outcome, UnreadableHandIn):
        raise outcome
    return outcome


def _with_errors(here: Opened, outcomes: Mapping[Entry, Opened | UnreadableHandIn]) -> Opened:
    """What lies there, though nothing was done in it, with why an archive beside it could not be read."""
    errors = {archive: str(each) for archive, each in outcomes.items() if isinstance(each, UnreadableHandIn)}
    entries = tuple(entry for entry in here.listing.entries if entry not in errors)
    return replace(here, listing=replace(here.listing, entries=entries, notes=(*here.listing.notes, *errors.values())))


def _pieces(opened: Opened, archive: Entry | None, asked: Asked) -> list[_Piece]:
    place, found = opened.place, list[_Piece]()

    def add(module: str, entries: Sequence[Entry], is_done: bool) -> None:
        number = archive.number if archive else max(entry.number for entry in entries)
        found.append(_Piece(module, tuple(entries), archive, is_done, number))

    if place.folder is not None:
        for module, entries in module_files(opened.listing, place.folder, asked.modules).items():
            add(module, entries, not all(asked.is_blank(module, entry) for entry in entries))
    if place.sheets:
        add(_NOTEBOOKS, place.sheets, bool(asked.done(place.sheets)))
    return found


def _chosen(pieces: Sequence[_Piece], asked: Asked) -> tuple[dict[str, _Piece], bool]:
    """Of each module, and of the notebooks, the piece that counts; and whether of some it cannot be told."""
    chosen: dict[str, _Piece] = {}
    is_doubtful = False
    for module in (*asked.modules, _NOTEBOOKS):
        rivals = sorted((each for each in pieces if each.module == module), key=lambda each: each.rank, reverse=True)
        if len(rivals) > 1 and rivals[0].rank == rivals[1].rank and rivals[0].is_done:
            is_doubtful = True
            rivals = [each for each in rivals if each.archive is None]
        if rivals:
            chosen[module] = rivals[0]
    sheets = chosen.get(_NOTEBOOKS)
    if sheets:
        others = [each for module, each in chosen.items() if module != _NOTEBOOKS and each.is_done]
        all_later = len(others) == len(asked.modules) and all(each.number > sheets.number for each in others)
        # Where it cannot be told which was last, a packed notebook does not change what lies there as modules.
        is_packed = sheets.archive is not None and any(e.archive is None and e.number >= sheets.number for e in others)
        if all_later or is_packed:
            del chosen[_NOTEBOOKS]
    return chosen, is_doubtful


def _notes(
    pieces: Sequence[_Piece],
    chosen: Mapping[str, _Piece],
    archives: Sequence[Entry],
    outcomes: Mapping[Entry, Opened | UnreadableHandIn],
    sources: set[Entry | None],
) -> list[str]:
    """What was not read, and why; and what was read from where, if that is more than one archive."""
    first = max(chosen.values(), key=lambda piece: (piece.archive in sources, piece.rank))
    notes = []
    for piece in pieces:
        winner = chosen.get(piece.module, first)
        is_read = winner is piece and (piece.archive in sources or len(sources) > 1)
        if is_read or (piece.archive is not None and (piece.archive not in sources or not piece.is_done)):
            continue
        inside = f" in {piece.source}" if piece.archive else ""
        why = _reason(piece, first if winner is piece else winner)
        notes += [f"{show(entry.name)}{inside} was not read: {why}" for entry in piece.entries]
    for archive in archives:
        if archive in sources:
            continue
        found = outcomes.get(archive)
        own = [piece for piece in pieces if piece.archive is archive]
        if found is None:
            notes.append(f"{show(archive.name)} was not read: there are too many archives; hand in one")
        elif isinstance(found, UnreadableHandIn):
            notes.append(str(found))
        elif own:
            notes.append(f"{show(archive.name)} was not read: {_reason(own[0], chosen.get(own[0].module, first))}")
        else:
            notes.append(f"{show(archive.name)} was not read: it holds nothing of what was asked for")
    if len(sources) > 1:
        for piece in chosen.values():
            if piece.archive in sources and piece.archive is not None:
                names = ", ".join(show(entry.name) for entry in piece.entries[:_SAMPLE])
                notes.append(f"{names} was read from {piece.source}")
    return notes


def _reason(piece: _Piece, winner: _Piece) -> str:
    if winner.is_done and not piece.is_done:
        return f"it is empty, or the untouched template, and {winner.source} stands for it"
    if winner.number > piece.number:
        return f"{winner.source} was uploaded after it"
    return f"{winner.source} beside it counts"


def _merged(
    here: Opened,
    archives: Sequence[Entry],
    inner: Mapping[Entry, Opened],
    chosen: Mapping[str, _Piece],
    notes: Sequence[str],
    asked: Asked,
) -> Opened:
    """What lies beside the archives, with what counts of them in the folder of its modules; helpers come along."""
    folder = here.place.folder or ()
    beside = {*here.place.sheets}
    if here.place.folder is not None:
        files = module_files(here.listing, folder, asked.modules).values()
        beside |= {entry for several in files for entry in several}
    packed = {*archives}
    kept = {entry for piece in chosen.values() if piece.archive is None for entry in piece.entries}
    entries = [e for e in here.listing.entries if e not in packed and (e in kept or e not in beside)]
    scripts = [entry for entry in here.listing.scripts if entry in kept or entry not in beside]
    notes = [*here.listing.notes, *notes]
    taken = {entry.parts for entry in (*entries, *scripts)}
    sources = {piece.archive for piece in chosen.values() if piece.archive and piece.is_done}
    for archive in sorted(sources, key=lambda each: -each.number):
        opened = inner[archive]
        own = {entry for piece in chosen.values() if piece.archive is archive for entry in piece.entries}
        notes += [*opened.listing.notes, *opened.place.notes]
        place = opened.place.sheets[0].folder if opened.place.folder is None else opened.place.folder
        modules = module_files(opened.listing, place, asked.modules).values()
        others = {*opened.place.sheets, *(entry for several in modules for entry in several)}
        for entry in (*opened.listing.entries, *opened.listing.scripts):
            is_helper = entry.folder == place and entry.name.endswith(".py") and not entry.odd and entry not in others
            moved = replace(entry, parts=(*folder, entry.name), number=archive.number)
            if (entry in own or is_helper) and moved.parts not in taken:
                taken.add(moved.parts)
                (scripts if entry in opened.listing.scripts else entries).append(moved)
    listing = replace(
        here.listing,
        entries=tuple(sorted(entries, key=lambda each: each.parts)),
        scripts=tuple(scripts),
        notes=tuple(notes),
    )
    return Opened(listing, here.where, here.is_packed, find_place(listing, asked, here.where))
