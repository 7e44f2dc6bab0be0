"""The ways of grading a class: each runs the same tests on the same hand-ins, and is measured from start to end.

a   `autograder grade`: student code in a sandbox, tests and reference in another process
b   student code in the tests' process, each test in a fork: what this grain of isolation costs, whatever the design
b0  the same without the forks, every submission's package imported anew
c   a pytest process for each submission
d   `nbgrader autograde` with its own Execute: a kernel for each submission, in which a cell runs the tests by pytest
e   `otter run`: a process and a kernel for each submission, with such a cell
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograder.course import Course
from benchmarks.boundary.classes import Class
from benchmarks.boundary.here import Outcomes
from benchmarks.boundary.measuring import BIN, ROOT, BenchmarkError, Usage, measured

HERE = (sys.executable, "-m", "benchmarks.boundary.here")
NBGRADER_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.Execute.timeout = 3600
"""
OTTER_TEST = """\
OK_FORMAT = False
from otter.test_files import test_case

name = "tests"
points = 1


@test_case(points=1, hidden=False)
def test_outcomes(outcomes):
    assert outcomes
"""


@dataclass(frozen=True)
class Run:
    """One run: what it used, and what came of every test, by the submission's id."""

    usage: Usage
    outcomes: dict[str, Outcomes]


class Way(Protocol):
    """A way of grading.

    has_start: its start is paid once for a class; else each submission pays it
    """

    @property
    def letter(self) -> str: ...

    @property
    def has_start(self) -> bool: ...

    def run(self, graded: Class, task: Path, work: Path) -> Run:
        """Grade them, with `work` as a folder that is this way's own for this class and stays for the next round."""


@dataclass(frozen=True)
class Grade:
    """a: the command line, as an instructor runs it."""

    course: Course
    cpus: Sequence[int]
    jobs: int = 1
    letter = "a"
    has_start = True

    def run(self, graded: Class, task: Path, work: Path) -> Run:
        out = work / "results"
        shutil.rmtree(out, ignore_errors=True)
        options = ["--assignment", graded.assignment.name, "--out", out, "--jobs", str(self.jobs)]
        options += ["--follow-through"] if graded.follow_through else []
        command = [BIN / "autograder", "grade", graded.hand_ins, *options]
        # 1: some need attention, such as those that cannot be read
        usage = measured(command, cpus=self.cpus, cwd=self.course.root, good=(0, 1))
        return Run(usage, {name: dict(_outcomes(record)) for name, record in records(out).items() if record["tests"]})


def records(out: Path) -> dict[str, dict[str, Any]]:
    """What `autograder grade` wrote of each submission, for the instructor."""
    files = sorted(out.glob("*/instructor.json"))
    if not files:
        raise BenchmarkError(f"{out}: autograder grade wrote no results")
    return {file.parent.name: json.loads(file.read_text(encoding="utf-8")) for file in files}


