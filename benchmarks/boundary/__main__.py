"""Measures what the trust boundary costs, in one run, as ratios, and writes it to benchmarks/RESULTS.md.

    python -m benchmarks.boundary                      everything: some hours, and nbgrader and otter
    python -m benchmarks.boundary --quick a3           one assignment, without nbgrader and otter: a quarter of an hour
    python -m benchmarks.boundary --json > found.json  the same findings for programs

Of the boundary and of grading it takes the command line alone, and the files that this writes, so it goes on working
when their inside changes; but for messages.py, which counts what nothing else tells.
Files: classes.py lays out what is graded, ways.py grades it, costs.py compares, learning.py has the student's loop and
the reference's speed, table.py the aims.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import click

from autograder.course import Assignment, Course
from autograder.errors import CourseError
from benchmarks.boundary import costs, learning
from benchmarks.boundary.measuring import REST, ROOT, BenchmarkError, machine, on_cpus, refuse_busy
from benchmarks.boundary.table import markdown
from benchmarks.results import write_part

LOOP = "a3"  # the assignment of the student's loop and of the grader's memory, if it is among those that are chosen


@click.command(help=(__doc__ or "").replace("\n    python", "\n\b\n    python", 1))
@click.argument("assignments", nargs=-1)
@click.option("--quick", is_flag=True, help="Leave nbgrader and otter out.")
@click.option("--anyway", is_flag=True, help="Measure on a busy machine; the table says so.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="Medians of so many.")
@click.option("--hand-ins", default=6, show_default=True, type=click.IntRange(3), help="Of the reference, against two.")
@click.option("--many", default=100, show_default=True, type=click.IntRange(11), help="For the peak of memory.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def main(assignments: tuple[str, ...], anyway: bool, as_json: bool, **options: Any) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    try:
        load = refuse_busy(anyway)
        course = Course.load(ROOT)
        chosen = [course.assignment(name) for name in assignments] or course.assignments
        with tempfile.TemporaryDirectory(prefix="boundary-") as folder:
            found = findings(course, chosen, Path(folder), **options)
    except (BenchmarkError, CourseError) as error:
        print(f"boundary: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    document = {
        "machine": machine() | {"load": load},
        "arguments": "".join(f" {word}" for word in sys.argv[1:]),
        "is_busy": load > REST,
        **found,
    }
    text = markdown(document)
    heading, _, body = text.partition("\n")
    write_part(heading, body)
    print(json.dumps(document, indent=1) if as_json else text)


def findings(
    course: Course, chosen: list[Assignment], folder: Path, *, quick: bool, rounds: int, hand_ins: int, many: int
) -> dict[str, Any]:
    """All that is measured: of each assignment what a submission costs in each way, and the rest of one."""
    costs.say("does what is measured hold the sandbox's processes?")
    costs.check_counting(folder)
    ways = costs.all_ways(course, quick)
    compared = [costs.Comparison(course, each, folder, ROOT / "examples", ways, hand_ins) for each in chosen]
    for number in range(rounds):
        for comparison in compared:
            comparison.round(number)
    looped = next((each for each in chosen if each.name.startswith(LOOP)), None)
    costs.say("the grader's memory, two jobs")
    grader = costs.grader(course, looped or chosen[0], folder, many, rounds)
    costs.say("the student's loop, the reference")
    return {
        "rounds": rounds,
        "hand_ins": hand_ins,
        "ways": [way.letter for way in ways],
        "assignments": {each.assignment.name: each.figures() for each in compared},
        "grader": grader,
        "loop_s": looped and learning.loop(course, looped, folder, rounds),
        "checks_s": {each.name: learning.checks(course, each, folder / f"{each.name}-notebook") for each in chosen},
        "speed": _speed(),
    }


def _speed() -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.boundary.learning"]
    with on_cpus(sorted(os.sched_getaffinity(0))[:1]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise BenchmarkError("the reference's speed was not measured, see above")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
