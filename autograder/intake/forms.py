"""Reads one submission, in any form it may come in, into source bytes in memory.

How it stays safe: only names are looked at until the one folder that holds the modules is chosen; then that
folder's .py files, and nothing else, are read, each through a bounded read (`listing` for the disk,
`archives` for archives; their own headers say how). Bytes pass through undecoded; nothing is extracted,
imported or run.
"""

import keyword
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from autograder.errors import there
from autograder.intake.archives import list_archive
from autograder.intake.file_names import SNIFFED_BYTES, by_content, copy_of, defined_names, module_of
from autograder.intake.listing import MAX_DEPTH, Entry, Limits, Listing, UnreadableHandIn, list_paths, start_of
from autograder.intake.names import ARCHIVE_ENDINGS, OTHER_ARCHIVE_ENDINGS, show, stem_of
from autograder.intake.notebooks import Notebooks, Stubs, fill_in, is_notebook, read_notebooks, with_scripts
from autograder.testing.assembly import Assembly

_MAX_NOTES = 20
_MAX_MODULE_NAME = 100
_SAMPLE = 10
_MAX_ARCHIVES = 3  # one, one in it, one in that
_MAX_SNIFFED = 100
_MAX_LONE_SOURCE = 1 << 20

Folder = tuple[str, ...]


@dataclass(frozen=True)
class HandIn:
    """What one student handed in, as far as it is graded."""

    files: Mapping[str, bytes]  # module name -> source exactly as handed in; sorted by name
    notes: tuple[str, ...]  # for the student: what was ignored or missing, and why
    assembly: Assembly = field(default_factory=Assembly)  # which lines of the files come from a notebook's cells


def read_hand_in(
    paths: Sequence[Path],
    *,
    package: str,
    modules: Sequence[str],
    stubs: Stubs | None = None,
    max_archive_bytes: int = 64 << 20,
    max_members: int = 10_000,
    max_unpacked_bytes: int = 128 << 20,
    max_source_bytes: int = 1 << 20,
    max_total_bytes: int = 4 << 20,
    max_sources: int = 64,
    max_notebook_bytes: int = 64 << 20,
) -> HandIn:
    """The sources of one submission: the modules handed in and the helper files beside them.

    The paths are one folder, one archive, or the loose files of one student. The modules lie at the top, in a
    folder named as the package, one folder down, or in a folder named as the package there; the shallowest
    place counts, and one further down if it is the only one. An archive is looked into if nothing else holds a module,
    two archives inside it likewise, within the limits of one. What has no name of a module's or a notebook's is known
    by its content, if nothing else is there.
    Notebooks, and scripts that notebooks were saved as, are read if there are `stubs` to put their cells into: those of
    the shallowest folder that holds one, the modules' own or one above them.
    Trust: everything at the paths is hostile; see this file's and `listing`'s first lines.
    Raises: UnreadableHandIn if there is nothing to grade; OSError if the disk fails, which is not the
        student's fault
    """
    if not paths or not modules:
        raise ValueError(f"hand-in: got {len(paths)} paths and {len(modules)} modules; want one of each at least")
    limits = Limits(max_archive_bytes, max_members, max_unpacked_bytes, max_source_bytes, max_total_bytes, max_sources)
    where = f"hand-in {show(paths[0].name)}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
    listing, where = _open(list_paths(paths, limits), package, modules, stubs, limits, where)
    folder, sheets = _find(listing, package, modules, stubs, where)
    notebooks = read_notebooks(sheets, max_notebook_bytes, stubs) if stubs else Notebooks()
    if folder is None and not sheets:
        raise UnreadableHandIn(_nothing_found(listing, package, modules, where))
    if folder is None and not notebooks.cells and notebooks.notes:
        raise UnreadableHandIn(notebooks.notes[0])
    if folder is not None and not notebooks.cells:
        return _with_notes(_read_folder(listing, folder, package, modules, stubs, limits, where), notebooks.notes)
    stubs = there(stubs)  # without them no notebook is looked for
    place = sheets[0].folder if folder is None else folder
    hand_in = _read_folder(listing, place, package, modules, stubs, limits, where, is_noted=False)
    sources, assembly, notes = fill_in(notebooks, stubs, hand_in.files)
    if folder is None and not sources and len(notes) >= len(stubs.exercises):
        names = ", ".join(show(entry.name) for entry in sheets[:_SAMPLE])
        raise UnreadableHandIn(
            f"{where}: no cell of an exercise in {names}; want the assignment's notebook, in which each begins with "
            f'"# exercise: {stubs.exercises[0]}" and the like'
        )
    files = dict(sorted({**hand_in.files, **sources}.items()))
    return _with_notes(HandIn(files, hand_in.notes, assembly), [*notebooks.notes, *notes])


