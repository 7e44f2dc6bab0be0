"""The plugin by which otter-grader's numbers are ours: `plugins` in otter_config.json names it, otter loads it.

otter runs a notebook and its tests in one kernel, and takes for the result a pickle that this kernel wrote; before that
it unpickles a log that came with the notebook, and the kernel imports from the folder that was handed in. So, before
any of it, the hand-in is taken out of otter's reach: its folder is emptied, an empty notebook takes its place, and the
hand-in is graded as by `autograder grade`, in the sandbox. When otter has run nothing, our results replace its own.

What otter makes of them is its own: results.json, the printed score, the summary, points_possible, score_threshold.
Whatever goes wrong on our side raises an exception that otter does not know: then it writes no results, where for one
of its own it would write a zero. What stands in their place was written first: that there is no score.
"""

import contextlib
import json
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import nbformat
from otter.test_files import GradingResults, TestCase
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, there
from autograder.grading.feedback import is_shown, overview, test_feedback
from autograder.grading.graders import Graders, anew
from autograder.grading.harmless import printable
from autograder.grading.jobs import Job, notebook_settings
from autograder.grading.records import record_of
from autograder.grading.verdicts import Graded, TestSpec, Verdict, settle, total

COURSE = "files/course"  # in the autograder's archive
EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
# Without a score and tests, as for Gradescope to take none.
NOT_GRADED = {
    "output": "This submission could not be graded. That is no zero, and not your fault: tell your instructor.",
    "stdout_visibility": "hidden",
}
# What otter would do with the student's own notebook or log, in its own process.
REFUSED = ("grade_from_log", "pdf", "token")


class NotGraded(Exception):
    """This submission has no score, through no fault of its own; the message says why and what to do."""


class Grading:
    """Grades a submission by this course's tests, in the sandbox, in the place of otter's kernel.

    Settings in otter_config.json: `assignment`, its name; `seed` of the tests' random numbers, 0 by default.
    """

    def __init__(
        self, submission_path: str | None, submission_metadata: dict[str, Any], plugin_config: dict[str, Any]
    ) -> None:
        unknown = plugin_config.keys() - {"assignment", "seed"}
        if unknown or "assignment" not in plugin_config:
            raise NotGraded(f"otter_config.json: plugin: got {sorted(plugin_config)}, want assignment, and seed if any")
        self.submission = Path(submission_path or "")  # None while the archive is made
        self.config = plugin_config
        self.assignment: Assignment | None = None
        self.graded: Graded | None = None
        self.tests: tuple[TestSpec, ...] = ()

    # otter's events, in their order

    def during_assign(self, assignment: Any) -> None:
        """Leave loose modules out of the archive. `assignment` is otter's, whose output for students is written.

        otter lays the archive's files beside a hand-in before it looks for one: beside a module our conftest.py would
        make "More than one Python file", and a zero; beside nothing it would be the hand-in.
        """
        assignment.files = [name for name in assignment.files if not name.endswith(".py")]

    def before_grading(self, config: Any) -> None:
        """Take the hand-in away, and grade it. `config` is otter's own, which may be changed here.

        Trust: everything in the folder `submission` is hostile; `source` is the instructor's.
        """
        root = Path(config.autograder_dir).resolve()
        (root / "results" / "results.json").write_text(json.dumps(NOT_GRADED))
        for name in REFUSED:
            if getattr(config, name):
                raise NotGraded(
                    f"otter_config.json: {name} is set, for which otter would open what was handed in; unset it"
                )
        if self.submission.parent.resolve() != root / "submission":
            raise NotGraded(f"otter: got {self.submission}, want a file in {root / 'submission'}")
        # Where no namespaces are to be had, file modes are what hides tests from the user that student code runs as.
        (root / "source").chmod(0o700)
        with contextlib.suppress(FileNotFoundError):  # Gradescope's, with the results of earlier submissions
            (root / "submission_metadata.json").chmod(0o600)
        if not config.otter_run and os.geteuid() == 0:
            open_way_to_python()
        with tempfile.TemporaryDirectory() as folder:
            hand_in = Path(shutil.move(self.submission, folder))  # of a link, the link
            _empty(root / "submission")
            self.submission.write_text(json.dumps(EMPTY) if self.submission.suffix == ".ipynb" else "")
            try:
                course = Course.load(root / "source" / COURSE)
                self.assignment = course.assignment(self.config["assignment"])
                self.graded, self.tests = grade(course, self.assignment, hand_in, self.config.get("seed", 0))
            except CourseError as error:
                raise NotGraded(str(error)) from error
        if self.graded.score is None:
            raise NotGraded(f"submission: could not be graded: {printable(self.graded.reason)}; run it again")
        feedback = self.assignment.feedback
        config.show_hidden = feedback.hidden in ("verdict", "hint") and feedback.hidden_visibility != "hidden"

    def before_execution(self, submission: Any) -> Any:
        """An empty notebook: its kernel runs otter's own cells and nothing else."""
        return nbformat.v4.new_notebook()

    def after_grading(self, results: GradingResults) -> None:
        """Put our verdicts in the place of what otter's kernel found."""
        if results.has_catastrophic_failure():  # otter would make a zero of it
            raise NotGraded("otter: its kernel did not run; is ipykernel installed?") from results.catastrophic_error
        graded, assignment = there(self.graded), there(self.assignment)
        results.clear_results()
        for question in questions(graded, self.tests, assignment.feedback.hidden):
            results.results[question.name] = question
        results.set_output(overview(graded, assignment))
        # Not in results.json: for the instructor, by `otter run --pickle-results`.
        results.set_plugin_data("autograder", msgspec.to_builtins(record_of(graded, assignment.name, self.tests)))

    def generate_report(self) -> str:
        """What an instructor wants to know of the run; students may be shown it too."""
        graded = there(self.graded)
        how = f"graded in {graded.sandbox}, seed {graded.seed} of the secret {graded.secret}"
        return f"{overview(graded, there(self.assignment))}\n\n{how}".strip()


