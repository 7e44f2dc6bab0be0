"""Grades mutants of the reference, to learn what the tests find, what they miss, and what they pay for nevertheless.

Every mutant is a submission like any other: the reference with one module changed, in a sandbox, on the reference's
modules of other assignments. All tests of its own exercise run, up to one in which it has to be stopped; the
assignment's other tests run, until a point is lost, only for a mutant that lost none of those.

A mutant that crashes or loops is found; a fault of the machine is not: it ends the run.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import fsum

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.graders import Graders, anew
from autograder.grading.jobs import Settings
from autograder.grading.verdicts import Graded
from autograder.proving.mutants import Equivalent, Mutant, mutants, read_equivalents, stale
from autograder.proving.trials import PROGRAM, Trial

LEAST_CPU_S = 1.0
WALL_S = 60.0  # a mutant that loops meets its CPU limit; the clock must not find one because the machine is busy
WANTED_SCORE = 0.99
LEAST_SEEN, GENEROUS = 3, 0.5  # a test is named if it pays more than this share of at least so many mutants


@dataclass
class Mutation:
    """What the tests of an assignment find of its mutants. `idle`, the tests that find none, is None for a sample."""

    assignment: str
    mutants: list[Mutant]
    killed: set[str] = field(default_factory=set)
    killed_in_public: set[str] = field(default_factory=set)
    equivalent: set[str] = field(default_factory=set)
    stale: list[str] = field(default_factory=list)
    idle: list[str] | None = None
    shares: dict[str, list[float]] = field(default_factory=dict)  # exercise -> points kept by each mutant found, of 1
    payments: dict[str, tuple[int, int]] = field(default_factory=dict)  # test -> times paid, of wrong ordinary values

    @property
    def kept(self) -> float:
        """The share of its exercise's points that a mutant which was found keeps on average."""
        every = [share for shares in self.shares.values() for share in shares]
        return fsum(every) / len(every) if every else 0.0

    @property
    def generous(self) -> list[str]:
        """Lines on the tests that pay most mutants whose ordinary values are wrong, though they depend on no value."""
        return [
            f"{test} pays {paid} of {of}"
            for test, (paid, of) in self.payments.items()
            if of >= LEAST_SEEN and paid > GENEROUS * of
        ]

    @property
    def survivors(self) -> list[Mutant]:
        """Those that no test finds and that are not known to compute the same."""
        return [each for each in self.mutants if each.id not in self.killed | self.equivalent]

    @property
    def score(self) -> float:
        """The share of mutants that lose points, of those that do not compute the same."""
        return self._share(self.killed)

    @property
    def public_score(self) -> float:
        """The share that lose points in public tests of their own exercise."""
        return self._share(self.killed_in_public)

    @property
    def holds(self) -> bool:
        return not self.survivors and not self.stale and self.score >= WANTED_SCORE

    def _share(self, found: set[str]) -> float:
        n = len(self.mutants) - len(self.equivalent)
        return len(found - self.equivalent) / n if n else 1.0


