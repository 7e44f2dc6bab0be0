"""Reads one submission, in any form it may come in, into source bytes in memory.

How it stays safe: where the modules lie is told by names, and by whether a file is the untouched template; then the
chosen folder's .py files and notebooks, and nothing else, are read, each through a bounded read (`disk` for the disk,
`archives` for archives; their own headers say how). Bytes pass through undecoded; nothing is extracted, imported
or run.
"""

import keyword
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from autograder.checks.cells.assembly import Assembly
from autograder.errors import there
from autograder.intake.disk import list_paths
from autograder.intake.file_names import SNIFFED_BYTES, by_content, copy_of, is_a_test, module_of
from autograder.intake.listing import MAX_DEPTH, Entry, Listing, ReadLimits, UnreadableHandIn, start_of
from autograder.intake.names import show
from autograder.intake.notebooks import Notebooks, Stubs, fill_in, read_notebooks
from autograder.intake.opening import open_hand_in
from autograder.intake.places import (
    Asked,
    Folder,
    Opened,
    defines_most,
    is_archive,
    is_near,
    is_old,
    path_of,
    shown,
    work,
)

_MAX_NOTES = 20
_MAX_MODULE_NAME = 100
_SAMPLE = 10
_MAX_SOURCES = 100  # that are looked into


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
    may_be_class: bool = False,
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
    place counts, and one further down if it is the only one. Archives, and archives in these, are looked into if not
    all of the work lies beside them, or if they were uploaded later, within the limits of one. What is empty or the
    untouched template counts nowhere before what is not. What has no name of a module's or a notebook's is known by its
    content, if nothing else is there.
    Notebooks, and scripts that notebooks were saved as, are read if there are `stubs` to put their cells into: those of
    the shallowest folder that holds one, the modules' own or one above them.
    Trust: everything at the paths is hostile; see this file's and `disk`'s first lines. What hostile bytes make parsers
        do is bounded by their size, and by no clock: graders call this in a process of its own.
    Raises: UnreadableHandIn if there is nothing to grade, of which SeveralHandIns, only if it `may_be_class`, says that
        it is several students'; OSError if the disk fails, which is not the student's fault
    """
    if not paths or not modules:
        raise ValueError(f"hand-in: got {len(paths)} paths and {len(modules)} modules; want one of each at least")
    limits = ReadLimits(
        max_archive_bytes, max_members, max_unpacked_bytes, max_source_bytes, max_total_bytes, max_sources
    )
    assignment = stubs.assignment if stubs else ""
    asked = Asked(package, modules, stubs, limits, max_notebook_bytes, assignment, may_be_class)
    where = f"hand-in {show(paths[0].name)}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
    opened = open_hand_in(list_paths(paths, limits, asked.is_untouched), asked, where)
    where, folder, sheets = opened.where, opened.place.folder, opened.place.sheets
    notebooks = read_notebooks(sheets, max_notebook_bytes, stubs) if stubs else Notebooks()
    if folder is None and not sheets:
        raise UnreadableHandIn(_nothing_found(opened.listing, package, modules, where))
    if folder is None and not notebooks.cells and notebooks.notes:
        raise UnreadableHandIn(notebooks.notes[0])
    if folder is not None and not (notebooks.cells and asked.done(sheets)):
        return _with_notes(_read_folder(opened, folder, asked), notebooks.notes)
    stubs = there(stubs)  # without them no notebook is looked for
    beside = _beside(opened.listing, sheets[0].folder, package, stubs) if folder is None else folder
    hand_in = _read_folder(opened, beside, asked, is_noted=False)
    sources, assembly, notes = fill_in(notebooks, stubs, hand_in.files)
    if folder is None and not sources and len(notes) >= len(stubs.exercises):
        names = ", ".join(show(entry.name) for entry in sheets[:_SAMPLE])
        raise UnreadableHandIn(
            f"{where}: no cell of an exercise in {names}; want the assignment's notebook, in which each begins with "
            f'"# exercise: {stubs.exercises[0]}" and the like'
        )
    files = dict(sorted({**hand_in.files, **sources}.items()))
    return _with_notes(HandIn(files, hand_in.notes, assembly), [*notebooks.notes, *notes])


def _beside(listing: Listing, folder: Folder, package: str, stubs: Stubs) -> Folder:
    """Where the modules lie that a notebook in this folder builds on: there, or in the package there."""
    inner = (*folder, package)
    modules = {f"{module}.py" for module in stubs.modules}
    return inner if any(e.folder == inner and e.name in modules for e in listing.entries) else folder


def _with_notes(hand_in: HandIn, notes: Sequence[str]) -> HandIn:
    return replace(hand_in, notes=_at_most([*notes, *hand_in.notes]))


def _at_most(notes: list[str]) -> tuple[str, ...]:
    if len(notes) > _MAX_NOTES:
        notes = [*notes[: _MAX_NOTES - 1], f"and {len(notes) - _MAX_NOTES + 1} more notes like these"]
    return tuple(notes)


# --- nothing to grade --------------------------------------------------------------------------------------


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


# --- what is read there -------------------------------------------------------------------------------------


def _read_folder(opened: Opened, folder: Folder, asked: Asked, *, is_noted: bool = True) -> HandIn:
    """The sources of one folder; a module that is not there is noted, unless a notebook may hold it."""
    listing, modules, limits = opened.listing, asked.modules, asked.limits
    notes = [*opened.place.notes, *listing.notes, *listing.odd_notes()]
    if not is_near(folder, asked.package):
        notes.insert(0, f"read from {shown(folder)}, the only folder with what was asked for")
    chosen = _choose(listing, folder, modules, notes, asked.is_blank)
    if is_noted:
        chosen |= _from_elsewhere(listing, folder, chosen, asked, notes)
        chosen |= _under_another_name(opened, folder, chosen, asked, notes)
    files: dict[str, bytes] = {}
    total = 0
    # Modules first: helpers must not use up the room. What is read and too much counts too: it may be thousands.
    for place, name in enumerate(sorted(chosen, key=lambda name: (name not in modules, name))):
        entry, is_module = chosen[name], name in modules
        if place >= limits.sources:
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
            raise UnreadableHandIn(
                f"{opened.where}: {show(entry.name)} cannot be taken: {problem}; hand in a smaller file"
            )
        notes.append(f"{show(entry.name)} was not read: {problem}")
    for entry in listing.entries:
        if is_archive(entry):
            notes.append(f"{path_of(entry)} was not read: what lies beside it counts; hand in one of the two")
    notes += _not_beside(listing, folder, asked.package, files)
    if is_noted:  # first, so that a flood of others cannot push them out
        notes[:0] = _missing(listing, folder, asked, files, taken={entry.parts for entry in chosen.values()})
    return HandIn(dict(sorted(files.items())), _at_most(notes))


def _choose(
    listing: Listing,
    folder: Folder,
    modules: Sequence[str],
    notes: list[str],
    is_blank: Callable[[str, Entry], bool],
) -> dict[str, Entry]:
    """Module name -> its file, for the .py files of the folder that Python can import; the rest is noted.

    A later upload counts first, a file before its copies, and a later copy before others; what `is_blank` only if all
    are.
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
        files.sort(key=lambda entry: -entry.number)  # where Canvas says which was uploaded last
        blank = {entry for entry in files if is_blank(name, entry)}
        chosen[name] = next((entry for entry in files if entry not in blank), files[0])
        if chosen[name].name != f"{name}.py":
            notes.append(f"{show(chosen[name].name)} was taken as {name}.py")
        for entry in files:
            if entry is not chosen[name]:
                why = "it is empty, or the untouched template, and " if entry in blank else ""
                notes.append(f"{show(entry.name)} was not read: {why}{show(chosen[name].name)} stands for it")
    return chosen


