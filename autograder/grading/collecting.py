"""Runs pytest on an assignment's tests: they are collected, and whoever has work for them does it meanwhile."""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError
from autograder.grading.plugin import GradingPlugin
from autograder.grading.verdicts import TestSpec


def collect(course: Course, assignment: Assignment) -> tuple[TestSpec, ...]:
    """The assignment's tests, none of them run; CourseError if they do not import or their points do not add up."""
    plugin = GradingPlugin(course, assignment)
    run(plugin, lambda: None)
    return plugin.tests


def refuse_optimized() -> None:
    """CourseError under `python -O`, which leaves out `assert`: the verdicts of all tests, were it not for pytest.

    pytest writes tests anew with their asserts in them, but no module that says PYTEST_DONT_REWRITE, and none that a
    test imports: there whatever is wrong would be passed.
    """
    if sys.flags.optimize:
        raise CourseError(
            "grading: Python runs with -O or PYTHONOPTIMIZE, which leaves out the asserts that tests consist of; "
            "run the same command without"
        )


def refuse_older(course: Course) -> None:
    """CourseError if this Python is older than the one that students were promised."""
    if course.python and sys.version_info[:2] < tuple(map(int, course.python.split("."))):
        here = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise CourseError(
            f"python: assignments/course.toml promises {course.python}, and this is {here}, which may not read what "
            f"students hand in; grade with {course.python} or newer, or promise {here}"
        )


class _Loop:
    """Where pytest would run the tests one after the other, `work` runs them as it likes."""

    def __init__(self, plugin: GradingPlugin, work: Callable[[], None]) -> None:
        self.plugin, self.work = plugin, work

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool:
        if not self.plugin.errors:  # `run` raises them: an exception here would only be printed as an internal error
            self.work()
        return True


def run(plugin: GradingPlugin, work: Callable[[], None]) -> None:
    """Collect the assignment's tests, and `work` with them; CourseError if they cannot be used."""
    refuse_optimized()
    refuse_older(plugin.course)
    tests = [str(plugin.assignment.public_tests), str(plugin.assignment.hidden_tests)]
    # No configuration, conftest or plugin but ours: nothing around the course may change a verdict.
    # PYTEST_ADDOPTS=--setup-only alone would be full points for everybody.
    for name in [name for name in os.environ if name.startswith("PYTEST")]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    folder = str(plugin.assignment.folder)
    options = ["-c", os.devnull, "--noconftest", "--import-mode=importlib", "--rootdir", folder, "--capture=no"]
    # Without it pytest looks at all that lies in every folder above: of a folder like /tmp tens of thousands of files.
    options += ["--confcutdir", folder]
    # Every assignment's tests are called so; pytest would take those that this process has imported for these.
    for test in tests:
        sys.modules.pop(Path(test).stem, None)
    unused = ("cacheprovider", "faulthandler", "warnings", "logging")
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        options += [f"-pno:{name}" for name in unused]
        status = pytest.main([*options, *tests], plugins=[plugin, _Loop(plugin, work)])
    if plugin.errors:
        raise CourseError("\n".join(plugin.errors))
    if plugin.broken is not None:
        raise RuntimeError(f"pytest stopped: {type(plugin.broken).__name__}: {plugin.broken}") from plugin.broken
    if status != pytest.ExitCode.OK:
        raise RuntimeError(f"pytest stopped: {status!r}")
