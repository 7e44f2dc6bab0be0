"""The files that grading writes, each of them whole or not at all, and for nobody else to read.

    results/<id>/results.json      Gradescope's format; all that the student may see, our own fields in extra_data
    results/<id>/instructor.json   the record: messages with values, exceptions, what the submission printed
    results/grades.csv             a line for each submission, made from the records, in UTF-8 that Excel opens

Nothing in them depends on the time of day, on speed, or on how many graders ran: the same submissions give the same
bytes. A record ends in a checksum of both files, so one that was changed by hand, or broken, is no record.
"""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from autograder.checks.report.summary import number
from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.grading.feedback import is_shown, overview, test_feedback
from autograder.grading.harmless import printable
from autograder.grading.records import MAX_CELL, VERSIONS, Record, by_exercise, record_of
from autograder.grading.verdicts import Graded, TestSpec, Verdict, total

RESULTS, INSTRUCTOR, GRADES = "results.json", "instructor.json", "grades.csv"

# Where a cell may begin: a spreadsheet may separate cells by something else than was written, and leave out blanks that
# come first. Wide signs count in some.
_FORMULA = re.compile(r'((?:^|[;,|:\t\n；，｜：、،؛])[ "]*)(?=[=+\-@\t＝＋－＠﹦﹢﹣﹫])')


def write_atomically(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file that is there whole or, whatever happens, as it was before; CourseError if it cannot be written.

    It is its owner's alone, and so is its folder if that is made.
    """
    temporary = path.with_name(f".{path.name}.tmp")  # one name: what a killed run left is removed by the next
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        temporary.touch(mode=0o600, exist_ok=False)
        try:
            with open(temporary, "w", encoding=encoding, newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CourseError(
            f"{path}: cannot be written: {error.strerror}; what was graded is kept: mend it and run the same command"
        ) from error


def write_results(folder: Path, graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> Record:
    """Write both files of one submission; the record last, since its being there says that the submission is done."""
    results = _json(student_report(graded, assignment, tests))
    record = record_of(graded, assignment.name, tests)
    write_record(folder, record, results)
    return record


def write_record(folder: Path, record: Record, results: str) -> None:
    """Write a record, and the text that its student may see."""
    content = msgspec.to_builtins(record)
    content["checksum"] = _checksum(content, results.encode())
    write_atomically(folder / RESULTS, results)
    write_atomically(folder / INSTRUCTOR, _json(content))


def read_record(folder: Path) -> Record | None:
    """What an earlier run found out about a submission; None unless both its files are as that run wrote them, and it
    was one that kept what this one keeps.
    """
    try:
        content = json.loads((folder / INSTRUCTOR).read_bytes())
        checksum = content.pop("checksum")
        results = (folder / RESULTS).read_bytes()
        record = msgspec.convert(content, Record)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, msgspec.MsgspecError):
        return None
    return record if checksum == _checksum(content, results) else None


def _checksum(content: dict[str, Any], results: bytes) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode() + results).hexdigest()


def student_report(graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> dict[str, Any]:
    """Gradescope's results.json. Without a score, where there is none to be trusted, Gradescope asks the instructor."""
    policy = assignment.feedback.hidden
    report: dict[str, Any] = {} if graded.score is None else {"score": graded.score}
    report["output"] = overview(graded, assignment)
    report["output_format"] = report["test_output_format"] = report["test_name_format"] = "text"
    settled = graded.verdicts if graded.score is not None else ()
    report["tests"] = [_test(each, policy) for each in settled if each.test.public or policy != "nothing"]
    shown = [test for test in tests if is_shown(test, policy)]
    report["extra_data"] = {
        "assignment": assignment.name,
        "id": graded.id,
        "name": printable(graded.name),
        "late": graded.late,
        "submitted": printable(graded.submitted),
        "status": graded.status,
        # Of a fault nothing is told: its text may come from the trusted side of a hidden test.
        "reason": printable(graded.reason) if graded.status == "unreadable" else "",
        "max_score": total(test.points for test in tests),
        "exercises": by_exercise((each for each in settled if is_shown(each.test, policy)), shown),
        "seed": graded.seed,
        "secret": graded.secret,
        "sandbox": graded.sandbox,
        **VERSIONS,
    }
    return report


def _test(verdict: Verdict, policy: str) -> dict[str, Any]:
    test = verdict.test
    entry: dict[str, Any] = {"name": f"{test.exercise}: {test.name}", "tags": [test.exercise]}
    entry["extra_data"] = {"exercise": test.exercise, "public": test.public}
    if is_shown(test, policy):
        entry["score"], entry["max_score"] = verdict.score, test.points
        entry["status"] = "passed" if verdict.outcome == "passed" else "failed"
        entry["extra_data"] |= {"outcome": verdict.outcome, "code": verdict.code}
    entry["output"] = test_feedback(verdict, policy)
    entry["visibility"] = test.visibility
    return entry


def grades_csv(records: Iterable[Record], tests: Sequence[TestSpec], left: Container[str] = ()) -> str:
    """The class as CSV, sorted by id: who, score, max, a column for each exercise, and how it came to that.

    No score where there is none. `late` is yes or nothing, because due dates are the platform's: it says who was late,
    or when each submission came. `left` is yes for the ids that are no longer in the class. The text begins with a
    byte-order mark, without which Excel reads names as Latin-1.
    What was graded before and what was graded now are records alike, so a run that was cut short and one that was
    not give the same bytes.
    """
    records = sorted(records, key=lambda record: str(record.id))
    # One that was graded by other tests may have exercises that these have not, and lack some of theirs.
    named = [*(test.exercise for test in tests), *(name for record in records for name in record.exercises)]
    exercises = list(dict.fromkeys(named))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "id",
            "name",
            "score",
            "max",
            *map(spreadsheet_cell, exercises),
            "status",
            "late",
            "submitted",
            "left",
            "reason",
        ]
    )
    for record in records:
        points, score = [""] * len(exercises), ""
        if record.score is not None:
            points = [number(record.exercises[each][0]) if each in record.exercises else "" for each in exercises]
            score = number(record.score)
        who = [spreadsheet_cell(record.id), _one_line(record.name)]
        told = ["yes" if record.late else "", _one_line(record.submitted)]
        told += ["yes" if record.id in left else "", _one_line(record.trouble)]
        writer.writerow([*who, score, number(record.max_score), *points, record.status, *told])
    return "\ufeff" + out.getvalue()


def _one_line(text: str) -> str:
    return spreadsheet_cell(printable(" ".join(text.split()), MAX_CELL))


def spreadsheet_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, whatever it separates cells by, and that keeps to its row."""
    return _FORMULA.sub(r"\1'", printable(text))


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