def _with_notes(hand_in: HandIn, notes: Sequence[str]) -> HandIn:
    return replace(hand_in, notes=_at_most([*notes, *hand_in.notes]))


def _at_most(notes: list[str]) -> tuple[str, ...]:
    if len(notes) > _MAX_NOTES:
        notes = [*notes[: _MAX_NOTES - 1], f"and {len(notes) - _MAX_NOTES + 1} more notes like these"]
    return tuple(notes)


# --- where the modules lie ----------------------------------------------------------------------------------


def _open(
    listing: Listing, package: str, modules: Sequence[str], stubs: Stubs | None, limits: Limits, where: str
) -> tuple[Listing, str]:
    """The listing that something to grade is in, and how messages call it: this one, that of an archive in it, or of
    one in that; else the last of them with what can be known by content alone.
    """
    for depth in range(_MAX_ARCHIVES + 1):
        listing = with_scripts(_notebooks_apart(listing)) if stubs else listing
        if _find(listing, package, modules, stubs, where) != (None, []):
            return (listing, where) if depth else _uploaded_last(listing, package, modules, stubs, limits, where)
        archives = _find_archives(listing, where) if depth < _MAX_ARCHIVES else []
        if not archives:
            break
        archive, *others = archives
        outer, where = where, f"archive {show(archive.name)}"
        most = min(limits.archive_bytes, limits.unpacked_bytes) if depth else limits.archive_bytes
        data = archive.read(most)
        if len(data) > most:
            raise UnreadableHandIn(f"{where}: over {most} bytes; hand in the modules alone")
        note: tuple[str, ...] = ()
        if depth:  # the limits are those of one hand-in, however often it is packed
            unpacked, members = limits.unpacked_bytes - len(data), limits.members - len(listing.entries)
            limits = replace(limits, unpacked_bytes=unpacked, members=max(0, members))
            note = (f"{show(archive.name)} was read inside {outer}",)
        earlier = [f"{show(each.name)} was not read: {show(archive.name)} was uploaded after it" for each in others]
        listing = list_archive(data, archive.name, limits)
        listing = replace(listing, notes=(*note, *earlier, *listing.notes))
    listing = _known_by_content(listing, modules, stubs)
    return with_scripts(listing) if stubs else listing, where


def _uploaded_last(
    listing: Listing, package: str, modules: Sequence[str], stubs: Stubs | None, limits: Limits, where: str
) -> tuple[Listing, str]:
    """An archive that Canvas has numbered after all loose files, if it holds as much; else these."""
    archives = [entry for entry in listing.entries if entry.number and not entry.odd and _is_archive(entry)]
    last = max(archives, key=lambda entry: entry.number, default=None)
    others = [entry for entry in (*listing.entries, *listing.scripts) if entry is not last]
    if last is None or any(entry.number >= last.number for entry in others):
        return listing, where
    own = f"archive {show(last.name)}"
    try:
        data = last.read(limits.archive_bytes)
        inner = list_archive(data, last.name, limits) if len(data) <= limits.archive_bytes else Listing(())
        inner = with_scripts(_notebooks_apart(inner)) if stubs else inner
        folder, sheets = _find(inner, package, modules, stubs, own)
    except UnreadableHandIn:  # then the loose files are all that there is
        return listing, where
    there_too = {module_of(entry.name, modules) for entry in inner.entries if entry.folder == folder}
    if not sheets and not {module_of(entry.name, modules) for entry in listing.entries} <= {*there_too, None}:
        return listing, where
    notes = [f"{show(entry.name)} was not read: {show(last.name)} was uploaded after it" for entry in others]
    return replace(inner, notes=(*notes, *inner.notes)), own


def _is_archive(entry: Entry) -> bool:
    return entry.name.lower().endswith(ARCHIVE_ENDINGS + OTHER_ARCHIVE_ENDINGS)


