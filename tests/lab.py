"""A lab: a copy of the tiny course, hand-ins made by changing its reference, and everything graded for real."""

import csv
import json
import os
import shutil
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from autograder.boundary.sandbox import Bubblewrap, find_sandbox
from autograder.course.manifest import Course
from autograder.grading import grader_process
from autograder.grading.batch import Batch
from autograder.grading.jobs import Settings
from autograder.intake.roster import find_submissions

TINY = Path(__file__).parent / "tiny_course"
REAL_COMMAND = grader_process.command
TOTAL = "return float(as_vector(values).sum())"
RUNNING = "sums = np.cumsum(vector)"

MEANS = (
    '"""Means."""\n\nfrom .sums import total\n\n\ndef mean(values):\n    """Their mean."""\n'
    "    ### BEGIN SOLUTION\n    return total(values) / len(values)\n    ### END SOLUTION\n"
)


class Graded:
    """What a grading left of one submission."""

    def __init__(self, row, folder):
        self.fresh = row.fresh
        self.folder = folder
        self.text = (folder / "results.json").read_text(encoding="utf-8")
        self.results = json.loads(self.text)
        self.record = json.loads((folder / "instructor.json").read_text(encoding="utf-8"))

    @property
    def status(self):
        return self.record["status"]

    @property
    def score(self):
        assert self.results.get("score") == self.record["score"], "both files say the same"
        return self.record["score"]

    def test(self, name):
        """(what the instructor reads, what the student reads) of a test."""
        (private,) = [each for each in self.record["tests"] if each["name"] == name]
        shown = [each for each in self.results["tests"] if each["name"].endswith(f": {name}")]
        return private, shown[0] if shown else None


