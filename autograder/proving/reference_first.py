"""Both ends of the scale: the reference gets all points, the untouched template none.

`verify` proves it of a course. Before a class is graded it is proved with the very tests, engine, sandbox and machine
that grade it: a test that fails right code would take points from everybody. What was proved is kept by its
fingerprint, so it is proved again only when something has changed.
"""

import contextlib
import hashlib
import json
import platform
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.checks.report.summary import number
from autograder.course.manifest import Assignment, Course
from autograder.course.release import render
from autograder.errors import CourseError, there
from autograder.grading.graders import Pool, anew
from autograder.grading.harmless import printable
from autograder.grading.jobs import Job
from autograder.grading.results import write_atomically
from autograder.grading.verdicts import Graded, TestSpec, settle, total

PROVED = "proved.json"
_MAX_REASON = 300


@contextlib.contextmanager
def reference_and_template(course: Course) -> Iterator[dict[str, Path]]:
    """The folders of the reference's package and of the template's, which is written for this."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in render(course).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield {"reference": course.package_folder, "untouched": Path(folder) / course.package}


def reference_first(course: Course, assignment: Assignment, cache: Path) -> Callable[[Pool], None]:
    """What a batch calls before it grades: CourseError if right code loses points here, or the template gets some."""

    def prove(graders: Pool) -> None:
        collected = there(graders.collected)
        mark = hashlib.sha256(collected.digest + platform.node().encode()).hexdigest()
        if _read(cache) == mark:
            return
        with reference_and_template(course) as folders:

            def job_for(name: str) -> Job:
                return Job(id=name, name="", paths=(bytes(folders[name]),))

            found = {name: anew(graded) for name, graded in graders.ask_all(list(folders), job_for)}
        for name, what, want in (
            ("reference", "the reference", total(test.points for test in collected.tests)),
            ("untouched", "the untouched template", 0.0),
        ):
            wrong = shortfall(settle(found[name], collected.tests), collected.tests, want)
            if wrong:
                raise CourseError(
                    f"{assignment.name}: {what} {wrong}; nothing was graded: mend it, and run the same command again"
                )
        write_atomically(cache, json.dumps({"proved": mark}) + "\n")

    return prove


def _read(cache: Path) -> str:
    """What was proved last; "" if nothing was, or the file is not as it was written."""
    try:
        return str(json.loads(cache.read_bytes())["proved"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def shortfall(graded: Graded, tests: tuple[TestSpec, ...], want: float) -> str:
    """What is wrong with it, in words; "" if nothing is."""
    if graded.score is None:
        return f"could not be graded: {_line(graded.reason)}"
    if graded.score == want:
        return ""
    got = f"gets {number(graded.score)} of {number(total(test.points for test in tests))}, want {number(want)}"
    if graded.load_errors or graded.reason:
        return f"{got}: {_line(next(iter(graded.load_errors), graded.reason))}"
    odd = [each for each in graded.verdicts if (each.outcome == "passed") != bool(want)]
    first, more = odd[0], f" (and {len(odd) - 1} more)" if len(odd) > 1 else ""
    said = f": {_line(first.message)}" if first.message else ""
    return f"{got}: {first.test.name} {'failed' if want else 'passed'}{said}{more}"


def _line(text: str) -> str:
    return printable(" ".join(text.split()), _MAX_REASON)