def _notebooks_apart(listing: Listing) -> Listing:
    """The listing with a notebook that is called a module named as what it is."""
    entries, remarks = list(listing.entries), list[str]()
    python = [place for place, entry in enumerate(entries) if entry.name.endswith(".py") and not entry.odd]
    for place in python[:_MAX_SNIFFED]:
        entry = entries[place]
        name = by_content(entry.name, start_of(entry, SNIFFED_BYTES))
        if name.endswith(".ipynb"):
            entries[place] = _as(entry, name)
            remarks.append(f"{show(entry.name)} was taken as {show(name)}: it is a notebook, and no Python")
    ordered = tuple(sorted(entries, key=lambda each: each.parts))
    return replace(listing, entries=ordered, notes=(*listing.notes, *remarks))


def _known_by_content(listing: Listing, modules: Sequence[str], stubs: Stubs | None) -> Listing:
    """The listing with files named as what their content shows: notebooks, Python, and a lone source as the module."""
    entries, remarks = list(listing.entries), list[str]()
    is_lone = listing.is_loose and len(entries) == 1
    for place, entry in enumerate(entries[:_MAX_SNIFFED]):
        name = by_content(entry.name, start_of(entry, SNIFFED_BYTES))
        # A text may show anything in Python: it is the hand-in if its name is the module's, or lone and the student's.
        if name != entry.name and (name.endswith(".ipynb") or module_of(name, modules) or is_lone):
            entries[place] = _as(entry, name)
            remarks.append(f"{show(entry.name)} was taken as {show(name)}, going by its content")
    sources = [place for place, entry in enumerate(entries) if entry.name.endswith(".py") and not entry.odd]
    if listing.is_loose and len(sources) == len(modules) == 1 and stubs:
        [place], [module] = sources, modules
        entry = entries[place]
        if _defines_an_exercise(start_of(entry, _MAX_LONE_SOURCE), module, stubs):
            entries[place] = _as(entry, f"{module}.py")
            remarks.append(f"{show(entry.name)} was taken as {module}.py, which is all that is asked for")
    return replace(
        listing, entries=tuple(sorted(entries, key=lambda each: each.parts)), notes=(*listing.notes, *remarks)
    )


def _as(entry: Entry, name: str) -> Entry:
    return replace(entry, parts=(*entry.folder, name), was=entry.was or entry.name)


def _defines_an_exercise(source: bytes, module: str, stubs: Stubs) -> bool:
    """Whether a function or class of an exercise begins in it; other code is not to be graded in silence."""
    wanted = {name.split(".")[1] for name in stubs.exercises if name.startswith(f"{module}.")}
    return not wanted.isdisjoint(defined_names(source))


def _find(
    listing: Listing, package: str, modules: Sequence[str], stubs: Stubs | None, where: str
) -> tuple[Folder | None, list[Entry]]:
    """The folder of the modules, and the notebooks: of the top, of the folder one down, or of the modules' own."""
    folder = _find_folder(listing, package, modules, where)
    found = [*listing.scripts, *(entry for entry in listing.entries if stubs and is_notebook(entry))]
    near = [entry for entry in found if _is_near(entry.folder, package) or entry.folder == folder]
    if folder is None and not near and len({entry.folder for entry in found}) == 1:
        near = found
    near = [entry for entry in near if not entry.was] or near
    depth = min((len(entry.folder) for entry in near), default=0)
    return folder, sorted((entry for entry in near if len(entry.folder) == depth), key=_copies_first)


def _copies_first(entry: Entry) -> tuple[bool, bool, tuple[int, ...], Folder]:
    """Of cells that are there twice the last counts: the notebook's and not its script's, the original's and not a
    copy's, the later copy's.
    """
    copy = copy_of(stem_of(entry.name))
    return not entry.name.endswith(".py"), copy is None, copy[1] if copy else (), entry.parts


def _find_folder(listing: Listing, package: str, modules: Sequence[str], where: str) -> Folder | None:
    """The folder to grade, or None if no place that counts holds a module."""
    candidates = _candidates(listing, package, modules)
    if not candidates:
        return None
    is_deep = len(candidates[0]) > 2 or (len(candidates[0]) == 2 and candidates[0][1] != package)
    shallowest = candidates if is_deep else [each for each in candidates if len(each) == len(candidates[0])]
    named = [folder for folder in shallowest if folder and folder[-1] == package]
    best = named if len(shallowest) > 1 and len(named) == 1 else shallowest
    if len(best) > 1:
        places = " and ".join(_place(folder) for folder in best[:2])
        raise UnreadableHandIn(
            f"{where}: the modules are in {len(best)} folders: {places}; want one; remove the other and hand in again"
        )
    return best[0]