def _outcomes(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for test in record["tests"]:
        outcome = test["code"] if test["code"] == "not_judged" else test["outcome"]
        yield f"test_{'public' if test['public'] else 'hidden'}::{test['name']}", outcome


@dataclass(frozen=True)
class InOneProcess:
    """b, b0 and c: the plugin of here.py; with `apart` a process for each submission."""

    letter: str
    cpus: Sequence[int]
    how: str
    apart: bool = False

    @property
    def has_start(self) -> bool:
        return not self.apart

    def run(self, graded: Class, task: Path, work: Path) -> Run:
        caches, out = work.parent / "pycache", work / "outcomes.json"
        for folder in graded.laid:  # the tests stay compiled from round to round, the submissions do not
            shutil.rmtree(caches / folder.relative_to("/"), ignore_errors=True)
        used, outcomes = [], {}
        for folders in [[folder] for folder in graded.laid] if self.apart else [graded.laid]:
            command = [*HERE, task, self.how, out, *folders]
            used.append(measured(command, cpus=self.cpus, environment={"PYTHONPYCACHEPREFIX": str(caches)}))
            outcomes |= json.loads(out.read_text(encoding="utf-8"))
        return Run(_sum(used), outcomes)


def _sum(used: Sequence[Usage]) -> Usage:
    peak_bytes = max(each.peak_bytes for each in used)
    return Usage(sum(each.cpu_s for each in used), sum(each.wall_s for each in used), peak_bytes)


@dataclass(frozen=True)
class Nbgrader:
    """d: nbgrader's own command, with Execute as it comes; a submission's package lies beside its notebook."""

    cpus: Sequence[int]
    letter = "d"
    has_start = True

    def run(self, graded: Class, task: Path, work: Path) -> Run:
        name, environment = graded.assignment.name, _jupyter(work)
        if not (work / "release").exists():
            self._set_up(graded, task, work, name)
        command = [BIN / "nbgrader", "autograde", name, "--force"]
        usage = measured(command, cpus=self.cpus, cwd=work, environment=environment)
        files = [work / "autograded" / folder.name / name / "outcomes.json" for folder in graded.laid]
        return Run(usage, dict(zip((folder.name for folder in graded.laid), map(_written, files), strict=True)))

    def _set_up(self, graded: Class, task: Path, work: Path, name: str) -> None:
        (work / "nbgrader_config.py").write_text(NBGRADER_CONFIG, encoding="utf-8")
        own = {
            "grade": True,
            "grade_id": "tests",
            "locked": True,
            "schema_version": 3,
            "solution": False,
            "task": False,
        }
        sheet = _notebook(task, ".", "outcomes.json", {"nbgrader": own | {"points": 1.0}})
        source = work / "source" / name
        source.mkdir(parents=True)
        (source / f"{name}.ipynb").write_text(sheet, encoding="utf-8")
        _called([BIN / "nbgrader", "generate_assignment", name], work, _jupyter(work))
        for folder in graded.laid:
            theirs = Path(shutil.copytree(folder, work / "submitted" / folder.name / name))
            shutil.copy(work / "release" / name / f"{name}.ipynb", theirs)


@dataclass(frozen=True)
class Otter:
    """e: otter's own command, on one notebook after the other."""

    cpus: Sequence[int]
    letter = "e"
    has_start = False

    def run(self, graded: Class, task: Path, work: Path) -> Run:
        archive, environment = work / "autograder.zip", _jupyter(work)
        if not archive.exists():
            self._set_up(work)
        used, outcomes = [], {}
        for folder in graded.laid:
            written, out = work / f"{folder.name}.json", work / "results"
            written.unlink(missing_ok=True)
            sheet = work / f"{folder.name}.ipynb"
            sheet.write_text(_notebook(task, str(folder), str(written), {}), encoding="utf-8")
            out.mkdir(exist_ok=True)
            command = [BIN / "otter", "run", "--no-logo", "-a", archive, "-o", out, sheet]
            used.append(measured(command, cpus=self.cpus, cwd=work, environment=environment))
            outcomes[folder.name] = _written(written)
        return Run(_sum(used), outcomes)

    def _set_up(self, work: Path) -> None:
        (work / "tests").mkdir()
        (work / "tests" / "tests.py").write_text(OTTER_TEST, encoding="utf-8")
        options = ["-t", "tests", "-o", work / "autograder.zip", "--no-config", "--no-requirements", "--no-environment"]
        _called([BIN / "otter", "generate", *options], work, _jupyter(work))


def _jupyter(work: Path) -> dict[str, str]:
    """The environment of a platform: its helpers are started by their bare names, and none of its files are ours."""
    own = {"HOME": work, "JUPYTER_RUNTIME_DIR": work / "runtime", "IPYTHONDIR": work / "ipython"}
    return {name: str(folder) for name, folder in own.items()} | {"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin"}


def _notebook(task: Path, folder: str, out: str, metadata: dict[str, Any]) -> str:
    """A notebook whose one cell runs the tests on the package in this folder."""
    lines = [
        "import sys",
        f"sys.path.append({str(ROOT)!r})",
        "from benchmarks.boundary.here import run_in_notebook",
        f"outcomes = run_in_notebook({str(task)!r}, {folder!r}, {out!r})",
    ]
    code = {"cell_type": "code", "id": "tests", "execution_count": None, "outputs": [], "source": "\n".join(lines)}
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": [code | {"metadata": metadata}], "metadata": {"kernelspec": python}}
    return json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5})


def _written(file: Path) -> Outcomes:
    """The outcomes that a notebook's cell left."""
    if not file.exists():
        raise BenchmarkError(f"{file}: the notebook ran and wrote no outcomes")
    outcomes: Outcomes = json.loads(file.read_text(encoding="utf-8"))
    return outcomes


def _called(command: Sequence[str | Path], cwd: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise BenchmarkError(f"{' '.join(map(str, command))}: exit status {done.returncode}:\n{done.stderr[-2000:]}")
