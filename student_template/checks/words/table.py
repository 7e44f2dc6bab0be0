"""The form of a language's table."""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict


class HiddenTexts(TypedDict):
    """What is said of a hidden test: nothing of the submission's can flow into it. A text for each code of an outcome;
    mypy sees one that is missing.
    """

    passed: str
    wrong: str
    unusable: str
    raised: str
    not_implemented: str
    not_judged: str
    cpu_limit: str
    wall_limit: str
    memory_limit: str
    call_limit: str
    crash: str
    killed: str
    exit: str
    broken_frame: str
    submission_limit: str
    fault: str


class Table(NamedTuple):
    """A language: its texts for hidden tests, and its phrases by name, with {values} in them."""

    hidden: HiddenTexts
    phrases: Mapping[str, str]
