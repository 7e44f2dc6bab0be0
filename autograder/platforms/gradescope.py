"""Gradescope: the zip that an autograder is made of, and what runs in its container for each submission.

Which processes, as whom: Gradescope builds an image from the zip once (setup.sh installs our wheel), and starts a
container of it for each submission. There run_autograder runs as root, without the power to make namespaces. It
writes a results.json that says "not graded" and starts this module, which grades as everywhere else (a Batch of one;
student code runs in the sandbox that is left there, as another user, shut in by Landlock) and puts the results in the
first one's place, whole. Nothing that is not a grade is ever written there, so the first one stays if there is none.
"""

import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import Any

from autograder.checks.report.summary import number
from autograder.course.bundle import course_files, import_distributions, wheel, zip_bytes
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.grading.results import INSTRUCTOR, RESULTS, write_atomically
from autograder.installation import requirements
from autograder.intake.found import Submission
from autograder.intake.gradescope_export import Earlier, Upload, read_upload

ZIP, OPTIONS, METADATA = "autograder.zip", "options.json", "submission_metadata.json"
RESERVE_S = 60  # of Gradescope's time, for starting the container and for taking the results away
STARTING_S = 30.0
_FILES = Path(__file__).with_name("gradescope_files")
_SCRIPT = _FILES / "run_autograder.sh"


@dataclass(frozen=True)
class Options:
    """What the instructor decides when exporting; it travels in the zip."""

    assignment: str
    seed: int = 0
    follow_through: bool = True  # students hand in one assignment's modules: earlier ones are the reference's
    minutes: int = 10  # Gradescope's own limit, as set there
    late_penalty: float = 0.0  # percent of the score for each day begun; 0: lateness is reported only
    max_attempts: int = 0  # 0: as many as they like
    cooldown_minutes: int = 0  # between two graded attempts
    leaderboard: bool = False


def export(course: Course, assignment: Assignment, out: Path, options: Options) -> Path:
    """Writes autograder.zip to the folder `out`; the same course and engine make the same bytes.

    Raises: CourseError if a submission may take longer than Gradescope's time limit leaves
    """
    deadline_s = 60 * options.minutes - RESERVE_S
    limits = assignment.limits
    # The last test begun gets its second chance.
    wanted_s = STARTING_S + limits.submission_wall_s + 2 * limits.wall_s
    if wanted_s > deadline_s:
        raise CourseError(
            f"gradescope: a submission of {assignment.name} may take {wanted_s:.0f} s, but {options.minutes} minutes "
            f"there leave {max(deadline_s, 0)} s; set a longer time limit there and give it here with --minutes"
        )
    name, content = wheel()
    promised = import_distributions(course)
    needed = dict.fromkeys([*(each.name for each in requirements()), *promised])
    files = {f"course/{path}": data for path, data in course_files(course, assignment).items()}
    files |= {
        name: content,
        OPTIONS: (json.dumps(asdict(options), indent=1) + "\n").encode(),
        "constraints.txt": "".join(f"{each}=={version(each)}\n" for each in needed).encode(),
        "imports.txt": "".join(f"{each}\n" for each in promised).encode(),
        "setup.sh": (_FILES / "setup.sh").read_bytes(),
        "run_autograder": _SCRIPT.read_bytes().replace(b"DEADLINE_S=540\n", f"DEADLINE_S={deadline_s}\n".encode()),
    }
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    (out / ZIP).unlink(missing_ok=True)
    (out / ZIP).touch(mode=0o600)
    (out / ZIP).write_bytes(zip_bytes(files, executable=("run_autograder", "setup.sh")))
    return out / ZIP


# --- in the container ---------------------------------------------------------------------------------------


