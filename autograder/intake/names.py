"""Names from outside: how they are shown, which are junk, which platform made them, what id they become.

Trust: every name here was chosen by a student or a platform. It is compared, shown escaped, or cleaned into
an id; it is never used as a path of ours before `safe_ids` has cleaned it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
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

# The class's own files, in the folder where each id gets a folder.
TAKEN = frozenset({"adjustments.csv", "grades.csv", "gradings.sqlite", "proved.json", "records.json"})
MAX_ID_CHARACTERS = 100
MAX_ID_BYTES = 200  # a folder name holds 255 bytes on every file system in use, and ids get endings

MAX_NAME = 255  # characters: no file system in use takes more, archives do

# Letters and marks that are drawn as nothing, which Python takes for printable: fillers, selectors, blanks.
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)

# What a platform puts before the student's own file name. Names of people may hold such a piece too, and so may the
# file's: where it occurs again, there is another reading.
_MOODLE = re.compile(r"_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?=_|\Z)")
_CANVAS = re.compile(r"_(?P<id>\d+)_(?:(?P<number>\d{3,})_(?=.)|(?:text|link)\.html\Z)", re.DOTALL)
_CANVAS_ANONYMOUS = re.compile(
    r"anon(?P<late>_LATE)?_(?P<id>[A-Za-z0-9]{5})_(?:(?P<number>\d{3,})_(?=.)|(?:text|link)\.html\Z)"
)
_AUTOLAB = re.compile(r"(?P<id>[^@\s]+@[A-Za-z0-9.-]+)_(?P<version>\d{1,9})_(?P<file>.+)", re.DOTALL)
_BLACKBOARD = re.compile(r"(?P<owner>.+?)_attempt_(?P<date>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)", re.DOTALL)
_BRIGHTSPACE = re.compile(
    r"(?P<id>\d+)-\d+ - (?P<name>.+?) - (?P<date>(?=[^-]*\d{4})[^-]*+)(?:(?<= )- (?P<file>.+))?", re.DOTALL
)
_BRIGHTSPACE_DATE = re.compile(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4}) (\d{1,2}):?(\d{2}) ([AP])M")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class PlatformName:
    """A file or folder name as a platform writes it, taken apart."""

    platform: str
    id: str
    name: str  # of the student, as the platform has it; "" if its names hold none
    file: str  # the student's own file name; "" if the platform's name holds none
    is_file_submission: bool = True
    number: int = 0  # Canvas numbers each upload: a later one is higher
    attempt: tuple[int, ...] = ()  # of platforms that give every attempt: a later one is higher; () if unknown
    late: bool = False


def show(name: str, limit: int = 80) -> str:
    """The name in quotes for a message: what cannot be seen is escaped, shortened to limit characters.

    Trust: any string, lone surrogates and terminal escapes too; the result is printable.
    """
    quoted = repr(name if len(name) <= limit else name[: limit - 1] + "…")
    return UNSEEN.sub(lambda unseen: unseen[0].encode("unicode_escape").decode(), quoted)


def same(text: str) -> str:
    """What two ids, or names of people, have in common if they differ in case or in how a letter is encoded alone.

    To normalize takes time by the square of the length: what is longer than any name is compared as it is.
    """
    if len(text) > MAX_NAME:
        return text
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


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


def parse_platform_name(name: str, *, is_folder: bool = False) -> PlatformName | None:
    """The parts of a name that a platform gave, in its first reading; None for any other name."""
    return next(iter(platform_readings(name, is_folder=is_folder)), None)


def platform_readings(name: str, *, is_folder: bool = False) -> list[PlatformName]:
    """The ways in which a name can be one that a platform gave, the leftmost first; none for any other name.

    There are several where the student's own name, or the file's, holds what a platform puts between the two. The
    leftmost is right unless somebody has chosen a name for themselves that has another's number in it.
    Trust: a file name, chosen by the student in its last part, and by whoever may choose their own name in its first.
    Source: Moodle mod/assign (`Full Name_1234567_assignsubmission_file_`, with the file's name after it when
        the download is flat); Canvas content_zipper (`doejane_LATE_12345_67890_file.py`;
        `anon_aB3dE_67890_file.py` with anonymous grading; `doejane_12345_text.html` for typed text,
        `_link.html` for a link); Autolab (`ann@uni.edu_3_file.py`); Blackboard
        (`Assignment 1_ann_attempt_2026-11-20-10-11-12_file.py`, and the same in `.txt` for what was typed);
        Brightspace (`12-34 - Ann Lee - Nov 20, 2026 1011 AM`, a folder, or a file with its name behind that)
    """
    if len(name) > MAX_NAME:
        return []
    given = _with_attempt(name, is_folder)
    # Canvas leaves no @ and no blank in a student's name, so that these two are none of its.
    is_canvas = not is_folder and not any(each.platform in ("Autolab", "Brightspace") for each in given)
    found = [*_moodle(name), *given, *(_canvas(name) if is_canvas else [])]
    return sorted(found, key=lambda reading: -len(reading.file))  # what stands further left leaves more for the file


def _moodle(name: str) -> list[PlatformName]:
    return [
        PlatformName(
            "Moodle",
            match["id"],
            name[: match.start()],
            name[match.end() + 1 :],
            is_file_submission=match["kind"] == "file",
        )
        for match in _anywhere(_MOODLE, name)
    ]


def _canvas(name: str) -> list[PlatformName]:
    found = [
        PlatformName(
            "Canvas",
            match["id"],
            name[: match.start()].removesuffix("_LATE"),
            name[match.end() :],
            number=int((match["number"] or "0")[:18]),
            late=name[: match.start()].endswith("_LATE"),
        )
        for match in _anywhere(_CANVAS, name)
    ]
    if anonymous := _CANVAS_ANONYMOUS.match(name):
        number = int((anonymous["number"] or "0")[:18])
        own = PlatformName(
            "Canvas", anonymous["id"], "", name[anonymous.end() :], number=number, late=bool(anonymous["late"])
        )
        return [own, *(each for each in found if each.id != own.id)]
    return found


def _anywhere(pattern: re.Pattern[str], name: str) -> Iterator[re.Match[str]]:
    """Every match behind a first character, overlapping ones too."""
    match = pattern.search(name, 1)
    while match:
        yield match
        match = pattern.search(name, match.start() + 1)


def _with_attempt(name: str, is_folder: bool) -> list[PlatformName]:
    """Names of platforms that give every attempt: what a student chooses comes last, so that each has one reading."""
    if not is_folder and (match := _AUTOLAB.fullmatch(name)):
        return [PlatformName("Autolab", match["id"], "", match["file"], attempt=(int(match["version"]),))]
    if not is_folder and (match := _BLACKBOARD.fullmatch(name)):
        attempt = tuple(map(int, match["date"].split("-")))
        # The title of the assignment and the user name: where they part, the class's other names say (see `roster`).
        owner, file = match["owner"], match["file"] or ""
        user = owner.rpartition("_")[2]
        return [PlatformName("Blackboard", user, owner, file, is_file_submission=bool(file), attempt=attempt)]
    if (match := _BRIGHTSPACE.fullmatch(name)) and is_folder == (match["file"] is None):
        return [
            PlatformName(
                "Brightspace", match["id"], match["name"], match["file"] or "", attempt=_brightspace_date(match["date"])
            )
        ]
    return []


def _brightspace_date(text: str) -> tuple[int, ...]:
    """Year, month, day, hour, minute; () for a date in another language, which cannot be put in order."""
    match = _BRIGHTSPACE_DATE.fullmatch(text.strip())
    if match is None or match[1] not in _MONTHS:
        return ()
    hour = int(match[4]) % 12 + (12 if match[6] == "P" else 0)
    return int(match[3]), _MONTHS.index(match[1]) + 1, int(match[2]), hour, int(match[5])


def safe_id(text: str) -> str:
    """The text as an id: fit for a folder name, a row key and a spreadsheet cell.

    Letters and digits of any script (NFC) that can be seen and `._@+-` stay, all else becomes `_`; the first character
    is a letter, a digit or `_`, so no id hides as a dotfile, reads as an option or starts a formula; none is the name
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
    characters = unicodedata.normalize("NFC", text[: 10 * MAX_ID_CHARACTERS])  # of more the hash alone is kept
    cleaned = "".join(c if c.isalnum() or c in "._@+-" else "_" for c in UNSEEN.sub("_", characters))
    if cleaned.casefold() in TAKEN:
        cleaned = cleaned.replace(".", "_")
    return "_" + cleaned[1:] if cleaned[:1] in tuple(".@+-") else cleaned


def _with_hash(cleaned: str, text: str, length: int = 8) -> str:
    """The cleaned text, cut so that a hash of the original text fits behind it."""
    ending = "-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
    kept = cleaned[: MAX_ID_CHARACTERS - len(ending)]
    while len(kept.encode()) > MAX_ID_BYTES - len(ending):
        kept = kept[:-1]
    return (kept or "id") + ending
