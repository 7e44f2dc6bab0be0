"""Grades every misconception of an assignment, alone and in pairs, and counts which of them the diagnosis names.

Alone they are a class, graded as any other: each hand-in is the reference with one mistake, in the sandbox, earlier
modules the reference's. Pairs are too many for that; their answers come from a replay in this process, which is what
the sandbox would have sent, and only the tests of the two exercises are run.
"""

import random
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.course.manifest import Assignment, Course
from autograder.course.misconceptions import Misconception, modified_modules, read_misconceptions
from autograder.errors import CourseError
from autograder.grading.batch import Batch
from autograder.grading.collecting import run
from autograder.grading.diagnosis import DIAGNOSED, Mistakes
from autograder.grading.jobs import Settings
from autograder.grading.plugin import GradingPlugin
from autograder.intake.found import Submission
from autograder.proving.in_process import replayed
from autograder.proving.processes import fresh_processes

RIGHT_WANTED, WRONG_ALLOWED = 0.95, 0.01
CHUNK = 20  # trials that one process takes at a time


@dataclass
class Confusion:
    """How often each misconception was made, and which were named then; a trial is one hand-in with its mistakes."""

    known: Mistakes
    made: Counter[str] = field(default_factory=Counter)
    named: Counter[tuple[str, str]] = field(default_factory=Counter)  # (made, named)
    n_trials: int = 0
    n_misled: int = 0  # trials in which one was named that had not been made
    strays: list[str] = field(default_factory=list)  # trials that lost points elsewhere, or none

    def add(self, mistakes: Mistakes, named: set[str]) -> None:
        """Count one trial."""
        self.n_trials += 1
        self.n_misled += bool(named - set(mistakes))
        for mistake in mistakes:
            self.made[mistake] += 1
            for name in named - (set(mistakes) - {mistake}):
                self.named[mistake, name] += 1

    def merge(self, other: "Confusion") -> None:
        """Add the trials of another."""
        self.made += other.made
        self.named += other.named
        self.n_trials += other.n_trials
        self.n_misled += other.n_misled
        self.strays += other.strays

    @property
    def right(self) -> float:
        """The share of mistakes made that were named."""
        made = sum(self.made.values())
        return sum(self.named[name, name] for name in self.known) / made if made else 1.0

    @property
    def wrong(self) -> float:
        """The share of trials in which a mistake was named that had not been made."""
        return self.n_misled / self.n_trials if self.n_trials else 0.0

    @property
    def holds(self) -> bool:
        return self.right >= RIGHT_WANTED and self.wrong <= WRONG_ALLOWED and not self.strays


def grade_alone(course: Course, assignment: Assignment, jobs: int, seed: int = 0) -> Confusion:
    """Every misconception as a hand-in of its own, through the sandbox."""
    known = read_misconceptions(course, assignment)
    confusion = Confusion(tuple(each.name for each in known))
    with tempfile.TemporaryDirectory() as folder:
        submissions = []
        for number, each in enumerate(known):
            path = Path(folder) / f"{number:03}"
            path.mkdir()
            for module, source in modified_modules(course, [each.changes], each.name).items():
                (path / f"{module}.py").write_text(source, encoding="utf-8")
            for module in assignment.modules:
                if not (path / f"{module}.py").exists():
                    (path / f"{module}.py").write_bytes(course.module_file(module).read_bytes())
            submissions.append(Submission(id=path.name, name="", paths=(path,)))
        settings = Settings(course=str(course.root), assignment=assignment.name, seed=seed, follow_through=True)
        result = Batch(course, assignment, settings, Path(folder) / "results", jobs=jobs).grade(submissions)
    for each, row in zip(known, result.rows, strict=True):
        record = row.record
        if record.score is None:
            raise CourseError(f"{assignment.name}: {each.name}: not graded: {record.reason}")
        named = {name for test in record.tests for name in test.misconceptions}
        confusion.add((each.name,), named)
        lost = {test.exercise for test in record.tests if test.outcome != "passed"}
        if lost != {each.exercise}:
            confusion.strays.append(f"{each.name}: loses in {', '.join(sorted(lost)) or 'nothing'}")
    return confusion


