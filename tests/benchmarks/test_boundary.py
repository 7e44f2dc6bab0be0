"""The ways of grading that benchmarks.boundary compares agree; how long they take is not asked."""

import os
import re
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from benchmarks.boundary.classes import Classes
from benchmarks.boundary.costs import Comparison, all_ways
from benchmarks.boundary.measuring import BenchmarkError, Usage, measured, refuse_busy
from benchmarks.boundary.messages import counts
from benchmarks.boundary.table import markdown
from benchmarks.boundary.ways import Run

TOTAL = "return float(as_vector(values).sum())"
CHANGES = {
    "perfect": (TOTAL, TOTAL),
    "wrong": (TOTAL, "return 6.0"),
    "endless": (TOTAL, f"while len(values) == 20:\n        pass\n    {TOTAL}"),
    "exits": (TOTAL, "raise SystemExit"),
    "does_not_load": ("def total(", "def total(("),
    "absolute": ("vector = as_vector(values)", "from tiny.sums import as_vector as own\n    vector = own(values)"),
}


@pytest.fixture
def classes(tiny_root, tmp_path):
    settings = tiny_root / "assignments" / "t1_sums" / "assignment.toml"
    settings.write_text('title = "Sums"\nmodules = ["sums"]\n[limits]\ncpu_s = 1.0\nwall_s = 60.0\n', encoding="utf-8")
    course = Course.load(tiny_root)
    return Classes(course, course.assignment("t1"), tmp_path / "work")


@pytest.mark.prove
def test_ways_agree_on_who_passes_which_test(classes, tmp_path):
    reference = classes.course.module_file("sums").read_text(encoding="utf-8")
    for name, (old, new) in CHANGES.items():
        assert old in reference
        folder = tmp_path / "hand-ins" / name
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(reference.replace(old, new), encoding="utf-8")
    graded, task, found = classes.handed_in(tmp_path / "hand-ins"), classes.task(), {}
    for way in all_ways(classes.course, quick=True):
        (work := tmp_path / way.letter).mkdir()
        run = way.run(graded, task, work)
        assert run.usage.cpu_s > 0
        assert run.outcomes["endless"]["test_hidden::test_total_of_random_numbers"] == "stopped", way.letter
        found[way.letter] = {
            identity: sorted(test for test, outcome in outcomes.items() if outcome == "passed")
            for identity, outcomes in run.outcomes.items()
        }
    assert found["a"] == found["b"] == found["b0"] == found["c"]
    counts = {name: len(passed) for name, passed in found["a"].items()}
    assert counts == {"perfect": 10, "absolute": 10, "endless": 9, "exits": 7, "wrong": 8, "does_not_load": 0}


class Pretended:
    """A way that gives these outcomes."""

    has_start = True

    def __init__(self, letter, outcomes):
        self.letter, self.outcomes = letter, outcomes

    def run(self, graded, task, work):
        return Run(Usage(1.0, 1.0, 1), {folder.name: self.outcomes for folder in graded.laid})


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        pytest.param({"x": "passed", "y": "failed"}, "y failed", id="failed"),
        pytest.param({"x": "passed"}, "y not run", id="missing"),
        pytest.param({"x": "passed", "y": "passed", "z": "passed"}, "z", id="another"),
    ],
)
def test_way_that_does_not_pass_the_reference_is_named(classes, tmp_path, outcomes, said):
    ways = [Pretended("a", {"x": "passed", "y": "passed"}), Pretended("b0", outcomes)]
    comparison = Comparison(classes.course, classes.assignment, tmp_path / "compared", tmp_path, ways, 3)
    with pytest.raises(BenchmarkError, match=f"t1_sums: way b0: the reference does not pass every test: {said}$"):
        comparison.round(0)


@pytest.mark.slow
def test_cpu_of_a_process_that_its_parent_leaves_behind_is_counted():
    burning = "import os, time\nif not os.fork():\n while time.process_time() < 0.3: pass"
    assert measured([sys.executable, "-c", burning], cpus=os.sched_getaffinity(0)).cpu_s > 0.25