def _candidates(listing: Listing, package: str, modules: Sequence[str]) -> list[Folder]:
    """The places that hold a module, shallowest first; by a copy's name only if none does by its own.

    What lies deeper than the places that are looked at counts only where these hold nothing.
    """
    found: dict[tuple[bool, bool], set[Folder]] = {}
    for entry in listing.entries:
        folder = entry.folder
        if not entry.odd and len(folder) <= MAX_DEPTH and module_of(entry.name, modules):
            is_deep = not _is_near(folder, package)
            is_renamed = bool(entry.was) or entry.name.removesuffix(".py") not in modules
            found.setdefault((is_deep, is_renamed), set()).add(folder)
    best = found[min(found)] if found else set()
    return sorted(best, key=lambda folder: (len(folder), folder))


def _is_near(folder: Folder, package: str) -> bool:
    return len(folder) < 2 or (len(folder) == 2 and folder[1] == package)


def _find_archives(listing: Listing, where: str) -> list[Entry]:
    """The one archive of the shallowest folder with any, by its ending, or the only file there is; else none.

    Of several that Canvas has numbered, the one that was uploaded last, and then those before it.
    """
    plain = [entry for entry in listing.entries if not entry.odd and len(entry.folder) <= MAX_DEPTH]
    archives = [entry for entry in plain if _is_archive(entry)]
    archives = [e for e in archives if not e.was] or archives
    archives = [e for e in archives if len(e.folder) == min(len(each.folder) for each in archives)]
    archives.sort(key=lambda entry: -entry.number)
    if len(archives) > 1 and archives[0].number == archives[1].number:
        names = ", ".join(show(entry.name) for entry in archives[:_SAMPLE])
        raise UnreadableHandIn(f"{where}: {len(archives)} archives and no module: {names}; hand in one archive")
    if archives:
        return archives
    only = plain[0] if len(listing.entries) == len(plain) == 1 else None
    if only is None or only.name.lower().endswith((".py", ".ipynb")):
        return []
    start = only.read(262)
    is_archive = start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")) or start[257:262] == b"ustar"
    return [only] if is_archive else []


def _nothing_found(listing: Listing, package: str, modules: Sequence[str], where: str) -> str:
    """One line: what was looked for and where, what was found, what to do next."""
    wanted = ", ".join(f"{module}.py" for module in modules)
    names = sorted((("/".join(e.parts) for e in listing.entries)), key=lambda n: (not n.endswith(".py"), n))
    sample = ", ".join(show(name) for name in names[:_SAMPLE])
    found = f"{len(names)} file{'s' if len(names) != 1 else ''}: {sample}" if names else "no files"
    if len(names) > _SAMPLE:
        found += ", …"
    notes = "".join(f"; {note}" for note in (*listing.odd_notes(), *listing.notes)[:3])
    return (
        f"{where}: no module found: looked for {wanted} at the top, in {package}/, one folder down and in "
        f"{package}/ there; found {found}{notes}; {_next_step(listing.entries, modules)}"
    )


def _next_step(entries: Sequence[Entry], modules: Sequence[str]) -> str:
    wanted = " and ".join(f"{module}.py" for module in modules)
    for entry in entries:
        path = show("/".join(entry.parts))
        if entry.odd:
            continue
        if not module_of(entry.name, modules) and module_of(entry.name.lower(), modules):
            return f"rename {path}: names are told apart by upper and lower case"
    if any(len(entry.folder) > MAX_DEPTH and module_of(entry.name, modules) for entry in entries):
        return "the modules lie too deep: hand in the folder that holds them"
    if any(entry.name.lower().endswith(".ipynb") for entry in entries):
        return f"hand in the assignment's notebook at the top, or its code as {wanted}"
    return f"hand in {wanted} under exactly {'this name' if len(modules) == 1 else 'these names'}"


def _place(folder: Folder) -> str:
    return show("/".join(folder) + "/") if folder else "the top"


# --- what is read there -------------------------------------------------------------------------------------