def choose_pairs(misconceptions: Sequence[Misconception], n_across: int, seed: int = 0) -> list[Mistakes]:
    """Every two of one exercise, where one may hide the other, and as many of two exercises drawn by chance."""
    pairs = list(combinations(misconceptions, 2))
    across = [pair for pair in pairs if pair[0].exercise != pair[1].exercise]
    drawn = random.Random(seed).sample(across, min(n_across, len(across)))
    chosen = [pair for pair in pairs if pair[0].exercise == pair[1].exercise] + drawn
    return [(first.name, second.name) for first, second in chosen]


def replay(course: Course, assignment: Assignment, trials: Sequence[Mistakes], jobs: int, seed: int = 0) -> Confusion:
    """The reference with each of these sets of mistakes, as far as they can be made together, replayed."""
    confusion = Confusion(tuple(each.name for each in read_misconceptions(course, assignment)))
    chunks = [trials[at : at + CHUNK] for at in range(0, len(trials), CHUNK)]
    tasks = [(str(course.root), assignment.name, chunk, seed) for chunk in chunks]
    with fresh_processes(jobs) as pool:
        for found in pool.map(_replay_chunk, tasks):
            confusion.merge(found)
    return confusion


def _replay_chunk(task: tuple[str, str, Sequence[Mistakes], int]) -> Confusion:
    root, name, trials, seed = task
    course = Course.load(Path(root))
    confused = ConfusionRun(course, course.assignment(name), trials, seed)
    warnings.simplefilter("ignore")  # as in a grader: a mistake may well overflow
    run(confused.plugin, confused.work)
    return confused.confusion


class ConfusionRun:
    """Has mistakes diagnosed: each of these sets of them, made in the reference."""

    def __init__(self, course: Course, assignment: Assignment, trials: Sequence[Mistakes], seed: int = 0) -> None:
        self.plugin = GradingPlugin(course, assignment, seed)
        self.diagnostician = self.plugin.diagnostician
        self.trials = trials
        self.confusion = Confusion(tuple(self.diagnostician.known))

    def work(self) -> None:
        """Have each diagnosed."""
        for mistakes in self.trials:
            with ExitStack() as held:
                package = self.diagnostician.imported(mistakes, held)
                if package is not None:
                    self.confusion.add(mistakes, self._named(mistakes, package))

    def _named(self, mistakes: Mistakes, package: ModuleType) -> set[str]:
        plugin = self.plugin
        verdicts, traces = replayed(plugin, package, {self.diagnostician.known[name].exercise for name in mistakes})
        failed = {place: trace for place, trace in traces.items() if verdicts[place].code in DIAGNOSED}
        diagnosis = self.diagnostician.diagnose(verdicts, failed)
        with plugin.other_numbers():
            again = [test for test in diagnosis.to_confirm if plugin.draws(plugin.items[test])]
            fresh = {test: plugin.replay(test, package)[1] for test in again}
            told = diagnosis.confirmed(fresh).told(verdicts)
        return {name for verdict in told for name in verdict.misconceptions}


def confusion_document(confusion: Confusion) -> dict[str, Any]:
    """For programs: how often each was made, and what was named then."""
    made = {
        name: {
            "made": confusion.made[name],
            "named": {other: confusion.named[name, other] for other in confusion.known if confusion.named[name, other]},
        }
        for name in confusion.known
    }
    return {
        "holds": confusion.holds,
        "hand_ins": confusion.n_trials,
        "right": confusion.right,
        "wrong": confusion.wrong,
        "misconceptions": made,
        "strays": confusion.strays,
    }


def lines(confusion: Confusion) -> Iterator[str]:
    """The matrix, without its zeros: for each misconception how often it was made, named, and others in its place."""
    for number, name in enumerate(confusion.known, start=1):
        named = confusion.named[name, name]
        others = {other: confusion.named[name, other] for other in confusion.known if other != name}
        wrong = ", ".join(f"{count} as {other}" for other, count in others.items() if count)
        yield f"{number:>3} {name}: made {confusion.made[name]}, named {named}{f', taken {wrong}' if wrong else ''}"
    yield (
        f"{sum(confusion.made.values())} mistakes in {confusion.n_trials} hand-ins: {confusion.right:.1%} named "
        f"(want {RIGHT_WANTED:.0%}), a wrong one named in {confusion.wrong:.1%} (at most {WRONG_ALLOWED:.0%})"
    )
    yield from confusion.strays
