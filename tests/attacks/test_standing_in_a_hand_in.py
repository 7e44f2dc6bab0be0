"""An instructor who stands in the very folder that was handed in, and grades it, runs nothing of it.

`test_attacks.py` grades the same hand-ins from elsewhere. Each of their files, run by the trusted side, leaves a mark.
The installed command, not `python -m autograder`: that is the hand-in's own autograder.py, before ours is reached.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.arena import COURSE, HERE, Attack

pytestmark = pytest.mark.slow

HOSTILE = {
    "named_as_libraries": "named_as_libraries",
    "named_as_the_engine": "named_as_the_engine",
    "customize_python": "customize_python",
    "configure_pytest": "configure_pytest",
    "run_as_a_program": "run_as_a_program",
    "package_of_its_own": "package_of_its_own/target",  # beside the files that its __init__ imports
}


@pytest.mark.parametrize("name", HOSTILE)
def test_grading_from_inside_a_hand_in_runs_nothing_of_it(tmp_path, name):
    course = shutil.copytree(COURSE, tmp_path / "course")
    Attack.read(HERE / "poison" / f"{name}.py").hand_in(tmp_path / "class" / "1", beacon=0)
    here = tmp_path / "class" / "1" / HOSTILE[name]
    before = sorted(tmp_path.rglob("*"))
    command = [Path(sys.executable).with_name("autograder"), "grade", ".", "--assignment", "t1", "--jobs", "1"]
    command += ["--course", str(course), "--out", str(tmp_path / "results")]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    (record,) = (tmp_path / "results").glob("*/instructor.json")
    assert json.loads(record.read_text(encoding="utf-8"))["score"] == 100
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before and "results" not in path.parts] == []
