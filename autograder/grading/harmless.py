"""Text that student code has made, before anybody reads it: cut, and with nothing in it that acts or cannot be seen."""

import re
import unicodedata

from autograder.checks.words import say
from autograder.grading.verdicts import StudentWords
from autograder.intake.names import UNSEEN

MAX_OUTPUT = 64 * 1024
_MAX_MARKS = 4  # on one letter; no script has more, and fifty of them cover the lines above
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,16}(?=>)")


def printable(text: str, limit: int = MAX_OUTPUT) -> str:
    """`text`, cut at `limit` characters with the cut marked; what cannot be seen is escaped, but newline and tab.

    Addresses of objects are left out: they differ from run to run, and equal submissions have equal results.
    """
    shown, n_left = _escaped(text, limit)
    return shown + ("\n" + say("failed.cut", n=n_left) if n_left else "")


def printed_text(words: StudentWords, limit: int) -> str:
    """What a test's student code printed, as `printable`; of what was never kept (an endless loop prints at will) it is
    said only that there was more.
    """
    if not words.is_cut:
        return printable(words.printed, limit)
    return _escaped(words.printed, limit)[0] + "\n" + say("failed.printed_more")


def _escaped(text: str, limit: int) -> tuple[str, int]:
    """As much as fits, escaped, and how many characters are left out."""
    text = _ADDRESS.sub("0x…", text)
    shown: list[str] = []
    size, n_marks = 0, _MAX_MARKS  # a mark without a letter would stand on what is before the text
    for n, character in enumerate(text):
        if unicodedata.category(character).startswith("M"):
            n_marks += 1
        else:
            n_marks = _MAX_MARKS if character in "\n\t" else 0
        is_seen = character.isprintable() and n_marks <= _MAX_MARKS and not UNSEEN.match(character)
        plain = is_seen or character in "\n\t"
        piece = character if plain else character.encode("unicode_escape", "surrogatepass").decode()
        size += len(piece)
        if size > limit:
            return "".join(shown), len(text) - n
        shown.append(piece)
    return "".join(shown), 0
