"""How each test went when it was run last, and on which files: what is as it was is not run again."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..report.summary import Standing, Stub, Summary
from .template import Template


@dataclass(frozen=True)
class LastRun:
    """How one test went: plain values, as they are kept."""

    exercise: str
    group: str
    name: str
    points: float
    outcome: Standing
    note: str  # what its row in the table says
    stub: list[str] | None = None
    failure: list[str] = field(default_factory=list)  # message, place, code
    hint: str = ""
    files: str = ""  # a hash of what it was run on


class Progress:
    """The tests of a template by their ids, in the course's order."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.tests: dict[str, LastRun] = {}
        self.hints: dict[str, list[Any]] = {}  # by exercise: what it failed with, and how many hints were given
        self._file = template.root / ".checks" / "progress.json"
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self.tests = {test: LastRun(**each) for test, each in kept["tests"].items()}
            self.hints = dict(kept["hints"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):  # none yet, or of another version
            self.tests, self.hints = {}, {}

    def save(self) -> None:
        kept = {"tests": {test: asdict(each) for test, each in self.tests.items()}, "hints": self.hints}
        beside = self.template.kept / "progress.json.new"
        beside.write_text(json.dumps(kept), encoding="utf-8")
        beside.replace(self._file)

    def stale(self) -> list[str]:
        """The assignments with tests that were not run on the files as they are."""
        ran: dict[str, set[str]] = {}
        for test in self.tests.values():
            ran.setdefault(test.group, set()).add(test.files)
        names = [each.name for each in self.template.assignments]
        return [name for name in names if ran.get(name) != {files_of(self.template, name)}]

    def take(self, tests: dict[str, LastRun], whole: Iterable[str]) -> None:
        """New results; of these assignments they are all."""
        left = {test: each for test, each in self.tests.items() if each.group not in set(whole)} | tests
        order = [each.name for each in self.template.assignments]
        exercises = list(self.template.exercises)
        ranks = {test: (_rank(order, each.group), _rank(exercises, each.exercise)) for test, each in left.items()}
        self.tests = {test: left[test] for test in sorted(left, key=ranks.__getitem__)}

    def of(self, exercise: str) -> list[LastRun]:
        return [each for each in self.tests.values() if each.exercise == exercise]

    def summary(self) -> Summary:
        summary = Summary()
        for each in self.tests.values():
            if each.exercise:
                summary.add(each.exercise, each.points, each.outcome, group=each.group, note=each.note)
        return summary


def tested(grading: dict[str, Any], *, passed: bool, files: str) -> LastRun:
    """What is kept of a test, from what pytest's report says of it."""
    outcome: Standing = "passed" if passed else "failed"
    note = grading["name"]
    exercise = grading.get("exercise", "")
    stub = None if passed else grading.get("stub")
    waits = None if passed else grading.get("waits")
    if stub:
        outcome, note = "not done", Stub(*stub).to_read(exercise, grading["group"])
    elif waits:
        outcome, note = "not done", waits
    return LastRun(
        exercise,
        grading["group"],
        grading["name"],
        grading["points"],
        outcome,
        note,
        stub,
        [] if passed or waits else list(grading.get("failure", ())),
        grading.get("help", "") or grading.get("hint", ""),
        files,
    )


def files_of(template: Template, assignment: str) -> str:
    """A hash of all that the tests of an assignment may depend on.

    A module counts if its name stands in the tests, or in a module that counts: rather one too many.
    """
    paths = {module: template.path(module) for module in template.stubs}
    contents = {module: path.read_bytes() if path.is_file() else b"" for module, path in paths.items()}
    folder = template.root / "tests" / assignment
    own = [
        path.read_bytes() for path in [*sorted(folder.glob("*.py")), template.root / "conftest.py"] if path.is_file()
    ]
    waiting, reached = own[:], dict[str, bytes]()
    while waiting:
        words = set(re.findall(rb"\w+", waiting.pop()))
        for module, content in contents.items():
            if module not in reached and module.rpartition(".")[2].encode() in words | {b"__init__"}:
                reached[module] = content
                waiting.append(content)
    marker = template.root / ".generated"
    whole = [*own, *(part for module in sorted(reached) for part in (module.encode(), reached[module]))]
    whole.append(marker.read_bytes() if marker.is_file() else b"")
    return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in whole)).hexdigest()


def _rank(names: list[str], name: str) -> int:
    return names.index(name) if name in names else len(names)
