"""What nbgrader needs of its environment, and what it leaves there."""

import os
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module", autouse=True)
def environment():
    """nbgrader starts alembic by its bare name, and its configuration names the course in the environment."""
    before = dict(os.environ)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    yield
    os.environ.clear()
    os.environ.update(before)
