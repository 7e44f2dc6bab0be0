"""Shared by all tests: a copy of the tiny course, which shares no code with the course of this repository."""

import shutil
from pathlib import Path

import pytest

# Their tests are for their students; attacks are not collected but graded.
collect_ignore = ["tiny_course", "attacks/course"]


@pytest.fixture
def tiny_root(tmp_path: Path) -> Path:
    """A fresh copy of the tiny course, to be read or broken."""
    source = Path(__file__).parent / "tiny_course"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    return Path(shutil.copytree(source, tmp_path / "course", ignore=ignored))


def pytest_itemcollected(item: pytest.Item) -> None:
    """With `pytest -n`, a file stays on one worker, since its tests share what was graded for them.

    Answers to assignments share nothing and are the most, so they go wherever there is room. Attacks and wheats group
    themselves. (Said here, not in pytest_collection_modifyitems: xdist looks at its groups in that hook before we do.)
    """
    if item.path.name not in (
        "test_every_assignment.py",
        "test_misconceptions.py",
        "test_attacks.py",
        "test_wheats.py",
    ):
        item.add_marker(pytest.mark.xdist_group(item.path.as_posix()))
