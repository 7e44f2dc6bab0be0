"""Right solutions in other styles get everything: over a few seeds here, and in `make prove`
once through the engine's sandbox.
"""

import functools
import json
from collections import Counter

import pytest

from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.intake.found import Submission
from autograder.proving.seeds import run_seeds
from tests.wheats.field import COURSE, EXERCISES, laid_over, wheats

pytestmark = pytest.mark.slow

WHEATS = wheats()


@pytest.fixture(scope="session")
def records(tmp_path_factory):
    """records(assignment): what the instructor and what the student reads of each wheat, by name."""

    @functools.cache
    def graded(name):
        folder, assignment = tmp_path_factory.mktemp(name), COURSE.assignment(name)
        submissions = [
            Submission(id=wheat.name, name="", paths=(wheat.hand_in(folder / "hand-ins" / wheat.name),))
            for wheat in WHEATS
            if wheat.assignment == assignment
        ]
        settings = Settings(course=str(COURSE.root), assignment=name, follow_through=True)
        result = Batch(COURSE, assignment, settings, folder / "results", jobs=2).grade(submissions)
        hints = {test.hint for test in result.tests if test.hint}
        read = {}
        for row in result.rows:
            identity = row.record.id
            shown = json.loads((folder / "results" / identity / "results.json").read_text(encoding="utf-8"))
            read[identity] = row.record, shown, hints
        return read

    return graded


# The first of each assignment here, all in `make prove`.
FIRSTS = {wheat.assignment.name: wheat for wheat in reversed(WHEATS)}.values()


@pytest.mark.parametrize(
    "wheat",
    [pytest.param(each, marks=[] if each in FIRSTS else pytest.mark.prove, id=each.name) for each in WHEATS],
)
def test_wheat_passes_every_test_with_other_seeds_and_room_to_spare(wheat, tmp_path):
    package = wheat.package(tmp_path / COURSE.package)
    report = run_seeds(COURSE, wheat.assignment, package, range(3))
    assert report.n_verdicts > 0
    assert report.failures == []
    assert report.narrow() == []


@pytest.mark.prove
@pytest.mark.parametrize("wheat", WHEATS, ids=lambda wheat: wheat.name)
def test_wheat_gets_100_in_the_sandbox_without_a_remark_or_a_hint(wheat, records):
    record, shown, hints = records(wheat.assignment.name)[wheat.name]
    assert [f"{test.name}: {test.message}" for test in record.tests if test.outcome != "passed"] == []
    assert (record.status, record.score, shown["score"]) == ("graded", 100.0, 100.0)
    assert [test.remark for test in record.tests if test.remark] == []
    outputs = [shown["output"], *(test["output"] for test in shown["tests"])]
    assert [hint for hint in hints if any(hint in output for output in outputs)] == []


def test_every_assignment_has_at_least_five_wheats():
    counted = Counter(wheat.assignment.name for wheat in WHEATS)
    assert {name: counted[name] >= 5 for name in counted} == {each.name: True for each in COURSE.assignments}


def test_every_exercise_is_written_anew_by_at_least_three_wheats():
    written = Counter(exercise for wheat in WHEATS for exercise in wheat.restyled())
    assert {name: written[name] for name in EXERCISES if written[name] < 3} == {}


REFERENCE = '''"""The reference."""

import numpy as np

LIMIT = 3


def double(x):
    return 2 * x


class Box:
    """A box."""

    def open(self):
        return LIMIT

    @property
    def size(self):
        return double(1)


class Lid(Box):
    def open(self):
        return 0
'''

WRITTEN = '''"""a1: whatever."""

from math import pi

HALF = pi / 2

# twice
double = lambda x: x + x

def _helper():
    return "helped"

class Box:
    @property
    def size(self):
        return _helper()

    depth = 7

class Lid(dict):
    pass
'''


def test_wheat_is_laid_over_the_reference_by_name():
    namespace = {"__name__": "merged"}
    exec(laid_over(REFERENCE, WRITTEN), namespace)
    box = namespace["Box"]()
    assert (box.open(), box.size, box.depth) == (3, "helped", 7)
    assert namespace["double"]("a") == "aa"
    assert namespace["HALF"] > 1.5
    assert namespace["Lid"].__bases__ == (dict,)
    assert not hasattr(namespace["Lid"], "open")
    assert namespace["__doc__"] == "a1: whatever."
