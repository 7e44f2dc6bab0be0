"""A gradient that is right by numerical differences: allowed, reported or failed, as the assignment says."""

import json
import re
import shutil
from pathlib import Path

import pytest

from autograder.course.manifest import Course
from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.intake.found import Submission

pytestmark = pytest.mark.slow

ATTACKS = Path(__file__).parents[1] / "attacks"


@pytest.fixture
def gradient_test(tmp_path, sabotage):
    """gradient_test(policy): (score, its entry for the instructor, and for the student) of the gradient's test."""
    sabotage("")

    def grade(policy):
        root = Path(shutil.copytree(ATTACKS / "course", tmp_path / "course"))
        manifest = root / "assignments" / "t1_target" / "assignment.toml"
        manifest.write_text(manifest.read_text() + f'\n[policy]\nnumerical_backward = "{policy}"\n')
        hand_in = tmp_path / "hand-in"
        hand_in.mkdir()
        answers = (root / "solutions" / "target" / "answers.py").read_text()
        (hand_in / "answers.py").write_text(answers + (ATTACKS / "lie" / "numerical_backward.py").read_text())
        course, out = Course.load(root), tmp_path / "results"
        settings = Settings(course=str(root), assignment="t1_target")
        Batch(course, course.assignment("t1"), settings, out).grade([Submission(id="ann", name="", paths=(hand_in,))])
        record = json.loads((out / "ann" / "instructor.json").read_text())
        shown = json.loads((out / "ann" / "results.json").read_text())
        (private,) = [test for test in record["tests"] if test["name"] == "test_gradient_of_square"]
        (public,) = [test for test in shown["tests"] if test["name"].endswith("test_gradient_of_square")]
        return record["score"], private, public

    return grade


def test_allowed_it_is_not_even_looked_for(gradient_test):
    score, private, _ = gradient_test("allow")
    assert (score, private["remark"]) == (100, "")


def test_reported_it_is_passed_and_the_instructor_told(gradient_test):
    score, private, public = gradient_test("report")
    assert (score, private["code"]) == (100, "passed")
    assert private["remark"].startswith("right, but its gradients look like numerical differences: between inputs ")
    assert re.search(r"1e-10 apart they jitter by \de-1\d of their size", private["remark"])
    assert public["output"] == ""


def test_failed_it_costs_the_test(gradient_test):
    score, private, public = gradient_test("fail")
    assert (score, private["code"]) == (80, "wrong")
    assert "here the formula is asked for: derive it" in private["message"]
    assert public["output"].startswith("wrong answer")
