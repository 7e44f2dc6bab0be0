"""The pages of a class: one about all, one for each student; static files, with nothing from the network.

    OUT/index.html             the class, for instructors
    OUT/students/ID.html       a student, with all that is known of each test
    OUT/FILE.html              for students: one file each, under a name that nobody guesses
    OUT/links.csv              for students: which file is whose

Trust: ids, names and texts are the submissions'. All of them go through jinja2's escaping, pages hold no script but the
class's own, which the page's policy names by its hash, and nothing may be loaded. A student's own page is made of
results.json, which holds what the student may see: what only instructors see is never in it, hidden or not.
"""

import base64
import csv
import hashlib
import hmac
import io
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from autograder.checks.report.summary import number
from autograder.errors import CourseError
from autograder.grading.records import Record, TestRecord
from autograder.grading.results import spreadsheet_cell, write_atomically
from autograder.records.kept_folder import membership, results_of
from autograder.report.attention import attention
from autograder.report.statistics import class_statistics

_HERE = Path(__file__).parent
MARKER = ".autograder-report"  # in a folder that is ours to write anew
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True
)


@dataclass(frozen=True)
class ShownTest:
    """A test on a student's page; `passed` is None where that is not for the student to know."""

    title: str
    public: bool
    passed: bool | None
    got: float
    of: float
    text: str


@dataclass
class ShownExercise:
    """An exercise on a student's page, public tests first."""

    name: str
    section: str
    got: float = 0.0
    of: float = 0.0
    tests: list[ShownTest] = field(default_factory=list)


@dataclass(frozen=True)
class ShownStudent:
    """What a student's page says."""

    id: str
    name: str
    late: bool
    score: float | None
    most: float
    told: str
    exercises: Sequence[ShownExercise]


def write_class(folder: Path, records: Sequence[Record], out: Path, title: str, sections: Mapping[str, str]) -> Path:
    """The pages for instructors; the first one's path. CourseError if the folder is not ours, or cannot be written."""
    _make(out)
    found, is_in_class = class_statistics(records), membership(folder)
    style, script = _text("style.css"), _text("table.js")
    page = _ENVIRONMENT.get_template("class.html.jinja").render(
        title=title,
        records=records,
        found=found,
        most=max((record.max_score for record in records), default=0.0),
        tallest=max(1, *found.histogram),
        lines=attention(records, found, lambda identity: not is_in_class(identity)),
        sections=sections,
        number=number,
        anchor=lambda name: "test-" + hashlib.sha256(name.encode()).hexdigest()[:12],
        link=lambda identity: f"students/{quote(identity)}.html",
        style=style,
        script=script,
        script_source=f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'",
    )
    for record in records:
        student = _page(of_record(record, sections), title, back="../index.html")
        write_atomically(out / "students" / f"{record.id}.html", student)
    write_atomically(out / "index.html", page)
    return out / "index.html"


def write_students(
    folder: Path, records: Sequence[Record], out: Path, title: str, sections: Mapping[str, str], secret: str
) -> Path:
    """A page for each student, under a name made with the secret, the same at every run; the path of the list."""
    _make(out)
    listed = io.StringIO()
    rows = csv.writer(listed, lineterminator="\n")
    rows.writerow(["id", "name", "file"])
    for record in records:
        name = hmac.new(secret.encode(), f"{record.assignment}\0{record.id}".encode(), "sha256").hexdigest()[:32]
        student = of_results(json.loads(results_of(folder, record.id)), sections)
        write_atomically(out / f"{name}.html", _page(student, title))
        rows.writerow([spreadsheet_cell(record.id), spreadsheet_cell(record.name), f"{name}.html"])
    write_atomically(out / "links.csv", "\ufeff" + listed.getvalue())
    return out / "links.csv"


def of_record(record: Record, sections: Mapping[str, str]) -> ShownStudent:
    """For instructors: all that is known."""
    exercises: dict[str, ShownExercise] = {}
    for test in sorted(record.tests, key=lambda test: not test.public):
        exercise = exercises.setdefault(test.exercise, ShownExercise(test.exercise, sections.get(test.exercise, "")))
        exercise.got, exercise.of = record.exercises.get(test.exercise, (0.0, 0.0))
        shown = ShownTest(
            title_of(test.name), test.public, test.outcome == "passed", test.score, test.max_score, _all(test)
        )
        exercise.tests.append(shown)
    told = "\n\n".join(filter(None, (record.reason, *record.load_errors, *record.notes)))
    order = [name for name in record.exercises if name in exercises]
    return ShownStudent(
        id=record.id,
        name=f"{record.name} ({record.id})" if record.name else record.id,
        late=record.late,
        score=record.score,
        most=record.max_score,
        told=told,
        exercises=[exercises[name] for name in order],
    )


def _all(test: TestRecord) -> str:
    """What is known of a test, for instructors."""
    known = [f"known mistake: {name}" for name in test.misconceptions]
    looks = [f"the value: {test.likeness}"] if test.likeness else []
    printed = [f"it printed:\n{test.printed}"] if test.printed else []
    return "\n".join(filter(None, (test.message, test.trace.rstrip(), *known, *looks, test.remark, *printed)))


def of_results(results: Mapping[str, Any], sections: Mapping[str, str]) -> ShownStudent:
    """For the student: what results.json holds, which is all that the student may see."""
    extra = results["extra_data"]
    exercises: dict[str, ShownExercise] = {}
    for test in sorted(results["tests"], key=lambda test: not test.get("extra_data", {}).get("public", False)):
        if test["visibility"] != "visible":
            continue
        own = test["extra_data"]
        name = own["exercise"]
        exercise = exercises.setdefault(name, ShownExercise(name, sections.get(name, "")))
        exercise.got, exercise.of = extra["exercises"].get(name, (0.0, 0.0))
        status = test.get("status")
        exercise.tests.append(
            ShownTest(
                title=title_of(test["name"].removeprefix(f"{name}: ")),
                public=bool(own.get("public", False)),
                passed=None if status is None else status == "passed",
                got=test.get("score", 0.0),
                of=test.get("max_score", 0.0),
                text=test["output"],
            )
        )
    return ShownStudent(
        id=extra["id"],
        name=extra["name"] or extra["id"],
        late=extra["late"],
        score=results.get("score"),
        most=extra["max_score"],
        told=results["output"],
        exercises=list(exercises.values()),
    )


def title_of(name: str) -> str:
    """A test's name for people: "test_value_of[mul-row]" is "value of: mul row"."""
    match = re.fullmatch(r"(?:test_)?([^\[]*)(?:\[(.*)\])?", name, re.DOTALL)
    if match is None:
        return name
    words, parameters = match[1].replace("_", " "), (match[2] or "").replace("-", " ")
    return f"{words}: {parameters}" if parameters else words


def _page(student: ShownStudent, title: str, back: str = "") -> str:
    return _ENVIRONMENT.get_template("student.html.jinja").render(
        title=title,
        student=student,
        back=back,
        number=number,
        style=_text("style.css"),
        script="",
        script_source="'none'",
    )


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _make(out: Path) -> None:
    """The folder, emptied of an earlier report; CourseError if it holds anything else."""
    if out.is_dir() and any(out.iterdir()):
        if not (out / MARKER).exists():
            raise CourseError(f"{out}: is no earlier report, and not empty; choose another folder with --out")
        shutil.rmtree(out)
    write_atomically(out / MARKER, "")
