"""The files that grading writes, each of them whole or not at all.

    results/<id>/results.json      Gradescope's format; all that a student may see, and our own fields in extra_data
    results/<id>/instructor.json   everything: messages with values, exceptions, what the submission printed
    results/grades.csv             a line for each submission

Nothing in them depends on the time of day, on speed, or on how many graders ran: the same submissions give the same
bytes.
"""

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from autograder.course.manifest import Assignment
from autograder.grading.feedback import MAX_OUTPUT, overview, printable, test_feedback
from autograder.grading.verdicts import Graded, TestSpec, Verdict

RESULTS, INSTRUCTOR, GRADES = "results.json", "instructor.json", "grades.csv"


def write_atomically(path: Path, text: str) -> None:
    """Write a file that is there whole or, whatever happens meanwhile, as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_results(folder: Path, graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> None:
    """Both files of one submission; results.json last, since its being there says that the submission is done."""
    write_atomically(folder / INSTRUCTOR, _json(instructor_report(graded)))
    write_atomically(folder / RESULTS, _json(student_report(graded, assignment, tests)))


def student_report(graded: Graded, assignment: Assignment, tests: Sequence[TestSpec]) -> dict[str, Any]:
    """Gradescope's results.json. Without a score, where there is none to be trusted, Gradescope asks the instructor."""
    report: dict[str, Any] = {} if graded.score is None else {"score": graded.score}
    report["output"] = overview(graded, assignment)
    report["output_format"] = report["test_output_format"] = "text"
    report["tests"] = [_test(verdict, assignment) for verdict in graded.verdicts] if graded.score is not None else []
    report["extra_data"] = {
        "assignment": assignment.name,
        "id": graded.id,
        "name": graded.name,
        "status": graded.status,
        "reason": printable(graded.reason),
        "max_score": sum(test.points for test in tests),
        "exercises": {exercise: list(points) for exercise, points in by_exercise(graded, tests).items()},
        "seed": graded.seed,
        "sandbox": graded.sandbox,
        "fingerprint": graded.fingerprint,
    }
    return report


def _test(verdict: Verdict, assignment: Assignment) -> dict[str, Any]:
    test, policy = verdict.test, assignment.feedback.hidden
    entry: dict[str, Any] = {"name": f"{test.exercise}: {test.name}", "tags": [test.exercise]}
    if test.public or policy in ("verdict", "hint"):
        entry["score"], entry["max_score"] = verdict.score, test.points
        entry["status"] = "passed" if verdict.outcome == "passed" else "failed"
    entry["output"] = test_feedback(verdict, policy)
    entry["visibility"] = "hidden" if not test.public and policy == "nothing" else test.visibility
    entry["extra_data"] = {"exercise": test.exercise, "outcome": verdict.outcome, "code": verdict.code}
    return entry


def instructor_report(graded: Graded) -> dict[str, Any]:
    """All that grading found out, escaped and capped; never for the student's eyes."""
    return {
        "id": graded.id,
        "name": graded.name,
        "status": graded.status,
        "reason": printable(graded.reason),
        "score": graded.score,
        "notes": [printable(note) for note in graded.notes],
        "load_errors": [printable(error) for error in graded.load_errors],
        "seed": graded.seed,
        "sandbox": graded.sandbox,
        "tests": [_for_instructor(verdict) for verdict in graded.verdicts],
    }


def _for_instructor(verdict: Verdict) -> dict[str, Any]:
    words = verdict.words
    dropped = words.n_printed - len(words.printed.encode())
    marked = words.printed + (f"\n[cut: {dropped} more bytes]" if dropped > 0 else "")
    return {
        "name": verdict.test.name,
        "exercise": verdict.test.exercise,
        "public": verdict.test.public,
        "score": verdict.score,
        "max_score": verdict.test.points,
        "outcome": verdict.outcome,
        "code": verdict.code,
        "message": printable(verdict.message),
        "where": printable(words.where),
        "trace": printable(words.trace),
        "printed": printable(marked, MAX_OUTPUT + 200),
        "calls": verdict.n_calls,
    }


def by_exercise(graded: Graded, tests: Iterable[TestSpec]) -> dict[str, tuple[float, float]]:
    """(points, of) for each exercise, in the order of the tests; (0, of) for what has no verdict."""
    table = {test.exercise: (0.0, 0.0) for test in tests}
    for test in tests:
        got, of = table[test.exercise]
        table[test.exercise] = (got, of + test.points)
    for verdict in graded.verdicts:
        got, of = table[verdict.test.exercise]
        table[verdict.test.exercise] = (got + verdict.score, of)
    return table


def grades_csv(rows: Iterable[tuple[str, dict[str, Any]]], tests: Sequence[TestSpec]) -> str:
    """The class as CSV, sorted by id: id, score, max, a column for each exercise, status; no score where there is none.

    `rows` are (id, the content of results.json): what was graded before and what was graded now read the same.
    """
    exercises = list(dict.fromkeys(test.exercise for test in tests))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "score", "max", *exercises, "status"])
    for identity, report in sorted(rows, key=lambda row: row[0]):
        extra = report["extra_data"]
        points = [f"{extra['exercises'][exercise][0]:g}" for exercise in exercises]
        score = f"{report['score']:g}" if "score" in report else ""
        cells = points if score else [""] * len(points)
        writer.writerow([_cell(identity), score, f"{extra['max_score']:g}", *cells, extra["status"]])
    return out.getvalue()


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def read_results(folder: Path) -> dict[str, Any] | None:
    """The results.json of an earlier run; None if there is none or it is not ours."""
    try:
        report = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
        complete = isinstance(report["extra_data"]["fingerprint"], str) and isinstance(report["tests"], list)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return report if complete else None


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
