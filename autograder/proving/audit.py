"""Grades answers that compute nothing, to learn which tests pay for nothing.

Each trivial answer (trivial.py) takes an exercise's place in the reference, in this process, and the exercise's tests
run on it; then all exercises of an assignment answer so at once. An exercise may pay one at most 5 % of its points, an
assignment at most 5 points. One whose values are right and whose gradients are not earns what the values are worth:
what is paid where backward is left undone. Where such an answer is right, `audit.toml` in the assignment's folder says
so, with the reason:

    [[exception]]
    exercise = "layers.Step"
    answer = "gradients zero"
    reason = "its gradient is zero everywhere"
"""

import importlib
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from pathlib import Path
from types import ModuleType

import msgspec

from autograder.course.exercises import exercise_of, exercises
from autograder.course.manifest import Assignment, Course
from autograder.course.regions import regions
from autograder.course.variants import import_variant
from autograder.errors import CourseError
from autograder.grading.collecting import run
from autograder.grading.plugin import GradingPlugin
from autograder.grading.verdicts import TestSpec
from autograder.proving.in_process import replayed
from autograder.proving.processes import fresh_processes
from autograder.proving.trivial import (
    ANSWERS,
    NEIGHBOUR,
    OF_GRADIENTS,
    UNDONE,
    Function,
    Kinds,
    Slot,
    TrivialAnswer,
    neighbour,
    replaced,
    slot_of,
)

EXCEPTIONS = "audit.toml"
SHARE = 0.05  # of an exercise's points
POINTS = 5.0  # of an assignment
LIMIT_S = 5.0  # for one test: right ones take a tenth of a second here
ALL = "all of them"
KINDS = (*ANSWERS, NEIGHBOUR, *OF_GRADIENTS)


class Excepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A trivial answer that is right, or as good as right, for an exercise."""

    exercise: str
    answer: str
    reason: str


@dataclass(frozen=True)
class Paid:
    """What an exercise, or all of an assignment, paid for one kind of answer; `tests` are those that paid."""

    exercise: str
    answer: str
    points: float
    of: float
    values: float  # what right values alone are paid
    tests: tuple[str, ...] = ()

    @property
    def allowed(self) -> float:
        extra = POINTS if self.exercise == ALL else SHARE * self.of
        return extra + (self.values if self.answer in OF_GRADIENTS else 0.0)


@dataclass
class Audit:
    """What the tests of an assignment paid for answers that compute nothing."""

    assignment: str
    paid: list[Paid] = field(default_factory=list)
    exceptions: tuple[Excepted, ...] = ()

    def of(self, exercise: str, answer: str) -> Paid | None:
        return next((each for each in self.paid if (each.exercise, each.answer) == (exercise, answer)), None)

    @property
    def exercises(self) -> list[str]:
        return list(dict.fromkeys(each.exercise for each in self.paid))

    @property
    def too_much(self) -> list[Paid]:
        """What was paid for nothing, without a reason."""
        excepted = {(each.exercise, each.answer) for each in self.exceptions}
        return [
            each
            for each in self.paid
            if each.points > each.allowed + self._excepted(each) and (each.exercise, each.answer) not in excepted
        ]

    def _excepted(self, paid: Paid) -> float:
        """Of what all exercises pay together, the part of those for which the answer is right."""
        if paid.exercise != ALL:
            return 0.0
        alone = [self.of(each.exercise, each.answer) for each in self.exceptions if each.answer == paid.answer]
        return fsum(each.points for each in alone if each is not None and each.exercise != ALL)

    @property
    def stale(self) -> list[str]:
        """Lines on exceptions that are none."""
        lines = []
        for each in self.exceptions:
            paid = self.of(each.exercise, each.answer)
            where = f"{each.exercise}, {each.answer}"
            if paid is None:
                lines.append(f"{where}: there is no such exercise or answer; the answers are {', '.join(KINDS)}")
            elif paid.points <= paid.allowed + self._excepted(paid):
                lines.append(f"{where}: is not paid any more; remove the exception")
            elif not each.reason.strip():
                lines.append(f"{where}: has no reason")
        return lines


def audit(course: Course, assignment: Assignment, jobs: int = 1, seed: int = 0) -> Audit:
    """Every trivial answer, by each exercise of the assignment alone and by all of them."""
    names = [each.name for each in exercises(course).values() if each.assignment == assignment.name]
    chunks = [names[start::jobs] for start in range(min(jobs, len(names)))]
    tasks = [(str(course.root), assignment.name, tuple(chunk), at == 0, seed) for at, chunk in enumerate(chunks)]
    found: list[Paid] = []
    with fresh_processes(jobs) as pool:
        for paid in pool.map(_audit_chunk, tasks):
            found += paid
    order = {name: place for place, name in enumerate([*names, ALL])}
    found.sort(key=lambda each: (order[each.exercise], KINDS.index(each.answer)))
    return Audit(assignment.name, found, read_exceptions(assignment))


def read_exceptions(assignment: Assignment) -> tuple[Excepted, ...]:
    """Those of an assignment; none where there is no file."""
    file = assignment.folder / EXCEPTIONS
    if not file.exists():
        return ()
    try:
        table = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, tuple[Excepted, ...]])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CourseError(f"{file}: {error}; want [[exception]] with exercise, answer and reason") from None
    if table.keys() - {"exception"}:
        raise CourseError(f"{file}: got {', '.join(table)}, want [[exception]] alone")
    return table.get("exception", ())


def _audit_chunk(task: tuple[str, str, tuple[str, ...], bool, int]) -> list[Paid]:
    root, name, names, with_all, seed = task
    course = Course.load(Path(root))
    audited = AuditRun(course, course.assignment(name), names, with_all, seed)
    warnings.simplefilter("ignore")  # as in a grader: NaN and its like warn at will
    run(audited.plugin, audited.work)
    return audited.paid


class AuditRun:
    """Grades the reference with trivial answers in it: those to each of the exercises, and to all if `with_all`."""

    def __init__(
        self, course: Course, assignment: Assignment, names: Sequence[str], with_all: bool, seed: int = 0
    ) -> None:
        self.course, self.assignment = course, assignment
        self.plugin = GradingPlugin(course, assignment, seed)
        self.names, self.with_all = names, with_all
        self.paid: list[Paid] = []

    def work(self) -> None:
        """Note what each exercise pays for each kind of answer, and all of them together."""
        with import_variant(self.course, {}) as self.package:
            self.functions = dict(_functions(self.course, self.assignment, self.package))
            self.kinds = _kinds(self.course, self.package)
            for exercise in self.names:
                self.paid += self._answered([exercise], exercise)
            if self.with_all:
                self.paid += self._answered(list(self.functions), ALL)

    def _answered(self, names: Sequence[str], shown: str) -> Iterator[Paid]:
        """What these exercises pay for each kind of answer, given by all of them at once."""
        of = fsum(spec.points for spec in self.plugin.tests if spec.exercise in names)
        values, _ = self._pays(names, dict.fromkeys(names, UNDONE))
        for kind, answer in {**ANSWERS, **OF_GRADIENTS}.items():
            points, tests = self._pays(names, dict.fromkeys(names, answer))
            yield Paid(shown, kind, points, of, values, tests)
        points, tests = self._pays(names, {})
        yield Paid(shown, NEIGHBOUR, points, of, values, tests)

    def _pays(self, names: Sequence[str], answers: Mapping[str, TrivialAnswer]) -> tuple[float, tuple[str, ...]]:
        """Points and tests of these exercises, with these answers in their place; without any, their neighbours'."""
        functions: dict[str, Function] = {}
        answering = []
        for name in names:
            slots = self.functions[name]
            if name in answers:
                made = {slot.name: answers[name](slot, self.kinds) for slot in slots}
                own = {each: function for each, function in made.items() if function is not None}
            else:
                own = dict(neighbour(slots, self._others(name)))
            if own:  # else there is no such answer to it
                answering.append(name)
                functions |= own
        if not functions:
            return 0.0, ()
        slots = [slot for name in answering for slot in self.functions[name]]
        with replaced(self.package, slots, functions):
            passed = self._passed(answering)
        return fsum(spec.points for spec in passed), tuple(spec.name for spec in passed)

    def _others(self, name: str) -> list[list[Slot]]:
        """The assignment's other exercises of the same module, the next one first."""
        known = list(self.functions)
        at = known.index(name)
        module = name.partition(".")[0]
        return [self.functions[each] for each in known[at + 1 :] + known[:at] if each.partition(".")[0] == module]

    def _passed(self, names: Sequence[str]) -> list[TestSpec]:
        verdicts, _ = replayed(self.plugin, self.package, names, LIMIT_S)
        return [each.test for each in verdicts if each.outcome == "passed" and each.test.exercise in names]


def _functions(course: Course, assignment: Assignment, package: ModuleType) -> Iterator[tuple[str, list[Slot]]]:
    """The functions of each exercise of the assignment, where they stand in the package."""
    known = exercises(course)
    found: dict[str, list[Slot]] = {}
    for module in assignment.modules:
        importlib.import_module(f"{package.__name__}.{module}")
        source = course.module_file(module).read_text(encoding="utf-8")
        for name in dict.fromkeys(region.name for region in regions(source, module)):
            exercise = exercise_of(name, known)
            if exercise is not None and exercise.assignment == assignment.name:
                found.setdefault(exercise.name, []).append(slot_of(package, name))
    yield from found.items()


def _kinds(course: Course, package: ModuleType) -> Kinds:
    def named(dotted: str | None) -> type | None:
        if dotted is None:
            return None
        module, _, name = dotted.rpartition(".")
        found: type = getattr(importlib.import_module(f"{package.__name__}.{module}"), name)
        return found

    return Kinds(named(course.gradcheck.tensor if course.gradcheck else None), named(course.audit.number))
