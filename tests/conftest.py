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
