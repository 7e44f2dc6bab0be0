"""RESULTS.md, of which each benchmark writes its own part, and says on which machine."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "RESULTS.md"


def write_part(heading: str, text: str) -> None:
    """Put the text under a heading of the first level, in place of what stands there."""
    parts = re.split(r"(?m)^(?=# )", RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    others = [part.strip() for part in parts if part.strip() and part.partition("\n")[0] != heading]
    RESULTS.write_text("\n\n".join([*others, f"{heading}\n\n{text.strip()}"]) + "\n", encoding="utf-8")


def machine() -> str:
    """When and where, in one line."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = os.getloadavg()[0]
    return f"{now}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}, load {load:.1f}"