def _read_folder(
    listing: Listing,
    folder: Folder,
    package: str,
    modules: Sequence[str],
    stubs: Stubs | None,
    limits: Limits,
    where: str,
    *,
    is_noted: bool = True,
) -> HandIn:
    """The sources of one folder; a module that is not there is noted, unless a notebook may hold it."""
    notes = [*listing.notes, *listing.odd_notes()]
    if len(folder) > 2 or (len(folder) == 2 and folder[1] != package):
        notes.insert(0, f"read from {_place(folder)}, the only folder with what was asked for")
    templates = {module: text.split() for module, text in stubs.modules.items()} if stubs else {}

    def is_blank(module: str, entry: Entry) -> bool:
        return start_of(entry, limits.source_bytes).decode("utf-8-sig", "replace").split() in (
            [],
            templates.get(module),
        )

    chosen = _choose(listing, folder, modules, notes, is_blank)
    files: dict[str, bytes] = {}
    total = 0
    # Modules first: helpers must not use up the room.
    for name in sorted(chosen, key=lambda name: (name not in modules, name)):
        entry, is_module = chosen[name], name in modules
        if len(files) >= limits.sources:
            problem = f"more than {limits.sources} .py files"
        else:
            source = entry.read(limits.source_bytes)
            if len(source) > limits.source_bytes:
                problem = f"over {limits.source_bytes} bytes"
            elif total + len(source) > limits.total_bytes:
                problem = f"over {limits.total_bytes} bytes in all"
            else:
                files[name] = source
                total += len(source)
                continue
        if is_module:
            raise UnreadableHandIn(f"{where}: {show(entry.name)} cannot be taken: {problem}; hand in a smaller file")
        notes.append(f"{show(entry.name)} was not read: {problem}")
    for entry in listing.entries:
        if _is_archive(entry):
            path = show("/".join(entry.parts))
            notes.append(f"{path} was not read: what lies beside it counts; hand in one of the two")
    if is_noted:  # first, so that a flood of others cannot push them out
        notes[:0] = _missing(listing, folder, modules, files)
    return HandIn(dict(sorted(files.items())), _at_most(notes))


def _choose(
    listing: Listing,
    folder: Folder,
    modules: Sequence[str],
    notes: list[str],
    is_blank: Callable[[str, Entry], bool],
) -> dict[str, Entry]:
    """Module name -> its file, for the .py files of the folder that Python can import; the rest is noted.

    A file counts before its copies, and a later copy before others, but what `is_blank` only if all are.
    """
    here = [e for e in listing.entries if e.folder == folder and e.name.endswith(".py") and not e.odd]
    chosen: dict[str, Entry] = {}
    copies: list[tuple[str, tuple[int, ...], Entry]] = []
    for entry in here:
        stem = entry.name.removesuffix(".py")
        if stem == "__init__":  # the course's own is used
            continue
        copy = copy_of(stem)
        name = _importable(stem)
        if copy is not None and (copy[0] in modules or (listing.is_loose and _importable(copy[0]))):
            copies.append((_importable(copy[0]), copy[1], entry))
        elif not name:
            notes.append(f"{show(entry.name)} was not read: not a name that Python can import")
        elif name in chosen:
            notes.append(f"{show(entry.name)} was not read: to Python its name is that of another file")
        else:
            chosen[name] = entry
    for name, group in groupby(sorted(copies, key=lambda copy: copy[:2]), key=lambda copy: copy[0]):
        files = [*([chosen[name]] if name in chosen else []), *(entry for _, _, entry in reversed([*group]))]
        blank = [entry for entry in files if is_blank(name, entry)]
        chosen[name] = next((entry for entry in files if entry not in blank), files[0])
        if chosen[name].name != f"{name}.py":
            notes.append(f"{show(chosen[name].name)} was taken as {name}.py")
        for entry in files:
            if entry is not chosen[name]:
                why = "it is empty, or the untouched template, and " if entry in blank else ""
                notes.append(f"{show(entry.name)} was not read: {why}{show(chosen[name].name)} stands for it")
    return chosen


def _importable(stem: str) -> str:
    """The stem as Python compares names (macOS packs é as two characters); "" if it is no name."""
    if len(stem) > 2 * _MAX_MODULE_NAME:  # normalizing takes seconds for the longest names that an archive may hold
        return ""
    name = unicodedata.normalize("NFKC", stem)
    is_name = name.isidentifier() and not keyword.iskeyword(name) and len(name) <= _MAX_MODULE_NAME
    return name if is_name else ""


def _missing(listing: Listing, folder: Folder, modules: Sequence[str], files: Mapping[str, bytes]) -> Iterable[str]:
    """Notes on modules that are not there, on files of a module's name that lie elsewhere, and on notebooks."""
    for module in modules:
        if module not in files:
            yield f"{module}.py was not handed in: the untouched template's stands in"
    for entry in listing.entries:
        if entry.folder != folder and not entry.odd and entry.name.removesuffix(".py") in modules:
            path = show("/".join(entry.parts))
            yield f"{path} was not read: the modules are taken from one place, {_place(folder)}"