class Lab:
    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "course"
        self.hand_ins = folder / "hand-ins"
        self.out = folder / "results"
        self.reference = (TINY / "solutions" / "tiny" / "sums.py").read_text(encoding="utf-8")
        self.hand_ins.mkdir(parents=True)
        shutil.copytree(TINY, self.root, ignore=shutil.ignore_patterns("__pycache__"))
        self.policy("hint")

    @property
    def course(self):
        return Course.load(self.root)

    @property
    def assignment_folder(self):
        return self.root / "assignments" / "t1_sums"

    def source(self, *changes):
        """The reference with (old, new) texts replaced."""
        text = self.reference
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return text

    def hand_in(self, identity, source=None, module="sums"):
        folder = self.hand_ins / identity
        folder.mkdir(exist_ok=True)
        text = self.reference if source is None else source
        (folder / f"{module}.py").write_text(text, encoding="utf-8")

    def tests(self, hidden, public=""):
        """Replace the course's tests. Sources without imports; no public test unless given."""
        imports = "import os, signal, subprocess, sys, time, warnings\nimport numpy as np\nimport pytest\n\n"
        (self.assignment_folder / "test_public.py").write_text(imports + public, encoding="utf-8")
        (self.assignment_folder / "test_hidden.py").write_text(imports + hidden, encoding="utf-8")

    def policy(self, hidden, visibility="visible", **limits):
        """Feedback and limits; a wall clock that a loop meets after its CPU limit, however busy the machine is."""
        lines = ['title = "Sums"', 'modules = ["sums"]', "[limits]", "cpu_s = 1.0"]
        lines += [f"{name} = {value}" for name, value in ({"wall_s": 20.0} | limits).items()]
        lines += ["[feedback]", f'hidden = "{hidden}"', f'hidden_visibility = "{visibility}"']
        (self.assignment_folder / "assignment.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def batch(self, *, assignment="t1", out=None, seed=0, follow_through=False, trust=False, **options):
        chosen = self.course.assignment(assignment)
        settings = Settings(
            course=str(self.root),
            assignment=chosen.name,
            seed=seed,
            follow_through=follow_through,
            sandbox="none" if trust else "any",
        )
        return Batch(self.course, chosen, settings, out or self.out, **options)

    def submissions(self, assignment="t1"):
        modules = self.course.assignment(assignment).modules
        return find_submissions([self.hand_ins], package="tiny", modules=modules)

    def grade(self, *, assignment="t1", out=None, **options):
        """{id: Graded} of everything handed in."""
        out = out or self.out
        grading = self.batch(assignment=assignment, out=out, **options)
        rows = grading.grade(self.submissions(assignment)).rows
        assert all(each.process.returncode is not None for each in getattr(grading.graders, "graders", ()))
        return {each.record.id: Graded(each, out / each.record.id) for each in rows}

    def one(self, source=None, **options):
        """The result of one hand-in."""
        self.hand_in("someone", source)
        return self.grade(**options)["someone"]

    def csv(self, out=None):
        with open((out or self.out) / "grades.csv", newline="", encoding="utf-8-sig") as file:
            return {row["id"]: row for row in csv.DictReader(file)}


@pytest.fixture
def lab(tmp_path, sabotage):
    """A lab whose graders do not try the sandbox before they use it, which saves a third of their start."""
    sabotage("")
    return Lab(tmp_path / "lab")


@pytest.fixture
def later(lab):
    """The course with an assignment more, which builds on the first."""
    later = lab.root / "assignments" / "t2_means"
    later.mkdir()
    (later / "assignment.toml").write_text('title = "Means"\nmodules = ["means"]\n')
    (later / "handout.md").write_text("# Means\n\n## 1 Mean\n\n<!-- exercise: means.mean -->\n")
    (later / "handout.ru.md").write_text("# Средние\n\n## 1 Среднее\n\n<!-- exercise: means.mean -->\n")
    (later / "test_public.py").write_text("")
    (later / "test_hidden.py").write_text(
        "import pytest\n\n"
        '@pytest.mark.points(100, exercise="means.mean")\n'
        "def test_mean(student):\n    assert student.means.mean([1.0, 3.0]) == 2.0\n"
    )
    (lab.root / "solutions" / "tiny" / "means.py").write_text(MEANS)
    return later


@pytest.fixture
def real_graders(monkeypatch, lab):
    """Graders started as the batch starts them."""
    monkeypatch.setattr(grader_process, "command", REAL_COMMAND)


@pytest.fixture(scope="session")
def a_class(tmp_path_factory):
    """A small class as it comes, not graded yet."""
    lab = Lab(tmp_path_factory.mktemp("class"))
    untouched = lab.source(
        (TOTAL, 'raise NotImplementedError("t1_sums, exercise sums.total: handout section 1")'),
        (RUNNING, 'raise NotImplementedError("t1_sums, exercise sums.running_totals: handout section 2")'),
        ("self.count += 1", 'raise NotImplementedError("t1_sums, exercise sums.Average: handout section 3")'),
        ("if self.count == 0:", "if True:"),
        (
            'ValueError("average: no numbers so far; add one first")',
            'NotImplementedError("t1_sums, exercise sums.Average: handout section 3")',
        ),
    )
    lab.hand_in("perfect")
    lab.hand_in("untouched", untouched)
    lab.hand_in("half", lab.source((RUNNING, "raise NotImplementedError"), ("self.count += 1", "self.count += 2")))
    lab.hand_in("wrong", lab.source((TOTAL, "return 6.0")))
    lab.hand_in("syntax", lab.source(("def total(", "def total((")))
    lab.hand_in("loop_import", "while True:\n    pass\n")
    lab.hand_in("loop_function", lab.source((TOTAL, f"while len(values) == 20:\n        pass\n    {TOTAL}")))
    lab.hand_in("sys_exit", "import sys\nsys.exit()\n")
    lab.hand_in("megabyte", lab.source((TOTAL, f'print("x" * 1_000_000)\n    {TOTAL}')))
    lab.hand_in("os_exit", lab.source((TOTAL, "import os\n    os._exit(0)")))
    (lab.hand_ins / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    (lab.hand_ins / "essay.pdf").write_bytes(b"%PDF-1.4 my answer")
    return lab


@pytest.fixture(scope="session")
def graded_class(a_class):
    """That class graded by one grader."""
    return a_class.grade(jobs=1)


@pytest.fixture(scope="session")
def make_lab():
    return Lab


@pytest.fixture(scope="session")
def start_with():
    found = find_sandbox()
    made = f"Bubblewrap(Path({str(found.binary)!r}))" if isinstance(found, Bubblewrap) else "Unprivileged()"

    def start(monkeypatch, code):
        prelude = (
            "import os, sys, time\n"
            "from autograder.grading import grader, plugin, verdicts\n"
            "from autograder.boundary import channels, ends, worker\n"
            "from pathlib import Path\n"
            "from autograder.boundary.sandbox import Bubblewrap, Unprivileged, Unsandboxed\n"
            f"box = {made}\n"
            "grader.find_sandbox = lambda name, **_: Unsandboxed() if name == 'none' else box\n"
            "def die(*_, **__): os.kill(os.getpid(), 9)\n"
        )

        def command(program):
            ending = f"\nimport {program} as program\nsys.exit(program.main(sys.argv[1:]))"
            return (sys.executable, "-P", "-c", prelude + code + ending)

        monkeypatch.setattr(grader_process, "command", command)

    return start


@pytest.fixture
def sabotage(monkeypatch, start_with):
    """Graders that run this code first; in it `grader` and `plugin` are the engine's modules, `die()` kills them."""
    return partial(start_with, monkeypatch)


def descendants(pid):
    """Every process that `pid` started, directly or not."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            parents[int(entry)] = int(stat.rpartition(")")[2].split()[1])
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def alive(pid):
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


@pytest.fixture
def processes():
    """`processes.of(pid)`: what it started; `processes.gone(pids)`: whether all of them end within seconds."""

    class Processes:
        of = staticmethod(descendants)

        @staticmethod
        def gone(pids, within_s=10.0):
            deadline = time.monotonic() + within_s
            while any(map(alive, pids)) and time.monotonic() < deadline:
                time.sleep(0.02)
            return not any(map(alive, pids))

    return Processes


@pytest.fixture
def wait_for():
    def wait(condition, within_s=120.0):  # met at once, but on a machine that has other things to do
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.01)

    return wait


@pytest.fixture
def tree():
    """{path: bytes} of every file in a folder, the lock left out."""

    def read(folder):
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }

    return read
