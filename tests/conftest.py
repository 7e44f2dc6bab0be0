"""Shared by all tests: a copy of the tiny course, which shares no code with the course of this repository."""

import shutil
from pathlib import Path
from typing import Any

import pytest

# Their tests are for their students; attacks are not collected but graded.
collect_ignore = ["tiny_course", "attacks/course"]


@pytest.fixture
def tiny_root(tmp_path: Path) -> Path:
    """A fresh copy of the tiny course, to be read or broken."""
    source = Path(__file__).parent / "tiny_course"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    return Path(shutil.copytree(source, tmp_path / "course", ignore=ignored))


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