def mutate(
    course: Course,
    assignment: Assignment,
    *,
    jobs: int = 1,
    exercise: str = "",
    sample: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Mutation:
    """Grade the mutants of the assignment, of one exercise of it, or a random sample of so many of them.

    Raises: CourseError if the reference loses points, or a mutant could not be graded
    """
    everything = mutants(course, assignment)
    chosen = [each for each in everything if exercise in ("", each.exercise)]
    whole = sample is None or sample >= len(chosen)
    if sample is not None and not whole:
        places = sorted(random.Random(seed).sample(range(len(chosen)), sample))
        chosen = [chosen[place] for place in places]
    equivalents = read_equivalents(assignment)
    result = Mutation(assignment.name, chosen, stale=stale(equivalents, everything))
    settings = Settings(course=str(course.root), assignment=assignment.name, follow_through=True)
    graders = Graders(assignment, settings, jobs, PROGRAM)
    try:
        _Mutants(course, assignment, graders, result, equivalents, progress).run(whole)
    finally:
        graders.end()
    return result


class _Mutants:
    """The mutants of an assignment before its tests."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        graders: Graders,
        result: Mutation,
        equivalents: dict[str, Equivalent],
        progress: Callable[[int, int], None],
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.graders = graders
        self.result = result
        self.equivalents = equivalents
        self.progress = progress
        self.modules = {module: course.module_file(module).read_bytes() for module in assignment.modules}
        self.tests = graders.start()
        self.places = {test: place for place, test in enumerate(self.tests)}
        self.cpu_s: dict[str, float] = {}
        self.kills: Counter[int] = Counter()  # how many mutants a test has found
        self.seen: dict[str, set[int]] = {each.id: set() for each in result.mutants}  # the tests a mutant has met

    def run(self, whole: bool) -> None:
        """All passes; the last one only if every mutant of an exercise is there."""
        chosen, result = self.result.mutants, self.result
        self._measure(sorted({each.exercise for each in chosen}))
        for n_done, (mutant, lost) in enumerate(self._ask(chosen, self._own_tests, whole=True), start=1):
            if lost:
                result.killed.add(mutant.id)
                self._note_payments(mutant, lost)
            if any(self.tests[place].public for place in lost):
                result.killed_in_public.add(mutant.id)
            self.progress(n_done, len(chosen))
        known = {each.id for each in chosen} & self.equivalents.keys()
        result.stale += [f"{identity}: loses points" for identity in sorted(known & result.killed)]
        result.equivalent |= known - result.killed
        result.killed |= {mutant.id for mutant, lost in self._ask(result.survivors, self._other_tests) if lost}
        if whole:
            tried = {each.exercise for each in chosen}
            idle = [test for place, test in enumerate(self.tests) if place not in self.kills]
            result.idle = [test.name for test in idle if test.exercise in tried]

    def _note_payments(self, mutant: Mutant, lost: Sequence[int]) -> None:
        """What a mutant that was found is paid, and by which tests although its ordinary values are wrong."""
        own = {place: test for place, test in enumerate(self.tests) if test.exercise == mutant.exercise}
        met = self.seen[mutant.id]
        paid = {place for place in own if place in met and place not in lost}
        paid -= {place for place in paid if not set(own[place].after) <= paid}
        share = fsum(own[place].points for place in paid) / fsum(test.points for test in own.values())
        self.result.shares.setdefault(mutant.exercise, []).append(share)
        values = {place for test in own.values() for place in (*test.after, *test.forward)}
        if values & set(lost) and met >= own.keys():
            for place in own.keys() - values:
                if not (own[place].after or own[place].checks_gradients):
                    times, of = self.result.payments.get(own[place].name, (0, 0))
                    self.result.payments[own[place].name] = times + (place in paid), of + 1

    # Which tests a mutant meets: asked when its turn has come, as it depends on what was found before

    def _own_tests(self, mutant: Mutant) -> list[list[int]]:
        own = [place for place, test in enumerate(self.tests) if test.exercise == mutant.exercise]
        return [[place for place in own if self.tests[place].public is public] for public in (True, False)]

    def _other_tests(self, mutant: Mutant) -> list[list[int]]:
        return [[place for place, test in enumerate(self.tests) if test.exercise != mutant.exercise]]

    # Grading

    def _ask(
        self, chosen: Sequence[Mutant], stages_for: Callable[[Mutant], list[list[int]]], whole: bool = False
    ) -> Iterator[tuple[Mutant, list[int]]]:
        """Each mutant with the tests in which it lost points."""

        def job_for(mutant: Mutant) -> Trial | None:
            stages = stages_for(mutant)
            return self._job(mutant, stages, self.cpu_s[mutant.exercise], whole) if any(stages) else None

        for mutant, found in self.graders.ask_all(chosen, job_for):
            graded = anew(found)
            lost = self._lost(mutant.id, graded)
            self.seen[mutant.id] |= {self.places[verdict.test] for verdict in graded.verdicts}
            self.kills.update(lost)
            yield mutant, lost

    def _measure(self, exercises: Sequence[str]) -> None:
        """Set each exercise's limit: what the reference takes for all its tests together, and a second at least."""
        started: dict[str, float] = {}

        def job_for(exercise: str) -> Trial:
            own = [place for place, test in enumerate(self.tests) if test.exercise == exercise]
            started[exercise] = time.monotonic()
            return self._job(exercise, [own], self.assignment.limits.cpu_s)

        for exercise, found in self.graders.ask_all(exercises, job_for):
            if lost := self._lost(exercise, anew(found)):
                test, name = self.tests[lost[0]].name, self.assignment.name
                raise CourseError(f'{name}: the reference loses points in {test}; run "autograder verify {name}"')
            taken = max(LEAST_CPU_S, time.monotonic() - started[exercise])
            self.cpu_s[exercise] = min(self.assignment.limits.cpu_s, taken)

    def _job(self, of: Mutant | str, stages: list[list[int]], cpu_s: float, whole: bool = False) -> Trial:
        """A mutant before tests, or the reference itself before those of an exercise."""
        changed = {of.module: of.source.encode()} if isinstance(of, Mutant) else {}
        return Trial(
            id=of.id if isinstance(of, Mutant) else of,
            files=self.modules | changed,
            stages=tuple(tuple(stage) for stage in stages),
            whole=whole,
            cpu_s=cpu_s,
            wall_s=WALL_S,
        )

    def _lost(self, identity: str, found: Graded) -> list[int]:
        """The tests in which points were lost; CourseError where grading itself went wrong."""
        ours = ("fault", "submission_limit")  # a mutant has few tests to run: past this limit, the machine was too busy
        reasons = [f"{each.test.name}: {each.message}" for each in found.verdicts if each.code in ours]
        if found.status != "graded" or reasons:
            raise CourseError(f"{identity}: could not be graded: {[*reasons, found.reason][0]}")
        return [self.places[verdict.test] for verdict in found.verdicts if verdict.outcome != "passed"]
