"""Shared by all tests: a copy of the tiny course, which shares no code with the course of this repository."""

import os
import re
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from autograder.course.secret import VARIABLE
from autograder.errors import CourseError

# Hidden tests draw the same numbers on every machine, where each course would have made a secret of its own.
os.environ[VARIABLE] = "numbers that tests can rely on, no secret"

# Their tests are for their students; attacks are not collected but graded.
collect_ignore = ["tiny_course", "attacks/course"]


@pytest.fixture
def tiny_root(tmp_path: Path) -> Path:
    """A fresh copy of the tiny course, to be read or broken."""
    source = Path(__file__).parent / "tiny_course"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "course.secret")
    return Path(shutil.copytree(source, tmp_path / "course", ignore=ignored))


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager[object]]:
    """Expects a CourseError whose text has each of these parts, in this order, on one line."""

    def expect(*parts: str) -> AbstractContextManager[object]:
        return pytest.raises(CourseError, match="(?-s:" + ".*".join(map(re.escape, parts)) + ")")

    return expect


def pytest_configure() -> None:
    # A shell's `make test &` ignores Ctrl-C, for all that is started below too: what tests interrupt would go on.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _left_out(session.config) and os.environ.get("NOTHING_LEFT_OUT") == "1" and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last lines: what is to be marked slow; what was left out on this machine, and why (see needs.py)."""
    for test, took in sorted(_slow_unmarked(config).items()):
        print(f"not marked slow, and took {took:.1f} s: {test}")
    for reason, count in sorted(_left_out(config).items()):
        print(f"left out: {count} x {reason}")


def _slow_unmarked(config: pytest.Config) -> dict[str, float]:
    """How long tests took, with what they set up, that took more than a second though `make check` runs them."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    took: Counter[str] = Counter()
    for report in reporter.stats.get("passed", []) + reporter.stats.get("", []) if reporter else []:
        if not {"slow", "prove"} & set(report.keywords):
            took[report.nodeid] += report.duration
    return {test: seconds for test, seconds in took.items() if seconds > 1}


def _left_out(config: pytest.Config) -> Counter[str]:
    """How many tests, or files of them, were left out for each reason; empty in the workers of `pytest -n`."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter and not hasattr(config, "workerinput") else []
    return Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)


@pytest.hookimpl(optionalhook=True)  # there is no such hook without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `pytest -n`, what shares a costly fixture stays on one worker, where it is made once.

    (xdist's own marker for it, xdist_group, does nothing in xdist 3.8 with pytest 9: both workers made everything.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return Scheduler(config, log)


def scope_of(nodeid: str) -> str:
    """What has to be on one worker with this test: its file, as a rule.

    Attacks of one group on one backend share an arena, the wheats of an assignment a class. Answers to assignments
    share nothing and are the most, so they go wherever there is room.
    """
    path, _, name = nodeid.partition("::")
    parameters = name.partition("[")[2]
    file = path.rpartition("/")[2]
    if file in ("test_every_assignment.py", "test_misconceptions.py"):
        return nodeid
    if file == "test_attacks.py":
        return "attacks " + "-".join(parameters.rstrip("]").split("-")[:2])
    if file == "test_wheats.py":
        return "wheats " + parameters[:2]
    return path
