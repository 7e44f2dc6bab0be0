"""Finds out, from the values that a submission gave in the tests it failed, which known mistake it makes.

A failed test is replayed on the reference, up to the first answer that differs, and on each misconception of its
exercise. A misconception is named if every answer is its own; if it fails no test that the submission passed; and if
no other explains more of the exercise's failed tests. What no single one explains is tried on two at once, at last on
one together with what was found in another exercise. Two that together explain every test speak against a third that
some of these tests, by themselves, would have allowed.

One point may be explained by many mistakes. So the submission is asked again, in the failed tests, with other random
numbers, and what does not explain these answers too is held back (`Diagnosis.confirmed`).
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from types import ModuleType

import msgspec
import numpy as np

from autograder.boundary.trace import PLAIN, Answer, Trace
from autograder.course.manifest import Assignment, Course
from autograder.course.misconceptions import modified_modules, read_misconceptions
from autograder.course.variants import import_variant
from autograder.errors import CourseError, there
from autograder.grading.likeness import Likeness, likeness
from autograder.grading.replay import Beside, Replay, Swapped
from autograder.grading.verdicts import Verdict

DIAGNOSED = ("wrong", "unusable", "raised")  # the codes of tests that ran to an answer
# What a submission's diagnosis may take, and its confirmation once more: some seconds. Counted in calls, so that equal
# submissions get equal words on any machine; the processor's clock is for answers that keep a test itself at work.
MAX_CALLS = 50_000_000
MAX_S = 30.0
MAX_PACKAGES = 64  # of two mistakes or more that are kept; a single mistake's always are
QUICK_CALLS = 100_000  # a test of at most so many is asked first: what explains it seldom leaves a longer one to ask

Mistakes = tuple[str, ...]  # names of misconceptions, made one after the other
Explained = dict[int, tuple[Mistakes, ...]]  # for a test the mistakes that explain it, each as well as the others
# run(number of a test, session, limit in seconds): whether the test passes in that conversation
Run = Callable[[int, Replay, float | None], bool]


class Exhausted(Exception):
    """What a submission's diagnosis may take has been taken."""


@dataclass(frozen=True)
class Difference:
    """The first answer that is not the reference's, and what had been sent before."""

    index: int
    got: Answer
    want: Answer
    likeness: Likeness | None


@dataclass(frozen=True)
class Case:
    """One exercise of a submission: its misconceptions, and its tests by their numbers."""

    names: Sequence[str]
    passed: Sequence[int]
    failed: Mapping[int, Trace]
    differences: Mapping[int, Difference | None]