def _from_elsewhere(
    listing: Listing, folder: Folder, chosen: Mapping[str, Entry], asked: Asked, notes: list[str]
) -> dict[str, Entry]:
    """Of modules that are not there, or untouched, beside others: those of the one other place with work on them."""
    lacking = [module for module in asked.modules if module not in chosen or asked.is_blank(module, chosen[module])]
    found: dict[str, Entry] = {}
    for module in lacking if work(listing, folder, asked) else ():
        others = [entry for entry in listing.entries if entry.folder != folder and entry.name == f"{module}.py"]
        others = [entry for entry in others if not (entry.odd or is_old(entry.folder) or asked.is_blank(module, entry))]
        if len(others) == 1:
            [found[module]] = others
            own = chosen.get(module)
            why = (
                f"{path_of(own)} was not read: it is empty, or the untouched template"
                if own
                else f"no {module}.py here"
            )
            notes.append(f"{why}, and {path_of(others[0])} stands for it")
    return found


def _under_another_name(
    opened: Opened, folder: Folder, chosen: Mapping[str, Entry], asked: Asked, notes: list[str]
) -> dict[str, Entry]:
    """Of modules that are not there, or untouched, the one file there or above that defines most of the exercises.

    Of several none is taken, and a note names them.
    Raises: UnreadableHandIn if there are several, and no other module was worked on
    """
    found: dict[str, Entry] = {}
    for module in asked.modules if asked.stubs else ():
        own, others = chosen.get(module), _defining(opened.listing, folder, module, asked)
        names = " and ".join(path_of(entry) for entry in others[:_SAMPLE])
        if own is not None and not asked.is_blank(module, own):
            source = start_of(own, asked.limits.source_bytes).decode("utf-8", "replace")
            unused = [e for e in others[:_SAMPLE] if not re.search(rf"\b{re.escape(e.name[:-3])}\b", source)]
            notes += [f"{path_of(e)} was not taken as {module}.py: {path_of(own)} counts" for e in unused]
            continue
        what = f"nothing was done in {path_of(own)}" if own else f"no {module}.py here"
        if len(others) > 1:
            many = f"{what}, and {names} define what it should; hand in one of them, as {module}.py"
            if not work(opened.listing, folder, asked):
                raise UnreadableHandIn(f"{opened.where}: {many}")
            notes.append(many)
            continue
        for entry in others:
            found[module] = entry
            notes.append(f"{what}, and {names} stands for it")
    return found