def main(argv: list[str]) -> int:
    """Grades the submission of a container whose folder is argv[0]; 0 if its results were written."""
    root = Path(argv[0])
    try:
        options = Options(**json.loads((root / "source" / OPTIONS).read_text(encoding="utf-8")))
        results = results_of(root, options, _upload(root))
        if results is None:
            return 1
        write_atomically(root / "results" / RESULTS, json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    except CourseError as error:
        print(f"not graded: {error}")
        return 2
    return 0


def _upload(root: Path) -> Upload:
    try:
        return read_upload(root / METADATA)
    except CourseError as error:
        # A student is not to suffer from it; whoever set a limit or a penalty sees here that it was not applied.
        print(f"graded without due date and attempts: {error}")
        return Upload(id="submission", name="", at=None, due=None)


def results_of(root: Path, options: Options, upload: Upload) -> dict[str, Any] | None:
    """The results.json to be shown; None, and the reason printed, where there is no score to be trusted."""
    counted = [each for each in upload.earlier if _counts(each)]
    if refusal := _refusal(options, upload, counted):
        print(f"not graded again: {refusal}")
        return _kept(counted[-1], refusal)
    results = _grade(root, options, upload)
    if results is None:
        return None
    told = [f"Attempt {len(counted) + 1} of {options.max_attempts}."] * bool(options.max_attempts)
    results |= {"visibility": "visible", "stdout_visibility": "hidden"}
    if late := _late(upload):
        told.append(_penalise(results, late, options.late_penalty))
    if options.leaderboard:
        results["leaderboard"] = _leaderboard(results["tests"])
    results["output"] = "\n\n".join([*told, results["output"]])
    return results


def _grade(root: Path, options: Options, upload: Upload) -> dict[str, Any] | None:
    """What `autograder grade` writes for the student; all that it writes for the instructor goes to standard output."""
    course = Course.load(root / "source" / "course")
    assignment = course.assignment(options.assignment)
    settings = Settings(
        course=str(course.root),
        assignment=assignment.name,
        seed=options.seed,
        follow_through=options.follow_through,
    )
    late = _late(upload) is not None
    hand_in = Submission("submission", upload.name, (root / "submission",), late=late)
    with tempfile.TemporaryDirectory() as folder:  # of mode 0700
        (row,) = Batch(course, assignment, settings, Path(folder)).grade([hand_in]).rows
        results: dict[str, Any] = json.loads((Path(folder) / hand_in.id / RESULTS).read_text(encoding="utf-8"))
        print((Path(folder) / hand_in.id / INSTRUCTOR).read_text(encoding="utf-8"))
    if row.record.score is None:
        print(f"not graded: {row.record.reason}")
        return None
    return results


# --- attempts, lateness, leaderboard ------------------------------------------------------------------------


def _counts(earlier: Earlier) -> bool:
    """Whether it was an attempt: graded, and not the score of an earlier one shown again."""
    own = earlier.results.get("extra_data")
    is_graded = isinstance(own, dict) and own.get("status") == "graded" and not own.get("kept")
    return is_graded and isinstance(earlier.results.get("score"), int | float)


def _refusal(options: Options, upload: Upload, counted: list[Earlier]) -> str:
    """Why this attempt is not graded; "" if it is. By the time of handing in, so that grading again says the same."""
    if options.max_attempts and len(counted) >= options.max_attempts:
        return f"all {options.max_attempts} attempts are used up"
    if options.cooldown_minutes and counted and upload.at is not None:
        next_at = counted[-1].at + timedelta(minutes=options.cooldown_minutes)
        if upload.at < next_at:
            minutes = ceil((next_at - upload.at) / timedelta(minutes=1))
            return f"{options.cooldown_minutes} minutes have to lie between two attempts; hand in again in {minutes}"
    return ""


def _kept(earlier: Earlier, refusal: str) -> dict[str, Any]:
    """The last graded attempt's results, which stand; they say so."""
    output = f"Not graded: {refusal}. The score of your last graded attempt stands."
    old = earlier.results
    own = {**old["extra_data"], "kept": True}
    return {**old, "output": f"{output}\n\n{old.get('output', '')}".rstrip(), "extra_data": own}


def _late(upload: Upload) -> timedelta | None:
    if upload.at is None or upload.due is None or upload.at <= upload.due:
        return None
    return upload.at - upload.due


def _penalise(results: dict[str, Any], late: timedelta, percent: float) -> str:
    """Takes off the penalty, if there is one; what the student reads about it."""
    days, hours = late.days, late.seconds / 3600
    told = f"Handed in late, by {f'{days} d ' if days else ''}{hours:.1f} h."
    results["extra_data"]["late_s"] = round(late.total_seconds())
    if not percent:
        return told
    score = results["score"]
    off = min(100.0, percent * ceil(late / timedelta(days=1)))
    results["score"] = round(score * (1 - off / 100), 9)
    return f"{told} {number(off)} % of {number(score)} points are taken off: {number(results['score'])} are left."


def _leaderboard(tests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Points and exercises done, of the tests whose outcome students see at once: all others see the board."""
    shown = [test for test in tests if test["visibility"] == "visible" and "score" in test]
    lost = {test["extra_data"]["exercise"] for test in shown if test["score"] < test["max_score"]}
    done = {test["extra_data"]["exercise"] for test in shown} - lost
    points = round(sum(test["score"] for test in shown), 9)
    return [{"name": "Points", "value": points}, {"name": "Exercises done", "value": len(done)}]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
