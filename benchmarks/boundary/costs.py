"""What one submission costs in each way of grading; and, of `autograder grade` alone, messages, memory and two jobs."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.course import Assignment, Course
from benchmarks.boundary.classes import Class, Classes
from benchmarks.boundary.measuring import BIN, ROOT, BenchmarkError
from benchmarks.boundary.ways import Grade, InOneProcess, Nbgrader, Otter, Run, Way

SLOW = ("d", "e")  # by far: they grade the class in the first round alone
JOBS_OF = 8  # hand-ins that one job and two grade
BURNT_S = 1.0  # by three tests that call `total`, of 0.4 s each
BURNING = """

_total = total


def total(values):
    import time

    start = time.process_time()
    while time.process_time() - start < 0.4:
        pass
    return _total(values)
"""
TWO = 2  # hand-ins after which nothing more is done once for a class
FEW = 10  # hand-ins whose peak of memory is held against that of many


def all_ways(course: Course, quick: bool) -> list[Way]:
    """The ways that take part, on the first CPU that we may use; BenchmarkError if a platform is not installed."""
    cpus = sorted(os.sched_getaffinity(0))[:1]
    ways: list[Way] = [
        Grade(course, cpus),
        InOneProcess("b", cpus, "forked"),
        InOneProcess("b0", cpus, "together"),
        InOneProcess("c", cpus, "together", apart=True),
    ]
    if quick:
        return ways
    for command in ("nbgrader", "otter"):
        if not (BIN / command).exists():
            raise BenchmarkError(f"no {command} in {BIN}; want make .venv/dev.stamp, or --quick to leave it out")
    return [*ways, Nbgrader(cpus), Otter(cpus)]


class Comparison:
    """The runs of one assignment, way by way: the reference twice, the reference several times, the sample class.

    Twice, because a grader learns from the second hand-in what it need not ask of those that follow.
    """

    def __init__(
        self, course: Course, assignment: Assignment, folder: Path, examples: Path, ways: Sequence[Way], hand_ins: int
    ) -> None:
        self.assignment, self.folder, self.ways, self.hand_ins = assignment, folder / assignment.name, ways, hand_ins
        made = Classes(course, assignment, self.folder)
        self.task = made.task()
        self.classes: dict[str, Class] = {"few": made.reference(TWO), "many": made.reference(hand_ins)}
        if (sample := made.sample(examples)) is not None:
            self.classes["class"] = sample
        self.runs: dict[tuple[str, str], list[Run]] = {}

    def round(self, number: int) -> None:
        """Every way once on everything; the wrong outcome on the reference is a BenchmarkError."""
        for name, graded in self.classes.items():
            for way in self.ways:
                if (name == "many" and not way.has_start) or (name == "class" and way.letter in SLOW and number > 0):
                    continue
                say(f"{self.assignment.name}: round {number + 1}, {way.letter}, {name}")
                work = self.folder / "work" / f"{way.letter}-{name}"
                work.mkdir(parents=True, exist_ok=True)
                if number == 0 and name == "few":  # what is compiled once for all, or read from disk, is no way's cost
                    way.run(graded, self.task, work)
                run = way.run(graded, self.task, work)
                self.runs.setdefault((way.letter, name), []).append(run)
                if name != "class":
                    self._check_reference(way.letter, graded, run)

    def _check_reference(self, letter: str, graded: Class, run: Run) -> None:
        where = f"{self.assignment.name}: way {letter}"
        if run.outcomes.keys() != {folder.name for folder in graded.laid}:
            raise BenchmarkError(f"{where}: got outcomes of {sorted(run.outcomes)}, want those of {len(graded.laid)}")
        tests = self.runs["a", "few"][0].outcomes["student0000"].keys()
        for outcomes in run.outcomes.values():
            wrong = [f"{test} {outcomes.get(test, 'not run')}" for test in tests if outcomes.get(test) != "passed"]
            if wrong or outcomes.keys() != tests:
                extra = sorted(outcomes.keys() - tests)
                raise BenchmarkError(f"{where}: the reference does not pass every test: {', '.join(wrong or extra)}")

    def _cpu_s(self, letter: str, name: str) -> float:
        return statistics.median(run.usage.cpu_s for run in self.runs[letter, name])

    def figures(self) -> dict[str, Any]:
        """CPU seconds by way: start, one submission of the reference, one of the class; and where outcomes differ."""
        found: dict[str, Any] = {"start_s": {}, "reference_s": {}, "class_s": {}, "class_differs": {}}
        for way in self.ways:
            few = self._cpu_s(way.letter, "few")
            more = self._cpu_s(way.letter, "many") - few if way.has_start else few
            each = more / (self.hand_ins - TWO if way.has_start else TWO)
            found["reference_s"][way.letter] = each
            if way.has_start:
                found["start_s"][way.letter] = few - TWO * each
            if "class" in self.classes:
                start = found["start_s"].get(way.letter, 0.0)
                size = len(self.classes["class"].laid)
                found["class_s"][way.letter] = (self._cpu_s(way.letter, "class") - start) / size
                found["class_differs"][way.letter] = self.differing(way.letter)
        return found | {
            "messages": self.messages(),
            "class_size": len(self.classes["class"].laid) if "class" in self.classes else 0,
        }

    def differing(self, letter: str) -> list[str]:
        """The tests of the class that are passed in this way and not in a, or the other way round."""
        ours, theirs = (self.runs[each, "class"][0].outcomes for each in ("a", letter))
        return [
            f"{identity}: {test}: {ours[identity].get(test)} in a, {outcome} in {letter}"
            for identity, outcomes in sorted(theirs.items())
            for test, outcome in outcomes.items()
            if (ours[identity].get(test) == "passed") != (outcome == "passed")
        ]

    def messages(self) -> dict[str, Any]:
        """Messages of the reference's tests, where it is not the first of a class."""
        command = [sys.executable, "-m", "benchmarks.boundary.messages", self.assignment.name]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        counts = list(json.loads(done.stdout).values())
        return {"all": sum(counts), "median": statistics.median(counts), "largest": max(counts)}


