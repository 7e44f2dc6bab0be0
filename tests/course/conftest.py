import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from autograder.errors import CourseError


@pytest.fixture
def refused() -> Callable[..., AbstractContextManager[object]]:
    """Expects a CourseError whose text has each of these parts, in this order, on one line."""

    def expect(*parts: str) -> AbstractContextManager[object]:
        return pytest.raises(CourseError, match="(?-s:" + ".*".join(map(re.escape, parts)) + ")")

    return expect


@pytest.fixture
def edit() -> Callable[[Path, str, str], None]:
    """Replaces a text, which must be there, in a file."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{path}: no {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace
