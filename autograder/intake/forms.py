"""Reads one submission, in any form it may come in, into source bytes in memory.

How it stays safe: only names are looked at until the one folder that holds the modules is chosen; then that
folder's .py files, and nothing else, are read, each through a bounded read (`listing` for the disk,
`archives` for archives; their own headers say how). Bytes pass through undecoded; nothing is extracted,
imported or run.
"""

import keyword
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from autograder.errors import there
from autograder.intake.archives import list_archive
from autograder.intake.listing import Entry, Limits, Listing, UnreadableHandIn, list_paths
from autograder.intake.names import (
    ARCHIVE_ENDINGS,
    OTHER_ARCHIVE_ENDINGS,
    copy_of,
    module_of,
    show,
)
from autograder.intake.notebooks import Notebooks, Stubs, fill_in, is_notebook, read_notebooks, with_scripts
from autograder.testing.assembly import Assembly

_MAX_NOTES = 20
_MAX_MODULE_NAME = 100
_SAMPLE = 10

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
    place counts. An archive is looked into if nothing else holds a module; archives inside archives are not.
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
    listing = with_scripts(list_paths(paths, limits)) if stubs else list_paths(paths, limits)
    folder, sheets = _find(listing, package, modules, stubs, where)
    if folder is None and not sheets:
        archive = _find_archive(listing, where)
        if archive is not None:
            where = f"archive {show(archive.name)}"
            data = archive.read(limits.archive_bytes)
            if len(data) > limits.archive_bytes:
                raise UnreadableHandIn(f"{where}: over {limits.archive_bytes} bytes; hand in the modules alone")
            listing = list_archive(data, archive.name, limits)
            listing = with_scripts(listing) if stubs else listing
            folder, sheets = _find(listing, package, modules, stubs, where)
    notebooks = read_notebooks(sheets, max_notebook_bytes, stubs) if stubs else Notebooks()
    if folder is None and not sheets:
        raise UnreadableHandIn(_nothing_found(listing, package, modules, where))
    if folder is None and not notebooks.cells and notebooks.notes:
        raise UnreadableHandIn(notebooks.notes[0])
    if folder is not None and not notebooks.cells:
        return _with_notes(_read_folder(listing, folder, modules, limits, where), notebooks.notes)
    stubs = there(stubs)  # without them no notebook is looked for
    place = sheets[0].folder if folder is None else folder
    hand_in = _read_folder(listing, place, modules, limits, where, is_noted=False)
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


def _find(
    listing: Listing, package: str, modules: Sequence[str], stubs: Stubs | None, where: str
) -> tuple[Folder | None, list[Entry]]:
    """The folder of the modules, and the notebooks: of the top, of the folder one down, or of the modules' own."""
    folder = _find_folder(listing, package, modules, where)
    found = [*listing.scripts, *(entry for entry in listing.entries if stubs and is_notebook(entry))]
    near = [entry for entry in found if _is_near(entry.folder, package) or entry.folder == folder]
    depth = min((len(entry.folder) for entry in near), default=0)
    return folder, [entry for entry in near if len(entry.folder) == depth]


def _find_folder(listing: Listing, package: str, modules: Sequence[str], where: str) -> Folder | None:
    """The folder to grade, or None if no place that counts holds a module."""
    candidates = _candidates(listing, package, modules)
    if not candidates:
        return None
    shallowest = [folder for folder in candidates if len(folder) == len(candidates[0])]
    named = [folder for folder in shallowest if folder and folder[-1] == package]
    best = named if len(shallowest) > 1 and len(named) == 1 else shallowest
    if len(best) > 1:
        places = " and ".join(_place(folder) for folder in best[:2])
        raise UnreadableHandIn(
            f"{where}: the modules are in {len(best)} folders: {places}; want one; remove the other and hand in again"
        )
    return best[0]


def _candidates(listing: Listing, package: str, modules: Sequence[str]) -> list[Folder]:
    """The places that hold a module, shallowest first; by a copy's name only if none does by its own."""
    exact: set[Folder] = set()
    copies: set[Folder] = set()
    for entry in listing.entries:
        folder = entry.folder
        if entry.odd or not _is_near(folder, package):
            continue
        if module_of(entry.name, modules):
            (exact if entry.name.removesuffix(".py") in modules else copies).add(folder)
    return sorted(exact or copies, key=lambda folder: (len(folder), folder))


def _is_near(folder: Folder, package: str) -> bool:
    return len(folder) < 2 or (len(folder) == 2 and folder[1] == package)


def _find_archive(listing: Listing, where: str) -> Entry | None:
    """The one archive at the top, by its ending, or the only file there is, whatever its name."""
    top = [entry for entry in listing.entries if not entry.folder and not entry.odd]
    archives = [e for e in top if e.name.lower().endswith(ARCHIVE_ENDINGS + OTHER_ARCHIVE_ENDINGS)]
    if len(archives) > 1:
        names = ", ".join(show(entry.name) for entry in archives[:_SAMPLE])
        raise UnreadableHandIn(f"{where}: {len(archives)} archives and no module: {names}; hand in one archive")
    if archives:
        return archives[0]
    only = top[0] if len(listing.entries) == len(top) == 1 else None
    if only is None or only.name.lower().endswith((".py", ".ipynb")):
        return None
    start = only.read(262)
    is_archive = start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")) or start[257:262] == b"ustar"
    return only if is_archive else None


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
        if module_of(entry.name, modules):
            return f"{path} lies too deep: hand in the folder that holds it"
        if module_of(entry.name.lower(), modules):
            return f"rename {path}: names are told apart by upper and lower case"
    if any(entry.name.lower().endswith(".ipynb") for entry in entries):
        return f"hand in the assignment's notebook at the top, or its code as {wanted}"
    return f"hand in {wanted} under exactly {'this name' if len(modules) == 1 else 'these names'}"


def _place(folder: Folder) -> str:
    return show("/".join(folder) + "/") if folder else "the top"


# --- what is read there -------------------------------------------------------------------------------------


def _read_folder(
    listing: Listing, folder: Folder, modules: Sequence[str], limits: Limits, where: str, *, is_noted: bool = True
) -> HandIn:
    """The sources of one folder; a module that is not there is noted, unless a notebook may hold it."""
    notes = [*listing.notes, *listing.odd_notes()]
    chosen = _choose(listing, folder, modules, notes)
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
    if is_noted:  # first, so that a flood of others cannot push them out
        notes[:0] = _missing(listing, folder, modules, files)
    return HandIn(dict(sorted(files.items())), _at_most(notes))


def _choose(listing: Listing, folder: Folder, modules: Sequence[str], notes: list[str]) -> dict[str, Entry]:
    """Module name -> its file, for the .py files of the folder that Python can import; the rest is noted."""
    here = [e for e in listing.entries if e.folder == folder and e.name.endswith(".py") and not e.odd]
    chosen: dict[str, Entry] = {}
    copies: list[tuple[str, int, Entry]] = []
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
        *earlier, (_, _, latest) = group
        if name in chosen:
            earlier.append((name, 0, latest))
        else:
            chosen[name] = latest
            notes.append(f"{show(latest.name)} was taken as {name}.py")
        notes += [f"{show(e.name)} was not read: {show(chosen[name].name)} stands for it" for _, _, e in earlier]
    return chosen


def _importable(stem: str) -> str:
    """The stem as Python compares names (macOS packs é as two characters); "" if it is no name."""
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
