"""Names from outside: how they are shown, which are junk, which platform made them, what id they become.

Trust: every name here was chosen by a student or a platform. It is compared, shown escaped, or cleaned into
an id; it is never used as a path of ours before `safe_ids` has cleaned it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

JUNK_NAMES = frozenset({"__MACOSX", "__pycache__", "venv", "node_modules", "site-packages"})
ARCHIVE_ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar", ".gz")
# Read by nobody here, but plainly meant as the hand-in: answered with which archive to make instead.
OTHER_ARCHIVE_ENDINGS = (
    ".rar",
    ".7z",
    ".tar.bz2",
    ".bz2",
    ".tbz2",
    ".tar.xz",
    ".xz",
    ".txz",
    ".tar.zst",
    ".zst",
)

TAKEN = "grades.csv"  # the class's own file, in the folder where each id gets a folder
MAX_ID_CHARACTERS = 100
MAX_ID_BYTES = 200  # a folder name holds 255 bytes on every file system in use, and ids get endings

_COPY = re.compile(r"(?P<name>.+?)(?: ?\((?P<round>\d{1,3})\)|[- ](?P<plain>\d{1,3}))")
# Both patterns take the leftmost match: what stands further right is the file's name, which the student
# chose.
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL)
_CANVAS = re.compile(
    r"(?:(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d+)|anon(?P<late_too>_LATE)?_(?P<anonymous>[A-Za-z0-9]{5}))"
    r"_(?:(?P<number>\d{3,})_(?P<file>.+)|(?:text|link)\.html)",
    re.DOTALL,
)


@dataclass(frozen=True)
class PlatformName:
    """A file or folder name as Moodle or Canvas writes it, taken apart."""

    platform: str
    id: str
    name: str
    file: str  # the student's own file name; "" if the platform's name holds none
    is_file_submission: bool = True
    number: int = 0  # Canvas numbers each upload: a later one is higher
    late: bool = False


def show(name: str, limit: int = 80) -> str:
    """The name in quotes for a message: control characters escaped, shortened to limit characters.

    Trust: any string, lone surrogates and terminal escapes too; the result is printable.
    """
    return repr(name if len(name) <= limit else name[: limit - 1] + "…")


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is litter of a system or a tool, never the student's work."""
    return name.startswith(".") or name in JUNK_NAMES


def stem_of(name: str) -> str:
    """The name without its ending; `.tar.gz` and its like count as one ending."""
    lower = name.lower()
    for ending in sorted(ARCHIVE_ENDINGS + OTHER_ARCHIVE_ENDINGS, key=len, reverse=True):
        if lower.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    stem, dot, _ending = name.rpartition(".")
    return stem if dot and stem else name


def copy_of(stem: str) -> tuple[str, int] | None:
    """(name, number) of a browser's or platform's copy: `functional (1)`, `functional-2`; else None."""
    match = _COPY.fullmatch(stem)
    return (match["name"], int(match["round"] or match["plain"])) if match else None


def module_of(name: str, modules: Sequence[str]) -> str | None:
    """The module that a file of this name holds, copies included; None if it is none of them."""
    if not name.endswith(".py"):
        return None
    stem = name.removesuffix(".py")
    if stem in modules:
        return stem
    copy = copy_of(stem)
    return copy[0] if copy is not None and copy[0] in modules else None


def parse_platform_name(name: str, *, is_folder: bool = False) -> PlatformName | None:
    """The parts of a name that Moodle or Canvas gave, or None for any other name.

    Source: Moodle mod/assign (`Full Name_1234567_assignsubmission_file_`, with the file's name after it when
        the download is flat); Canvas content_zipper (`doejane_LATE_12345_67890_file.py`;
        `anon_aB3dE_67890_file.py` with anonymous grading; `doejane_12345_text.html` for typed text,
        `_link.html` for a link).
    """
    if match := _MOODLE.fullmatch(name):
        return PlatformName(
            "Moodle",
            match["id"],
            match["name"],
            match["file"] or "",
            is_file_submission=match["kind"] == "file",
        )
    if not is_folder and (match := _CANVAS.fullmatch(name)):
        return PlatformName(
            "Canvas",
            match["id"] or match["anonymous"],
            match["name"] or "",
            match["file"] or "",
            number=int((match["number"] or "0")[:18]),
            late=bool(match["late"] or match["late_too"]),
        )
    return None


def safe_id(text: str) -> str:
    """The text as an id: fit for a folder name, a row key and a spreadsheet cell.

    Letters and digits of any script (NFC) and `._@+-` stay, all else becomes `_`; the first character is a
    letter, a digit or `_`, so no id hides as a dotfile, reads as an option or starts a formula; none is the name
    of the class's own file, for which the whole class would be refused. What is cut at 100 characters (200 bytes)
    ends in a hash of the whole. Two texts may give one id: see `safe_ids`.
    Trust: any string.
    """
    cleaned = _clean(text)
    if not cleaned.strip("_"):
        return _with_hash("id", text)
    if len(cleaned) > MAX_ID_CHARACTERS or len(cleaned.encode()) > MAX_ID_BYTES:
        return _with_hash(cleaned, text)
    return cleaned


def safe_ids(texts: Iterable[str]) -> dict[str, str]:
    """An id for each text, no two alike, whatever the order.

    A text that is an id already keeps it; of several others that would share one, each ends in a hash of its
    text.
    """
    originals = sorted(set(texts))
    claims: dict[str, list[str]] = {}
    for text in originals:
        claims.setdefault(safe_id(text), []).append(text)
    ids = {text: text for text in originals if safe_id(text) == text}
    used = set(ids.values())
    for text in originals:
        if text in ids:
            continue
        wanted, length = safe_id(text), 8
        if len(claims[wanted]) > 1:
            wanted = _with_hash(_clean(text), text, length)
        while wanted in used:
            length += 8
            # Past the whole hash, another one: those who choose names may have taken every beginning of the first.
            wanted = _with_hash(_clean(text), text if length <= 64 else f"{text} {length}", length)
        ids[text] = wanted
        used.add(wanted)
    return ids


def _clean(text: str) -> str:
    """The text with every character that an id may not hold replaced; may be too long or empty."""
    characters = unicodedata.normalize("NFC", text)
    cleaned = "".join(c if c.isalnum() or c in "._@+-" else "_" for c in characters)
    if cleaned.casefold() == TAKEN:
        cleaned = cleaned.replace(".", "_")
    return "_" + cleaned[1:] if cleaned[:1] in tuple(".@+-") else cleaned


def _with_hash(cleaned: str, text: str, length: int = 8) -> str:
    """The cleaned text, cut so that a hash of the original text fits behind it."""
    ending = "-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
    kept = cleaned[: MAX_ID_CHARACTERS - len(ending)]
    while len(kept.encode()) > MAX_ID_BYTES - len(ending):
        kept = kept[:-1]
    return (kept or "id") + ending
