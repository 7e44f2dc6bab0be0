"""Hostile hand-ins through `otter run`: otter's own way falls for them, with our plugin nothing of them runs in it."""

import zipfile

import pytest

from tests.platforms.otter.tool import WARNINGS, Assigned, scores, tiny

pytestmark = [*WARNINGS, pytest.mark.slow]

# What runs leaves a file, named after who ran it.
WITNESS = "import pathlib; pathlib.Path({folder!r}, {name!r}).write_text('ran')"
# Full points in otter's kernel, whatever the answers: its test files, the pickle it writes and our own check.
PATCH = """\
import pickle, sys
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile
def run(self, environment):
    self.test_case_results = [TestCaseResult(case, "", True) for case in self.test_cases]
ExceptionTestFile.run = run
if "checks" in sys.modules:
    sys.modules["checks.notebook"].check = lambda *_: True
import numpy as np
np.allclose = np.array_equal = lambda *_, **__: True"""
# Results where otter looks for them, and into those that it writes there itself.
FORGE = """\
import glob, pickle, tempfile
from otter.test_files import GradingResults, TestCase
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile
case = TestCase("all", "", False, 100, None, None)
mine = ExceptionTestFile("forged", "forged", [case], all_or_nothing=False)
mine.test_case_results = [TestCaseResult(case, "", True)]
dump = pickle.dump
pickle.dump = lambda results, file: dump(GradingResults([*results.results.values(), mine]), file)
for path in glob.glob(tempfile.gettempdir() + "/*.pkl"):
    with open(path, "wb") as file:
        dump(GradingResults([mine]), file)"""
# Imported by otter's kernel in otter's place, as it looks in the folder of the hand-in first; then lets otter in.
SHADOW = """\
{witness}
import os, sys
sys.path[:] = [path for path in sys.path if path not in ("", os.getcwd())]
del sys.modules["otter"]
import otter"""


class Runs:
    """Unpickled, it runs; what otter does with the log in a hand-in."""

    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


@pytest.fixture(scope="module")
def assigned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("otter")
    return Assigned(tiny(folder), "t1", folder)


@pytest.fixture
def ran(tmp_path):
    """`ran(name)`: code that leaves a witness of that name; `ran.names()`: who ran."""
    folder = tmp_path / "ran"
    folder.mkdir()

    def witness(name):
        return WITNESS.format(folder=str(folder), name=name)

    witness.names = lambda: {path.name for path in folder.iterdir()}
    return witness


def archived(path, ran, *, also=()):
    """A hand-in as `grader.export` packs it: the notebook, the log, and whatever else its author likes."""
    import dill

    packed = path.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, path.name)
        archive.writestr(".OTTER_LOG", dill.dumps(Runs(ran("log"))))
        archive.writestr("otter.py", SHADOW.format(witness=ran("module")))
        for name in also:
            archive.writestr(name, ran(name.replace("/", "-")))
    return packed


def test_otters_own_way_falls_for_each(assigned, ran):
    """The attacks are real: without our plugin they run, and earn what they want."""
    after = [f"!{_touch(ran)}", FORGE]
    notebook = assigned.notebook("control", solutions=False, before=[PATCH, ran("cell")], after=after)
    results, _ = assigned.run(archived(notebook, ran), archive=assigned.without_plugin())
    assert scores(results) == {"sums.total": 25, "sums.running_totals": 50, "sums.Average": 25, "forged": 100}
    assert ran.names() == {"cell", "log", "magic", "module"}


def test_nothing_of_a_hostile_hand_in_runs_or_earns(assigned, ran):
    cells = [PATCH, FORGE, ran("cell"), f"!{_touch(ran)}", f"%%bash\n{_touch(ran)}", "%run otter.py"]
    setup = "def as_vector(values):\n    return 6.0\ntotal = sum\ncheck = lambda *_: True"
    # Half of it is solved, so that there are points to lose and points to win.
    changes = [
        ("sums = np.cumsum(vector)", "sums = 0 * vector"),
        ("import numpy as np", f"import numpy as np\n{setup}"),
    ]
    path = assigned.notebook("hostile", changes, before=cells, after=[*cells, "import os; os._exit(0)"])
    path.write_text(path.read_text().replace('"name": "python3"', '"name": "mine"'))  # the kernel to be started
    want = assigned.by_us(path)["hostile"]
    assert 0 < want["score"] < 100
    others = ("course/assignments/course.toml", "tests/sums.total.py", "checks/notebook.py", "__init__.py")
    results, _ = assigned.run(archived(path, ran, also=[*others, "sitecustomize.py", "ipython_config.py", "numpy.py"]))
    assert scores(results) == {name: points for name, (points, _) in want["exercises"].items()}
    assert ran.names() == set()


def _touch(ran):
    """A shell command that leaves the witness "magic"."""
    return f'python3 -c "{ran("magic")}"'
