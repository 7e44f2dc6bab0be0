"""Shared by all tests: a copy of the tiny course, which shares no code with the course of this repository."""

import shutil
from pathlib import Path

import pytest

collect_ignore = ["tiny_course"]  # its tests are for its students


@pytest.fixture
def tiny_root(tmp_path: Path) -> Path:
    """A fresh copy of the tiny course, to be read or broken."""
    source = Path(__file__).parent / "tiny_course"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    return Path(shutil.copytree(source, tmp_path / "course", ignore=ignored))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `pytest -n`, a file stays on one worker, since its tests share what was graded for them.

    Answers to assignments share nothing and are the most, so they go wherever there is room.
    """
    for item in items:
        if item.path.name != "test_every_assignment.py":
            item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))