class Diagnostician:
    """Knows an assignment's misconceptions; `run` runs one of its tests."""

    def __init__(self, course: Course, assignment: Assignment, run: Run) -> None:
        self.course = course
        self.assignment = assignment
        self.run = run
        self.known = {each.name: each for each in read_misconceptions(course, assignment)}
        self.begin()
        self.packages: dict[Mistakes, tuple[ModuleType | None, ExitStack]] = {}  # those asked for last come last
        self.fails = cache(self._fails)
        self.cost = cache(self._cost)

    def close(self) -> None:
        """Let go of every package that was imported."""
        for mistakes in [*self.packages]:
            self.packages.pop(mistakes)[1].close()

    def diagnose(self, verdicts: Sequence[Verdict], traces: Mapping[int, Trace]) -> "Diagnosis":
        """What could be found out of failed tests; `traces` by the tests' numbers."""
        self.begin()
        diagnosis = Diagnosis(self, [], {}, {})
        try:
            self._look(verdicts, traces, diagnosis)
        except Exhausted:
            diagnosis.is_whole = False
        return diagnosis

    def begin(self) -> None:
        """What may be taken has not been touched."""
        self.calls_left, self.end = MAX_CALLS, time.thread_time() + MAX_S

    def _look(self, verdicts: Sequence[Verdict], traces: Mapping[int, Trace], diagnosis: "Diagnosis") -> None:
        """Adds to the diagnosis what is found, what costs least first."""
        cases, found, looks = diagnosis.cases, diagnosis.found, diagnosis.looks
        by_exercise: dict[str, list[int]] = {}
        for number, verdict in enumerate(verdicts):
            by_exercise.setdefault(verdict.test.exercise, []).append(number)
        for exercise, tests in by_exercise.items():
            names = [name for name, each in self.known.items() if each.exercise == exercise]
            passed = [test for test in tests if verdicts[test].outcome == "passed"]
            failed = {test: traces[test] for test in tests if verdicts[test].code in DIAGNOSED and test in traces}
            differences = {test: self._difference(test, trace) for test, trace in failed.items()}
            for test, each in differences.items():
                if each is not None and each.likeness is not None and self._is_cause(test, each):
                    looks[test] = each.likeness
            cases.append(Case(names, passed, failed, differences))
        quick, long = ([self._those(case, is_quick) for case in cases] for is_quick in (True, False))
        self._explain_each(quick, found)
        for case in long:  # a training test of a million calls: first what explains the others
            found |= self._explain(case, _found_in(case.names, found), found)
        self._explain_each(long, found)
        for case in cases:
            found |= self._taken_together(case, found)
        for case in cases:  # what an exercise is built of may be wrong: with the mistakes that were found there
            elsewhere = sorted({name for names in map(_names, found.values()) for name in names} - set(case.names))
            both = [(other, own) for other in elsewhere for own in case.names]
            found |= self._explain(case, both, found)

    def _those(self, case: Case, is_quick: bool) -> Case:
        """An exercise with its quick failed tests alone, or with the others."""
        chosen = {test: trace for test, trace in case.failed.items() if (self.cost(test) <= QUICK_CALLS) == is_quick}
        return replace(case, failed=chosen)

    def _explain_each(self, cases: Sequence[Case], found: Explained) -> None:
        """Adds what one mistake explains, then what two do."""
        for n_at_once in (1, 2):
            for case in sorted(cases, key=lambda case: len(case.failed) * len(case.names) ** n_at_once):
                found |= self._explain(case, list(combinations(case.names, n_at_once)), found)

    def _explain(self, case: Case, tried: Sequence[Mistakes], found: Explained) -> Explained:
        """For failed tests that nothing explains so far, those of the mistakes tried that do."""
        left = {test: trace for test, trace in case.failed.items() if test not in found}
        matched: dict[Mistakes, set[int]] = {}
        for mistakes in tried if left else ():
            tests = self._matched(mistakes, left, case.differences)
            if tests and not any(self.fails(mistakes, test) for test in case.passed):
                matched[mistakes] = tests
        return _fewest(matched)

    def _taken_together(self, case: Case, found: Explained) -> Explained:
        """Where two of the mistakes found explain every test, what remains of the others: nothing."""
        tests = {test: trace for test, trace in case.failed.items() if test in found}
        names = {name for test in tests for name in _names(found[test])}
        pairs = combinations([name for name in case.names if name in names], 2) if len(names) > 2 else ()
        whole = [pair for pair in pairs if self._matched(pair, tests, case.differences) == tests.keys()]
        settled: Explained = {}
        for test in tests if whole else ():
            within = [each for each in found[test] if any(set(each) <= set(pair) for pair in whole)]
            settled[test] = tuple(within or whole)
        return settled

    def _matched(
        self, mistakes: Mistakes, failed: Mapping[int, Trace], differences: Mapping[int, Difference | None]
    ) -> set[int]:
        """The failed tests in which the submission's answers are those of the reference with these mistakes."""
        package = self.package(mistakes)
        if package is None:
            return set()
        return {test for test, trace in failed.items() if self._is_match(package, test, trace, differences[test])}

    def _is_match(self, package: ModuleType, test: int, trace: Trace, difference: Difference | None) -> bool:
        beside = Beside(trace)
        self._replay(package, test, beside)
        if not beside.is_complete:
            return False
        if difference is None:  # the values are right; how often the test's functions were called may not be
            right = Beside(trace)
            self._replay(self.reference, test, right)
            return _calls(trace) == _calls(beside) != _calls(right)
        # Any mistake may end in an exception of some type: here it must be the same one.
        return difference.got.raised == beside.answers[difference.index].raised

    def _difference(self, test: int, trace: Trace) -> Difference | None:
        beside = Beside(trace)
        session = self._replay(self.reference, test, beside)
        if beside.got is None or beside.want is None:
            return None
        got, want = beside.got, beside.want
        looks = likeness(got.value, want.value, session.inputs) if got.raised is want.raised is None else None
        return Difference(len(beside.answers) - 1, got, want, looks)

    def _is_cause(self, test: int, difference: Difference) -> bool:
        """Whether the test fails by this answer alone: of weights that may be any, others are not wrong."""
        if difference.got.raised is not None or not isinstance(difference.got.value, PLAIN):
            return True
        return not self._run(test, Swapped(self.reference, difference.index, difference.got.value))

    def explains(self, mistakes: Mistakes, test: int, trace: Trace) -> bool:
        """Whether every answer of a test is that of the reference with these mistakes."""
        package = self.package(mistakes)
        if package is None:
            return False
        beside = Beside(trace)
        self._replay(package, test, beside)
        return beside.is_complete

    def likeness(self, test: int, trace: Trace) -> Likeness | None:
        """What the first answer that is not the reference's looks like."""
        difference = self._difference(test, trace)
        return None if difference is None else difference.likeness

    def _replay(self, package: ModuleType, test: int, trace: Trace | None = None) -> Replay:
        session = Replay(package, trace)
        self._run(test, session)
        return session

    def _run(self, test: int, session: Replay) -> bool:
        """Whether a test passes in that conversation; Exhausted if this submission's diagnosis has taken all it may."""
        left_s = self.end - time.thread_time()
        self.calls_left -= self.cost(test)
        if self.calls_left <= 0 or left_s <= 0:
            raise Exhausted
        return self.run(test, session, left_s)

    def _cost(self, test: int) -> int:
        """How many functions a test calls on the reference: as much as a replay takes, unless it ends early."""
        n_calls = 0

        def count(*_: object) -> None:
            nonlocal n_calls
            n_calls += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            self.run(test, Replay(self.reference), None)
        finally:
            sys.setprofile(before)
        return n_calls

    def _fails(self, mistakes: Mistakes, test: int) -> bool:
        """Whether a test finds these mistakes: seen once for a class, so no submission's to pay for."""
        package = self.package(mistakes)
        return package is not None and not self.run(test, Replay(package), None)

    @property
    def reference(self) -> ModuleType:
        return there(self.package(()))

    def package(self, mistakes: Mistakes) -> ModuleType | None:
        """The reference with these mistakes; None if they cannot be made together.

        It is good until the next is asked for: of several mistakes at once only so many stay in memory.
        """
        if mistakes not in self.packages:
            several = [each for each in self.packages if len(each) > 1]
            if len(several) >= MAX_PACKAGES:
                self.packages.pop(several[0])[1].close()
            held = ExitStack()
            self.packages[mistakes] = self.imported(mistakes, held), held
        self.packages[mistakes] = self.packages.pop(mistakes)
        return self.packages[mistakes][0]

    def imported(self, mistakes: Mistakes, held: ExitStack) -> ModuleType | None:
        """The reference with these mistakes, for as long as `held` is open; None if they cannot be made together."""
        where = f"{self.assignment.name}: {' and '.join(mistakes)}"
        changes = [self.known[name].changes for name in mistakes]
        try:
            sources = modified_modules(self.course, changes, where)
            if sources != modified_modules(self.course, changes[::-1], where):
                return None  # one takes the place of the other
        except CourseError:
            if len(mistakes) < 2:
                raise
            return None
        return held.enter_context(import_variant(self.course, sources))