def grader(course: Course, assignment: Assignment, folder: Path, many: int, rounds: int) -> dict[str, Any]:
    """The grader's memory with few hand-ins and with many, and how much sooner two jobs are done than one."""
    made = Classes(course, assignment, folder / "grader")
    cpus = sorted(os.sched_getaffinity(0))
    task = made.task()

    def run(graded: Class, jobs: int, cpus: Sequence[int]) -> Run:
        work = folder / "grader" / "work"
        work.mkdir(exist_ok=True)
        return Grade(course, cpus, jobs).run(graded, task, work)

    peaks = {str(count): run(made.reference(count), 1, cpus[:1]).usage.peak_bytes for count in (FEW, many)}
    found: dict[str, Any] = {"assignment": assignment.name, "peak_bytes": peaks, "two_jobs": None}
    if len(cpus) > 1:
        graded = made.reference(JOBS_OF)
        walls: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for jobs, times in walls.items():
                times.append(run(graded, jobs, cpus[:2]).usage.wall_s)
        found["two_jobs"] = statistics.median(walls[1]) / statistics.median(walls[2])
    return found


def check_counting(folder: Path) -> None:
    """BenchmarkError unless the CPU seconds that a submission burns in the sandbox are seen from outside."""
    course = Course.load(ROOT / "tests" / "tiny_course")
    (assignment,) = course.assignments
    made, work, cpus = (
        Classes(course, assignment, folder / "counting"),
        folder / "work",
        sorted(os.sched_getaffinity(0)),
    )
    work.mkdir()
    graded, task, way = made.reference(1), made.task(), Grade(course, cpus[:1])
    idle = way.run(graded, task, work).usage.cpu_s
    (file,) = graded.hand_ins.rglob("sums.py")
    file.write_text(file.read_text(encoding="utf-8") + BURNING, encoding="utf-8")
    seen = way.run(graded, task, work).usage.cpu_s - idle
    if seen < BURNT_S:
        raise BenchmarkError(
            f"the CPU of the sandbox's processes is not counted: a submission burnt more than {BURNT_S:g} s, and "
            f"{seen:.2f} s were seen; do all of them end up with a parent that waits for them?"
        )


def say(line: str) -> None:
    """Progress, where it is in nobody's way."""
    print(line, file=sys.stderr, flush=True)
