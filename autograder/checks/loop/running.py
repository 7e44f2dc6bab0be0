"""Runs tests in this process, which stays warm: numpy and pytest are imported once, the student's package each time."""

import contextlib
import importlib
import io
import os
import sys
from collections.abc import Collection

import pytest

from ..words import say
from .progress import LastRun, Progress, files_of, tested
from .template import Refused, Template


def run(progress: Progress, assignments: Collection[str], exercises: Collection[str] | None = None) -> None:
    """Runs the tests of assignments, or of some of their exercises, and keeps how they went.

    Raises: Refused if they cannot be run
    """
    template = progress.template
    recorder = _Recorder({each: files_of(template, each) for each in assignments}, exercises)
    status, said = _pytest(template, [str(template.root / "tests" / each) for each in assignments], recorder)
    if status == pytest.ExitCode.INTERRUPTED and recorder.interrupted:
        raise KeyboardInterrupt
    if not recorder.tests and status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise Refused("\n".join([say("notebook.cannot_run"), *said.splitlines()[-10:]]))
    progress.take(recorder.tests, assignments if exercises is None else ())
    progress.save()


class _Recorder:
    """Pytest plugin: keeps the tests of some exercises, and takes down how each of them went."""

    def __init__(self, files: dict[str, str], exercises: Collection[str] | None) -> None:
        self.files, self.exercises = files, exercises
        self.tests: dict[str, LastRun] = {}
        self.interrupted = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.exercises is not None:
            items[:] = [item for item in items if _exercise_of(item) in self.exercises]

    def pytest_keyboard_interrupt(self) -> None:
        self.interrupted = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or (report.when == "setup" and not report.passed):
            grading = getattr(report, "grading", {})
            self.tests[report.nodeid] = tested(
                grading, passed=report.passed, files=self.files.get(grading.get("group", ""), "")
            )


def _exercise_of(item: pytest.Item) -> str:
    points = item.get_closest_marker("points")
    return str(points.kwargs.get("exercise", "")) if points else ""


def _pytest(template: Template, where: list[str], recorder: _Recorder) -> tuple[int, str]:
    """(pytest's status, what it printed)"""
    root, package = template.root, template.package
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]
    importlib.invalidate_caches()
    options = ["-c", str(root / "pyproject.toml"), "--rootdir", str(root), "-pno:cacheprovider"]
    said = io.StringIO()
    environment = {name: value for name, value in os.environ.items() if name.startswith("PYTEST")}
    for name in environment:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # whatever else is installed takes its time to load
    # Compiled modules are told apart by seconds, and two savings may be in one.
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = pytest.main([*options, *where], plugins=[recorder])
    finally:
        sys.dont_write_bytecode = compiled
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(environment)
    return int(status), said.getvalue()
