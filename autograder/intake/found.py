"""What was found in a class folder: an entry for each file, and what the entries of one student make."""

from dataclasses import dataclass
from pathlib import Path

from autograder.intake.names import PlatformName


@dataclass(frozen=True)
class Submission:
    """What one student handed in, before it is read.

    Trust: the id is clean (see `safe_id`); name and paths are as the platform or the student wrote them.
    """

    id: str  # unique: a row key and a folder name
    name: str  # for people; "" if unknown
    paths: tuple[Path, ...]
    conflict: str = ""  # why it cannot be told whose it is; then it is not to be graded
    claimed: str = ""  # the id that it would have without the conflict: a score that stands under it is in doubt
    notes: tuple[str, ...] = ()  # for the student: which attempts do not count
    late: bool = False  # the platform says so
    submitted: str = ""  # when, as the platform writes it; "" if it does not
    may_be_class: bool = False  # no platform says that it is one student's: what is in it may be several students'


@dataclass(frozen=True)
class Found:
    """One student's entry before ids are cleaned and the files of one student are put together."""

    raw_id: str
    name: str
    path: Path
    reading: PlatformName | None = None  # files of one student on this platform may be put together; if None, nothing
    others: tuple[PlatformName, ...] = ()  # in which the name can be read besides
    submitted: str = ""
    is_listed: bool = False  # in Gradescope's metadata

    @property
    def platform(self) -> str:
        return self.reading.platform if self.reading else ""

    @property
    def attempt(self) -> tuple[int, ...]:
        return self.reading.attempt if self.reading else ()

    @property
    def has_file(self) -> bool:
        return self.reading is None or self.reading.is_file_submission

    @property
    def number(self) -> int:
        return self.reading.number if self.reading else 0

    @property
    def late(self) -> bool:
        return self.reading is not None and self.reading.late
