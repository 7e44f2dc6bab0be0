"""The sample classes are graded as their expected.toml says, whatever the number of graders.

`make test` grades the first and the one of the network, `make prove` all: what the others show beside these is the
course's own, which the tests of its assignments have.
"""

import ast
import json
import re
from pathlib import Path

import pytest

from tests import needs
from tests.examples.feedback import REVIEWED, as_read, assert_reads_as

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
CLASSES = [
    pytest.param(name, marks=[] if name in ("a1_class", "a5_class") else pytest.mark.prove)
    for name in sorted(path.parent.name for path in EXAMPLES.glob("*/expected.toml"))
]


@pytest.mark.parametrize("name", CLASSES)
def test_class_gets_its_expected_scores(graded, name):
    result = graded(name)
    assert {identity: report["score"] for identity, report in result.reports.items()} == result.expected


@pytest.mark.parametrize("name", CLASSES)
def test_class_shows_a_perfect_and_an_untouched_submission_among_at_least_six(graded, name):
    expected = graded(name).expected
    assert len(expected) >= 6
    assert {0, 100} <= set(expected.values())


@pytest.mark.parametrize("name", CLASSES)
def test_students_read_what_was_reviewed(graded, name):
    """After a change that is meant: autograder grade the class, then python -m tests.examples.feedback."""
    assert_reads_as(as_read(graded(name).reports), (REVIEWED / f"{name}.txt").read_text(encoding="utf-8"))


def test_one_grader_and_two_write_the_same_bytes(graded):
    one, two = (
        {
            path.relative_to(result.out): path.read_bytes()
            for path in sorted(result.out.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }
        for result in (graded("a1_class", jobs=1), graded("a1_class"))
    )
    assert one == two


@pytest.fixture
def sightings(graded):
    """What the searching submission printed of what it saw, once for each test that ran it."""
    report = json.loads((graded("a3_class", only="nobody").out / "nobody" / "instructor.json").read_text("utf-8"))
    lines = [line for test in report["tests"] for line in test["printed"].splitlines()]
    found = [ast.literal_eval(line.removeprefix("FOUND ")) for line in lines if re.fullmatch(r"FOUND \{.*\}", line)]
    assert len(found) >= 5
    return found


@needs.BUBBLEWRAP  # elsewhere even looking for files is refused, and the search ends
def test_searching_submission_sees_no_file_of_the_course(sightings):
    for seen in sightings:
        assert all(path.startswith("/packages/inside/") for path in seen["files worth reading"])
        assert seen["folders at the top"] == ["dev", "etc", "lib", "lib64", "packages", "python", "tmp", "usr"]


@needs.BUBBLEWRAP
def test_searching_submission_sees_nothing_of_a_test_in_memory(sightings):
    for seen in sightings:
        assert seen["arrays that look like the answer"] == []
        assert seen["texts that look like a test"] == []
        assert not [frame for frame in seen["stack"] if "secret" in frame or "test" in frame]
        assert [name for name in seen["modules"] if not name.startswith("feedforward")] == []
        assert seen["importable"] == []


@needs.BUBBLEWRAP
def test_searching_submission_has_no_way_out(sightings):
    for seen in sightings:
        assert seen["network"] == "PermissionError"  # not even a socket
        assert "memory of a process" not in seen
        assert seen["user"] is False
        assert seen["arguments"] == []
        assert seen["open descriptors"] == 4  # the standard three, and the socket that its answers go through