def _defining(listing: Listing, folder: Folder, module: str, asked: Asked) -> list[Entry]:
    """The sources in a folder and above it, else below it, that define most of a module's exercises, under no module's
    name; equal ones once.
    """
    stubs = there(asked.stubs)
    plain = [e for e in listing.entries if not (e.odd or is_a_test(e.name) or is_old(e.folder))]
    plain = [e for e in plain if not module_of(e.name, [*stubs.modules])]
    near = [e for e in plain if e.folder == folder[: len(e.folder)]]
    own = folder[:-1] if folder[-1:] == (asked.package,) else folder
    below = [e for e in plain if e.folder[: len(own)] == own and e not in near and e.name.endswith(".py")]
    found: list[Entry] = []
    for sources in (near, below):
        for entry in () if found else sources[:_MAX_SOURCES]:
            is_source = by_content(entry.name, start_of(entry, SNIFFED_BYTES)).endswith(".py")
            if is_source and defines_most(entry, module, stubs) and not asked.is_blank(module, entry):
                found += [] if any(asked.are_equal([entry], [other]) for other in found) else [entry]
    return found


def _importable(stem: str) -> str:
    """The stem as Python compares names (macOS packs é as two characters); "" if it is no name."""
    if len(stem) > 2 * _MAX_MODULE_NAME:  # normalizing takes seconds for the longest names that an archive may hold
        return ""
    name = unicodedata.normalize("NFKC", stem)
    is_name = name.isidentifier() and not keyword.iskeyword(name) and len(name) <= _MAX_MODULE_NAME
    return name if is_name else ""


def _not_beside(listing: Listing, folder: Folder, package: str, files: Mapping[str, bytes]) -> Iterable[str]:
    """Notes on sources in folders beside the modules that a source imports from."""
    imports = re.compile(rf"^[ \t]*(?:from|import)[ \t]+\.*(?:{re.escape(package)}\.)?(\w+)".encode(), re.MULTILINE)
    imported = {match[1].decode() for source in files.values() for match in imports.finditer(source)} - {package}
    for entry in listing.entries:
        inner = entry.folder[len(folder) :]
        if entry.folder[: len(folder)] == folder and inner and inner[0] in imported and entry.name.endswith(".py"):
            yield f"{path_of(entry)} was not read: only what lies beside the modules is; put it there and import it so"


def not_handed_in(module: str) -> str:
    """What is said of a module that is not there."""
    return f"{module}.py was not handed in: the untouched template's stands in"


def _missing(
    listing: Listing, folder: Folder, asked: Asked, files: Mapping[str, bytes], taken: Collection[Folder]
) -> Iterable[str]:
    """Notes on modules that are not there, and on files of their names that lie elsewhere or have another ending."""
    missing = [module for module in asked.modules if module not in files]
    for module in missing:
        yield not_handed_in(module)
    for entry in listing.entries if missing else ():
        stem = entry.name.rpartition(".")[0] or entry.name
        is_python = entry.name.endswith(".py")
        if (
            not is_python
            and module_of(f"{stem}.py", missing)
            and by_content(entry.name, start_of(entry, SNIFFED_BYTES)) == f"{stem}.py"
        ):
            yield f"{path_of(entry)} was not read: it is not named {module_of(f'{stem}.py', missing)}.py; rename it"
    for entry in listing.entries:
        module = entry.name.removesuffix(".py")
        if entry.folder != folder and entry.parts not in taken and not entry.odd and module in asked.modules:
            why = "it is empty, or the untouched template, and " if asked.is_blank(module, entry) else ""
            yield f"{path_of(entry)} was not read: {why}the modules are taken from one place, {shown(folder)}"
