"""What students read about their tests, by kind of outcome, in each language: a table of phrases for each.

`say("stopped.wall", seconds=2)` is a phrase with its values, in the language in use. Both ends of the boundary and
the students' own machines say things from here, so nothing but the standard library is needed.
"""

from .english import ENGLISH
from .table import HiddenTexts, Table

LANGUAGES = {"en": ENGLISH}


class _InUse:
    """The table that phrases are taken from, one for the whole process."""

    table: Table = ENGLISH


def use(language: str) -> None:
    """Say everything in this language from now on; ValueError if there is none of that name."""
    if language not in LANGUAGES:
        raise ValueError(f"language: got {language!r}, want one of {', '.join(LANGUAGES)}")
    _InUse.table = LANGUAGES[language]


def say(phrase: str, /, **values: object) -> str:
    """The phrase of this name with its values."""
    return _InUse.table.phrases[phrase].format(**values)


def hidden_texts() -> HiddenTexts:
    """All that is said of a hidden test, by the code of its outcome."""
    return _InUse.table.hidden