def grade(course: Course, assignment: Assignment, hand_in: Path, seed: int = 0) -> tuple[Graded, tuple[TestSpec, ...]]:
    """What the engine finds of one hand-in, and the tests; CourseError if machine or course allow no grading."""
    settings = msgspec.structs.replace(notebook_settings(course, assignment), seed=seed)
    graders = Graders(assignment, settings, jobs=1)
    job = Job(id="submission", name="", paths=(os.fsencode(hand_in),))
    try:
        tests = graders.start()
        ((_, found),) = graders.ask_all([job], lambda job: job)
    finally:
        graders.end()
    return settle(anew(found), tests), tests


def questions(graded: Graded, tests: tuple[TestSpec, ...], policy: str) -> list[ExceptionTestFile]:
    """The verdicts as otter's questions, one for each exercise, its cases the tests; otter sees no line of a test.

    Without verdicts (nothing could be read) no case is passed.
    """
    verdicts = {verdict.test: verdict for verdict in graded.verdicts}
    found = []
    for exercise in dict.fromkeys(test.exercise for test in tests):
        own = [test for test in tests if test.exercise == exercise]
        results = [_result(test, verdicts.get(test), policy) for test in own]
        question = ExceptionTestFile(exercise, exercise, [each.test_case for each in results], all_or_nothing=False)
        question.test_case_results = results
        question.update_score(total(verdicts[test].score for test in own if test in verdicts))
        found.append(question)
    return found


def _result(test: TestSpec, verdict: Verdict | None, policy: str) -> TestCaseResult:
    """How a test went, as far as a student may know."""
    name = test.name if test.public or policy != "nothing" else "a hidden test"
    passed = verdict is not None and verdict.outcome == "passed"
    said = test_feedback(verdict, policy) if verdict is not None else "not run"
    if passed and is_shown(test, policy):
        said = "passed"
    case = TestCase(
        name=name, body="", hidden=not test.public, points=test.points, success_message=None, failure_message=None
    )
    return TestCaseResult(test_case=case, message=said, passed=passed)


def open_way_to_python() -> None:
    """Let every user through to this Python: in otter's containers it lies in root's home, closed to the user that
    student code runs as. That lets them pass, not list.
    """
    for prefix in (sys.prefix, sys.base_prefix):
        for folder in (Path(prefix), *Path(prefix).parents):
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _empty(folder: Path) -> None:
    """Remove all that is in a folder; links are removed, not followed."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
