"""Who handed in what and when: Gradescope's metadata, of a whole class or of one submission.

The export of a class holds `submission_metadata.yml`. It is walked event by event, and only names, ids and addresses
are kept. `yaml.load` would fail on the Ruby tags that Gradescope writes, build everything else in the file (results
and history, often most of it), and expand merge keys without a bound.

In the container of an autograder lies `submission_metadata.json`, of the one submission that is to be graded.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from autograder.errors import CourseError
from autograder.intake.disk import Node
from autograder.intake.listing import UnreadableHandIn
from autograder.intake.names import show

METADATA = "submission_metadata.yml"
EXPORT = re.compile(r"assignment_\d{1,18}_export")
FOLDER = re.compile(r"submission_\d{1,18}")  # what Gradescope calls each submission, in the export and in its metadata
_MAX_BYTES = 128 << 20
_MAX_DEPTH = 100  # libyaml takes time by the square of it: minutes for a megabyte of "{a: {a: "

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's parser, where PyYAML was built with it


@dataclass(frozen=True)
class Submitter:
    """One student of a submission; "" for what the export leaves out."""

    name: str
    sid: str
    email: str
    submitted: str = ""  # when, as the export writes it


def read_metadata(path: Path) -> dict[str, tuple[Submitter, ...]]:
    """Folder name -> who handed it in, for every submission of the export.

    Trust: the platform wrote the file, students chose the names in it; it is bounded, and read without
        building objects from it. Repeated values may come as YAML aliases.
    Raises: CourseError if it is no regular file, too large, or not of this form
    """
    try:
        data = Node(path.parent, (path.name,)).read(_MAX_BYTES)
    except UnreadableHandIn as error:
        raise CourseError(f"{show(str(path), 300)}: not a plain file; want Gradescope's own") from error
    if len(data) > _MAX_BYTES:
        raise CourseError(f"{show(str(path), 300)}: over {_MAX_BYTES} bytes; export fewer submissions at a time")
    try:
        return _Walk(data).submissions()
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise CourseError(
            f"{show(str(path), 300)}: cannot be read as Gradescope's metadata: {show(reason, 200)}; "
            "export the submissions again"
        ) from error


@dataclass(frozen=True)
class Earlier:
    """An earlier submission of the same student: when, and the results.json that it got."""

    at: datetime
    results: dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """One submission as Gradescope hands it to an autograder; None for a time that it does not give."""

    id: str
    name: str
    at: datetime | None
    due: datetime | None
    earlier: tuple[Earlier, ...] = ()  # oldest first


def read_upload(path: Path) -> Upload:
    """The submission that a `submission_metadata.json` describes.

    A student's own due date, where an extension gave one, counts before the assignment's; of a group's, the last.
    Trust: Gradescope wrote the file, students chose the names in it, and results are ours of earlier.
    Raises: CourseError if it cannot be read, or is not of this form
    Source: https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/
    """
    where = show(str(path), 300)
    try:
        data = json.loads(path.read_bytes())
        users = data.get("users") or []
        own = [_time(each["assignment"]["due_date"]) for each in users if each.get("assignment")]
        general = _time((data.get("assignment") or {}).get("due_date"))
        earlier = [
            Earlier(at, each["results"])
            for each in data.get("previous_submissions") or []
            if isinstance(each.get("results"), dict) and (at := _time(each.get("submission_time")))
        ]
        return Upload(
            id=str(data["id"]),
            name=", ".join(str(each.get("name") or "") for each in users),
            at=_time(data.get("created_at")),
            due=max((each for each in own if each), default=general),
            earlier=tuple(sorted(earlier, key=lambda each: each.at)),
        )
    except OSError as error:
        raise CourseError(f"{where}: cannot be read: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise CourseError(f"{where}: not Gradescope's metadata of a submission: {show(str(error), 200)}") from error


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


class _Walk:
    """One pass over the events; anchored scalars are remembered, for the aliases that may follow."""

    def __init__(self, data: bytes) -> None:
        self._events: Iterator[Any] = yaml.parse(data, Loader=_LOADER)
        self._anchors: dict[str, str] = {}
        self._depth = 0

    def submissions(self) -> dict[str, tuple[Submitter, ...]]:
        found: dict[str, tuple[Submitter, ...]] = {}
        event = self._next()
        while not isinstance(event, yaml.MappingStartEvent):
            if isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.StreamEndEvent):
                raise yaml.YAMLError("want submission names with their data under them")
            event = self._next()
        for folder, value in self._pairs():
            found[folder] = self._submitters_of(value)
        return found

    def _submitters_of(self, event: Any) -> tuple[Submitter, ...]:
        """The `:submitters:` of the submission that this event starts."""
        submitters: list[Submitter] = []
        submitted = ""
        if not isinstance(event, yaml.MappingStartEvent):
            self._skip(event)
            return ()
        for key, value in self._pairs():
            if key == "submitters" and isinstance(value, yaml.SequenceStartEvent):
                while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                    submitters.append(self._submitter(item))
            elif key == "created_at" and (text := self._scalar(value)) is not None:
                submitted = text
            else:
                self._skip(value)
        return tuple(replace(each, submitted=submitted) for each in submitters)

    def _submitter(self, event: Any) -> Submitter:
        fields: dict[str, str] = {}
        if isinstance(event, yaml.MappingStartEvent):
            for key, value in self._pairs():
                text = self._scalar(value)
                if text is None:
                    self._skip(value)
                fields[key] = text or ""
        else:
            self._skip(event)
        return Submitter(*(fields.get(field, "").strip() for field in ("name", "sid", "email")))

    def _pairs(self) -> Iterator[tuple[str, Any]]:
        """(key, first event of its value) of the mapping just entered; the caller takes the rest."""
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            text = self._scalar(key)
            if text is None:
                self._skip(key)
            yield (text or "").strip(":"), self._next()

    def _scalar(self, event: Any) -> str | None:
        """The text of a scalar or of an alias to one; YAML's null is no text."""
        if isinstance(event, yaml.AliasEvent):
            return self._anchors.get(event.anchor or "")
        if not isinstance(event, yaml.ScalarEvent):
            return None
        is_null = event.style is None and event.value in ("", "~", "null", "Null", "NULL")
        return "" if is_null else str(event.value)

    def _skip(self, event: Any) -> None:
        depth = 0
        while True:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return
            event = self._next()

    def _next(self) -> Any:
        event = next(self._events, None)
        if event is None:
            raise yaml.YAMLError("it ends early")
        if isinstance(event, yaml.CollectionStartEvent):
            self._depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            self._depth -= 1
        if self._depth > _MAX_DEPTH:
            raise yaml.YAMLError(f"nested more than {_MAX_DEPTH} deep")
        if isinstance(event, yaml.ScalarEvent) and event.anchor:
            self._anchors[event.anchor] = event.value
        return event
