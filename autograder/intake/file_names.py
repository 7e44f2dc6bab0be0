"""A student's own file name: what it is beneath an ending or a copy's mark that a program has added.

Trust: every name is the student's. It is compared only; what is longer than any file system takes is left as it is,
before a pattern sees it.
"""

import functools
import re
import unicodedata
from collections.abc import Sequence

from autograder.intake.names import ARCHIVE_ENDINGS, MAX_NAME, OTHER_ARCHIVE_ENDINGS, same

HAND_IN_ENDINGS = (".py", ".ipynb", *ARCHIVE_ENDINGS, *OTHER_ARCHIVE_ENDINGS)
# By Notepad, TextEdit, browsers and mail programs that know no .py or .ipynb.
_ADDED_ENDINGS = (".txt", ".text", ".json", ".html", ".htm", ".download", ".bin", ".md", ".csv")
_MAX_ADDED = 4
_MAX_COPIED = 8

# What systems call a copy: Windows and macOS in English, Russian, Ukrainian, German, French, Spanish, Italian,
# Portuguese, Polish, Slovak, Croatian, Danish, Swedish, Finnish, Turkish, Hungarian, Greek, Arabic, Hebrew, Chinese,
# Japanese, Korean.
_WORD = (
    "(?:copy|копия|копія|kopie|copie|copia|cópia|kopia|kópia|kopija|kopi|kopio|kopya|másolat|αντίγραφο|نسخة|עותק|副本|"
    "コピー|복사본)"
)
_COPIES = (
    re.compile(r"(?P<name>.+?) ?[(\[](?P<number>\d{1,3})[)\]]"),  # browsers, Moodle, mail: linear (1), linear[1]
    re.compile(r"(?P<name>.+?) ?(?:的副本|のコピー|副本)(?: ?(?P<number>\d{1,3}))?", re.IGNORECASE),  # without a space
    re.compile(
        r"(?P<name>.+?)(?: ?[-–—] ?| ?\(| )(?:another |\d{1,3}(?:st|nd|rd|th) )?"  # the last as GNOME counts
        rf"{_WORD}(?: ?(?P<number>\d{{1,3}}))?\)?",  # JupyterLab's is linear-Copy1
        re.IGNORECASE,
    ),
    re.compile(rf"{_WORD}(?: \((?P<number>\d{{1,3}})\))?(?: of| von| de| di| av| af)? (?P<name>.+)", re.IGNORECASE),
)
_NUMBERED = re.compile(r"(?P<name>.+?)[- ](?P<number>\d{1,3})")  # Canvas, macOS: linear-1, linear 2
_UNDERSCORED = re.compile(r"(?P<name>.+)_\d{1,3}\.py")
_MARKED = re.compile(r"(?P<name>.+)(?P<ending>\.py|\.ipynb)(?P<mark> ?\(\d{1,3}\)|-\d{1,3})", re.IGNORECASE)

# In a name they say that a file or folder is an older version of its owner's, ...
OLD = frozenset(
    {
        *("old", "older", "backup", "bak", "draft", "drafts", "orig", "original", "previous", "archive", "tests"),
        *("scratch", "tmp", "temp", "черновик", "черновики", "старый", "старая", "старое", "старые"),
    }
)
# With a number, of which of their assignments, ...
_ASSIGNMENTS = frozenset(
    {
        *("homework", "hw", "task", "assignment", "lab", "exercise", "exercises", "week", "lecture", "seminar"),
        *("practice", "project", "module"),
        *("задание", "задача", "домашка", "дз", "лаба", "работа", "неделя"),
    }
)
# ... and these that it is one of theirs, or what it holds, but nothing of whose it is.
_NOBODYS = (
    OLD
    | _ASSIGNMENTS
    | {
        *("copy", "final", "new", "version", "v", "ver", "last", "latest", "fixed", "done", "try", "attempt", "test"),
        *("submission", "submit", "solution", "solutions", "solved", "answer", "answers", "my", "main"),
        *("notebook", "script", "code", "src", "untitled", "template", "ru", "en", "part"),
        *("wip", "work", "working", "playground", "sandbox", "experiment", "experiments", "debug", "demo"),
        *("example", "examples", "notes", "misc", "check", "second", "first", "alternative", "alt", "better", "clean"),
        *("копия", "новый", "новое", "итог", "итоговый", "финал", "проба", "тест"),
        *("решение", "решения", "мой", "моё", "мое"),
    }
)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_VERSION = re.compile(r"(?<![^\W\d_])v\d+(?!\d)")

