from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def edit() -> Callable[[Path, str, str], None]:
    """Replaces a text, which must be there, in a file."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{path}: no {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace
