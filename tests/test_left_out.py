"""A run names last what is slow and not marked so, and what this machine lacks, which fails it where nothing may lack.

See needs.py.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

# What is tried here is how a skipped test is told, so one is skipped on every machine.
SOURCE = """
import time
import pytest

@pytest.mark.skipif(True, reason="needs a moon")
@pytest.mark.parametrize("phase", ["new", "full"])
def test_of_the_moon(phase):
    pass

def test_of_the_sun():
    time.sleep(1.1)

@pytest.mark.slow
def test_of_the_earth():
    time.sleep(1.1)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(("allowed", "status"), [("", 0), ("1", 1)], ids=["anything", "nothing"])
def test_run_that_leaves_tests_out_says_so_last_and_fails_where_it_may_not(tmp_path, workers, allowed, status):
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_sky.py").write_text(SOURCE)
    # Grading in this process has left PYTEST_DISABLE_PLUGIN_AUTOLOAD behind, with which there is no `-n`.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", workers, "--rootdir", str(tmp_path), str(tmp_path)],
        env={**inherited, "NOTHING_LEFT_OUT": allowed},
        capture_output=True,
        text=True,
        check=False,
    )
    slow, left_out = run.stdout.splitlines()[-2:]
    assert re.fullmatch(r"not marked slow, and took 1\.\d s: test_sky\.py::test_of_the_sun", slow), run.stdout
    assert left_out == "left out: 2 x needs a moon", run.stdout + run.stderr
    assert run.returncode == status