_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|\?xml)", re.IGNORECASE)
_NOTEBOOK = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,100}\{.{0,4000}?"(?:cells|nbformat|worksheets)"\s{0,10}:', re.DOTALL)
_PYTHON = re.compile(rb"^(?:(?:async )?def|class|import|from) +\w", re.MULTILINE)
_DEFINED = re.compile(rb"^(?:async +def|def|class) +(\w{1,100})", re.MULTILINE)
SNIFFED_BYTES = 1 << 14


def beneath(name: str) -> str:
    """The name without what was added to a hand-in's own ending: `linear.py` of `linear.py.txt`, else the name.

    The mark of a copy that came before an added ending stays: `linear.py (1).txt` is `linear (1).py`.
    """
    stem = name if len(name) <= MAX_NAME else ""
    for _ in range(_MAX_ADDED):
        stem = stem.rstrip(" ._")
        if stem.lower().endswith(".py.py"):
            stem = stem[:-3]
        if match := _MARKED.fullmatch(stem):
            return f"{match['name']}{match['mark']}{match['ending'].lower()}"
        if stem.lower().endswith(HAND_IN_ENDINGS):
            return f"{stem[:-3]}.py" if stem.endswith(".PY") else stem
        added = next((each for each in _ADDED_ENDINGS if stem.lower().endswith(each)), "")
        stem = stem[: len(stem) - len(added)] if added else ""
    return name


def by_content(name: str, start: bytes) -> str:
    """The name that a file of another ending would have, going by its first bytes: a notebook, Python, or the name."""
    stem, _, ending = name.rpartition(".")
    if ending.lower() not in ("json", "txt", "text", "py") and stem:
        return name
    if _NOTEBOOK.match(start):
        return f"{stem or name}.ipynb"
    is_json = ending.lower() == "json" and start.lstrip().startswith((b"{", b"["))
    return f"{stem or name}.py" if not is_json and _PYTHON.search(start) else name


def defined_names(source: bytes) -> set[str]:
    """The functions and classes that begin at the left margin of a source; it is not parsed."""
    return {match[1].decode() for match in _DEFINED.finditer(source)}


def is_web_page(start: bytes) -> bool:
    """Whether a file is a page that a browser saved in the place of what it showed."""
    return _WEB_PAGE.match(start) is not None


@functools.lru_cache(maxsize=1 << 14)  # more than a hand-in has names, each of which is asked for again and again
def copy_of(stem: str, *, numbered: bool = True) -> tuple[str, tuple[int, ...]] | None:
    """(name, numbers) of a copy made by a browser, a platform or a desktop, a copy's copies too; else None.

    A higher number is the later one: `functional (1)` is ("functional", (1,)), `functional-2-1` has (2, 1), and
    `functional - Copy`, the first that a desktop makes, (1,). Without `numbered`, a bare number is a part of the name.
    """
    if len(stem) > MAX_NAME:
        return None
    name, numbers = unicodedata.normalize("NFC", stem), tuple[int, ...]()
    patterns = [*_COPIES, *([_NUMBERED] if numbered else [])]
    for _ in range(_MAX_COPIED):
        match = next(filter(None, (pattern.fullmatch(name) for pattern in patterns)), None)
        if match is None:
            break
        name, numbers = match["name"], (int(match["number"] or 1), *numbers)
    return (name, numbers) if numbers else None


def is_a_test(name: str) -> bool:
    """Whether a source is named as pytest names tests: it may define what it tests, and is no hand-in."""
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"


def module_of(name: str, modules: Sequence[str]) -> str | None:
    """The module that a file of this name holds, copies included; None if it is none of them."""
    if not name.endswith(".py"):
        return None
    stem = name.removesuffix(".py")
    if stem in modules:
        return stem
    copy = copy_of(stem)
    return copy[0] if copy is not None and copy[0] in modules else None


def numbered_module(name: str, modules: Sequence[str]) -> str | None:
    """The module that a numbered name is one of: `linear_1.py`, which beside `linear.py` may be its helper."""
    match = _UNDERSCORED.fullmatch(name) if len(name) <= MAX_NAME else None
    return match["name"] if match and match["name"] in modules else None


def words(name: str) -> set[str]:
    """The words and numbers of a name, in small letters."""
    return set(_WORDS.findall(same(name[:MAX_NAME])))


def own_words(name: str) -> set[str]:
    """The words and numbers by which a name may be told from others: `ann` of `ann_final`, none of `hw 2`."""
    own = words(_VERSION.sub(" ", same(name[:MAX_NAME]))) - _NOBODYS
    return set() if all(word.isdigit() and len(word) < 3 for word in own) else own


def assignment_numbers(name: str) -> set[str]:
    """The number of a name that tells an assignment and nothing else: `hw3`, `lab 2 final`.

    None of `3` or `a3`, which may be ids, nor of `v3` and `attempt 3`, which are versions.
    """
    own = words(_VERSION.sub(" ", same(name[:MAX_NAME])))
    is_one = not own_words(name) and not own.isdisjoint(_ASSIGNMENTS)
    return {word for word in own if word.isdigit()} if is_one else set()


def may_be_versions(stem: str, other: str) -> bool:
    """Whether two names may be of one person's work: `a1` and `a1_final`, `hw v2` and `hw v3`; not `ann` and `bob`."""
    own, others = (own_words((copy_of(each, numbered=False) or (each,))[0]) for each in (stem, other))
    return own <= others or others <= own