def test_command_that_fails_is_named_with_its_last_words():
    with pytest.raises(BenchmarkError, match=r"exit status 7, want 0:\nnot today"):
        measured(["sh", "-c", "echo not today >&2; exit 7"], cpus=os.sched_getaffinity(0))


def test_busy_machine_is_refused(monkeypatch):
    monkeypatch.setattr(os, "getloadavg", lambda: (0.51, 0.0, 0.0))
    with pytest.raises(BenchmarkError, match=r"load of this machine is 0.51, want 0.5 at most"):
        refuse_busy(anyway=False)
    assert refuse_busy(anyway=True) == 0.51


def test_platform_that_is_not_installed_is_named(classes, monkeypatch, tmp_path):
    monkeypatch.setattr("benchmarks.boundary.costs.BIN", tmp_path)
    with pytest.raises(BenchmarkError, match=r"no nbgrader in .*; want make .venv/dev.stamp, or --quick"):
        all_ways(classes.course, quick=False)


def test_nothing_of_the_boundary_or_of_grading_is_used_but_the_command_line():
    for file in (Path(__file__).parents[2] / "benchmarks" / "boundary").glob("*.py"):
        if file.name == "messages.py":
            continue
        assert not re.findall(r"autograder\.(?:boundary|beside|grading)", file.read_text(encoding="utf-8")), file


def document(**changes):
    costs = {"a": 2.0, "b": 1.0, "b0": 0.5, "c": 4.0}
    found = {
        "reference_s": costs | changes.pop("costs", {}),
        "class_s": {},
        "start_s": costs,
        "class_differs": {},
        "class_size": 0,
        "messages": {"all": 10, "median": changes.pop("median", 8), "largest": 9},
    }
    fields = ("date", "commit", "cpu", "cores", "kernel", "python", "numpy")
    return {
        "machine": dict.fromkeys(fields, "?") | {"load": 0.1},
        "arguments": "",
        "is_busy": False,
        "rounds": 1,
        "hand_ins": 2,
        "ways": list(costs),
        "assignments": {"t1": found},
        "grader": {"assignment": "t1", "peak_bytes": {"10": 100e6}, "two_jobs": 1.8},
        "loop_s": None,
        "checks_s": {"t1": {"sums.total": 0.1}},
        "speed": {"step_s": {"reference": 0.002, "numpy": 0.001}, "node_s": {"100": 1e-6}},
    } | changes


def test_table_holds_each_ratio_against_its_aim():
    text = markdown(document())
    assert "2.00 (at most 2.5)" in text
    assert "0.50 (at most 0.6)" in text
    assert "MISSED" not in text
    assert "BUSY" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"costs": {"a": 2.6}}, "2.60 (at most 2.5, MISSED)", id="beside-forks"),
        pytest.param({"median": 9}, "9 (at most 8, MISSED)", id="messages"),
        pytest.param(
            {"grader": {"assignment": "t1", "peak_bytes": {"10": 151e6}, "two_jobs": None}},
            "151 (at most 150, MISSED)",
            id="memory",
        ),
        pytest.param(
            {"grader": {"assignment": "t1", "peak_bytes": {}, "two_jobs": 1.7}},
            "1.70 (at least 1.8, MISSED)",
            id="two-jobs",
        ),
        pytest.param({"is_busy": True}, "BUSY", id="busy"),
    ],
)
def test_table_says_what_is_missed(changes, said):
    assert said in markdown(document(**changes))


@pytest.mark.slow
def test_from_the_second_submission_on_the_reference_takes_fewer_messages():
    course = Course.load(Path(__file__).parents[1] / "tiny_course")
    first, second, third = counts(course, course.assignment("t1"))
    assert len(first) == 10
    assert (first["test_average"], second["test_average"]) == (9, 1), "for one alone no test is replayed"
    assert second == third
