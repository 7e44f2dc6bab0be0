"""What some tests need that a machine may lack: power over namespaces, root, a browser, the packages of an extra.

`make test` is for everybody, so a test whose need is not met is left out, and the run's last line says how many and for
which reason (see conftest.py). With NOTHING_LEFT_OUT=1 that is a failure: no machine that ought to have everything is
green because something is missing.
"""

import os
import shutil
from types import ModuleType

import pytest

from autograder.boundary.sandbox import SandboxUnavailable, find_sandbox


def _bubblewrap_starts() -> bool:
    try:
        find_sandbox("bubblewrap")
    except SandboxUnavailable:
        return False
    return True


BUBBLEWRAP_STARTS = _bubblewrap_starts()
# What is promised of bubblewrap alone, and containers to test in. The attacks are tried on Landlock too.
BUBBLEWRAP = pytest.mark.skipif(
    not BUBBLEWRAP_STARTS, reason="needs bubblewrap, and a machine that lets it make namespaces (autograder doctor)"
)
# Gradescope's container changes the user, and reading a closed process's memory takes root: neither can be replaced.
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: sudo make test")


def browser() -> str:
    """The command of a browser that shows a page without a screen; "" if there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")


# Whether a script runs is for a browser to say, and no package of an index brings one. What its pages hold is asserted
# everywhere (test_pages.py, test_inert.py); GitHub's runner has Chrome.
BROWSER = pytest.mark.skipif(not browser(), reason="needs a browser: apt install chromium")


def package(name: str) -> ModuleType:
    """This module of the extra `dev`; where it is not installed, the file that asks for it is left out."""
    module: ModuleType = pytest.importorskip(name, reason=f"needs {name.partition('.')[0]}: make .venv/dev.stamp")
    return module
