"""Finds out, from the values that a submission gave in the tests it failed, which known mistake it makes.

A failed test is replayed on the reference, up to the first answer that differs, and on each misconception of its
exercise. A misconception is named if every answer is its own; if it fails no test that the submission passed; and if
no other explains more of the exercise's failed tests. What no single one explains is tried on two at once, at last on
one together with what was found in another exercise. Two that together explain every test speak against a third that
some of these tests, by themselves, would have allowed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from types import ModuleType

import msgspec

from autograder.boundary.trace import Answer, Trace
from autograder.course.manifest import Assignment, Course
from autograder.course.misconceptions import modified_modules, read_misconceptions
from autograder.course.variants import import_variant
from autograder.errors import CourseError
from autograder.grading.likeness import Likeness, likeness
from autograder.grading.replay import Beside, Replay
from autograder.grading.verdicts import Verdict

DIAGNOSED = ("wrong", "unusable", "raised")  # the codes of tests that ran to an answer
MAX_REPLAYS = 10_000  # of one submission; a count, so that equal submissions get equal words on any machine

Mistakes = tuple[str, ...]  # names of misconceptions, made one after the other
Explained = dict[int, tuple[Mistakes, ...]]  # for a test the mistakes that explain it, each as well as the others
# run(number of a test, session): whether the test passes in that conversation
Run = Callable[[int, Replay], bool]


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
        self.n_replays = 0
        self.package = cache(self._package)
        self.fails = cache(self._fails)

    def diagnose(self, verdicts: Sequence[Verdict], traces: Mapping[int, Trace]) -> list[Verdict]:
        """The verdicts, those of failed tests with what could be found out; `traces` by the tests' numbers."""
        self.n_replays = 0
        found: Explained = {}
        looks: dict[int, Likeness | None] = {}
        by_exercise: dict[str, list[int]] = {}
        for number, verdict in enumerate(verdicts):
            by_exercise.setdefault(verdict.test.exercise, []).append(number)
        cases: list[Case] = []
        for exercise, tests in by_exercise.items():
            names = [name for name, each in self.known.items() if each.exercise == exercise]
            passed = [test for test in tests if verdicts[test].outcome == "passed"]
            failed = {test: traces[test] for test in tests if verdicts[test].code in DIAGNOSED and test in traces}
            differences = {test: self._difference(test, trace) for test, trace in failed.items()}
            looks |= {test: each.likeness for test, each in differences.items() if each is not None}
            cases.append(Case(names, passed, failed, differences))
        for n_at_once in (1, 2):
            for case in cases:
                found |= self._explain(case, list(combinations(case.names, n_at_once)), found)
        for case in cases:
            found |= self._taken_together(case, found)
        for case in cases:  # what an exercise is built of may be wrong: with the mistakes that were found there
            elsewhere = sorted({name for names in map(_names, found.values()) for name in names} - set(case.names))
            both = [(other, own) for other in elsewhere for own in case.names]
            explained = self._explain(case, both, found)
            own = set(case.names)
            found |= {test: tuple((name,) for name in _names(each) if name in own) for test, each in explained.items()}
        named = {test: _names(explanations) for test, explanations in found.items()}
        return [
            msgspec.structs.replace(
                verdict,
                misconceptions=named.get(number, ()),
                mistake_hints=tuple(self.known[name].hint for name in named.get(number, ())),
                likeness=looks.get(number),
            )
            for number, verdict in enumerate(verdicts)
        ]

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
            self._replay(self._reference, test, right)
            return _calls(trace) == _calls(beside) != _calls(right)
        # Any mistake may end in an exception of some type: here it must be the same one.
        return difference.got.raised == beside.answers[difference.index].raised

    def _difference(self, test: int, trace: Trace) -> Difference | None:
        beside = Beside(trace)
        session = self._replay(self._reference, test, beside)
        if beside.got is None or beside.want is None:
            return None
        got, want = beside.got, beside.want
        looks = likeness(got.value, want.value, session.inputs) if got.raised is want.raised is None else None
        return Difference(len(beside.answers) - 1, got, want, looks)

    def _replay(self, package: ModuleType, test: int, trace: Trace | None = None) -> Replay:
        session = Replay(package, trace)
        self.n_replays += 1
        if self.n_replays <= MAX_REPLAYS:
            self.run(test, session)
        return session

    def _fails(self, mistakes: Mistakes, test: int) -> bool:
        package = self.package(mistakes)
        return package is not None and not self.run(test, Replay(package))

    @property
    def _reference(self) -> ModuleType:
        package = self.package(())
        assert package is not None
        return package

    def _package(self, mistakes: Mistakes) -> ModuleType | None:
        """The reference with these mistakes; None if they cannot be made together."""
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
        return import_variant(self.course, sources)


def _calls(trace: Trace) -> list[int]:
    return [answer.n_callbacks for answer in trace.answers]


def _names(explanations: Sequence[Mistakes]) -> Mistakes:
    return tuple(dict.fromkeys(name for mistakes in explanations for name in mistakes))


def _fewest(matched: Mapping[Mistakes, set[int]]) -> Explained:
    """For each test the mistakes that explain it, those first that explain most; all that explain just the same."""
    found: Explained = {}
    left: set[int] = set().union(*matched.values())
    while left:
        most = max((tests & left for tests in matched.values()), key=len)
        found |= dict.fromkeys(most, tuple(each for each, tests in matched.items() if tests & left == most))
        left -= most
    return found