@dataclass
class Diagnosis:
    """What may be said of a submission's failed tests, by their numbers; `is_whole` if all there is was looked at."""

    diagnostician: Diagnostician
    cases: list[Case]
    found: Explained
    looks: dict[int, Likeness]
    is_whole: bool = True

    @property
    def to_confirm(self) -> list[int]:
        """The tests of which something would be said."""
        return sorted({*self.found, *self.looks})

    def confirmed(self, fresh: Mapping[int, Trace]) -> "Diagnosis":
        """What explains the answers of a second run with other random numbers as well; `fresh` are its traces.

        A test that draws none has no second point: what is said of it has to hold in another test of its exercise.
        """
        confirmed = Diagnosis(self.diagnostician, self.cases, {}, {}, self.is_whole)
        found, looks = confirmed.found, confirmed.looks
        self.diagnostician.begin()
        try:
            for test, trace in fresh.items():
                if test in self.found:
                    kept = tuple(each for each in self.found[test] if self.diagnostician.explains(each, test, trace))
                    found |= {test: kept} if kept else {}
                if test in self.looks:
                    again = self.diagnostician.likeness(test, trace)
                    if again is not None and again.code == self.looks[test].code:
                        looks[test] = self.looks[test]
        except Exhausted:
            confirmed.is_whole = False
        for case in self.cases:
            single = [test for test in case.failed if test not in fresh]
            for test in single:
                others = [other for other in case.failed if other != test and (other in found or other not in fresh)]
                elsewhere = {each for other in others for each in {**self.found, **found}.get(other, ())}
                kept = tuple(
                    each for each in self.found.get(test, ()) if each in elsewhere or self._is_whole(case, test)
                )
                found |= {test: kept} if kept else {}
                if test in self.looks and any(
                    self.looks[test].code == self.looks[other].code for other in case.failed if other in looks
                ):
                    looks[test] = self.looks[test]
            explained = [test for test in case.failed if test in found]
            # Where most tests speak of another mistake, the few that are explained may be part of that.
            if 2 * len(explained) < len(case.failed):
                for test in explained:
                    del found[test]
        return confirmed

    def _is_whole(self, case: Case, test: int) -> bool:
        """Whether the one failed test of an exercise shows more than one wrong value."""
        difference = case.differences[test]
        return len(case.failed) == 1 and difference is not None and _shows_more(case.failed[test], difference)

    def told(self, verdicts: Sequence[Verdict]) -> list[Verdict]:
        """The verdicts with what was found out."""
        known = self.diagnostician.known
        own = {test: set(case.names) for case in self.cases for test in case.failed}
        named = {test: tuple(name for name in _names(each) if name in own[test]) for test, each in self.found.items()}
        return [
            msgspec.structs.replace(
                verdict,
                misconceptions=named.get(number, ()),
                mistake_hints=tuple(known[name].hint for name in named.get(number, ())),
                likeness=self.looks.get(number),
            )
            for number, verdict in enumerate(verdicts)
        ]


def _shows_more(trace: Trace, difference: Difference) -> bool:
    """Whether the values from the first wrong one on are more than one number."""
    values = [answer.value for answer in trace.answers[difference.index :]]
    return sum(_size(value) for value in values) > 1


def _size(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return np.size(value) if isinstance(value, PLAIN) and value is not None else 0


def _calls(trace: Trace) -> list[int]:
    return [answer.n_callbacks for answer in trace.answers]


def _names(explanations: Sequence[Mistakes]) -> Mistakes:
    return tuple(dict.fromkeys(name for mistakes in explanations for name in mistakes))


def _found_in(names: Sequence[str], found: Explained) -> list[Mistakes]:
    """What explains a test so far, of mistakes with these names."""
    return list(
        dict.fromkeys(each for explanations in found.values() for each in explanations if set(each) <= set(names))
    )


def _fewest(matched: Mapping[Mistakes, set[int]]) -> Explained:
    """For each test the mistakes that explain it, those first that explain most; all that explain just the same."""
    found: Explained = {}
    left: set[int] = set().union(*matched.values())
    while left:
        most = max((tests & left for tests in matched.values()), key=len)
        found |= dict.fromkeys(most, tuple(each for each, tests in matched.items() if tests & left == most))
        left -= most
    return found
